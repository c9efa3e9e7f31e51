/**
 * Which thoughts of a conversation the model gets to read, and which make the whole request fail.
 *
 * A thought must be one that was signed here, word for word. Newer models also bind it to everything that stood
 * before it and to the thought before it: a change invalidates it and all that follow, while a run of thoughts may go
 * missing from the start. In an open tool loop the last reply's thoughts must be there untouched.
 * The ledger says what was signed; this file says what still holds.
 */
import { isThought, pathOf, textField, type Block, type Conversation, type Placed } from "./messages-request.ts";
import { preservesThinking, readsThinking } from "./models.ts";
import { leadingResults } from "./pair-rules.ts";
import { divert, extend, rootOf } from "./prefix-chain.ts";
import { refuse, type MessagesRefusal } from "./refusal.ts";
import { markOf, type ThoughtLedger } from "./thought-ledger.ts";

const BINDING_BETA = "thinking-binding-controls-2026-08-01";

interface Transformation {
  type: "thinking_dropped";
  path: string;
  reason: "model_binding_mismatch" | "prefix_binding_mismatch";
}

export interface Reading {
  /** Thoughts that were sent but that the model does not see. */
  dropped: Set<Block>;
  transformations: Transformation[];
  /** What stands before the reply, for thoughts that will be signed next. */
  prefix: string;
  lastThought: string | null;
}

export function readThoughts(conversation: Conversation, ledger: ThoughtLedger): Reading | MessagesRefusal {
  const { request, turns, betas } = conversation;
  const reading: Reading = { dropped: new Set(), transformations: [], prefix: rootOf(request), lastThought: null };
  const drop = (placed: Placed, reason: Transformation["reason"]): void => {
    reading.dropped.add(placed.block);
    reading.transformations.push({ type: "thinking_dropped", path: pathOf(placed), reason });
  };
  let summarisedRole: string | null = null;
  for (const placed of turns.flatMap(({ blocks }) => blocks)) {
    const { role, block } = placed;
    if (!isThought(block)) {
      const merges = summarisedRole !== null && (role === summarisedRole || role === "system");
      if (merges) reading.prefix = divert(reading.prefix, "merged into the summary");
      summarisedRole = null;
      if (block.type === "compaction") {
        const swapped = swapIn(block, conversation, ledger);
        reading.prefix = swapped?.prefix ?? extend(rootOf(request), role, block);
        summarisedRole = swapped?.lastRole ?? null;
      } else reading.prefix = extend(reading.prefix, role, block);
      continue;
    }
    const thought = ledger.thought(block);
    if (!thought || textField(block, "thinking") !== thought.text) return invalid(placed);
    const isChecked = preservesThinking(request.model) && preservesThinking(thought.model);
    const follows = reading.lastThought === null || thought.previous === reading.lastThought;
    if (isChecked && (thought.prefix !== reading.prefix || !follows)) {
      if (request.thinking?.block_binding?.prefix_mismatch_behavior !== "drop_block") return bound(placed, betas);
      drop(placed, "prefix_binding_mismatch");
      continue;
    }
    if (!readsThinking(request.model, thought.model)) drop(placed, "model_binding_mismatch");
    reading.lastThought = markOf(block);
  }
  return reading;
}

/** The place behind a signed summary counts as the place behind what it summarises, if nothing else has changed. */
function swapIn(block: Block, { request }: Conversation, ledger: ThoughtLedger) {
  const summary = ledger.summary(textField(block, "signature"));
  if (!summary || !preservesThinking(summary.model) || summary.root !== rootOf(request)) return null;
  return { prefix: summary.after, lastRole: summary.lastRole };
}

function invalid(placed: Placed): MessagesRefusal {
  const [field, type] = placed.block.type === "thinking" ? ["signature", "thinking"] : ["data", "redacted_thinking"];
  return refuse(`${pathOf(placed)}: Invalid \`${field}\` in \`${type}\` block`);
}

function bound(placed: Placed, betas: ReadonlySet<string>): MessagesRefusal {
  const { message } = invalid(placed);
  const hint = betas.has(BINDING_BETA)
    ? ""
    : ` That setting requires the \`${BINDING_BETA}\` value in the \`anthropic-beta\` header.`;
  return refuse(
    `${message}. The block is bound to a different conversation. Remove the block, or set ` +
      `\`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".${hint}`,
  );
}

/** While results are being handed in, the reply that asked for them keeps its thoughts. */
export function checkOpenLoop({ request, turns }: Conversation, ledger: ThoughtLedger): MessagesRefusal | null {
  const spoken = turns.filter(({ role }) => role !== "system");
  const [asked, answer] = spoken.slice(-2);
  if (asked?.role !== "assistant" || leadingResults(answer).length === 0) return null;
  const expected = asked.blocks.flatMap(({ block }) => ledger.loop(textField(block, "id")) ?? []);
  const marks = [...new Set(expected)];
  const thoughts = asked.blocks.filter(({ block }) => isThought(block));
  const [first] = asked.blocks;
  if (marks.length === 0 || !first) return null;
  if (thoughts.length === 0) return thinks(request) ? missing(first) : null;
  const kept = thoughts.slice(-marks.length);
  const changed = kept.find(({ block }, index) => {
    return markOf(block) !== marks[index] || textField(block, "thinking") !== ledger.thought(block)?.text;
  });
  if (!changed && kept.length === marks.length) return null;
  return refuse(
    `${pathOf(changed ?? kept.at(-1) ?? first)}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant ` +
      "message cannot be modified. These blocks must remain as they were in the original response.",
  );
}

function missing(first: Placed): MessagesRefusal {
  return refuse(
    `${pathOf(first)}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.block.type}\`. ` +
      "When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the " +
      "lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous " +
      "turns. To avoid this requirement, disable `thinking`. Please consult our documentation at " +
      "https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
  );
}

/** Newer models think unless they are told not to. */
function thinks({ model, thinking }: Conversation["request"]): boolean {
  return thinking ? thinking.type !== "disabled" : preservesThinking(model);
}
