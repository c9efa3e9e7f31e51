/**
 * A plain relay between an agent and what it takes for its provider: it writes down each request and how it was answered.
 *
 * Agents hide the headers of a reply, and the plan and the session are told there. Bytes go on as they come, in both
 * directions. It may add the header by which tests tell the Worker the time, and must not change anything else. Without a
 * Worker it refuses a WebSocket itself, because the simulator does not know what that is.
 */
import { createServer, request as sendRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

export interface Call {
  method: string;
  path: string;
  isUpgrade: boolean;
  /** 0 while there is no answer. */
  status: number;
  /** The `x-strata-*` headers of the answer, without that prefix. */
  strata: Record<string, string>;
  /** Body bytes from the agent, and back to it. */
  sent: Buffer[];
  received: Buffer[];
}

export interface Relay {
  url: string;
  calls: Call[];
  close(): Promise<void>;
}

const OURS = "x-strata-";
/** The answer after which a client goes on without a WebSocket. */
export const UPGRADE_REQUIRED = 426;

interface RelayOptions {
  /** Name and value, name and value, …, for each request as it passes. */
  addHeaders: () => string[];
  refusesUpgrades: boolean;
}

export async function startRelay(target: string, { addHeaders, refusesUpgrades }: RelayOptions): Promise<Relay> {
  const calls: Call[] = [];

  const note = ({ method = "", url: path = "" }: IncomingMessage, isUpgrade: boolean): Call => {
    const call = { method, path, isUpgrade, status: 0, strata: {}, sent: [], received: [] };
    calls.push(call);
    return call;
  };
  const pass = (incoming: IncomingMessage, isUpgrade: boolean, answered: (answer: IncomingMessage) => void) => {
    const { method = "", url: path = "", rawHeaders } = incoming;
    const call = note(incoming, isUpgrade);
    incoming.on("data", (piece: Buffer) => call.sent.push(piece));
    const { hostname, port } = new URL(target);
    const headers = [...withHost(rawHeaders, `${hostname}:${port}`), ...addHeaders()];
    const outgoing = sendRequest({ hostname, port, method, path, headers, agent: false });
    outgoing.once("response", (answer) => {
      call.status = answer.statusCode ?? 0;
      call.strata = strataHeaders(answer.headers);
      answer.on("data", (piece: Buffer) => call.received.push(piece));
      answered(answer);
    });
    return outgoing;
  };

  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const outgoing = pass(incoming, false, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
      answer.once("error", () => response.destroy());
    });
    outgoing.once("error", () => response.destroy());
    response.once("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  // A refusal is all that is relayed of an upgrade: nobody here offers a WebSocket.
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => socket.destroy());
    const refuse = (status: number): void => {
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    };
    if (refusesUpgrades) {
      note(incoming, true).status = UPGRADE_REQUIRED;
      return refuse(UPGRADE_REQUIRED);
    }
    const outgoing = pass(incoming, true, (answer) => {
      answer.resume().once("end", () => refuse(answer.statusCode ?? 502));
    });
    outgoing.once("error", () => socket.destroy());
    outgoing.once("upgrade", () => socket.destroy());
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function withHost(rawHeaders: string[], host: string): string[] {
  return rawHeaders.map((text, index) => (rawHeaders[index - 1]?.toLowerCase() === "host" && index % 2 ? host : text));
}

function strataHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const ours = Object.entries(headers).filter(([name]) => name.startsWith(OURS));
  return Object.fromEntries(ours.map(([name, value]) => [name.slice(OURS.length), String(value)]));
}
