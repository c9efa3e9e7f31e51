/**
 * What is put behind a user's words for a turn, as it is planned and noted with the turn.
 *
 * Never part of the stored conversation: the client's next request comes without it. Types only.
 */

/** What was recalled for a turn, for its record. */
export interface RecallNote {
  /** Tokens of the block, label included. */
  tokens: number;
  /** Row ids of the nodes whose words it quotes, oldest first. */
  nodes: number[];
  text: string;
  /** How many messages of the thread stand up to and with the one that it stands behind. */
  depth: number;
}

/** The memory of the end user whose turn it is, for its record. */
export interface MemoryNote {
  /** Public name of the memory. */
  name: string;
  /** Ids of the facts that were put behind the newest message. */
  facts: number[];
  /** Tokens of their block, 0 without one. */
  tokens: number;
}

/** The recalled blocks of a prompt. */
export interface RecalledBlocks {
  /** Behind the newest message, or null without one. */
  newest: RecallNote | null;
  /** Behind earlier questions, oldest first. */
  lasting: RecallNote[];
}
