/**
 * Conversations that outlive the provider's cache twice, so that a compaction pays.
 *
 * Forty turns without reasoning, where a brief may stand for the old ones, and some fewer with, where it often may not. Every turn says
 * something of its own and some things that a brief should keep. They must stay deterministic.
 */
import type { Conversation, Step, Turn } from "./conversation.ts";

const TURNS = 40;
const THOUGHTFUL_TURNS = 28;
/** Before these turns a night passes: the provider has forgotten by morning. */
export const NIGHTS = [16, 24];

const PIERS = ["north", "south", "east", "west"];

export const VOYAGE: Conversation = {
  name: "voyage",
  needs: ["tools", "streaming"],
  turns: Array.from({ length: TURNS }, (_, index) => turnOf(index, {})),
};

export const THOUGHTFUL_VOYAGE: Conversation = {
  name: "thoughtful-voyage",
  needs: ["reasoning", "tools", "streaming"],
  turns: Array.from({ length: THOUGHTFUL_TURNS }, (_, index) =>
    turnOf(index, { thought: `Pier ${index} has to be looked at.` }),
  ),
};

function turnOf(index: number, thought: Step): Turn {
  const day = 1 + (index % 28);
  const rule = index % 9 === 0 ? `From now on, always round pier ${index} down to "full tonnes".\n` : "";
  const report =
    `The crane on pier ${index} lifted ${index * 13} containers on March ${day}, as agreed with Ms Özdemir; ` +
    `berth ${index + 100} stays with the Albatros until the ${day + 2}th, and the bill over ${index * 70 + 9} euros goes to Hansen & Söhne. `;
  const answer =
    `Noted for pier ${index}: ${index * 13} containers, berth ${index + 100}, and a fee of ${index * 100} euros, ` +
    `which Hansen & Söhne pay before the ${day + 2}th of the month.`;
  const steps: Step[] = [{ ...thought, text: answer }];
  if (index % 7 === 3) steps.unshift({ ...thought, look: [PIERS[index % 4] ?? ""] });
  const [first = {}, ...others] = steps;
  return {
    say: `${rule}${report.repeat(3)}What is due for pier ${index}? ⚓`,
    stream: index % 2 === 1,
    steps: [first, ...others],
  };
}
