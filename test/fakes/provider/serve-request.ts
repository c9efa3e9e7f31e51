/**
 * The way of one request through the simulator, from its headers to the last byte of the reply.
 *
 * Read top to bottom: body, headers and key, then for a chat completion rules, script, bill and reply. Whoever
 * fails a step gets a refusal, and only a request that will be answered is billed and written to the cache.
 * It must not keep state of its own: what lasts belongs to the Simulator or to the record.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ChatRequest } from "./chat-request.ts";
import type { CountTokens } from "./count-tokens.ts";
import { answerOther } from "./other-routes.ts";
import type { PrefixCache } from "./prefix-cache.ts";
import { promptPieces } from "./prompt-pieces.ts";
import type { RecordedRequest, Recording } from "./recorded-request.ts";
import { missingKey, refusalBody, refuse, serverError, unreadableJson, wrongKey, type Refusal } from "./refusal.ts";
import {
  choicesOf,
  completionTokens,
  identifier,
  renderChunks,
  renderCompletion,
  usageOf,
  type Completion,
  type ScriptedReply,
} from "./render-reply.ts";
import { checkChatRequest } from "./rules.ts";
import { pause, sendBody, sendEvents, type Outgoing, type SendSettings } from "./send-reply.ts";

/** What lasts from one request to the next. */
export interface Simulator {
  now: () => number;
  reply: (request: ChatRequest, seen: { requestIndex: number }) => ScriptedReply | Promise<ScriptedReply>;
  cache: PrefixCache;
  countTokens: CountTokens;
  apiKeys: string[] | undefined;
  alternation: boolean;
  tokensPerChunk: number;
  send: SendSettings;
  /** Counts all requests and never starts again, so that ids stay unique. */
  serial: number;
  /** Counts the chat completions handed to `reply`. */
  requestIndex: number;
}

/** The name a proxy would put before its own headers: none of them may get this far. */
const PROXY_HEADER_PREFIX = "x-strata-";

export async function serveRequest(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  { record, sent }: Recording,
): Promise<void> {
  const outgoing: Outgoing = { response, sent, brokenOff: false };
  const serial = (simulator.serial += 1);
  response.once("close", () => {
    record.aborted = !response.writableFinished && !outgoing.brokenOff;
    record.finished = true;
  });
  try {
    record.body = await readBody(request);
    record.json = parseJson(record.body);
    setCommonHeaders(response, serial, simulator.now() - record.at);
    const refusal = checkHeaders(simulator, record);
    if (refusal) await sendRefusal(outgoing, record, refusal);
    else await route(simulator, outgoing, record, serial);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else await sendRefusal(outgoing, record, serverError(String(error)));
  }
}

async function route(simulator: Simulator, outgoing: Outgoing, record: RecordedRequest, serial: number): Promise<void> {
  const pathname = record.path.split("?", 1)[0] ?? "";
  if (record.method === "POST" && pathname === "/v1/chat/completions") {
    return completeChat(simulator, outgoing, record, serial);
  }
  const answer = answerOther(record, pathname, simulator.countTokens);
  if (!answer.ok) return sendRefusal(outgoing, record, answer.refusal);
  return sendJson(outgoing, record, `${JSON.stringify(answer.body, null, 2)}\n`);
}

async function completeChat(
  simulator: Simulator,
  outgoing: Outgoing,
  record: RecordedRequest,
  serial: number,
): Promise<void> {
  const refusal = checkEncoding(record) ?? checkJson(record) ?? checkChatRequest(record.json, simulator);
  if (refusal) return sendRefusal(outgoing, record, refusal);
  const request = record.json as ChatRequest;
  const requestIndex = simulator.requestIndex;
  simulator.requestIndex += 1;

  const script = await simulator.reply(request, { requestIndex });
  for (const [name, value] of Object.entries(script.extraHeaders ?? {})) outgoing.response.setHeader(name, value);
  if (script.delayMs !== undefined) await pause(outgoing.response, script.delayMs);
  if (outgoing.response.destroyed) return;
  if (script.status !== undefined && script.status >= 400) {
    return sendRefusal(outgoing, record, scriptedRefusal(script, script.status), script);
  }

  const completion = bill(simulator, record, request, script, serial);
  if (request.stream !== true) return sendJson(outgoing, record, renderCompletion(completion), script);
  record.status = script.status ?? 200;
  outgoing.response.statusCode = record.status;
  outgoing.response.setHeader("content-type", "text/event-stream; charset=utf-8");
  return sendEvents(outgoing, renderChunks(completion, simulator.tokensPerChunk), script, simulator.send);
}

/** The prompt is read, and so cached, when the request arrived: a lifetime runs from request start to request start. */
function bill(
  simulator: Simulator,
  record: RecordedRequest,
  request: ChatRequest,
  script: ScriptedReply,
  serial: number,
): Completion {
  const owner = JSON.stringify([keyOf(record), request.model]);
  const prompt = simulator.cache.bill(owner, promptPieces(request), record.at);
  const choices = choicesOf(script, request, serial);
  Object.assign(record, prompt);
  record.completionTokens = completionTokens(choices, simulator.countTokens);
  record.replyText = choices[0]?.content ?? null;
  record.toolCalls = choices[0]?.toolCalls ?? [];
  const createdSeconds = Math.floor(record.at / 1000);
  return { serial, createdSeconds, request, choices, usage: usageOf(prompt, record.completionTokens) };
}

function checkHeaders({ apiKeys }: Simulator, record: RecordedRequest): Refusal | null {
  const leaked = record.headers.find(([name]) => name.toLowerCase().startsWith(PROXY_HEADER_PREFIX));
  if (leaked) return refuse(`Unrecognized request header supplied: ${leaked[0]}`);
  if (apiKeys === undefined) return null;
  const key = keyOf(record);
  if (key === "") return missingKey;
  return apiKeys.includes(key) ? null : wrongKey(key);
}

function checkEncoding(record: RecordedRequest): Refusal | null {
  const encoding = headerOf(record, "content-encoding").trim().toLowerCase();
  if (encoding === "" || encoding === "identity") return null;
  return refuse(`Unsupported content encoding: '${encoding}'.`, null, "unsupported_content_encoding");
}

function checkJson(record: RecordedRequest): Refusal | null {
  return record.json === undefined ? unreadableJson : null;
}

function keyOf(record: RecordedRequest): string {
  return headerOf(record, "authorization").replace(/^Bearer\s+/i, "");
}

function headerOf(record: RecordedRequest, wanted: string): string {
  return record.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
}

function scriptedRefusal(script: ScriptedReply, status: number): Refusal {
  const fallback = status >= 500 ? serverError() : refuse("The request was refused by a script.");
  return { ...fallback, ...script.error, status };
}

async function sendRefusal(
  outgoing: Outgoing,
  record: RecordedRequest,
  refusal: Refusal,
  script: ScriptedReply = {},
): Promise<void> {
  await sendJson(outgoing, record, refusalBody(refusal), { ...script, status: refusal.status });
}

async function sendJson(
  outgoing: Outgoing,
  record: RecordedRequest,
  body: string,
  script: ScriptedReply = {},
): Promise<void> {
  record.status = script.status ?? 200;
  outgoing.response.statusCode = record.status;
  outgoing.response.setHeader("content-type", "application/json");
  await sendBody(outgoing, body, script);
}

function setCommonHeaders(response: ServerResponse, serial: number, processingMs: number): void {
  response.setHeader("openai-organization", "simulated-org");
  response.setHeader("openai-processing-ms", Math.max(1, Math.round(processingMs)));
  response.setHeader("openai-version", "2020-10-01");
  response.setHeader("x-ratelimit-limit-requests", "10000");
  response.setHeader("x-ratelimit-remaining-requests", "9999");
  response.setHeader("x-ratelimit-reset-requests", "6ms");
  response.setHeader("x-request-id", identifier("req_", 32, `${serial}`).toLowerCase());
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Strict about bytes too: a body that is not UTF-8 is not JSON. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
}
