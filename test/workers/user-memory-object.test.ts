/**
 * The memory of a user as an object in workerd: its door, its tables there, and that it outlives the object.
 *
 * What it keeps and recalls is tested over Node's SQLite (`test/unit/tenant`); here only what the runtime adds.
 */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { extractFacts } from "../../src/distil/facts/extract-facts.ts";
import type { UserMemoryRpc } from "../../src/ports/user-memory.ts";

const NOW = Date.parse("2026-11-02T08:00:00Z");
const question = { tenant: "t", session: null, now: NOW, tokensMax: 300 };

function objectOf(name: string) {
  const stub = env.USER_MEMORY.get(env.USER_MEMORY.idFromName(name));
  const query = (sql: string): Promise<Record<string, unknown>[]> =>
    runInDurableObject(stub, (_object, state) => state.storage.sql.exec(sql).toArray());
  return { stub, rpc: stub as unknown as UserMemoryRpc, query };
}

function batch(session: string, ...texts: string[]) {
  const facts = texts.flatMap((text, index) =>
    extractFacts([{ node: index + 1, role: "user", speaker: null, text, at: NOW + index }]),
  );
  return { tenant: "t", session, through: texts.length, facts };
}

describe("the object of a user's memory", () => {
  it("takes in, recalls, corrects and forgets over RPC", async () => {
    const { rpc, query } = objectOf("rpc");
    await rpc.note(batch("st_a", "I live in Trondheim.", "I'm allergic to hazelnuts."));
    await rpc.note(batch("st_a", "I live in Trondheim.", "I'm allergic to hazelnuts."));
    const recalled = await rpc.recall({ ...question, text: "Where do I live?" });
    expect(recalled).toMatchObject({ facts: [1, 2] });
    expect(recalled?.text).toContain('"I live in Trondheim"');
    expect(await rpc.recall({ ...question, session: "st_a", text: "Where do I live?" })).toBeNull();
    expect(await rpc.amend("t", 1, { statement: "I live in Bergen.", validUntil: null })).toMatchObject({ ok: true });
    expect(await rpc.list("t")).toMatchObject([
      { state: "superseded" },
      { state: "valid" },
      { statement: "I live in Bergen." },
    ]);
    expect(await rpc.forget("t", null)).toEqual({ ok: true, value: 3 });
    expect(await rpc.list("t")).toEqual([]);
    // The rows stay as blanks: none of the text does.
    const rows = await query("SELECT statement, quote, slot, session FROM fact");
    expect(rows).toHaveLength(5);
    expect(
      rows
        .flatMap((row) => Object.values(row))
        .join("")
        .trim(),
    ).toBe("");
  });

  it("outlives its object", async () => {
    const { rpc, stub } = objectOf("evicted");
    await rpc.note(batch("st_a", "I'm vegan."));
    await evictDurableObject(stub);
    expect(await objectOf("evicted").rpc.list("t")).toMatchObject([{ statement: "I'm vegan", state: "valid" }]);
  });

  it("is closed to another tenant, and looking creates nothing", async () => {
    const { rpc, query } = objectOf("closed");
    expect(await rpc.list("t")).toBeNull();
    expect(await rpc.recall({ ...question, text: "?" })).toBeNull();
    expect(await query("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'")).toEqual([]);
    await rpc.note(batch("st_a", "I'm vegan."));
    await rpc.note({ ...batch("st_b", "I'm no longer vegan."), tenant: "other" });
    expect(await rpc.list("other")).toBeNull();
    expect(await rpc.forget("other", 1)).toEqual({ ok: false, error: { code: "not_found" } });
    expect(await rpc.list(null)).toMatchObject([{ statement: "I'm vegan", state: "valid" }]);
  });

  it("shows nothing of its inside over RPC", async () => {
    const stub = objectOf("inside").stub as unknown as Record<string, () => Promise<unknown>>;
    for (const name of ["memory", "sql", "migrate", "take", "prune"])
      await expect((async () => stub[name]?.())()).rejects.toThrow(/does not implement/);
  });

  it("answers out of as much as it may hold", async () => {
    const { rpc } = objectOf("full");
    for (let part = 0; part < 25; part++) {
      const facts = extractFacts(
        Array.from({ length: 20 }, (_, index) => ({
          node: part * 20 + index + 1,
          role: "user" as const,
          speaker: null,
          text: `I love Band${part * 20 + index} of the old harbour in Trondheim.`,
          at: NOW + part * 20 + index,
        })),
      );
      await rpc.note({ tenant: "t", session: "st_a", through: part * 20 + 20, facts });
    }
    const recalled = await rpc.recall({ ...question, text: "Which band plays in the harbour?" });
    expect(recalled?.facts.length).toBeGreaterThan(3);
    expect(recalled?.tokens).toBeLessThanOrEqual(question.tokensMax);
  });
});
