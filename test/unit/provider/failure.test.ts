/**
 * What goes wrong on a wire: errors by script, broken and delayed streams, clients that leave.
 *
 * Both sides are checked, what the client experiences and what the simulator recorded about it, because a
 * proxy is later judged by these records. Nothing here may depend on how fast the machine is.
 */
import { connect } from "node:net";
import { APIConnectionError } from "openai";
import { expect, test, vi } from "vitest";
import { post, start, user } from "./start.ts";

const ask = { model: "gpt-5.4", messages: [user("Tell me a story")] };
const story = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");

test("answers a scripted error with its headers", async () => {
  const { provider, client } = await start({
    reply: () => ({
      status: 429,
      error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" },
      extraHeaders: { "retry-after": "7" },
    }),
  });
  const failure: unknown = await client.chat.completions.create(ask).catch((error: unknown) => error);
  expect(failure).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "requests" });
  expect((failure as { headers: Headers }).headers.get("retry-after")).toBe("7");
  expect(provider.requests[0]).toMatchObject({ status: 429, aborted: false });
});

test("turns a script that throws into a server error", async () => {
  const { client } = await start({
    reply: () => {
      throw new Error("no such turn");
    },
  });
  await expect(client.chat.completions.create(ask)).rejects.toMatchObject({
    status: 500,
    type: "server_error",
    message: expect.stringContaining("no such turn"),
  });
});

test("breaks a stream off in the middle", async () => {
  const { provider, client } = await start({ reply: () => ({ content: story, breakAfterChunks: 5 }) });
  const stream = await client.chat.completions.create({ ...ask, stream: true });
  const read: unknown[] = [];
  await expect(
    (async () => {
      for await (const chunk of stream) read.push(chunk);
    })(),
  ).rejects.toThrow();
  expect(read.length).toBeLessThanOrEqual(5);
  await vi.waitFor(() => expect(provider.requests[0]?.finished).toBe(true));
  expect(provider.requests[0]?.rawReply.toString().match(/^data: /gm)).toHaveLength(5);
  expect(provider.requests[0]?.aborted).toBe(false);
});

test("breaks a plain reply off in the middle", async () => {
  const { provider } = await start({ reply: () => ({ content: story, breakAfterChunks: 0 }) });
  await expect(post(provider, ask).then((response) => response.text())).rejects.toThrow();
  await vi.waitFor(() => expect(provider.requests[0]).toMatchObject({ finished: true, aborted: false }));
});

test("ends a stream without [DONE]", async () => {
  const { provider } = await start({ reply: () => ({ content: "x", missingDone: true }) });
  const text = await (await post(provider, { ...ask, stream: true })).text();
  expect(text).toContain('"finish_reason":"stop"');
  expect(text).not.toContain("[DONE]");
});

test("notices a client that leaves a stream", async () => {
  const { provider, client } = await start({ reply: () => ({ content: story }), chunkDelayMs: 20 });
  const stream = await client.chat.completions.create({ ...ask, stream: true });
  for await (const _ of stream) break;
  await vi.waitFor(() => expect(provider.requests[0]).toMatchObject({ aborted: true, finished: true }));
  expect(provider.requests[0]?.rawReply.toString()).not.toContain("[DONE]");
});

test("notices a client that leaves before the first byte", async () => {
  const { provider, client } = await start({ reply: () => ({ content: "late", delayMs: 60_000 }) });
  await expect(client.chat.completions.create(ask, { timeout: 50 })).rejects.toThrow(APIConnectionError);
  await vi.waitFor(() => expect(provider.requests[0]).toMatchObject({ aborted: true, finished: true, status: 0 }));
});

test("does not call a finished reply aborted", async () => {
  const { provider, client } = await start();
  await client.chat.completions.create(ask);
  await vi.waitFor(() => expect(provider.requests[0]).toMatchObject({ aborted: false, finished: true, status: 200 }));
});

test("flushes each event by itself, and splits characters over packets when asked", async () => {
  const content = "naïve café 🌦";
  const { provider } = await start({ reply: () => ({ content }), splitCharacters: true, chunkDelayMs: 5 });
  const packets = await readPackets(provider.port, JSON.stringify({ ...ask, stream: true }));
  const received = Buffer.concat(packets).toString();
  expect(provider.requests[0]?.rawReply.toString()).toContain("[DONE]");
  expect(received).toContain('"content":"na');
  const torn = packets.filter((packet) => Buffer.from(packet.toString()).compare(packet) !== 0);
  expect(torn.length).toBeGreaterThan(0);
  expect(packets.length).toBeGreaterThan(5);
});

test("closes with connections still open", async () => {
  const { provider, client } = await start({ reply: () => ({ content: story }), chunkDelayMs: 1000 });
  const stream = await client.chat.completions.create({ ...ask, stream: true });
  await provider.close();
  await expect(Array.fromAsync(stream)).rejects.toThrow();
});

/** The response to one request, in the packets in which it came. */
async function readPackets(port: number, body: string): Promise<Buffer[]> {
  const packets: Buffer[] = [];
  const socket = connect(port, "127.0.0.1");
  socket.write(
    "POST /v1/chat/completions HTTP/1.1\r\nhost: provider\r\nconnection: close\r\n" +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  for await (const packet of socket) packets.push(packet as Buffer);
  return packets;
}
