/**
 * Recall on the storage of a real object: its SQLite takes the schema, the searches and the rewriting of a removal.
 */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { openObjectSql } from "../../src/adapters/object-sessions.ts";
import { addMessage, addNotes, createArchive } from "../../src/recall/archive.ts";
import { RecallIndex } from "../../src/recall/catalogue.ts";
import { recall } from "../../src/recall/recall.ts";
import { removeMessages } from "../../src/recall/remove-messages.ts";
import { scrubFreePages } from "../../src/recall/scrub-pages.ts";

const countTokens = (text: string): number => Math.ceil(text.length / 3);

it("finds, keeps its index and forgets", async () => {
  const stub = env.SESSION.get(env.SESSION.idFromName("recall"));
  await runInDurableObject(stub, (_object, { storage }) => {
    const sql = openObjectSql(storage);
    createArchive(sql);
    createArchive(sql);
    const index = new RecallIndex();
    const say = (node: number, text: string): number =>
      addMessage(sql, { node, role: "user", speaker: null, text, at: Date.UTC(2024, 4, 8) }, countTokens);
    const ask = (query: string): string => recall(sql, query, { budgetTokens: 200, index }).text;
    for (let node = 1; node <= 40; node++) say(node, `We spoke about small matter ${node} for a while.`);
    say(41, "The Kestrel engine takes synthetic oil. " + "It is a long story. ".repeat(200));
    addNotes(sql, [{ node: 7, text: "The user breeds poultry.", at: null }], countTokens);
    expect(ask("Which oil does the Kestrel engine take?")).toContain("synthetic oil");
    expect(ask("Do I have any poultry?")).toContain("small matter 7 ");
    say(42, "The Merlin engine takes castor oil.");
    expect(ask("Which oil does the Merlin engine take?")).toContain("castor oil");
    removeMessages(sql, { entries: [7, 41], notes: [] });
    scrubFreePages(sql, sql.usedBytes());
    const after = ask("Which oil does the Kestrel engine take?");
    expect(after).not.toContain("synthetic");
    expect(after).toContain("castor");
    expect(ask("Do I have any poultry?")).toBe("");
    expect(sql.all("SELECT name FROM sqlite_master WHERE name LIKE 'recall%old%' OR name = 'scrub'")).toEqual([]);
  });
});
