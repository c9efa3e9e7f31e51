/**
 * The world beyond this machine, as the agents see it: a proxy that refuses every connection and notes who was asked for.
 *
 * Their own switches turn off most of it; what is left (plugin lists, catalogues) ends here, so a run depends on
 * nothing but what it started. It must never let anything through.
 */
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

export interface Outside {
  /** The variables that make a program ask here. */
  env: Record<string, string>;
  /** Hosts that were asked for. */
  hosts: Set<string>;
  close(): Promise<void>;
}

const LOCAL = "127.0.0.1,localhost";

export async function startOutside(): Promise<Outside> {
  const hosts = new Set<string>();
  const server = createServer((request, response) => {
    const { url = "" } = request;
    hosts.add(URL.canParse(url) ? new URL(url).host : url);
    response.writeHead(403).end();
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    hosts.add((request.url ?? "").replace(/:443$/, ""));
    socket.on("error", () => socket.destroy());
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map((name) => [name, url]);
  const both = [...proxies, ["NO_PROXY", LOCAL]].flatMap(([name = "", value = ""]) => [
    [name, value],
    [name.toLowerCase(), value],
  ]);
  return {
    env: Object.fromEntries(both) as Record<string, string>,
    hosts,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
