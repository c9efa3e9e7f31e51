/**
 * What every code of a session means, in a sentence for whoever reads a page.
 *
 * One table for each closed list of codes, so that a new code does not compile without its sentence. Rows that an older
 * version stored may hold a code that is gone: it is then shown as it is. docs/OPERATING.md says more about each.
 */
import type { PlanMode, PlanReason } from "../../model/plan.ts";
import type { PieceReason } from "../../model/piece.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Stratum } from "../../ports/inspection.ts";
import type { TurnStatus } from "../../ports/session.ts";
import type { PieceFate } from "../../ports/turn-view.ts";

/** Why a turn was sent as it was. */
const REASONS: Readonly<Record<PlanReason, string>> = {
  mode_off: "Strata was switched off for this request.",
  unknown_route: "This is no path on which Strata acts.",
  unreadable_body: "The body could not be read, so it was passed on as it came.",
  body_too_large: "The body was too large to be read, so it was passed on as it came.",
  unnamed_session: "A first request without any id has nothing to shorten.",
  session_unavailable: "The session did not answer in time, so the client’s bytes went up as they came.",
  background: "The reply is made in the background and fetched later.",
  upstream_state: "The upstream holds the history itself; only what is new went up.",
  zero_content: "No text of this conversation is kept, so there is nothing to shorten it with.",

  side_request: "A call of the client’s own, such as one for a title, has to see everything.",
  forced_format: "The call asks for an output format that the conversation did not have so far.",
  context_management: "The client has asked the provider to edit the context itself.",
  bound_reasoning: "The provider ties the model’s reasoning to the exact history, so nothing of it may be left out.",
  open_tool_call: "A tool call was still waiting for its result.",
  media: "The thread holds an image, a file or audio, which no brief can stand for.",
  system_change: "A system message in mid-conversation has to stay where it is.",
  tool_change: "The tools have changed in mid-conversation.",
  server_tool: "The thread holds the work of a tool that ran at the provider.",
  citation: "The thread holds citations that point into its own text.",
  reference: "The thread refers to items that the provider keeps.",
  provider_compaction: "The provider has compacted this thread itself.",
  unknown_content: "The thread holds content of a kind that Strata does not know.",

  new_thread: "The conversation was only beginning.",
  nothing_to_drop: "Nothing was old enough to leave the prompt.",
  rent_not_paid: "Keeping the old messages had cost less so far than dropping them would.",
  session_guard: "Compacting could have made this session dearer than its cached replay by more than the limit.",
  tenant_guard:
    "Compacting could have made the tenant’s sessions together dearer than their cached replay by more than the limit.",
  brief_not_ready: "Compacting was due, but its brief was still being written; a later turn can use it.",
  rewrite_refused: "The upstream has refused a rewritten body of this thread, so the client’s own bytes went up.",

  epoch: "An earlier turn put this brief in place; since then the prompt has only grown, and the cache kept working.",
  cold_cache: "The cache had expired, so compacting cost no more than staying.",
  cheaper_now: "Compacting cost no more than staying, although the cache was warm.",
  rent_paid: "Keeping the old messages had by then cost as much as dropping them.",
  window_full: "The prompt would hardly have fitted into the model’s window.",
};

/** How a request relates to what was known. */
const VERDICTS: Readonly<Record<Verdict, string>> = {
  new: "Nothing of this conversation was known before.",
  continue: "It goes on where the conversation ended.",
  retry: "The same request once more, because its answer never arrived.",
  regenerate: "The same messages again, for another answer.",
  edit: "An earlier message of the user was changed, so the conversation branches there.",
  fork: "The conversation branches off at an earlier point.",
  "client-compacted": "The client has shortened its own history.",
  delta: "The client sent only what was new and named the turn before it.",
};

const PLANS: Readonly<Record<PlanMode, { label: string; sentence: string }>> = {
  pass: { label: "passed through", sentence: "The client’s bytes went up untouched." },
  full: { label: "whole history", sentence: "The whole history went up." },
  brief: { label: "brief", sentence: "A brief stands for the older messages." },
};

const STATUSES: Readonly<Record<TurnStatus, string>> = {
  complete: "The reply arrived whole.",
  aborted: "The client left before the reply was complete.",
  broken: "The upstream broke off before the reply was complete.",
  refused: "The upstream answered with an error.",
};

const STRATA_SENTENCES: Readonly<Record<Stratum | PieceFate, string>> = {
  verbatim: "Goes up word for word, as the client sent it.",
  short_form: "Goes up with its tool results in short form; the originals are kept here.",
  in_brief: "No longer goes up by itself: the brief stands for it. The original is kept here.",
  recalled: "In the brief, and brought back word for word behind the newest question.",
  released: "Its text is no longer kept.",
  added: "Put into the prompt by Strata.",
  held_upstream: "Not sent again, because the upstream holds it.",
};

const PIECES: Readonly<Record<PieceReason, string>> = {
  as_sent: "Goes up as the client wrote it, in every turn.",
  nothing_left_out: "Nothing has left the prompt in this turn.",
  behind_the_cut: "Newer than the brief, so it goes up word for word.",
  before_the_cut: "The brief stands for it.",
  upstream_refused: "The upstream refuses rewritten bodies of this thread.",
  passed_through: "The whole body was passed through untouched.",
  supplied: "The client did not send it again; it was put in from what the session keeps.",
  held_upstream: "The upstream holds it, so it was not sent again.",
  shortened_now: "Its tool results are large, so they went up in short form from the first time on.",
  stays_short: "Its tool results went up in short form before, and so the prompt only grows.",
  brief_adopted: "Put in place by this turn.",
  brief_in_force: "In force since an earlier turn, unchanged.",
  about_the_question: "What has left the prompt and is about the new message, word for word.",
  tools_used_behind: "Recalled earlier; it stays while the cached prompt goes on behind it.",
  known_of_the_user: "What earlier conversations have told of this user.",
  for_searches: "Lets the model search what has left the prompt.",
  keeps_the_cache: "Marks what the provider should keep in its cache.",
  names_the_cache: "Names the cache that the prompt is looked for in.",
  whole_reply: "The reply arrived whole.",
  no_whole_reply: "No whole reply arrived.",
};

export function sayReason(code: string): string {
  return find(REASONS, code) ?? sayCode(code);
}

export function sayVerdict(code: string): string {
  return find(VERDICTS, code) ?? sayCode(code);
}

export function sayPlan(code: string): { label: string; sentence: string } {
  return find(PLANS, code) ?? { label: sayCode(code), sentence: "" };
}

export function sayStatus(code: string): string {
  return find(STATUSES, code) ?? sayCode(code);
}

export function sayStratum(code: Stratum | PieceFate): string {
  return STRATA_SENTENCES[code];
}

/** Why a piece of a prompt went up as it did. */
export function sayPiece(code: PieceReason): string {
  return find(PIECES, code) ?? sayCode(code);
}

/** How the session was found, from the name of the signal. */
export function sayIdentity(source: string): string {
  return source === "first_exchange"
    ? "The session was found by its first exchange."
    : `The session was named by ${source}.`;
}

/** A code without a sentence of its own: `rent_paid` → `rent paid`. */
export function sayCode(code: string): string {
  return code.replaceAll("_", " ");
}

function find<Value>(table: Readonly<Record<string, Value>>, code: string): Value | null {
  return Object.hasOwn(table, code) ? (table[code] ?? null) : null;
}
