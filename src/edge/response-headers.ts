/**
 * What a reply says about its own turn: verdict, plan, reason, tokens, where the time went.
 *
 * Headers only; the body is the upstream's. `x-strata-rev` names the position that the conversation has reached once
 * this reply is complete: a delta client sends it back as `x-strata-parent`.
 */
import type { Ticket } from "../ports/session.ts";
import { describeRecall } from "./choose-recall.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import { PLANNING } from "./step-times.ts";
import type { StepTimes } from "./step-times.ts";

export function describeTurn(headers: Headers, turn: PlannedTurn, times: StepTimes): void {
  const { ticket, identity, plan, memory } = turn;
  if (identity.session !== null) headers.set("x-strata-session", identity.session);
  headers.set("x-strata-rev", turn.rev);
  headers.set("x-strata-verdict", ticket?.verdict ?? "new");
  headers.set("x-strata-plan", plan.mode);
  headers.set("x-strata-reason", plan.reason);
  headers.set("x-strata-recall", describeRecall(turn.recall));
  if (ticket) headers.set("x-strata-tokens", describeTokens(turn, ticket));
  const recalled = ticket === null ? 0 : countRecalled(ticket);
  if (recalled > 0) headers.set("x-strata-recalled", String(recalled));
  if (memory) headers.set("x-strata-user", memory.name);
  if (memory && memory.tokens > 0) headers.set("x-strata-facts", String(memory.facts.length));
  if (turn.shortCount > 0) headers.set("x-strata-short-results", String(turn.shortCount));
  const ours = describeTimes(times);
  const theirs = headers.get("server-timing");
  headers.set("server-timing", theirs === null ? ours : `${theirs}, ${ours}`);
}

/** `strata` is all of ours before the upstream is called; the parts of it come behind. */
function describeTimes(times: StepTimes): string {
  const read = times.of("read");
  const steps = {
    strata: read + times.of(...PLANNING),
    "strata-read": read,
    "strata-open": times.of("open"),
    upstream: times.of("upstream"),
  };
  return Object.entries(steps)
    .map(([step, ms]) => `${step};dur=${ms}`)
    .join(", ");
}

/** Tokens of all recalled blocks in the prompt. */
function countRecalled({ recalled: { newest, lasting } }: Ticket): number {
  return [...lasting, ...(newest ? [newest] : [])].reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Tokens of the whole conversation as a replay would send it, and as forwarded; estimates, before any usage is known. */
function describeTokens({ plan, shortCount, short, memory }: PlannedTurn, { tokens, recalled }: Ticket): string {
  const { client, forwarded } = tokens;
  const saved = short.forms.reduce((sum, { savedTokens }) => sum + savedTokens, 0);
  const isRewritten = plan.mode === "brief" || shortCount > 0;
  const kept = isRewritten ? forwarded - saved + (recalled.newest?.tokens ?? 0) : client;
  return `${Math.round(client)}->${Math.round(kept + (memory?.tokens ?? 0))}`;
}
