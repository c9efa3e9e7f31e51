/**
 * A strict stand-in for a provider of Chat Completions, Responses and Messages, on a port of this machine.
 *
 * It refuses what the real API would refuse, in its words; streams as it streams; bills as it bills, prompt
 * cache included; and records every request byte for byte. Tests and the demo measure a proxy against it.
 * It must stay ignorant of the proxy: it imports nothing from src, and a proxy's own header is an error to it.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ChatState } from "./chat-state.ts";
import { countTokens as countExactly, type CountTokens } from "./count-tokens.ts";
import { echoReply } from "./echo-reply.ts";
import { MessagesState, type MessagesOptions } from "./messages/state.ts";
import { PrefixCache, type CacheSettings } from "./prefix-cache.ts";
import { newRecording, type RecordedRequest, type Recording } from "./recorded-request.ts";
import { ResponsesState, type ResponsesOptions } from "./responses/state.ts";
import type { ReplyScript } from "./scripted-reply.ts";
import { serveRequest } from "./serve-request.ts";
import type { Simulator } from "./simulator.ts";

export type { ChatMessage, ChatRequest } from "./chat-request.ts";
export { hasTool, lastTextOf } from "./echo-reply.ts";
export { costOf, type RecordedRequest } from "./recorded-request.ts";
export type { Api, RequestBody, ScriptedReply } from "./scripted-reply.ts";

export interface ProviderOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Milliseconds; drives the cache and every timestamp. */
  now?: () => number;
  reply?: ReplyScript;
  cache?: Partial<CacheSettings>;
  chunkDelayMs?: number;
  tokensPerChunk?: number;
  /** Let packets end within a multi-byte character now and then. */
  splitCharacters?: boolean;
  /** Cut streams into packets of so many bytes; by default each event is one. */
  packetBytes?: number;
  /** When given, any other key is answered with 401. */
  apiKeys?: string[];
  countTokens?: CountTokens;
  /** Also hold the order that chat templates ask for: one system message first, then user and assistant in turn. */
  alternation?: boolean;
  /** Chat Completions as DeepSeek has it: thoughts are shown, and wanted back with the tool calls they led to. */
  reasoningContent?: boolean;
  /** Request encodings to decode (gzip, deflate, br, zstd); by default an encoded body is refused. */
  acceptEncodings?: string[];
  responses?: ResponsesOptions;
  messages?: MessagesOptions;
  /** Keep the bodies of only so many latest requests; records themselves always stay. */
  keepBodies?: number;
}

export interface Provider {
  /** Without a path: the OpenAI base URL is `${url}/v1`. */
  url: string;
  port: number;
  requests: RecordedRequest[];
  /** Forgets the records and starts `requestIndex` again; the prompt cache stays warm. */
  clear(): void;
  /** Makes the prompt cache cold. */
  forgetCache(): void;
  /** Loses stored responses, conversations and message threads, as a provider may at any time. */
  forgetState(): void;
  close(): Promise<void>;
}

const CACHE_DEFAULTS: CacheSettings = { ttlSeconds: 600, minimumTokens: 1024, granuleTokens: 128 };

export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const countTokens = options.countTokens ?? countExactly;
  const now = options.now ?? Date.now;
  const simulator: Simulator = {
    now,
    reply: options.reply ?? echoReply,
    cache: new PrefixCache({ ...CACHE_DEFAULTS, ...options.cache }, countTokens),
    countTokens,
    apiKeys: options.apiKeys,
    alternation: options.alternation ?? false,
    acceptEncodings: options.acceptEncodings ?? [],
    tokensPerChunk: options.tokensPerChunk ?? 1,
    send: {
      chunkDelayMs: options.chunkDelayMs ?? 0,
      splitCharacters: options.splitCharacters ?? false,
      packetBytes: options.packetBytes ?? Infinity,
    },
    chat: new ChatState(options.reasoningContent ?? false),
    responses: new ResponsesState(options.responses ?? {}),
    messages: new MessagesState(options.messages ?? {}, countTokens),
    serial: 0,
    requestIndex: 0,
  };
  const requests: RecordedRequest[] = [];
  const withBodies: Recording[] = [];

  const server = createServer((request, response) => {
    const { method = "", url = "", rawHeaders } = request;
    const recording = newRecording(method, url, rawHeaders, simulator.now());
    requests.push(recording.record);
    withBodies.push(recording);
    if (withBodies.length > (options.keepBodies ?? Infinity)) withBodies.shift()?.dropBodies();
    void serveRequest(simulator, request, response, recording);
  });
  server.on("connection", (socket) => socket.setNoDelay(true));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    clear() {
      requests.length = 0;
      withBodies.length = 0;
      simulator.requestIndex = 0;
    },
    forgetCache() {
      simulator.cache.forget();
      simulator.messages.forgetCache();
    },
    forgetState() {
      simulator.responses.forget();
      simulator.messages.forgetThreads();
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
