/**
 * What can be done with a stored response: read it, stream it again, list what it was made from, cancel or delete it.
 *
 * Background work is finished by being asked for, so that a test need not wait. Whatever is missing, expired or
 * another key's is answered alike. It must not generate or bill.
 */
import { refuse, unknownUrl, type Refusal } from "../refusal.ts";
import type { Answer } from "../other-routes.ts";
import { pageOfItems, shownItems } from "./item-list.ts";
import type { ResponseEvent } from "./render-events.ts";
import { begun } from "./render-response.ts";
import type { ResponsesState, StoredResponse } from "./state.ts";

export interface Asked {
  method: string;
  /** As it was sent, for the answer to a route that does not exist. */
  path: string;
  /** What follows `/v1/responses/` or `/v1/conversations`, cut at its slashes. */
  segments: string[];
  query: URLSearchParams;
  owner: string;
  nowMs: number;
}

export function answerStored(state: ResponsesState, asked: Asked): Answer {
  const { method, path, segments, query, owner, nowMs } = asked;
  const [id = "", part = "", ...rest] = segments;
  const route = `${method} ${part}`;
  const isKnown =
    ["GET ", "DELETE ", "GET input_items", "POST cancel"].includes(route) && id !== "" && rest.length === 0;
  if (!isKnown || !state.options.holdsState) return { ok: false, refusal: unknownUrl(method, path) };
  const stored = state.response(owner, id, nowMs);
  if (!stored) return { ok: false, refusal: responseNotFound(id) };
  if (route === "DELETE ") {
    state.dropResponse(id);
    return { ok: true, body: { id, object: "response", deleted: true } };
  }
  if (route === "GET input_items") return { ok: true, body: pageOfItems([...stored.before, ...stored.input], query) };
  if (route === "POST cancel") return cancel(stored);
  stored.isPending = false;
  return { ok: true, body: { ...stored.body, output: shownItems(stored.body.output, query) } };
}

function cancel(stored: StoredResponse): Answer {
  if (stored.body["background"] !== true)
    return { ok: false, refusal: refuse("Cannot cancel a synchronous response.") };
  if (stored.isPending) {
    stored.isPending = false;
    stored.body = begun(stored.body, "cancelled");
  }
  return { ok: true, body: stored.body };
}

type Replay = { ok: true; events: ResponseEvent[] } | { ok: false; refusal: Refusal };

/** The events of a background stream behind the last one that the client has. */
export function replayStream(state: ResponsesState, { segments, query, owner, nowMs }: Asked): Replay {
  const id = segments[0] ?? "";
  const stored = state.response(owner, id, nowMs);
  if (!stored) return { ok: false, refusal: responseNotFound(id) };
  if (!stored.events) {
    const message = "Streaming is only supported for background responses that were created with 'stream' enabled.";
    return { ok: false, refusal: refuse(message, "stream", "invalid_value") };
  }
  stored.isPending = false;
  const after = Number(query.get("starting_after") ?? -1);
  return { ok: true, events: stored.events.filter((event) => event.sequence_number > after) };
}

function responseNotFound(id: string): Refusal {
  return { ...refuse(`Response with id '${id}' not found.`), status: 404 };
}
