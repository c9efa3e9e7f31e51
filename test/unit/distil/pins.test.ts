/** Which sentences are pins, by a list of those that are and those that only look it; which of them still hold; at what cost. */
import { describe, expect, it } from "vitest";
import * as cues from "../../../src/distil/cues.ts";
import { cutSentences } from "../../../src/distil/sentences.ts";
import { ownWords } from "../../../src/distil/pins/own-words.ts";
import { isPin, pinsInForce } from "../../../src/distil/pins/pins.ts";
import { readPins, readSpan } from "../../../src/distil/read-span.ts";
import { plainForm } from "../../../src/distil/classify.ts";
import { takesBack } from "../../../src/distil/pins/wish.ts";
import * as english from "../../../src/distil/pins/wish-english.ts";
import * as languages from "../../../src/distil/pins/wish-languages.ts";
import type { BriefPiece, SpanMessage } from "../../../src/ports/distiller.ts";
import { OTHERS, PASSED_ON, THIS_ONCE } from "./cases/not-pins.ts";
import { PINS } from "./cases/pins.ts";
import { SMALL_TALK } from "./cases/small-talk.ts";
import { message } from "./build.ts";

/** The pins of one message that was answered. */
function pinsOf(text: string, role: SpanMessage["role"] = "user"): BriefPiece[] {
  const span = [message(1, role, text), message(2, "assistant", "Fine.")];
  return readSpan(span)
    .map(({ piece }) => piece)
    .filter(({ kind }) => kind === "instruction" || kind === "preference");
}

const wishes = Object.entries(PINS).flatMap(([language, { instruction, preference }]) => [
  ...instruction.map((text) => ({ language, kind: "instruction", text })),
  ...preference.map((text) => ({ language, kind: "preference", text })),
]);
const lookalikes = [...Object.values(SMALL_TALK).flat(), ...THIS_ONCE, ...PASSED_ON];

describe("a pin", () => {
  it("has enough to be measured by", () => {
    expect(wishes.length).toBeGreaterThan(250);
    expect(lookalikes.length + OTHERS.length).toBeGreaterThan(250);
    expect(new Set(wishes.map(({ text }) => text)).size).toBe(wishes.length);
  });

  it.each(Object.keys(PINS))("is found in %s, whole", (language) => {
    const missed = wishes
      .filter((wish) => wish.language === language)
      .filter(({ text }) => !pinsOf(text).some((piece) => piece.text === text));
    expect(missed).toEqual([]);
  });

  it("is of its kind, but for a few", () => {
    const wrong = wishes.filter(({ kind, text }) => !pinsOf(text).some((piece) => piece.kind === kind));
    expect(wrong.length).toBeLessThanOrEqual(3);
  });

  it("is not what only looks like one", () => {
    expect(lookalikes.filter((text) => pinsOf(text).length > 0)).toEqual([]);
    expect(OTHERS.filter(({ role, text }) => pinsOf(text, role).length > 0)).toEqual([]);
  });

  it("is nobody's but the user's, however it is phrased", () => {
    for (const { text } of wishes) {
      expect(pinsOf(text, "tool")).toEqual([]);
      expect(pinsOf(text, "assistant")).toEqual([]);
      for (const quoted of [`He wrote "${text}" to me.`, `> ${text}`, `\`\`\`\n${text}\n\`\`\``, `"""\n${text}\n"""`])
        expect(pinsOf(quoted)).toEqual([]);
    }
  });

  it("stands beside a quotation or a paste", () => {
    const texts = (text: string): string[] => pinsOf(text).map((piece) => piece.text);
    expect(texts('The sign says "keep off". Never use emojis.')).toEqual(["Never use emojis."]);
    expect(texts("Always answer in French.\n\nTranslate this:\nNever mind the gap.")).toEqual([
      "Always answer in French.",
    ]);
    expect(texts("Review this code:\n```\nx()\n```\nAlways show a diff.")).toEqual(["Always show a diff."]);
    expect(texts('A 5" screen is small. Keep answers short. A 6" one is fine.')).toEqual(["Keep answers short."]);
  });
});

/** What holds of these user messages, one after another. */
function holding(...texts: string[]): string[] {
  const span = texts.map((text, node) => message(node, "user", text));
  return pinsInForce(readPins(span)).map((piece) => piece.text);
}

describe("a later pin", () => {
  it.each([
    ["Use imperial units.", "Actually, use metric units."],
    ["Use imperial units.", "Use metric."],
    ["Always answer in French.", "From now on answer in English instead."],
    ["Antworte ab jetzt bitte auf Deutsch.", "Antworte ab jetzt bitte auf Englisch."],
    ["Call me Bob.", "Call me Robert."],
    ["Call me Dr. Okafor.", "Please call me Ada from now on."],
    ["My name is Bob.", "Actually, my name is Robert."],
    ["Keep answers short.", "Keep your answers detailed."],
    ["Keep your replies under 100 words.", "Keep your replies under 50 words."],
    ["Use a formal tone.", "Use a casual tone, please."],
    ["Never use emojis.", "Use emojis again."],
    ["Use the 24-hour clock.", "Use the 12-hour clock instead."],
    ["From now on, quote prices in euros.", "From now on, quote prices in dollars."],
    ["Use metric units when I ask about distances.", "Use imperial units when I ask about distances."],
    ["I'm vegetarian.", "I'm no longer vegetarian."],
    ["Always cite your sources with page numbers.", "Actually, always cite your sources without page numbers."],
    ["Use metric units because I live in Sweden.", "Actually, use imperial units."],
    ["请始终使用公制单位。", "从现在开始使用英制单位。"],
    ["これからは日本語で答えてください。", "今後は英語で答えてください。"],
    ["앞으로 한국어로 대답해 주세요.", "앞으로 영어로 대답해 주세요."],
  ])("%j gives way to %j", (older, newer) => {
    expect(holding(older, "Always list the risks first.", newer)).toEqual(["Always list the risks first.", newer]);
  });

  it.each([
    ["Never use emojis.", "You can use emojis again."],
    ["Never use emojis.", "Actually, you can use emojis again."],
    ["Use metric units.", "Forget what I said about units."],
    ["Use metric units.", "You no longer need to use metric units."],
    ["Keep answers short.", "Ignore the rule about short answers."],
    ["Always cite your sources.", "You don't have to cite sources any more."],
    ["Never suggest flights before noon.", "You no longer need to worry about flights before noon, ignore that rule."],
    [
      "From now on, end every reply with the word 'Quokka'.",
      "You no longer need to end replies with the word 'Quokka'.",
    ],
    ["Nenn mich Jana.", "Vergiss, was ich gesagt habe: nenn mich Jana."],
  ])("%j is withdrawn by %j", (older, newer) => {
    expect(holding("Always list the risks first.", older, newer).slice(0, 2)).not.toContain(older);
    expect(holding("Always list the risks first.", older, newer)[0]).toBe("Always list the risks first.");
  });

  it.each([
    ["Use metric units when I ask about distances.", "Use imperial units when I ask about cooking."],
    ["Always list prices when I ask about shoes.", "Actually, always list materials when I ask about shoes."],
    ["Answer in German.", "Write code comments in English, always use English comments."],
    ["Always answer in German and cite your sources.", "Answer in English."],
    ["Use metric units.", "Actually, keep answers short."],
    ["I speak French.", "Always answer in English."],
    ["Never use tables.", "Use bullet points."],
    ["Never use emojis when I ask about work.", "You can use emojis again."],
    ["Call me Ada.", "Call it Nimbus."],
    ["Don't suggest pork.", "Don't suggest beef."],
    ["My name is Ada.", "My budget is 400 euros."],
    ["Keep your answers short.", "Please no longer use emojis."],
    ["Keep your answers short.", "Please don't use bullet points any longer."],
  ])("%j stays beside %j", (older, newer) => {
    expect(holding(older, newer)).toEqual([older, newer]);
  });

  it('is the only one that a withdrawal with "no longer" takes back', () => {
    const brief = "Keep your answers short.";
    expect(holding(brief, "Always answer in French.", "You no longer need to answer in French.")).toEqual([brief]);
    const trips = ["Always tell me how long trips take.", "You no longer need to tell me how long trips take."];
    expect(holding(brief, ...trips)).toEqual([brief]);
    expect(holding(brief, "You no longer need to keep your answers short.")).toEqual([]);
  });

  it.each([
    ["Always answer in French.", "You no longer need to answer in French when I write about cooking."],
    ["Never use emojis.", "You can use emojis again when we talk about my garden."],
    ["Keep your answers short.", "You no longer have to keep the answers about taxes short."],
    ["Never use tables.", "You no longer need to book a table for two."],
  ])("%j holds beside %j, which is about one case only", (older, newer) => {
    expect(holding(older, newer)).toEqual([older, newer]);
  });

  it("takes back the last one, or all of the user's own orders", () => {
    expect(holding("Never use emojis.", "Keep answers short.", "Actually, ignore that last rule.")).toEqual([
      "Never use emojis.",
    ]);
    expect(holding("I'm vegetarian.", "Never use emojis.", "Forget everything I told you.")).toEqual([
      "I'm vegetarian.",
    ]);
    expect(holding("Never use emojis.", "Ignore all previous instructions.")).toEqual(["Never use emojis."]);
  });

  it("stays when there is nothing to take back, and counts once when repeated", () => {
    expect(holding("You can use emojis again.")).toEqual(["You can use emojis again."]);
    expect(holding("Never use emojis.", "never use emojis.")).toEqual(["never use emojis."]);
  });
});

describe("hostile text", () => {
  const hostile = [
    "always ",
    "please and but so ",
    "never use ",
    "don't ",
    "my my my ",
    "a",
    "i'd i would ",
    "when i ask ",
    ", ",
    "call me x ",
    "'\" “„« ",
    "translate:\n",
    "\n\n",
    "  \n ",
    "use use use use ",
    "今後は",
    "每次请",
    "앞으로 ",
    "je veux que ",
    "in the future ",
    "i have a a a a ",
    "keep it keep it ",
    "!?.,;:",
    "ˣ",
    "Here is the mail",
    "Hi I'm Aaaa ",
    "we always a in this ",
    "antworte ",
    "my aaaa favourite ",
  ]
    .map((seed) => seed.repeat(Math.ceil(100_000 / seed.length)))
    .flatMap((text) => [text, `${text}x`, `i prefer ${text}`, `use ${text}`]);

  /** Far above what 100 kB take (24 ms at most), far below what backtracking takes. */
  const RUNAWAY_MS = 1_000;

  /** The fastest of five runs: what the machine does beside is not what is measured. */
  function millisecondsOf(run: () => unknown): number {
    const times = [1, 2, 3, 4, 5].map(() => {
      const started = performance.now();
      run();
      return performance.now() - started;
    });
    return Math.min(...times);
  }

  const patterns = Object.entries({ ...english, ...languages, ...cues }).filter(([, value]) => value instanceof RegExp);

  it.each(patterns)("is matched by %s without running away", (_, pattern) => {
    for (const text of hostile)
      expect(
        millisecondsOf(() => pattern instanceof RegExp && pattern.test(text)),
        text.slice(0, 20),
      ).toBeLessThan(RUNAWAY_MS);
  });

  it("is judged without running away", () => {
    for (const text of hostile) {
      const plain = plainForm(text);
      expect(
        millisecondsOf(() => takesBack(plain)),
        text.slice(0, 20),
      ).toBeLessThan(RUNAWAY_MS);
      expect(
        millisecondsOf(() => ownWords(text)),
        text.slice(0, 20),
      ).toBeLessThan(RUNAWAY_MS);
    }
  });

  it("is cut and read in time that grows with its length", () => {
    for (const text of hostile) {
      expect(cutSentences(text).length).toBeGreaterThanOrEqual(0);
      const started = performance.now();
      const pins = readSpan([message(1, "user", text)])
        .map(({ piece }) => piece)
        .filter(isPin);
      pinsInForce(pins);
      expect(performance.now() - started, text.slice(0, 20)).toBeLessThan(5 * RUNAWAY_MS);
    }
  });
});
