/**
 * Removal: what was taken out is not found, and no byte of it is in the file. SQLite's own wiping is off, as in an object.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { addMessage, addNotes } from "../../../src/recall/archive.ts";
import { RecallIndex } from "../../../src/recall/catalogue.ts";
import { findWords } from "../../../src/recall/find-words.ts";
import { recall } from "../../../src/recall/recall.ts";
import { removeMessages } from "../../../src/recall/remove-messages.ts";
import { scrubFreePages } from "../../../src/recall/scrub-pages.ts";
import { countTokens, fillArchive, message, openArchive } from "./archive-fixture.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "recall-"));
  folders.push(folder);
  return join(folder, "archive.db");
}

/** Lines that share words with what is removed before and behind it in the alphabet. */
const LINES = Array.from(
  { length: 1500 },
  (_, at) => `Line ${at} speaks of zany boxes, zeppelins ${at * 7919} and the weather at sea.`,
);

describe("removing messages", () => {
  it.each([
    ["one message", [151]],
    ["many messages", Array.from({ length: 200 }, (_, at) => 2 * at + 101)],
  ])("leaves no byte of %s", (_name, nodes) => {
    const path = newFile();
    const sql = openArchive(path);
    sql.run("PRAGMA secure_delete = OFF");
    // Pages that were given back before lie among those that removal gives back.
    sql.run("CREATE TABLE other (text TEXT)");
    sql.run("INSERT INTO other VALUES (?)", "other ".repeat(60_000));
    const lines = [...LINES];
    const secret = "The passphrase is zanzibarquokka, said Xylophonist. ".repeat(40);
    for (const node of nodes) lines[node - 1] = `${secret} ${node}`;
    fillArchive(sql, lines);
    addMessage(sql, message(4000, "Quokkaname speaks once.", { speaker: "Vexillologist" }), countTokens);
    addNotes(sql, [{ node: nodes[0] ?? 0, text: "The user hides a wombatnote.", at: null }], countTokens);
    sql.run("DROP TABLE other");
    expect(findWords(sql, ["zanzibarquokka"], 100_000).get("zanzibarquokka")?.length).toBeGreaterThan(5);
    const used = sql.usedBytes();
    removeMessages(sql, { entries: [...nodes, 4000], notes: [] });
    scrubFreePages(sql, used);
    expect(findWords(sql, ["zanzibarquokka", "wombatnote"])).toEqual(
      new Map([
        ["zanzibarquokka", []],
        ["wombatnote", []],
      ]),
    );
    sql.run("INSERT INTO recall_index (recall_index) VALUES ('integrity-check')");
    sql.close();
    const bytes = readFileSync(path, "latin1").toLowerCase();
    for (const trace of ["zanzibar", "anzibarquokka", "passphras", "xylophon", "vexillo", "quokkaname", "wombat"])
      expect(bytes).not.toContain(trace);
    expect(bytes).toContain("zeppelin");
  });

  it("keeps the rest as it was, notes and dates too", () => {
    const sql = openArchive();
    const at = Date.UTC(2024, 4, 15, 12);
    fillArchive(sql, [
      { text: "Last week I painted the fence.", at },
      { text: "The dog ate my notes.", at },
      { text: "```\nlet hedgehog = 1;\n```", at },
      { text: "I sing on Sundays.", at },
    ]);
    addNotes(sql, [{ node: 4, text: "The user performs music as a hobby.", at }], countTokens);
    const words = ["zd20240508", "fenc", "fence", "hedgehog", "hobby", "sundays"];
    const before = findWords(sql, words);
    removeMessages(sql, { entries: [2], notes: [] });
    expect(findWords(sql, words)).toEqual(before);
    expect(before.get("zd20240508")).toEqual([16_384]);
    expect(before.get("hobby")).toEqual([-1 - 4 * 16_384]);
    sql.close();
  });

  it("takes notes alone", () => {
    const sql = openArchive();
    fillArchive(sql, ["The dog ate my notes.", "I sing on Sundays."]);
    addNotes(sql, [{ node: 2, text: "The user performs music.", at: null }], countTokens);
    removeMessages(sql, { entries: [], notes: [2] });
    expect(findWords(sql, ["perform", "sundai", "sundays"]).get("perform")).toEqual([]);
    expect(sql.all("SELECT text FROM recall_piece ORDER BY id")).toHaveLength(2);
    expect(sql.all("SELECT text FROM recall_note")).toEqual([]);
    sql.close();
  });

  it("is seen by a kept index, and so is what comes back", () => {
    const sql = openArchive();
    const index = new RecallIndex();
    fillArchive(sql, ["The red key opens the shed.", "Noted.", "The blue key opens the barn.", "Noted."]);
    const ask = (): number[] =>
      recall(sql, "Which key opens what?", { budgetTokens: 300, index }).pieces.map(({ node }) => node);
    expect(ask()).toEqual(expect.arrayContaining([1, 3]));
    removeMessages(sql, { entries: [3], notes: [] });
    expect(ask()).not.toContain(3);
    addMessage(sql, message(3, "The green key opens the barn."), countTokens);
    expect(ask()).toContain(3);
    sql.close();
  });
});
