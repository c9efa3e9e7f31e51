/**
 * Whether a brief may stand in for the beginning of a thread, on this call.
 *
 * Providers bind reasoning to everything before it. Where a changed prefix makes them refuse the request, a thread
 * with such reasoning behind the cut goes up whole, and so does one whose reply would bring it: it would be bound to
 * the brief, and the client could never again send its own history without us. Where they only drop the reasoning,
 * the one thing to spare is a tool exchange that is still going on. Pure; sources in docs/WIRE.md.
 */
import {
  KEEP_CITATION,
  KEEP_COMPACTION,
  KEEP_MEDIA,
  KEEP_REFERENCE,
  KEEP_SERVER_TOOL,
  KEEP_SYSTEM,
  KEEP_TOOL_CHANGE,
} from "../model/message.ts";
import type { KeepReason } from "../model/plan.ts";
import type { RewriteRule } from "../ports/session.ts";

export interface ReasoningFacts {
  /** Depth of the deepest message with bound reasoning that the request holds; 0 when there is none. */
  boundDepth: number;
  /** Whether the request answers tool calls: the exchange is still open. */
  isToolExchange: boolean;
}

/** Why the first `depth` messages may not be replaced, or null when they may; `isInForce` when they are already. */
export function forbidsRewrite(
  { leaveAlone, binding, bindsReply }: RewriteRule & { bindsReply: boolean },
  { boundDepth, isToolExchange }: ReasoningFacts,
  depth: number,
  isInForce: boolean,
): KeepReason | null {
  if (leaveAlone !== null) return leaveAlone;
  const isBoundBehind = boundDepth > depth;
  if (binding === "refuses" && (bindsReply || isBoundBehind)) return "bound_reasoning";
  if (binding === "drops" && isBoundBehind && isToolExchange && !isInForce) return "open_tool_call";
  return null;
}

/** Reasons by KEEP_* bit, the telling ones first. */
const KEEP_REASONS: readonly [number, KeepReason][] = [
  [KEEP_COMPACTION, "provider_compaction"],
  [KEEP_SERVER_TOOL, "server_tool"],
  [KEEP_REFERENCE, "reference"],
  [KEEP_CITATION, "citation"],
  [KEEP_TOOL_CHANGE, "tool_change"],
  [KEEP_SYSTEM, "system_change"],
  [KEEP_MEDIA, "media"],
];

/** What keeps a thread from being cut, by the KEEP_* bits of its path; null when nothing does. */
export function explainKeep(keep: number): KeepReason | null {
  if (keep === 0) return null;
  return KEEP_REASONS.find(([bit]) => keep & bit)?.[1] ?? "unknown_content";
}
