/**
 * Facts about the end user for the end of a prompt: asked for beside the session, and taken only where they may stand.
 *
 * The question runs while the session is opened and is given little time: without an answer there are none. A block
 * stands behind the newest words of the user's and in that call alone: a fact that was deleted must not stay in a prompt,
 * and once tools have been used behind a block, taking it out would cost all that they have found once more. It is
 * never worth a request: it is left out where a call must go up whole, where reasoning would be bound to it, and where
 * the session could not pay for it. Only a session's first call may carry one unpaid, up to the operator's bound.
 */
import { FACT_RECALL_WAIT_MS_MAX } from "../model/limits.ts";
import type { PlanReason } from "../model/plan.ts";
import type { RecalledFacts } from "../ports/user-memory.ts";
import type { Edge } from "./edge.ts";
import { withinTime } from "./open-session.ts";
import type { PlannedTurn } from "./plan-turn.ts";

type Asking = Pick<PlannedTurn, "namer" | "now" | "found" | "rev">;

/** Null: nothing is known that matters, or not in time. */
export async function askUserMemory(
  edge: Edge,
  name: string | null,
  turn: Asking,
  asked: string | null,
): Promise<RecalledFacts | null> {
  if (name === null || asked === null) return null;
  const { tenant, upstream } = turn.namer;
  const about = { tenant, session: turn.found.identity.session, turn: turn.rev, upstream, step: "recall" };
  const unavailable = { event: "memory_unavailable", ...about };
  return withinTime(edge, recall(edge, name, turn, asked), FACT_RECALL_WAIT_MS_MAX, unavailable);
}

async function recall(edge: Edge, name: string, turn: Asking, text: string): Promise<RecalledFacts | null> {
  const { tokensMax } = edge.config.memory;
  const question = { tenant: turn.namer.tenant, session: turn.found.identity.session, text, now: turn.now, tokensMax };
  return edge.memories.find(name).recall(question);
}

/** Reasons for which a call goes up as it came. */
const WHOLE: ReadonlySet<PlanReason> = new Set<PlanReason>([
  "side_request",
  "forced_format",
  "context_management",
  "rewrite_refused",
  "upstream_state",
  "zero_content",
]);

/** Whether the block may stand in this call. */
export function admitsFacts(
  { request, route, question, ticket }: Pick<PlannedTurn, "request" | "route" | "question" | "ticket">,
  { tokens }: RecalledFacts,
): boolean {
  if (ticket && !ticket.takesAdditions) return false;
  if (question.plain || question.rewrite.leaveAlone !== null || (ticket && WHOLE.has(ticket.reason))) return false;
  // What the upstream keeps of the prompt would hold the block for good.
  if (request.repliesById && route.state !== "none") return false;
  // The block is gone from the next prompt, and what is bound to it would not be taken back.
  if (request.binding !== null && request.bindsReply !== false) return false;
  const spare = ticket?.spareTokens ?? null;
  return spare === null || tokens <= spare;
}
