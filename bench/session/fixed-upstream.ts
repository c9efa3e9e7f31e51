/**
 * The cheapest upstream there is: reads a request to its end and answers with a fixed chat completion.
 *
 * It parses nothing, so that what is measured is the way and not the provider. The usage it reports follows the size of
 * the body, warm cache assumed, because the compaction rule rests on it.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const BYTES_PER_TOKEN = 4;
const CACHE_GRANULE_TOKENS = 128;
/** As long as a short answer in a chat. */
const ANSWER =
  "That is noted. The fee for the pier follows from the tariff of the year before, less what was paid. ".repeat(3);

export interface FixedUpstream {
  url: string;
  /** Bytes of the newest request's body. */
  lastBodyBytes(): number;
  close(): Promise<void>;
}

export async function startFixedUpstream(): Promise<FixedUpstream> {
  let lastBytes = 0;
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (piece: Buffer) => (bytes += piece.length));
    request.once("end", () => {
      lastBytes = bytes;
      const body = renderReply(Math.ceil(bytes / BYTES_PER_TOKEN));
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
      response.end(body);
    });
  });
  server.on("connection", (socket) => socket.setNoDelay(true));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    lastBodyBytes: () => lastBytes,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function renderReply(promptTokens: number): string {
  const cached =
    promptTokens < 1024 ? 0 : Math.floor((promptTokens - 100) / CACHE_GRANULE_TOKENS) * CACHE_GRANULE_TOKENS;
  const completion = Math.ceil(ANSWER.length / BYTES_PER_TOKEN);
  return JSON.stringify({
    id: "chatcmpl-fixed",
    object: "chat.completion",
    created: 1_790_000_000,
    model: "gpt-5.4",
    choices: [{ index: 0, message: { role: "assistant", content: ANSWER }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completion,
      total_tokens: promptTokens + completion,
      prompt_tokens_details: { cached_tokens: cached },
    },
  });
}
