/**
 * Which facts about a user matter to what they ask now, as a block of bounded size.
 *
 * Standing wishes and limits come first, because they apply though nobody asks; then the facts that share words with
 * the question, or that its kind of answer is about. Nothing shared, nothing recalled. No tokenizer: sizes are
 * estimated from characters, on the safe side. It must not change a word.
 */
import { renderFact, renderFacts } from "../distil/facts/render-facts.ts";
import { ESTIMATED_CHARS_PER_TOKEN } from "../model/limits.ts";
import type { FactView, RecalledFacts } from "../ports/user-memory.ts";
import { cutWords, STOP_WORDS } from "../recall/words.ts";

/** Of the room, what standing wishes and limits may take where other facts want in, too. */
const STANDING_SHARE = 0.6;
/** Line break and the rounding of a line by itself. */
const LINE_TOKENS = 1;
/** Characters outside the Latin script are taken for a token each. */
const WIDE = /[^\p{Script=Latin}\p{P}\p{Zs}\p{N}\p{S}\n]/gu;

/** Words of six languages that every sentence about oneself holds. */
const OWN_WORDS = new Set(
  "ich du mir mein meine der die das und in im ist bin habe wo was wie je tu moi mon ma mes le la les un une des et est suis ai où que quoi quel quelle yo mi mis el los las una es soy tengo qué dónde cuál eu meu minha os um uma em no na é sou tenho onde qual use like love hate have prefer always never".split(
    " ",
  ),
);

/** Words by which people ask for what a slot holds. */
const ASKED_BY: Readonly<Record<string, string>> = {
  name: "name called heiße appelle llamo chamo 名前 名字",
  residence:
    "live city town home country local near nearby area around weather neighbourhood timezone wohne habite vivo moro 住在 住んで",
  origin: "from born hometown origin nationality",
  age: "age old born birthday",
  birthday: "birthday age old born",
  occupation: "job work profession career occupation cv resume colleagues arbeite travaille trabajo trabalho 工作",
  employer: "job work employer company office colleagues arbeite travaille trabajo trabalho 工作",
  studies: "study university degree major exam",
  time_zone: "time zone timezone meeting schedule call",
  marital_status: "married wife husband partner spouse",
  budget: "budget cost price afford buy cheap spend",
  kin: "family wife husband partner kids children son daughter mother father parents brother sister dog cat pet familie famille familia família 家人 家族",
  event: "when date plan schedule soon prepare",
  favorite: "favorite favourite prefer best recommend suggest",
  taste: "prefer recommend suggest gift ideas",
  speaks: "language languages speak translate",
  native_language: "language native speak",
  learning: "learn learning practice study",
  skill: "level experience explain beginner",
};

/** "When I ask about recipes, …": a rule for what it speaks of. */
const OCCASION =
  /\b(?:when|whenever|if|each time|every time) (?:i|we|you)\b|(?<!\p{L})(?:wenn|sobald|quand|lorsque|cuando|quando) /iu;

type Candidate = Pick<FactView, "id" | "kind" | "slot" | "trust" | "statement" | "saidAt">;

/** Null: none of them matters. */
export function chooseFacts(facts: readonly Candidate[], question: string, tokensMax: number): RecalledFacts | null {
  const asked = new Set(cutWords(question).filter(isSubject).map(stem));
  const newest = facts.toSorted((a, b) => b.saidAt - a.saidAt || b.id - a.id);
  const standing = newest.filter(isStanding);
  const matching = newest
    .filter((fact) => !isStanding(fact))
    .map((fact) => ({ fact, score: scoreOf(fact, asked) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ fact }) => fact);
  const room =
    tokensMax - estimateTokens(renderFacts(ALL_SECTIONS)) + estimateTokens(ALL_SECTIONS.map(renderFact).join("\n"));
  const chosen: Candidate[] = [];
  let used = fill(chosen, standing, matching.length === 0 ? room : room * STANDING_SHARE, 0);
  used = fill(chosen, matching, room, used);
  fill(chosen, standing, room, used);
  if (chosen.length === 0) return null;
  const written = chosen.toSorted((a, b) => a.saidAt - b.saidAt || a.id - b.id);
  const text = renderFacts(written);
  return { text, facts: written.map(({ id }) => id), tokens: estimateTokens(text) };
}

/** One fact for every heading: what the frame around the facts costs at most. */
const ALL_SECTIONS = [
  { kind: "instruction", trust: "user", statement: "", saidAt: 0 },
  { kind: "profile", trust: "user", statement: "", saidAt: 0 },
  { kind: "profile", trust: "tool", statement: "", saidAt: 0 },
] as const;

/** Takes facts in the order given while they fit. Answers what is used then. */
function fill(chosen: Candidate[], from: readonly Candidate[], room: number, used: number): number {
  let spent = used;
  for (const fact of from) {
    if (chosen.includes(fact)) continue;
    const cost = estimateTokens(renderFact(fact)) + LINE_TOKENS;
    if (spent + cost > room) continue;
    chosen.push(fact);
    spent += cost;
  }
  return spent;
}

/** What applies though nobody asks for it. Nothing that the user did not say can, nor what waits for an occasion. */
function isStanding({ kind, slot, trust, statement }: Candidate): boolean {
  if (trust !== "user" || (kind === "instruction" && OCCASION.test(statement))) return false;
  return kind === "instruction" || kind === "constraint" || slot === "pronouns";
}

/** Words in common; a word of the statement counts more than one by which its slot is asked for. */
function scoreOf({ statement, slot }: Candidate, asked: ReadonlySet<string>): number {
  const own = new Set(cutWords(statement).filter(isSubject).map(stem));
  const [head = ""] = slot?.split(":") ?? [];
  const named = new Set(cutWords(`${(slot ?? "").replaceAll(/[:_]/gu, " ")} ${ASKED_BY[head] ?? ""}`).map(stem));
  let score = 0;
  for (const word of asked) score += own.has(word) ? 2 : named.has(word) ? 1 : 0;
  return score;
}

function isSubject(word: string): boolean {
  return !STOP_WORDS.has(word) && !OWN_WORDS.has(word);
}

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s|e)$/u, "") : word;
}

function estimateTokens(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  return Math.ceil((text.length - wide) / ESTIMATED_CHARS_PER_TOKEN) + wide;
}
