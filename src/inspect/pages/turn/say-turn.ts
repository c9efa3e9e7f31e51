/**
 * A turn in plain words: how much of the conversation went up, what stands for the rest, and why.
 *
 * Pure. Each sentence says only what the turn's own numbers say.
 */
import type { TurnView } from "../../../ports/turn-view.ts";
import { formatCount, formatShare } from "../formats.ts";
import { sayPlan, sayReason, sayStatus } from "../sentences.ts";
import { sayRanges } from "./align-pieces.ts";

export function sayTurn(turn: TurnView): { sent: string; stands: string | null; why: string } {
  return { sent: saySent(turn), stands: sayStands(turn), why: sayReason(turn.reason) };
}

function saySent({ bill, bytes, pieces }: TurnView): string {
  if (bill === null) return `Sent ${formatCount(bytes.forwarded)} of ${formatCount(bytes.client)} bytes.`;
  const { prompt_tokens: sent, replay_tokens: whole } = bill;
  const estimated = bill.source === "estimated" ? " (estimated: the upstream reported no count)" : "";
  // What the upstream holds is read, and billed, without being sent.
  const verb = pieces.some(({ fate }) => fate === "held_upstream") ? "The model read" : "Sent";
  if (sent === whole) return `${verb} the whole conversation, ${formatCount(sent)} tokens${estimated}.`;
  if (sent > whole)
    return `${verb} ${formatCount(sent)} tokens, ${formatCount(sent - whole)} more than the whole conversation${estimated}.`;
  return `${verb} ${formatCount(sent)} of ${formatCount(whole)} tokens, ${formatShare(1 - sent / whole)} less${estimated}.`;
}

function sayStands({ plan, pieces, omitted_messages: omitted }: TurnView): string | null {
  // What is not listed of a very long thread is older than all that is.
  const unlisted = Array.from({ length: omitted }, (_, index) => index + 1);
  const left = pieces.flatMap(({ fate, depth }) => (fate === "in_brief" && depth !== null ? [depth] : []));
  const short = pieces.filter(({ fate }) => fate === "short_form").length;
  const held = pieces.filter(({ fate }) => fate === "held_upstream").length;
  const parts = [
    ...(left.length > 0
      ? [`A brief stands for messages ${sayRanges([...unlisted, ...left])}.`]
      : plan === "brief"
        ? [sayPlan(plan).sentence]
        : []),
    ...sayRecalled(pieces),
    ...(short > 0 ? [`${formatCount(short)} ${short === 1 ? "message" : "messages"} went up in short form.`] : []),
    ...(held > 0
      ? [
          `${formatCount(held)} ${held === 1 ? "message" : "messages"} did not go up again, because the upstream holds them.`,
        ]
      : []),
  ];
  return parts.length === 0 ? null : parts.join(" ");
}

/** Blocks of earlier questions stay where they are while their turns go on, so they count as well. */
function sayRecalled(pieces: TurnView["pieces"]): string[] {
  const blocks = pieces.filter(({ kind }) => kind === "recalled");
  const all = sumTokens(blocks);
  const fresh = sumTokens(blocks.filter(({ is_new: isNew }) => isNew));
  if (all === 0) return [];
  const back = `About ${formatCount(all)} tokens came back word for word`;
  if (fresh === 0) return [`${back} behind earlier questions.`];
  return [
    fresh === all ? `${back} behind the question.` : `${back}, ${formatCount(fresh)} of them behind this question.`,
  ];
}

function sumTokens(pieces: TurnView["pieces"]): number {
  return pieces.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);
}

/** What went wrong; null where nothing did. */
export function sayTrouble(turn: TurnView): string | null {
  if (turn.rewrite_refused)
    return turn.additions_refused
      ? "The upstream refused a body with additions of Strata, so the client’s own bytes went up in the same request."
      : "The upstream refused the rewritten body, so the client’s own bytes went up in the same request.";
  return turn.status === "complete" ? null : `${sayStatus(turn.status)} (HTTP ${turn.http_status})`;
}
