/**
 * Which of the facts that a conversation comes back to were still in the prompt when they were asked for.
 *
 * Letter by letter, in what the provider received: in the brief, in the verbatim tail, recalled, or not at all. It says nothing about
 * whether a model would have answered right, and it must not count the question itself.
 */
import type { PromptLine } from "./clients/client.ts";
import { partRecalled } from "./recalled-block.ts";
import type { Probe } from "./transcript.ts";

export interface FactCount {
  asked: number;
  inBrief: number;
  inTail: number;
  recalled: number;
  missing: Probe[];
}

/** @param promptOf lines of the first request of a turn; @param briefs texts of all briefs that were written */
export function findFacts(
  probes: Probe[],
  promptOf: (turn: number) => PromptLine[] | null,
  briefs: string[],
): FactCount {
  const count: FactCount = { asked: 0, inBrief: 0, inTail: 0, recalled: 0, missing: [] };
  for (const probe of probes) {
    const received = promptOf(probe.turn);
    if (!received) continue;
    const prompt = received.slice(0, -1);
    const { recalled } = partRecalled(received.at(-1)?.text ?? "");
    count.asked += 1;
    const texts = prompt.map(readText);
    const brief = briefs.find((text) => text !== "" && texts.some((message) => message.includes(text)));
    const tail = texts.map((text) => (brief === undefined ? text : text.replace(brief, "")));
    if (tail.some((text) => text.includes(probe.fact))) count.inTail += 1;
    else if (brief?.includes(probe.fact)) count.inBrief += 1;
    else if (recalled.includes(probe.fact)) count.recalled += 1;
    else count.missing.push(probe);
  }
  return count;
}

function readText({ text, calledWith }: PromptLine): string {
  return [text, ...calledWith].join("\n");
}
