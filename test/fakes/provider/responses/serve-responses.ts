/**
 * The routes of the Responses API and of the conversations that go with it.
 *
 * Creating has a file of its own; everything here answers from what is stored. A path or method that the API does
 * not have gets the provider's 404. It must not keep state of its own.
 */
import type { RecordedRequest } from "../recorded-request.ts";
import { keyOf, openStream, sendJson, sendRefusal } from "../request-steps.ts";
import { sendEvents, type Outgoing } from "../send-reply.ts";
import type { Simulator } from "../simulator.ts";
import { answerConversation } from "./conversation-routes.ts";
import { createResponse, framesOf } from "./create-response.ts";
import { answerStored, replayStream, type Asked } from "./stored-routes.ts";

/** Where a request went, without and with what follows its question mark. */
interface Place {
  pathname: string;
  query: URLSearchParams;
}

export async function serveResponses(
  simulator: Simulator,
  outgoing: Outgoing,
  record: RecordedRequest,
  serial: number,
  { pathname, query }: Place,
): Promise<void> {
  if (record.api === "responses") return createResponse(simulator, outgoing, record, serial);
  const { method, path } = record;
  const [room = "", ...segments] = pathname.slice("/v1/".length).split("/");
  const state = simulator.responses;
  const asked: Asked = { method, path, segments, query, owner: keyOf(record), nowMs: record.at };
  const isReplay = room === "responses" && method === "GET" && segments.length === 1 && query.get("stream") === "true";
  if (isReplay && state.options.holdsState) {
    const replay = replayStream(state, asked);
    if (!replay.ok) return sendRefusal(outgoing, record, replay.refusal);
    openStream(outgoing, record, {});
    return sendEvents(outgoing, framesOf(replay.events), {}, simulator.send);
  }
  const answer =
    room === "conversations" ? answerConversation(state, asked, record.json, serial) : answerStored(state, asked);
  if (!answer.ok) return sendRefusal(outgoing, record, answer.refusal);
  return sendJson(outgoing, record, `${JSON.stringify(answer.body, null, 2)}\n`);
}
