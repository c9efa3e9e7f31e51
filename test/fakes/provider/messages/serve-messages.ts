/**
 * The way of one Messages request through the simulator: judge, script, bill, reply, and keep the thread.
 *
 * It serves `POST /v1/messages` and `POST /v1/messages/count_tokens`, told apart by the record's path. Whoever fails a
 * step gets a refusal in Anthropic's envelope; a script's `error` without an HTTP status comes in mid-stream, after
 * `breakAfterChunks` events. What lasts belongs to MessagesState or to the record.
 */
import { isObject } from "../chat-request.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { identifier } from "../render-reply.ts";
import { askScript, openStream, sendJson } from "../request-steps.ts";
import type { ScriptedReply } from "../scripted-reply.ts";
import { eventFrame, sendEvents, type Outgoing } from "../send-reply.ts";
import type { Simulator } from "../simulator.ts";
import { buildReply, type Reply } from "./build-reply.ts";
import { judgeRequest, type Accepted } from "./judge-request.ts";
import { minimumCacheTokens } from "./models.ts";
import { promptBlocks } from "./prompt-blocks.ts";
import { errorBody, errorTypeOf, refuse, serverError, type MessagesRefusal } from "./refusal.ts";
import { renderEvents, renderMessage, type Rendered } from "./render-message.ts";

const BINDING_BETA = "thinking-binding-controls-2026-08-01";

export async function serveMessages(
  simulator: Simulator,
  outgoing: Outgoing,
  record: RecordedRequest,
  serial: number,
): Promise<void> {
  const requestId = identifier("req_01", 22, `${serial}`);
  outgoing.response.setHeader("request-id", requestId);
  outgoing.response.setHeader("anthropic-organization-id", "00000000-0000-4000-8000-000000000001");
  const generates = !record.path.split("?", 1)[0]?.endsWith("/count_tokens");
  if (generates) record.api = "messages";
  const refuseWith = async (refusal: MessagesRefusal, script: ScriptedReply = {}): Promise<void> => {
    await sendJson(outgoing, record, errorBody(refusal, requestId), { ...script, status: refusal.status });
  };

  const judged = judgeRequest(simulator, record, generates);
  if (!judged.ok) return refuseWith(judged.refusal);
  const { accepted } = judged;
  if (!generates) return sendJson(outgoing, record, JSON.stringify(countTokens(simulator, accepted)));

  // A reply that does not get through leaves the one before it open for another try.
  if (accepted.thread) accepted.thread.state = "in flight";
  let isKept = false;
  try {
    const script = await askScript(simulator, outgoing, "messages", accepted.conversation.request);
    if (!script) return;
    const refusal = scriptedRefusal(script);
    if (refusal) return await refuseWith(refusal, script);
    const rendered = bill(simulator, record, accepted, script, serial);
    isKept = await sendKept(simulator, outgoing, record, accepted, rendered, script);
  } catch (error) {
    if (outgoing.response.headersSent) throw error;
    await refuseWith(serverError(String(error)));
  } finally {
    if (accepted.thread) accepted.thread.state = isKept ? "continued" : "open";
  }
}

function countTokens(simulator: Simulator, { conversation, reading }: Accepted): object {
  const tokens = simulator.messages.cache.count(promptBlocks(conversation, reading.dropped));
  const managed = conversation.request["context_management"];
  return { input_tokens: tokens, ...(isObject(managed) && { context_management: { original_input_tokens: tokens } }) };
}

/** The error a script asks for instead of a reply. */
function scriptedRefusal({ status, error }: ScriptedReply): MessagesRefusal | null {
  if (status === undefined || status < 400) return null;
  const fallback = status >= 500 ? serverError() : refuse("The request was refused by a script.");
  const { message = fallback.message, type = errorTypeOf(status), code } = error ?? {};
  return { status, type, message, ...(code && { details: { error_code: code } }) };
}

/** The prompt is read, and so cached, when the request arrived: a lifetime runs from request start to request start. */
function bill(
  simulator: Simulator,
  record: RecordedRequest,
  { conversation, reading, owner }: Accepted,
  script: ScriptedReply,
  serial: number,
): Rendered {
  const { cache, thoughts, options } = simulator.messages;
  const { request, betas } = conversation;
  const minimum = options.minimumCacheTokens ?? minimumCacheTokens(request.model);
  const paid = cache.bill(
    JSON.stringify([owner, request.model]),
    promptBlocks(conversation, reading.dropped),
    minimum,
    record.at,
  );
  const reply = buildReply(script, conversation, reading, {
    serial,
    ledger: thoughts,
    countTokens: simulator.countTokens,
  });
  record.promptTokens = paid.promptTokens;
  record.cachedTokens = paid.readTokens;
  record.cacheWriteTokens = paid.write5mTokens + paid.write1hTokens;
  record.completionTokens = reply.outputTokens;
  record.reasoningRemoved = reading.dropped.size;
  record.replyText = textOf(reply);
  record.toolCalls = reply.content.flatMap(({ type, id, name, input }) => {
    if (type !== "tool_use") return [];
    return [{ id: String(id), type: "function", function: { name: String(name), arguments: JSON.stringify(input) } }];
  });
  const extras = {
    ...(isObject(request["context_management"]) && { context_management: { applied_edits: [] } }),
    ...(betas.has(BINDING_BETA) && { input_transformations: reading.transformations }),
  };
  return { reply, bill: paid, extras };
}

function textOf({ content }: Reply): string | null {
  const texts = content.flatMap((block) => (block.type === "text" ? [block.text ?? ""] : []));
  return texts.length > 0 ? texts.join("") : null;
}

/** Kept before its last byte is sent, because a client may go on at once; dropped again if it does not get through. */
async function sendKept(...args: Parameters<typeof send>): Promise<boolean> {
  const [simulator, outgoing, , { conversation, owner, keeps }, { reply }, script] = args;
  const { threads } = simulator.messages;
  if (keeps) threads.keep(reply.id, owner, conversation.request, reply, simulator.now());
  await send(...args);
  const isKept = keeps && isWhole(outgoing, script) && reply.stopReason !== "refusal";
  if (!isKept) threads.drop(reply.id);
  return isKept;
}

async function send(
  simulator: Simulator,
  outgoing: Outgoing,
  record: RecordedRequest,
  { conversation }: Accepted,
  rendered: Rendered,
  script: ScriptedReply,
): Promise<void> {
  if (conversation.request.stream !== true) return sendJson(outgoing, record, renderMessage(rendered), script);
  const frames = renderEvents(rendered, simulator.tokensPerChunk);
  openStream(outgoing, record, script);
  if (!script.error) {
    return sendEvents(outgoing, script.missingDone ? frames.slice(0, -1) : frames, script, simulator.send);
  }
  const { message, type = "overloaded_error" } = script.error;
  const error = eventFrame(JSON.stringify({ type: "error", error: { type, message } }), "error");
  const { breakAfterChunks: reached = frames.length - 1, ...rest } = script;
  await sendEvents(outgoing, [...frames.slice(0, reached), error], rest, simulator.send);
}

function isWhole({ response, brokenOff }: Outgoing, script: ScriptedReply): boolean {
  return !brokenOff && !script.missingDone && !script.error && response.writableEnded;
}
