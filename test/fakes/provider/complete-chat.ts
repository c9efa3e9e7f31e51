/**
 * The way of one Chat Completions request through the simulator: rules, script, bill and reply.
 *
 * Whoever fails a rule gets a refusal, and only a request that will be answered is billed, remembered and written
 * to the cache. It must not keep state of its own: what lasts belongs to the Simulator or to the record.
 */
import type { ChatRequest } from "./chat-request.ts";
import { promptPieces } from "./prompt-pieces.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { choicesOf, renderChunks, renderCompletion, tokensOf, usageOf, type Completion } from "./render-reply.ts";
import {
  askScript,
  checkEncoding,
  checkJson,
  keyOf,
  openStream,
  scriptedRefusal,
  sendJson,
  sendRefusal,
} from "./request-steps.ts";
import { checkChatRequest } from "./rules.ts";
import type { ScriptedReply } from "./scripted-reply.ts";
import { eventFrame, sendEvents, type Outgoing } from "./send-reply.ts";
import type { Simulator } from "./simulator.ts";

export async function completeChat(
  simulator: Simulator,
  outgoing: Outgoing,
  record: RecordedRequest,
  serial: number,
): Promise<void> {
  const { alternation, chat } = simulator;
  const rules = { alternation, reasoningContent: chat.reasoningContent };
  const unfit = checkEncoding(simulator, record) ?? checkJson(record) ?? checkChatRequest(record.json, rules);
  if (unfit) return sendRefusal(outgoing, record, unfit);
  const request = record.json as ChatRequest;
  const forgotten = chat.check(request, record.at);
  if (forgotten) return sendRefusal(outgoing, record, forgotten);

  const script = await askScript(simulator, outgoing, "chat-completions", request);
  if (!script) return;
  const refusal = scriptedRefusal(script);
  if (refusal) return sendRefusal(outgoing, record, refusal, script);

  const completion = bill(simulator, record, request, script, serial);
  if (request.stream !== true) return sendJson(outgoing, record, renderCompletion(completion), script);
  openStream(outgoing, record, script);
  const events = renderChunks(completion, simulator.tokensPerChunk);
  if (!script.missingDone) events.push("[DONE]");
  const frames = events.map((event) => eventFrame(event));
  return sendEvents(outgoing, frames, script, simulator.send);
}

/** The prompt is read, and so cached, when the request arrived: a lifetime runs from request start to request start. */
function bill(
  simulator: Simulator,
  record: RecordedRequest,
  request: ChatRequest,
  script: ScriptedReply,
  serial: number,
): Completion {
  const { cache, chat, countTokens } = simulator;
  const owner = JSON.stringify([keyOf(record), request.model]);
  const prompt = cache.bill(owner, promptPieces(request), record.at);
  const createdSeconds = Math.floor(record.at / 1000);
  const choices = choicesOf(script, request, { serial, createdSeconds });
  chat.remember(choices);
  Object.assign(record, prompt);
  const tokens = tokensOf(choices, countTokens);
  record.completionTokens = tokens.completion;
  record.replyText = choices[0]?.content ?? null;
  record.toolCalls = choices[0]?.toolCalls ?? [];
  const { reasoningContent } = chat;
  return {
    serial,
    createdSeconds,
    request,
    choices,
    reasoningContent,
    usage: usageOf(prompt, tokens, reasoningContent),
  };
}
