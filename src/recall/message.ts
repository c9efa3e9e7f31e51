/**
 * What recall knows of a message, and what comes out of it.
 *
 * Node ids grow along every path of a session's tree, so the order of ids is the order of the conversation.
 * Types only.
 */

export type RecallRole = "user" | "assistant" | "tool";

export interface RecallMessage {
  /** Id of the message's node: unique, and larger than its parent's. */
  node: number;
  role: RecallRole;
  /** Name of who speaks, where the wire has one. */
  speaker: string | null;
  text: string;
  /** When it was said, in Unix milliseconds. */
  at: number | null;
}

/** What is known of a message in other words: a short statement, written by a model from that message. */
export interface RecallNote {
  /** The message that it rests on. */
  node: number;
  text: string;
  at: number | null;
}

export type CountTokens = (text: string) => number;
