/**
 * The recalled block of one turn: what the part of the thread that left the prompt says about the user's new message.
 *
 * Searches the archive for messages that lie on this thread's path before the cut and nowhere else: what is forwarded
 * anyway needs no recalling, and another branch is another conversation. It writes nothing, and no block is ever part
 * of the stored conversation.
 */
import { RECALL_CONTEXT_CHARS_MAX } from "../../model/limits.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { RecallNote } from "../../ports/prompt-blocks.ts";
import { FRAME_TOKENS, frameRecalled } from "../../plan/frame-recalled.ts";
import type { RecallBudget } from "../../policy/recall-budget.ts";
import { recall } from "../../recall/recall.ts";
import type { RecallMessage } from "../../recall/message.ts";
import type { BriefRow } from "../briefs/brief-store.ts";
import { nodeOfEntry } from "./index-archive.ts";
import type { TreeNode } from "../message-store.ts";
import { includesNode } from "./node-ranges.ts";
import type { SessionTables } from "../tables.ts";

/** Pieces that score under this share of the best one are left out: the question is rarely about them. */
const SCORE_FLOOR = 0.4;
/** Of the small budget, what a message may use that asks nothing: "book both" needs less than "what was the code?". */
const TOLD_SHARE = 0.5;
/**
 * Of a block, at most this for the user's standing wishes: the brief carries the newest of them. Measured at 370 tokens
 * on BEAM: point questions 58, 61 and 53 % at a share of 0, 0.1 and 0.25, standing wishes 31, 41 and 54 %.
 */
const PIN_SHARE = 0.1;
/** Newest messages that a question such as "and the other one?" may lean on. */
const CONTEXT_MESSAGES = 2;

export interface RecallQuestion {
  query: string;
  /** Milliseconds since the epoch; resolves "last week" in the query. */
  now: number;
  /** The brief in force: what it stands for has left the prompt. */
  brief: BriefRow;
  /** Message right before the question, if there is one. */
  before: TreeNode | null;
  /** Of the question itself. */
  depth: number;
  budget: RecallBudget;
}

/** Null: nothing in it is about the question, or there is no room. */
export function recallForTurn(
  tables: SessionTables,
  reader: MessageReader,
  { query, now, brief, before, depth, budget }: RecallQuestion,
): RecallNote | null {
  if (budget.small <= FRAME_TOKENS || query.trim() === "") return null;
  const packed = recall(tables.sql, query, {
    budgetTokens: budget.large - FRAME_TOKENS,
    smallTokens: budget.small - FRAME_TOKENS,
    toldTokens: budget.small * TOLD_SHARE - FRAME_TOKENS,
    floor: SCORE_FLOOR,
    pinShare: PIN_SHARE,
    includes: (entry) => includesNode(brief.nodes, nodeOfEntry(entry)),
    recent: readContext(tables, reader, before),
    at: now,
    index: tables.recallIndex,
  });
  const text = packed.text === "" ? null : frameRecalled(packed.text);
  if (text === null) return null;
  const nodes = [...new Set(packed.pieces.map(({ node }) => nodeOfEntry(node)))];
  return { text, tokens: packed.tokens + FRAME_TOKENS, nodes, depth };
}

/** What was said right before, oldest first; long messages would only dilute it. */
function readContext({ store }: SessionTables, reader: MessageReader, before: TreeNode | null): RecallMessage[] {
  const context: RecallMessage[] = [];
  if (before === null) return context;
  for (const node of store.walkUp(before)) {
    if (context.length >= CONTEXT_MESSAGES) break;
    const body = store.body(node.message);
    if (!body || body.json.length > RECALL_CONTEXT_CHARS_MAX) break;
    for (const { role, speaker, text } of reader.readText(node.wire, body.json).toReversed())
      if (role === "user" || role === "assistant")
        context.push({ node: node.id, role, speaker, text, at: body.firstAt });
  }
  return context.toReversed();
}
