/**
 * An upstream without an opinion: it records what arrives and answers only what the test tells it to, when told.
 *
 * For byte-exactness, for streams that wait for the test between two chunks, and for failures. The strict simulator
 * stands in `test/fakes/provider`; this one must stay ignorant of every API.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Exchange {
  method: string;
  /** With its query string. */
  path: string;
  /** Name and value as received, in order. */
  headers: [string, string][];
  body: Buffer;
  response: ServerResponse;
  /** Resolves when the other side has gone or everything is sent. `whole` false: it left before the end. */
  closed: Promise<{ whole: boolean }>;
}

export interface RawUpstream {
  url: string;
  /** Every request so far. */
  exchanges: Exchange[];
  /** The next request that nobody has taken yet. */
  next(): Promise<Exchange>;
  close(): Promise<void>;
}

/** @param answer answers each request; without it the test takes them with `next` and answers by hand */
export async function startRawUpstream(answer?: (exchange: Exchange) => void): Promise<RawUpstream> {
  const exchanges: Exchange[] = [];
  const waiting: Exchange[] = [];
  const takers: ((exchange: Exchange) => void)[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", rawHeaders } = request;
    const { promise: closed, resolve } = Promise.withResolvers<{ whole: boolean }>();
    response.once("close", () => resolve({ whole: response.writableFinished }));
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece as Buffer);
    } catch {
      return;
    }
    const exchange = {
      method,
      path: url,
      headers: pairsOf(rawHeaders),
      body: Buffer.concat(pieces),
      response,
      closed,
    };
    exchanges.push(exchange);
    if (answer) return answer(exchange);
    const taker = takers.shift();
    if (taker) taker(exchange);
    else waiting.push(exchange);
  };
  const server = createServer((request, response) => void take(request, response));
  server.on("connection", (socket) => socket.setNoDelay(true));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    next() {
      const exchange = waiting.shift();
      if (exchange) return Promise.resolve(exchange);
      return new Promise((resolve) => takers.push(resolve));
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Raw header lists of node:http as pairs. */
export function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] ?? "",
    rawHeaders[2 * index + 1] ?? "",
  ]);
}

/** A complete Chat Completions answer, with usage: what the content is does not matter to anyone. */
export function plainReply(content: string, promptTokens = 10): string {
  return JSON.stringify({
    id: "chatcmpl-fixed",
    object: "chat.completion",
    created: 1_790_000_000,
    model: "gpt-5.4",
    choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, finish_reason: "stop" }],
    usage: { prompt_tokens: promptTokens, completion_tokens: 5, total_tokens: promptTokens + 5 },
  });
}

export function sendJson({ response }: Exchange, body: string): void {
  response.setHeader("content-type", "application/json");
  response.end(body);
}
