/**
 * Notes: a message is found by what is known of it in other words, and comes back in its own.
 */
import { describe, expect, it } from "vitest";
import { addNotes } from "../../../src/recall/archive.ts";
import { recall } from "../../../src/recall/recall.ts";
import { countTokens, fillArchive, openArchive } from "./archive-fixture.ts";

const DAY = 86_400_000;
const LINES = [
  ...Array.from({ length: 30 }, (_, at) => `We spoke about small matter ${at} for a while and moved on.`),
  "My arm hurts since the club met in the old fire station, all those lunges and parries.",
  "Get well soon.",
];

describe("notes", () => {
  it("bring up the message that they rest on, word for word", () => {
    const sql = openArchive();
    fillArchive(sql, LINES);
    const ask = (): number[] => recall(sql, "Which sport?", { budgetTokens: 60 }).pieces.map(({ node }) => node);
    expect(ask()).toEqual([]);
    const note = { node: 31, text: "The user does a sport: fencing.", at: null };
    addNotes(sql, [note, note], countTokens);
    addNotes(sql, [note], countTokens);
    expect(ask()).toContain(31);
    const { text } = recall(sql, "Which sport?", { budgetTokens: 60 });
    expect(text).toContain("lunges and parries");
    expect(text).not.toContain("fencing");
    expect(sql.all("SELECT 1 FROM recall_note")).toHaveLength(1);
    sql.close();
  });

  it("stand in where no piece fits", () => {
    const sql = openArchive();
    fillArchive(sql, LINES);
    addNotes(sql, [{ node: 31, text: "Sport: fencing.", at: 20_000 * DAY }], countTokens);
    const { text, tokens, pieces } = recall(sql, "Which sport?", { budgetTokens: 21 });
    expect(text).toBe("[4 Oct 2024]\nnote: Sport: fencing.");
    expect(countTokens(text)).toBeLessThanOrEqual(tokens);
    expect(tokens).toBeLessThanOrEqual(21);
    expect(pieces).toEqual([{ node: 31, text: "Sport: fencing." }]);
    expect(recall(sql, "Which sport?", { budgetTokens: 10 }).text).toBe("");
    sql.close();
  });

  it("do not outweigh what was said, and need a message that may be used", () => {
    const sql = openArchive();
    fillArchive(sql, [...LINES, "My sport is rowing, as a sport should be.", "Good."]);
    addNotes(sql, [{ node: 5, text: "Small talk, nothing of sport.", at: null }], countTokens);
    const nodes = recall(sql, "Which sport is mine?", { budgetTokens: 40 }).pieces.map(({ node }) => node);
    expect(nodes).toContain(33);
    expect(nodes).not.toContain(5);
    const { pieces } = recall(sql, "Which sport is mine?", {
      budgetTokens: 90,
      includes: (node) => node !== 5 && node < 32,
    });
    expect(pieces.map(({ node }) => node)).not.toContain(5);
    sql.close();
  });

  it("are bounded in number and length", () => {
    const sql = openArchive();
    fillArchive(sql, LINES);
    const notes = Array.from({ length: 100 }, (_, at) => ({ node: 3, text: `fact ${at} `.repeat(300), at: null }));
    addNotes(sql, notes, countTokens);
    const [size] = sql.all<{ rows: number; longest: number }>(
      "SELECT count(*) AS rows, max(length(text)) AS longest FROM recall_note",
    );
    expect(size?.rows).toBe(64);
    expect(size?.longest).toBeLessThanOrEqual(500);
    sql.close();
  });
});
