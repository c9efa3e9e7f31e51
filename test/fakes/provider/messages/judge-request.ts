/**
 * Decides whether a request to the Messages API is one it would serve, and what it then stands for.
 *
 * First what the headers say, then the body's shape, then the thread it goes on from, and last the conversation as a
 * whole; the first fault decides, as in the real API. A request that passes comes back with everything the later
 * steps need. It must not answer, bill, or change what lasts.
 */
import { isObject } from "../chat-request.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { checkEncoding, checkHeaders, headerOf, keyOf } from "../request-steps.ts";
import type { Simulator } from "../simulator.ts";
import { checkCacheControl } from "./cache-rules.ts";
import { checkCompaction } from "./compaction-rules.ts";
import { checkMessages, checkOrder } from "./message-rules.ts";
import { conversationOf, type Conversation, type MessagesRequest } from "./messages-request.ts";
import { checkServerPairs, checkToolPairs } from "./pair-rules.ts";
import { checkParameters } from "./parameter-rules.ts";
import { missingKey, refuse, wrongKey, type MessagesRefusal } from "./refusal.ts";
import { checkOpenLoop, readThoughts, type Reading } from "./thinking-rules.ts";
import type { HeldThread } from "./threads.ts";
import { checkReferences, checkToolChoice, checkTools } from "./tool-rules.ts";

export interface Accepted {
  conversation: Conversation;
  reading: Reading;
  /** Who pays, and so whose cache and threads these are. */
  owner: string;
  /** The thread it goes on from. */
  thread: HeldThread | null;
  /** The reply shall be kept as (part of) a thread. */
  keeps: boolean;
}

export type Judged = { ok: true; accepted: Accepted } | { ok: false; refusal: MessagesRefusal };

export function judgeRequest(simulator: Simulator, record: RecordedRequest, generates: boolean): Judged {
  const betas = betasOf(record);
  const first = checkFrame(simulator, record) ?? checkBody(simulator, record, generates, betas);
  if (first) return { ok: false, refusal: first };
  const sent = record.json as MessagesRequest;
  const owner = keyOf(record);
  const thread = findThread(simulator, sent, owner, record.at);
  if (thread && "message" in thread) return { ok: false, refusal: thread };
  const mayBeEmpty = Boolean(thread?.unfinished ?? sent.compaction);
  const shape = checkMessages(sent.messages, { mayBeEmpty, startsThread: !thread }, betas) ?? checkCacheControl(sent);
  if (shape) return { ok: false, refusal: shape };

  const request = thread ? rebuilt(sent, thread) : sent;
  const conversation = conversationOf(request, thread?.messages.length ?? 0, betas, generates);
  const { thoughts } = simulator.messages;
  const refusal =
    checkConversation(conversation) ?? checkCompaction(conversation, thoughts) ?? checkOpenLoop(conversation, thoughts);
  if (refusal) return { ok: false, refusal };
  const reading = readThoughts(conversation, thoughts);
  if ("message" in reading) return { ok: false, refusal: reading };
  return { ok: true, accepted: { conversation, reading, owner, thread, keeps: isObject(sent["thread"]) } };
}

function betasOf(record: RecordedRequest): Set<string> {
  const values = record.headers.filter(([name]) => name.toLowerCase() === "anthropic-beta").map(([, value]) => value);
  return new Set(values.flatMap((value) => value.split(",")).map((value) => value.trim()));
}

function checkFrame(simulator: Simulator, record: RecordedRequest): MessagesRefusal | null {
  const headers = checkHeaders(simulator, record);
  if (headers?.status === 401) return keyOf(record) === "" ? missingKey : wrongKey;
  if (headers) return refuse(headers.message);
  const version = headerOf(record, "anthropic-version");
  if (version === "") return refuse("anthropic-version: header is required");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version)) return refuse(`anthropic-version: "${version}" is not a valid version`);
  const encoding = checkEncoding(simulator, record);
  return encoding && refuse(encoding.message, "request_body_encoding_unsupported");
}

function checkBody(
  simulator: Simulator,
  record: RecordedRequest,
  generates: boolean,
  betas: ReadonlySet<string>,
): MessagesRefusal | null {
  const body = record.json;
  if (body === undefined) return refuse("The request body is not valid JSON");
  if (!isObject(body)) return refuse("The request body must be a JSON object");
  const { holdsThreads = true, threadRefusal = "unsupported" } = simulator.messages.options;
  const knowsThreads = holdsThreads || threadRefusal === "unsupported";
  const refusal = checkParameters(body, { generates, knowsThreads }, betas) ?? checkTools(body);
  if (refusal || holdsThreads || !isObject(body["thread"])) return refusal;
  return refuse("Message threads are not supported for this request.", "thread_unsupported_request");
}

function findThread(
  simulator: Simulator,
  sent: MessagesRequest,
  owner: string,
  now: number,
): HeldThread | MessagesRefusal | null {
  const { thread } = sent;
  if (!isObject(thread) || thread["type"] !== "continue") return null;
  return simulator.messages.threads.find(String(thread["previous_message_id"]), owner, sent, now);
}

function rebuilt(sent: MessagesRequest, { system, tools, messages }: HeldThread): MessagesRequest {
  return {
    ...sent,
    ...(system !== undefined && { system }),
    ...(tools !== undefined && { tools }),
    messages: [...messages, ...sent.messages],
  };
}

function checkConversation(conversation: Conversation): MessagesRefusal | null {
  return (
    checkToolChoice(conversation.request) ??
    checkOrder(conversation) ??
    checkToolPairs(conversation) ??
    checkServerPairs(conversation) ??
    checkReferences(conversation)
  );
}
