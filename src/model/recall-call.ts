/**
 * The recall tool in the words that every room shares: its name, what a call of it asks for, and the short answers
 * that need no search.
 *
 * The texts are part of a prompt: they are read by a model, and must stay the same from version to version where that
 * is possible. What the tool looks like on one API is the wire's business.
 */
export const RECALL_TOOL_NAME = "strata_recall";

/** How what has left the prompt comes back: pushed in a block, asked for by the model, both, or not at all. */
export type RecallMode = "off" | "block" | "tool" | "both";

const MODES: ReadonlySet<string> = new Set<RecallMode>(["off", "block", "tool", "both"]);

export function isRecallMode(value: string): value is RecallMode {
  return MODES.has(value);
}

/** Whether what a question is about is put behind it without being asked for. */
export function pushesBlock(mode: RecallMode): boolean {
  return mode === "block" || mode === "both";
}

/** What the model asks for: a search, one message whole, or both. */
export interface RecallCall {
  query: string | null;
  /** Id of a message, as a search gave it. */
  open: string | null;
}

export const RECALL_NOTES = {
  nothingLeft: "Nothing has left this conversation so far: everything that was said stands above.",
  notFound: "Nothing that was said earlier matches.",
  unknownId: "There is no message with this id. Search first: every result names its message.",
  unreadable: "The arguments could not be read. Send a JSON object with `query` or `open`.",
  unreachable: "The earlier conversation cannot be searched at the moment. Go on without it.",
  tooMany: "Too many searches at once: this one was left out.",
  last: "This was the last search of this turn. Answer with what is there.",
} as const;

/** Why a request that asked for the tool goes up without it. */
export type RecallRefusal =
  /** The client has a tool of that name. */
  | "name_taken"
  /** The client forces a tool, or rules them out. */
  | "tool_choice"
  | "forced_format"
  /** Several answers, a spoken one, or one with its probabilities: pieces of it cannot be made one. */
  | "not_joinable"
  /** Reasoning around a call that the client never sees could not be sent back. */
  | "bound_reasoning"
  /** The upstream keeps the reply itself, with the call in it. */
  | "upstream_state"
  /** The request must go up as the client made it. */
  | "side_request"
  | "context_management"
  /** The upstream did not take a body with the tool. */
  | "refused";
