/**
 * The way of one `POST /v1/responses`: rules, memory, script, bill and reply.
 *
 * Only a request that will be answered is billed and remembered, and what was broken off on the way is forgotten
 * again: a response that nobody received whole cannot be continued. Background work goes on without its client.
 * It must not keep state of its own: what lasts belongs to the Simulator or to the record.
 */
import type { RecordedRequest } from "../recorded-request.ts";
import {
  askScript,
  checkEncoding,
  checkJson,
  keyOf,
  openStream,
  scriptedRefusal,
  sendJson,
  sendRefusal,
} from "../request-steps.ts";
import type { ScriptedReply } from "../scripted-reply.ts";
import { eventFrame, sendEvents, type Outgoing } from "../send-reply.ts";
import type { Simulator } from "../simulator.ts";
import { assemblePrompt, type Prompt } from "./assemble-prompt.ts";
import { readPrompt } from "./bind-reasoning.ts";
import { typeOf, type Item, type ResponsesRequest } from "./items.ts";
import { outputOf } from "./output-items.ts";
import { checkResponsesRequest } from "./parameter-rules.ts";
import { renderEvents, type ResponseEvent } from "./render-events.ts";
import { begun, renderResponse, type ResponseBody } from "./render-response.ts";

export async function createResponse(
  simulator: Simulator,
  outgoing: Outgoing,
  record: RecordedRequest,
  serial: number,
): Promise<void> {
  const unfit = checkEncoding(simulator, record) ?? checkJson(record) ?? checkResponsesRequest(record.json);
  if (unfit) return sendRefusal(outgoing, record, unfit);
  const request = record.json as ResponsesRequest;
  const asker = { state: simulator.responses, owner: keyOf(record), nowMs: record.at, serial };
  const assembled = assemblePrompt(request, asker);
  if (!assembled.ok) return sendRefusal(outgoing, record, assembled.refusal);

  const script = await askScript(simulator, outgoing, "responses", request);
  if (!script) return;
  const refusal = scriptedRefusal(script);
  if (refusal) return sendRefusal(outgoing, record, refusal, script);

  const body = answer(simulator, record, request, assembled.prompt, script, serial);
  const isObfuscated = request.stream_options?.include_obfuscation !== false;
  const events = renderEvents(body, { serial, tokensPerChunk: simulator.tokensPerChunk, isObfuscated });
  const forget = remember(simulator, record, request, assembled.prompt, body, events);
  if (request.stream === true) {
    openStream(outgoing, record, script);
    await sendEvents(outgoing, framesOf(script.missingDone ? events.slice(0, -1) : events), script, simulator.send);
  } else {
    const shown = request.background ? begun(body, "queued") : body;
    await sendJson(outgoing, record, `${JSON.stringify(shown, null, 2)}\n`, script);
  }
  const isWhole = !outgoing.brokenOff && !(outgoing.response.destroyed && !outgoing.response.writableFinished);
  if (!request.background && (!isWhole || script.missingDone)) forget();
}

export function framesOf(events: ResponseEvent[]): string[] {
  return events.map((event) => eventFrame(JSON.stringify(event), event.type));
}

/** Generates and bills. The prompt is read, and so cached, when the request arrived. */
function answer(
  simulator: Simulator,
  record: RecordedRequest,
  request: ResponsesRequest,
  prompt: Prompt,
  script: ScriptedReply,
  serial: number,
): ResponseBody {
  const { cache, countTokens, responses } = simulator;
  const read = readPrompt(request, [...prompt.before, ...prompt.input], responses.options.prefixBoundReasoning);
  const bill = cache.bill(JSON.stringify(["responses", keyOf(record), request.model]), read.pieces, record.at);
  const output = outputOf(script, request, { serial, prefix: read.prefix, countTokens });
  const thought = output.items.findIndex((item) => typeOf(item) === "reasoning");
  const thoughtId = output.items[thought]?.id;
  if (thoughtId) responses.rememberThought(thoughtId, output.items.slice(thought + 1));
  Object.assign(record, bill, {
    completionTokens: output.outputTokens,
    reasoningRemoved: read.removed.length,
    replyText: script.content ?? null,
    toolCalls: output.toolCalls,
  });
  const createdSeconds = Math.floor(record.at / 1000);
  const conversationId = prompt.conversation?.id ?? null;
  return renderResponse(request, script, output, {
    serial,
    createdSeconds,
    conversationId,
    bill,
    removed: read.removed,
  });
}

/** Stores before the reply is sent, because a client may go on the moment it has it; answers how to undo that. */
function remember(
  { responses }: Simulator,
  record: RecordedRequest,
  request: ResponsesRequest,
  { before, input, conversation }: Prompt,
  body: ResponseBody,
  events: ResponseEvent[],
): () => void {
  const owner = keyOf(record);
  const isStored = responses.options.holdsState && request.store !== false;
  const added: Item[] = [...input, ...body.output];
  if (isStored) {
    const isPending = request.background === true;
    const kept = isPending && request.stream === true ? events : null;
    responses.keepResponse({ owner, body, before, input, isPending, events: kept }, record.at);
  }
  if (conversation) responses.append(conversation, added);
  return () => {
    responses.dropResponse(body.id);
    if (conversation) responses.withdraw(conversation, added);
  };
}
