/**
 * A WebSocket where there is none: refused at once, so that agents that try it first go on with POST.
 */
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { startWithRawUpstream } from "./start.ts";

function upgrade(url: string, path: string): Promise<string> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      ),
    );
    socket.once("data", (data) => {
      resolve(data.toString("latin1"));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("a WebSocket", () => {
  it("is refused with 426 and never reaches the upstream", async () => {
    const { edge, upstream } = await startWithRawUpstream();
    const answer = await upgrade(edge.url, "/v1/responses");
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
    expect(answer.toLowerCase()).toContain("x-should-retry: false");
    expect(upstream.exchanges).toEqual([]);
  });
});
