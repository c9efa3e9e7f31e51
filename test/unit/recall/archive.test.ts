/**
 * The archive: two rows a piece, found by its words in any script, and gone without a trace when removed.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addMessage, findWord, readCatalogue, readTexts, removeMessages } from "../../../src/recall/archive.ts";
import { recall } from "../../../src/recall/recall.ts";
import { cutWords } from "../../../src/recall/words.ts";
import { countTokens, fillArchive, message, openArchive } from "./archive-fixture.ts";

const everything = (): boolean => true;

describe("archive", () => {
  it("gives back what was put in, in order, and adds a message once", () => {
    const sql = openArchive();
    const at = Date.UTC(2024, 4, 8, 10, 30);
    fillArchive(sql, ["The first words.", { text: "The second.", speaker: "Ann", at, role: "user" }]);
    expect(addMessage(sql, message(1, "The first words."), countTokens)).toBe(0);
    const catalogue = readCatalogue(sql, everything);
    expect(catalogue.nodes).toEqual([1, 2]);
    expect(catalogue.times).toEqual([null, at]);
    expect(catalogue.roles).toEqual([1, 1]);
    expect(catalogue.tokens).toEqual([countTokens("The first words."), countTokens("The second.")]);
    expect(catalogue.speakerNames.get(catalogue.speakers[1] ?? 0)?.name).toBe("Ann");
    expect([...readTexts(sql, catalogue.ids).values()]).toEqual(["The first words.", "The second."]);
    sql.close();
  });

  it("keeps its numbers to the bit", () => {
    const sql = openArchive();
    const long = "Never use the old 2024 tables in Paris because Mr Gray said so, ".repeat(30);
    for (let speaker = 1; speaker <= 260; speaker++)
      addMessage(sql, message(speaker, long.slice(0, 300), { speaker: `S${speaker}`, role: "user" }), countTokens);
    const catalogue = readCatalogue(sql, everything);
    expect(catalogue.speakers.at(-1)).toBe(0);
    expect(catalogue.speakerNames.size).toBe(255);
    const texts = readTexts(sql, catalogue.ids);
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
      const ids = new Set(readCatalogue(sql, everything).ids.map(String));
      const found = cutWords(query).flatMap((word) => findWord(sql, word).split(","));
      return [...new Set(found.filter((id) => ids.has(id)).map((id) => Math.floor(Number(id) / 16_384)))];
    };
    expect(nodes("蓝色")).toEqual([1]);
    expect(nodes("友達")).toEqual([2]);
    expect(nodes("서울")).toEqual([3]);
    expect(nodes("ข้าวผัด")).toEqual([4]);
    expect(nodes("munchen")).toEqual([5]);
    expect(nodes("हिन्दी")).toEqual([6]);
    sql.close();
  });

  it("forgets without a trace, in the index and in the file", () => {
    const folder = mkdtempSync(join(tmpdir(), "recall-"));
    const path = join(folder, "archive.db");
    const sql = openArchive(path);
    sql.run("PRAGMA secure_delete = ON");
    const lines = Array.from({ length: 300 }, (_, at) => `Line ${at} speaks of boxes, ships and the weather at sea.`);
    lines[150] = "The passphrase is zanzibarquokka, keep it to yourself.";
    fillArchive(
      sql,
      lines.map((text) => ({ text })),
    );
    addMessage(sql, message(400, "Quokkaname speaks once.", { speaker: "Xylophonist" }), countTokens);
    expect(findWord(sql, "zanzibarquokka")).not.toBe("");
    removeMessages(sql, [151, 400]);
    expect(findWord(sql, "zanzibarquokka")).toBe("");
    expect(recall(sql, "What is the passphrase?", { budgetTokens: 500 }).text).not.toContain("zanzibar");
    sql.run("INSERT INTO recall_index (recall_index) VALUES ('integrity-check')");
    sql.close();
    const bytes = readFileSync(path, "latin1").toLowerCase();
    for (const trace of ["zanzibar", "anzibarquokka", "passphras", "xylophonist", "quokkaname"])
      expect(bytes).not.toContain(trace);
    expect(bytes).toContain("weather");
    rmSync(folder, { recursive: true });
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
