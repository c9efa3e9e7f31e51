/**
 * Ranking by hand-made cases: what must come first, in several languages and for several kinds of question.
 */
import { describe, expect, it } from "vitest";
import { recall } from "../../../src/recall/recall.ts";
import type { RecallOptions } from "../../../src/recall/recall.ts";
import type { RecallMessage } from "../../../src/recall/message.ts";
import { fillArchive, message, openArchive } from "./archive-fixture.ts";

const DAY = 86_400_000;
const WEDNESDAY = Date.UTC(2024, 4, 15, 12);
const FILLER = Array.from({ length: 30 }, (_, at) => `We spoke about small matter ${at} for a while and moved on.`);

/** The nodes that come back within a small budget. */
function ask(
  lines: readonly (string | Partial<RecallMessage>)[],
  query: string,
  options: Partial<RecallOptions> = {},
): number[] {
  const sql = openArchive();
  fillArchive(sql, lines);
  const { pieces } = recall(sql, query, { budgetTokens: 70, ...options });
  sql.close();
  return pieces.map(({ node }) => node);
}

describe("ranking", () => {
  it("finds by stem, and the answer beside the question", () => {
    expect(ask([...FILLER, "I adopted two cats in Lyon.", "Lovely!"], "Where did I adopt my cat?")).toContain(31);
    const lines = [...FILLER, "What is the wifi code of the cabin?", "It is 7731, printed on the fridge."];
    expect(ask(lines, "wifi code cabin")).toEqual(expect.arrayContaining([31, 32]));
  });

  it("finds in Chinese, Japanese and Korean", () => {
    const filler = Array.from({ length: 20 }, (_, at) => `今天我们谈了第${at}件小事，没有什么特别的。`);
    expect(ask([...filler, "数据库的密码放在保险箱里。", "好的。"], "密码在哪里？")).toContain(21);
    expect(ask([...FILLER, "会議は渋谷のカフェで行います。", "了解です。"], "渋谷の会議はどこ？")).toContain(31);
    expect(ask([...FILLER, "우리 회의는 서울역에서 합니다.", "네."], "회의는 어디에서 하나요?")).toContain(31);
  });

  it.each([
    ["Thai", "รหัสผ่านของตู้เซฟคือสี่เจ็ดสอง", "รหัสผ่านของตู้เซฟคืออะไร"],
    ["Khmer", "កូនសោរបស់ទូដែកនៅក្នុងថត", "កូនសោនៅឯណា"],
    ["Hindi", "मेरी चाबी अलमारी में रखी है", "चाबी कहाँ है?"],
    ["Arabic", "كلمة المرور مكتوبة على الثلاجة", "أين كلمة المرور؟"],
    ["Greek", "Το κλειδί είναι κάτω από τη γλάστρα", "Πού είναι το κλειδί;"],
    ["accents left out", "Das Büro in Köln schließt um fünf", "buro koln?"],
  ])("finds in %s", (_language, told, asked) => {
    expect(ask([...FILLER, told, "OK."], asked)).toContain(31);
  });

  it.each([
    ["Russian", "Мы купили новую кофеварку для кухни.", "Где стоит кофеварка?"],
    ["German", "Die Bohrmaschine liegt im Keller.", "Wie viele Bohrmaschinen haben wir?"],
    ["Finnish", "Kesämökillämme on uusi laituri.", "Missä on laiturin avain?"],
    ["a slip of the pen", "The locksmith comes on Monday.", "When does the locksmyth come?"],
  ])("finds a word by its beginning: %s", (_language, told, asked) => {
    expect(ask([...FILLER, told, "OK."], asked)).toContain(31);
  });

  it("takes the answer along with the question it was given to", () => {
    const talk = ["What is your sister's trade?", "She binds books.", "Is it hard?", "Only the gilding."];
    const lines = [...FILLER, ...talk, ...FILLER].map((text, at) => ({ text, speaker: at % 2 === 0 ? "Ann" : "Bob" }));
    expect(ask(lines, "What is the trade of Bob's sister?", { budgetTokens: 45 })).toEqual(
      expect.arrayContaining([31, 32]),
    );
  });

  it("finds figures and names inside words of other kinds", () => {
    const lines = [...FILLER, "Order AB-7731 went to Zoë O'Neill via fooBarBaz_v2.", "OK."];
    for (const query of ["7731?", "What about O'Neill?", "Where is fooBarBaz used?", "Zoe?", "ab-7731"])
      expect(ask(lines, query)).toContain(31);
  });

  it.each([
    "Thanks!",
    "Great, that sounds perfect.",
    "Yes please",
    "ok",
    "谢谢",
    "ありがとうございます！",
    "감사합니다",
    "Danke",
    "👍",
  ])("brings nothing for %s", (query) => {
    const lines = [
      ...FILLER,
      "Thanks, great, perfect: yes please, that sounds good. 谢谢 ありがとう 감사합니다 Danke",
      "OK.",
    ];
    const recent = [message(98, "Tell me about the Kestrel engine.", { role: "user" }), message(99, "It is loud.")];
    expect(ask(lines, query, { recent })).toEqual([]);
  });

  it("brings nothing for a question that only brushes the conversation", () => {
    expect(ask(FILLER, "Which moons of Jupiter did Galileo see through his telescope at that small while?")).toEqual(
      [],
    );
    const page =
      "Glaciers carve valleys, carry boulders and leave moraines, drumlins, eskers, fjords and tarns behind.";
    expect(ask(FILLER, `Summarize this: ${page}`)).toEqual([]);
    expect(ask(FILLER, "What was small matter 17?")).toContain(18);
  });

  it("takes a rule along before a taste", () => {
    const wishes = Array.from({ length: 20 }, (_, at) => `I prefer the oven of shop ${at}.`);
    const lines = [...wishes, "Never use imperial units.", "The oven door is stuck.", ...FILLER];
    expect(ask(lines, "How do I mend the oven door?", { budgetTokens: 100 })).toEqual(expect.arrayContaining([21, 22]));
  });

  it("brings in the last turns when the message leans on them", () => {
    const lines = [...FILLER, "The Kestrel engine takes synthetic oil.", "Understood.", ...FILLER];
    const recent = [
      message(98, "How do I service the Kestrel engine?", { role: "user" }),
      message(99, "Change its filters first."),
    ];
    expect(ask(lines, "And which one for that?", { recent })).toContain(31);
    expect(ask(lines, "And which one for that?")).not.toContain(31);
  });

  it("does not let the last turns outweigh a question that stands by itself", () => {
    const lines = [...FILLER, "Our rent is 900 euros.", "Noted.", "The Kestrel engine is loud.", "Indeed."];
    const recent = [message(98, "Tell me about the Kestrel engine.", { role: "user" })];
    expect(ask(lines, "How high is our monthly rent in euros?", { recent, budgetTokens: 22 })).toEqual([31]);
  });

  it("resolves relative dates when they are said and when they are asked", () => {
    const lines = [
      ...FILLER.map((text) => ({ text, at: WEDNESDAY - 60 * DAY })),
      { text: "Last week I painted the fence.", at: WEDNESDAY },
      { text: "I rested.", at: WEDNESDAY - 40 * DAY },
    ];
    expect(ask(lines, "What happened on 8 May 2024?", { budgetTokens: 30 })).toEqual([31]);
    expect(ask(lines, "What did I do on 2024-05-08?", { budgetTokens: 30 })).toEqual([31]);
    expect(ask(lines, "What did I do two weeks ago?", { at: WEDNESDAY + 7 * DAY, budgetTokens: 30 })).toEqual([31]);
  });

  it("prefers the speaker who is named, and does not drop the other", () => {
    const lines = [
      ...FILLER.map((text, at) => ({ text, speaker: at % 2 === 0 ? "Ann" : "Bob" })),
      { text: "My sailing trip was wet.", speaker: "Ann" },
      { text: "My sailing trip was sunny.", speaker: "Bob" },
    ];
    expect(ask(lines, "How was Bob's sailing trip?", { budgetTokens: 24 })).toEqual([32]);
    expect(ask(lines, "How was Ann's sailing trip?", { budgetTokens: 24 })).toEqual([31]);
    expect(ask(lines, "How was Bob's sailing trip?")).toEqual(expect.arrayContaining([31, 32]));
  });

  it("keeps the user's own words before a long reply, unless the reply is asked for", () => {
    const lines = [
      ...FILLER,
      "My budget for the kitchen is 4000.",
      "For a kitchen budget, always compare three offers.",
    ];
    expect(ask(lines, "What is my kitchen budget?", { budgetTokens: 30 })).toEqual([31]);
    expect(ask(lines, "What did you suggest for the kitchen budget offers?", { budgetTokens: 30 })).toEqual([32]);
  });

  it("keeps standing wishes in reach", () => {
    const lines = [...FILLER, "Always give temperatures in kelvin when we talk about ovens.", "I will.", ...FILLER];
    expect(ask(lines, "How hot should ovens be for small bread?", { budgetTokens: 200 })).toContain(31);
  });

  it("collects the items of a list from all over the conversation", () => {
    const pets = ["I bought a parrot as a pet.", "Our pet turtle is ill.", "The pet hamster escaped."];
    const lines = pets.flatMap((pet) => [...FILLER.slice(0, 10), pet, "Oh!"]);
    expect(ask(lines, "What pets do I have?", { budgetTokens: 160 })).toEqual(expect.arrayContaining([11, 23, 35]));
  });

  it("lays an order of events out over the user's messages", () => {
    const events = ["I drafted the plan.", "I hired a crew.", "I launched the boat."];
    const lines = events.flatMap((event) => [event, "General advice of the long kind follows here. ".repeat(12)]);
    expect(ask(lines, "In what order did I bring things up? Summarize.", { budgetTokens: 80 })).toEqual(
      expect.arrayContaining([1, 3, 5]),
    );
  });

  it("is deterministic", () => {
    const lines = [...FILLER, ...FILLER];
    expect(ask(lines, "small matter 7", { budgetTokens: 300 })).toEqual(
      ask(lines, "small matter 7", { budgetTokens: 300 }),
    );
  });
});
