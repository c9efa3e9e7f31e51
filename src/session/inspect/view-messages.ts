/**
 * A page of a thread's messages, each with what a person would read of it and where it is now.
 *
 * Where a message is (verbatim, short, in the brief, recalled) is told by the newest turn of that thread that was
 * answered: the state that it left, and the block that it carried. A page ends early where its messages are large. It
 * must not read more of the archive than it shows.
 */
import type { Hash } from "../../model/hash.ts";
import { SHOWN_MESSAGE_CHARS_MAX, SHOWN_PAGE_CHARS_MAX } from "../../model/inspection-limits.ts";
import type { Ask, MessagePage, Stratum, ThreadMessageView } from "../../ports/inspection.ts";
import type { RecallNote } from "../../ports/prompt-blocks.ts";
import type { SessionTables } from "../tables.ts";
import type { TurnRow } from "../turn-log.ts";
import type { Looked } from "./answer-inspection.ts";
import { endOfBranch, pathTo, readTree } from "./message-tree.ts";
import type { MessageTree, PlacedMessage } from "./message-tree.ts";
import { timeOf } from "./time-of.ts";

export function viewMessages({ tables, session, reader }: Looked, ask: Ask<"messages">): MessagePage | null {
  const tree = readTree(tables.sql);
  const thread = ask.thread ?? session.recent.tips.at(-1) ?? null;
  if (thread === null) return { thread, depth: 0, cut: 0, brief: null, messages: [], next_before: null };
  const path = pathTo(tree, thread);
  const end = path.at(-1);
  if (end === undefined) return null;
  const prompt = readPrompt(tables, path);
  const others = branchesBeside(tree, path);
  const shown = choosePage(tables, path, ask);
  const at = timeOf(tables.store, shown);
  const messages = shown.map((placed): ThreadMessageView => {
    const body = tables.store.body(placed.message);
    const { parts, isCut } = shorten(body ? reader.readText(placed.wire, body.json) : []);
    return {
      depth: placed.depth,
      node: placed.id,
      chain: placed.chain,
      hash: placed.message,
      role: placed.role,
      at: at(placed),
      tokens: placed.tokens,
      stratum: body && placed.gone === 0 ? prompt.stratumOf(placed) : "released",
      parts,
      is_cut: isCut,
      turn: placed.turn,
      other_branches: others.get(placed.chain) ?? [],
    };
  });
  const first = shown[0];
  return {
    thread,
    depth: end.depth,
    cut: prompt.cut,
    brief: prompt.brief,
    messages,
    next_before: first !== undefined && first !== path[0] ? first.depth : null,
  };
}

/** The newest messages above `before`, as many as were asked for and can be read at once; one at least. */
function choosePage(
  { store }: SessionTables,
  path: readonly PlacedMessage[],
  { before, limit }: Ask<"messages">,
): PlacedMessage[] {
  const page = path.filter(({ depth }) => depth < (before ?? Infinity)).slice(-limit);
  const sizes = store.sizes(page.map(({ message }) => message));
  let chars = 0;
  const first = page.findLastIndex(({ message }) => (chars += sizes.get(message) ?? 0) > SHOWN_PAGE_CHARS_MAX);
  return page.slice(Math.min(first + 1, page.length - 1));
}

interface Prompt {
  cut: number;
  brief: number | null;
  stratumOf: (placed: PlacedMessage) => Stratum;
}

/** What the newest turn of the thread that was answered has sent. */
function readPrompt({ log, briefs }: SessionTables, path: readonly PlacedMessage[]): Prompt {
  let turn: TurnRow | null = null;
  for (const { rev } of path.toReversed()) {
    turn = rev === null ? null : log.find(rev);
    if (turn?.state) break;
  }
  const state = turn?.state ?? null;
  // A turn may have gone up whole although a brief is in force.
  const brief = turn?.mode === "brief" ? briefs.find(state?.brief ?? null) : null;
  const cut = brief?.depth ?? 0;
  const newest = (turn?.record["recalled"] ?? null) as RecallNote | null;
  const blocks = brief === null ? [] : [...(state?.lasting ?? []), ...(newest ? [newest] : [])];
  const recalled = new Set(blocks.flatMap(({ nodes }) => nodes));
  const short = new Set((state?.forms ?? []).map(({ depth }) => depth));
  return {
    cut,
    brief: brief?.id ?? null,
    stratumOf({ id, depth }) {
      if (depth <= cut) return recalled.has(id) ? "recalled" : "in_brief";
      return short.has(depth) ? "short_form" : "verbatim";
    },
  };
}

/** Of every message of the path, the threads that leave the path there. */
function branchesBeside(tree: MessageTree, path: readonly PlacedMessage[]): Map<Hash, Hash[]> {
  const onPath = new Set(path.map(({ chain }) => chain));
  const beside = new Map<Hash, Hash[]>();
  for (const placed of tree.byChain.values()) {
    if (onPath.has(placed.chain) || !onPath.has(placed.parent)) continue;
    const branch = tree.branches[placed.branch];
    const known = beside.get(placed.parent) ?? [];
    if (branch) beside.set(placed.parent, [...known, endOfBranch(branch).chain]);
  }
  return beside;
}

function shorten(spoken: ThreadMessageView["parts"]): { parts: ThreadMessageView["parts"]; isCut: boolean } {
  let left = SHOWN_MESSAGE_CHARS_MAX;
  const parts: ThreadMessageView["parts"] = [];
  for (const { role, speaker, text } of spoken) {
    if (left <= 0) return { parts, isCut: true };
    parts.push({ role, speaker, text: text.slice(0, left).toWellFormed() });
    left -= text.length;
  }
  return { parts, isCut: left < 0 };
}
