/**
 * The archive: two rows a piece, found by its words in any script, whatever the text.
 */
import { describe, expect, it } from "vitest";
import { addMessage, readTexts } from "../../../src/recall/archive.ts";
import { RecallIndex } from "../../../src/recall/catalogue.ts";
import { findWords } from "../../../src/recall/find-words.ts";
import { recall } from "../../../src/recall/recall.ts";
import { cutWords } from "../../../src/recall/words.ts";
import { countTokens, fillArchive, message, openArchive } from "./archive-fixture.ts";

describe("archive", () => {
  it("gives back what was put in, in order, and adds a message once", () => {
    const sql = openArchive();
    const at = Date.UTC(2024, 4, 8, 10, 30);
    fillArchive(sql, ["The first words.", { text: "The second.", speaker: "Ann", at, role: "user" }]);
    expect(addMessage(sql, message(1, "The first words."), countTokens)).toBe(0);
    const catalogue = new RecallIndex().read(sql);
    expect([...catalogue.nodes]).toEqual([1, 2]);
    expect([...catalogue.times]).toEqual([NaN, at]);
    expect([...catalogue.roles]).toEqual([1, 1]);
    expect([...catalogue.tokens]).toEqual([countTokens("The first words."), countTokens("The second.")]);
    expect(catalogue.speakerNames.get(catalogue.speakers[1] ?? 0)?.name).toBe("Ann");
    expect([...readTexts(sql, [...catalogue.ids]).values()]).toEqual(["The first words.", "The second."]);
    sql.close();
  });

  it("keeps its numbers to the bit", () => {
    const sql = openArchive();
    const long = "Never use the old 2024 tables in Paris because Mr Gray said so, ".repeat(30);
    for (let speaker = 1; speaker <= 260; speaker++)
      addMessage(sql, message(speaker, long.slice(0, 300), { speaker: `S${speaker}`, role: "user" }), countTokens);
    const catalogue = new RecallIndex().read(sql);
    expect(catalogue.speakers.at(-1)).toBe(0);
    expect(catalogue.speakerNames.size).toBe(255);
    const texts = readTexts(sql, [...catalogue.ids]);
    catalogue.ids.forEach((id, at) => expect(catalogue.tokens[at]).toBe(countTokens(texts.get(id) ?? "")));
    sql.close();
  });

  it("writes two rows a piece", () => {
    const sql = openArchive();
    const pieces = addMessage(sql, message(1, "One sentence about cats. ".repeat(200)), countTokens);
    expect(pieces).toBeGreaterThan(5);
    const [rows] = sql.all<{ pieces: number; entries: number }>(
      "SELECT (SELECT count(*) FROM recall_piece) AS pieces, (SELECT count(*) FROM recall_index_docsize) AS entries",
    );
    expect(rows).toEqual({ pieces, entries: pieces });
    sql.close();
  });

  it("finds words of every script", () => {
    const sql = openArchive();
    fillArchive(sql, [
      "我们决定用蓝色的按钮",
      "東京で友達に会いました",
      "어제 서울에서 만났어요",
      "ฉันชอบกินข้าวผัด",
      "Ich wohne in München",
      "हिन्दी में लिखो",
    ]);
    const nodes = (query: string): number[] => {
      const ids = [...findWords(sql, cutWords(query)).values()].flat();
      return [...new Set(ids.map((id) => Math.floor(id / 16_384)))];
    };
    expect(nodes("蓝色")).toEqual([1]);
    expect(nodes("友達")).toEqual([2]);
    expect(nodes("서울")).toEqual([3]);
    expect(nodes("ข้าวผัด")).toEqual([4]);
    expect(nodes("munchen")).toEqual([5]);
    expect(nodes("हिन्दी")).toEqual([6]);
    sql.close();
  });

  it("takes hostile text as text", () => {
    const sql = openArchive();
    const hostile = [
      `" OR words MATCH 'x' NOT NEAR(a b) *`,
      "a\u0000b nul",
      "half a pair \ud83d and \udc00 alone",
      "z".repeat(1_000_000),
      "'; DROP TABLE recall_piece; --",
      '{"a": [null, 1e999]}\u2028\u202e',
      "",
      " \n\t ",
    ];
    hostile.forEach((text, at) => addMessage(sql, message(at + 1, text), (text) => Math.ceil(text.length / 4)));
    for (const query of [...hostile, "*", '"', "AND OR NOT", "words:x", "^a", "-", "a\u0000b"]) {
      const { text } = recall(sql, query, { budgetTokens: 300 });
      expect(text.isWellFormed()).toBe(true);
    }
    expect(recall(sql, "DROP TABLE", { budgetTokens: 100 }).text).toContain("DROP TABLE");
    sql.close();
  });
});
