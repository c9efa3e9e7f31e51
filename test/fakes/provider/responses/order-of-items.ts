/**
 * What must stand beside what in the whole list of items that a prompt consists of.
 *
 * A call needs its output and an output its call, found by `call_id` and not by neighbourhood; a thought needs what
 * it led to, and what it led to needs the thought; a compaction trigger comes last; no item comes twice. A proxy that
 * cuts, summarises or forwards a delta on top of a full history breaks these first. It must not look at content.
 */
import { refuse, type Refusal } from "../refusal.ts";
import { callIdOf, callTypeOfOutput, isCall, typeOf, type Item } from "./items.ts";

type ThoughtBefore = (itemId: string) => string | null;

export function checkOrderOfItems(items: Item[], thoughtBefore: ThoughtBefore): Refusal | null {
  return (
    checkTrigger(items) ??
    checkTwice(items) ??
    checkCalls(items) ??
    checkThoughts(items) ??
    checkLed(items, thoughtBefore)
  );
}

function checkTrigger(items: Item[]): Refusal | null {
  const place = items.findIndex((item) => typeOf(item) === "compaction_trigger");
  if (place === -1 || place === items.length - 1) return null;
  return refuse("Item of type 'compaction_trigger' must be the last item of the input.", "input");
}

function checkTwice(items: Item[]): Refusal | null {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (!id) continue;
    if (seen.has(id)) {
      return refuse(
        `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`,
        "input",
      );
    }
    seen.add(id);
  }
  return null;
}

function checkCalls(items: Item[]): Refusal | null {
  const open = new Map<string, { words: string; id: string }>();
  for (const item of items) {
    const type = typeOf(item);
    const id = callIdOf(item);
    if (isCall(type)) open.set(`${type} ${id}`, { words: inWords(type), id });
    const callType = callTypeOfOutput(type);
    if (callType === null || open.delete(`${callType} ${id}`)) continue;
    return refuse(`No tool call found for ${inWords(callType)} output with call_id ${id}.`, "input");
  }
  const [waiting] = open.values();
  return waiting ? refuse(`No tool output found for ${waiting.words} ${waiting.id}.`, "input") : null;
}

function inWords(type: string): string {
  return type.replaceAll("_", " ");
}

/** Several thoughts in a row share what follows them. */
function checkThoughts(items: Item[]): Refusal | null {
  let last: Item | null = null;
  for (const item of items) {
    if (last && !isFromModel(item)) return lonely(last);
    last = typeOf(item) === "reasoning" ? item : null;
  }
  return last ? lonely(last) : null;
}

function lonely({ id }: Item): Refusal {
  return refuse(`Item '${id ?? ""}' of type 'reasoning' was provided without its required following item.`, "input");
}

function isFromModel(item: Item): boolean {
  const type = typeOf(item);
  if (type === "message") return item.role === "assistant";
  return type === "reasoning" || type === "compaction" || type === "program" || type.endsWith("_call");
}

/** Only an item sent under the id it was issued with can be told from one that somebody made up. */
function checkLed(items: Item[], thoughtBefore: ThoughtBefore): Refusal | null {
  const before = new Set<string>();
  for (const item of items) {
    const { id } = item;
    const thought = id ? thoughtBefore(id) : null;
    if (thought !== null && !before.has(thought)) {
      const what = `Item '${id}' of type '${typeOf(item)}'`;
      return refuse(`${what} was provided without its required 'reasoning' item: '${thought}'.`, "input");
    }
    if (id) before.add(id);
  }
  return null;
}
