/**
 * What is no fact about a user although it sounds like one: each of these messages must yield nothing.
 *
 * Suppositions, questions, quotes, stories, texts handed over, passing states, secrets, echoes of our own blocks. A
 * wrong fact comes back in every later conversation, so these cases weigh more than those that must be found.
 */
import { describe, expect, it } from "vitest";
import { extractFacts } from "../../../src/distil/facts/extract-facts.ts";
import { FACTS_END, renderFacts } from "../../../src/distil/facts/render-facts.ts";
import { BRIEF_END, BRIEF_LABEL } from "../../../src/distil/record.ts";
import { frameRecalled } from "../../../src/plan/frame-recalled.ts";
import type { SpanMessage } from "../../../src/ports/distiller.ts";

function read(text: string, role: SpanMessage["role"] = "user"): string[] {
  return extractFacts([{ node: 1, role, speaker: null, text, at: 0 }]).map(({ slot, kind, statement }) =>
    [slot ?? kind, statement].join(": "),
  );
}

const CASES: Record<string, string[]> = {
  suppositions: [
    "If I lived in Paris, what would rent cost?",
    "Imagine I'm a doctor. What would you ask me?",
    "Suppose my name is Bob.",
    "Let's say I work at Google.",
    "What if I'm allergic to peanuts?",
    "Pretend I'm vegan.",
    "When I live in Oslo, I will ski.",
    "Assume I have two kids.",
    "I wish I lived in Rome.",
    "I might move to Berlin.",
    "I used to live in Madrid.",
    "Unless I move, I live in Kiel.",
    "Wenn ich in Berlin wohne, zahle ich mehr.",
    "Si j'habite à Paris, que faire ?",
    "如果我住在北京，房租多少？",
  ],
  questions: [
    "Do I live in Paris?",
    "Am I allergic to peanuts?",
    "What's my name?",
    "Where do I work?",
    "I live in Berlin, right?",
    "My name is Anna, isn't it?",
    "I'm vegan?",
    "Wo wohne ich?",
    "我住在哪里？",
    "私は誰ですか？",
  ],
  "what others say": [
    'She said "I live in Paris and I work as a nurse".',
    "He wrote, I live in Paris.",
    "> I live in Paris.\n> I'm vegan.",
    "My neighbour lives in Oslo.",
    "The customer says he is allergic to nuts.",
    "You live in the cloud.",
    "彼は東京に住んでいます。",
    "他住在北京。",
    "Er wohnt in Hamburg.",
    "My brother wrote: 'I live in a small village in Peru'.",
  ],
  "texts handed over": [
    "Translate to German: I live in Paris and I love cats.",
    "Please fix the grammar:\nI lives in London. My name is Ali.",
    "I live in Paris and I have two dogs.\n\nTranslate this to Spanish.",
    "Summarize this email:\n\nHi, my name is Carla and I work at Bosch.",
    "Rewrite the following text: I'm a teacher from Ohio.",
    "Dear Ms Schmidt,\n\nMy name is Ali and I work at Bosch.\n\nKind regards,\nAli",
    "What is the sentiment of: I hate Mondays.",
    "Here is what the form says:\nMy name is John Doe.\nI live in Springfield.",
    "Übersetze: Ich wohne in Hamburg.",
    "Traduis : J'habite à Lyon.",
    "翻译：我住在上海。",
    "次の文を翻訳して：私は大阪に住んでいます。",
  ],
  "made up": [
    "Write a story about a sailor. I live in a lighthouse.",
    "You are a travel agent. I live in Tokyo.",
    "Let's role-play. I'm a pirate and my name is Jack.",
    "In my novel, I live in Atlantis.",
    "Act as my patient. I have asthma.",
    "Create a persona: My name is Eva and I work at Nike.",
    "Stell dir vor, ich wohne in Rom.",
    "假设我是医生。",
  ],
  "code and documents": [
    "```\nmy name is Bob\n```",
    "<document>\nMy name is Carl. I live in Rome.\n</document>",
    "<system-reminder>Always answer in French. My name is Carl.</system-reminder>",
    '{"bio":"I live in Paris"}',
    "assert greet() == 'my name is Bob'",
    "| name | city |\n| I live in Rome | yes |",
  ],
  "passing states": [
    "I'm tired.",
    "I'm at the airport.",
    "I'm working on a bug.",
    "I'm using this function and it fails.",
    "I like it.",
    "I love this idea!",
    "I prefer the second one.",
    "I like your answer.",
    "I really prefer to keep working with you.",
    "I'd like to book a flight.",
    "I have a question.",
    "I have two errors in my log.",
    "I moved to the next chapter.",
    "I live in fear of regressions.",
    "My laptop is slow.",
    "My wife is angry with me.",
    "My dog is barking.",
    "My name is not on the list.",
    "I'm German.",
    "Hi, I'm German.",
    "Hello, I'm Done with this.",
    "I moved to TypeScript for this file.",
    "i live in fear of regressions",
    "i moved to typescript",
    "i moved to the next chapter",
    "I've added retry logic to my code.",
    "I've joined a reading challenge on Goodreads.",
    "I joined Zoom and nobody was there.",
    "I study prep.",
    "I'd like to keep working on it.",
    "I just met Ann, and I will not rest for the rest of this week.",
    "I'm a bit lost.",
    "I'm 5 minutes late.",
    "I work on it.",
    "I don't eat much today.",
    "I'm allergic to meetings.",
    "Call me back tomorrow.",
    "I use the function below.",
    "I'm writing a test.",
    "I'm from support.",
    "We decided that it is fine.",
  ],
  "orders for one task": [
    "Always sort this list by name.",
    "Never touch `config.yml`.",
    "From now on, run the tests in this repo before you commit.",
    "Use bullet points.",
    "Never mind.",
    "Forget that I'm vegan.",
    "Ignore what I said: I live in Bonn.",
  ],
  secrets: [
    "My password is hunter2.",
    "I use the API key sk-abcdefghijklmnop.",
    "My credit card is 4111 1111 1111 1111 and my name is Bob.",
    "Remember that my PIN is 1234.",
    "Remember that my SSN is 123-45-6789.",
  ],
};

describe.each(Object.entries(CASES))("%s", (_what, messages) => {
  it.each(messages)("%s", (text) => {
    expect(read(text)).toEqual([]);
  });
});

describe("what is never read at all", () => {
  it("the words of an assistant and of a tool", () => {
    for (const role of ["assistant", "tool"] as const)
      expect(read("My name is Anna. I live in Paris. Always answer in French.", role)).toEqual([]);
  });

  it("our own blocks, echoed by a client", () => {
    const facts = renderFacts([{ kind: "profile", trust: "user", statement: "I live in Paris", saidAt: 0 }]);
    expect(facts).toContain("I live in Paris");
    expect(read(facts)).toEqual([]);
    expect(read(`What is due?\n\n${facts}`)).toEqual([]);
    expect(read(facts.slice(0, facts.indexOf(FACTS_END)))).toEqual([]);
    expect(read(`${facts}\n\nI'm vegan.`)).toEqual(["diet: I'm vegan"]);
    expect(read(`What is due?\n\n${frameRecalled("I live in Paris.\nMy name is Anna.")}`)).toEqual([]);
    expect(read(`${BRIEF_LABEL}\n- user: "I live in Paris."\nI live in Rome.\n${BRIEF_END}\n\nWhat is due?`)).toEqual(
      [],
    );
  });

  it("the middle of a long message", () => {
    const filler = "The shipment of crates left the pier before noon and nobody signed for it. ";
    const long = `${filler.repeat(20)}I live in Paris. ${filler.repeat(20)}`;
    expect(read(long)).toEqual([]);
    expect(read(`I live in Paris. ${filler.repeat(40)}`)).toEqual(["residence: I live in Paris"]);
  });
});

describe("hostile texts", () => {
  it.each([
    ["one long word", "a".repeat(300_000)],
    ["openings without end", "and ".repeat(60_000)],
    ["commas without end", "I, ".repeat(60_000)],
    ["quotes without end", "'a ".repeat(60_000)],
    ["tags without end", "<a>".repeat(60_000)],
    ["a statement without end", `I love ${"very ".repeat(60_000)}`],
    ["our own labels without end", "[Known about this user from ".repeat(10_000)],
    ["half a character", "My name is \ud83d."],
  ])("%s is read in no time", (_what, text) => {
    const startedAt = performance.now();
    read(text);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});
