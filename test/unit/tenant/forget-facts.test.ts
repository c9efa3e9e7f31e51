/**
 * What deletion leaves behind: nothing, byte for byte, in a database file that has grown, superseded and been edited.
 *
 * Node's SQLite keeps the bytes of dropped rows as a Durable Object's does, so the file itself is searched.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { extractFacts } from "../../../src/distil/facts/extract-facts.ts";
import { FACTS_PER_USER_MAX } from "../../../src/model/limits.ts";
import { UserMemory } from "../../../src/tenant/user-memory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";

const NOW = Date.parse("2026-11-02T08:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "facts-"));
const open: { close(): void }[] = [];

afterEach(() => {
  for (const sql of open.splice(0)) sql.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A memory in a file, full of facts of every length, each with a word of its own. */
function fill(count: number) {
  const path = join(mkdtempSync(folder), "memory.sqlite");
  const sql = openNodeSql(path);
  open.push(sql);
  const memory = new UserMemory(sql);
  for (let from = 1; from <= count; from += 7) {
    const facts = Array.from({ length: Math.min(7, count + 1 - from) }, (_, index) => from + index).flatMap((node) => {
      const text = `I love Word${node}x${"ü very long walks ".repeat(node % 12)}.`;
      return extractFacts([{ node, role: "user", speaker: null, text, at: NOW + node }]);
    });
    memory.note({ tenant: "t", session: "st_a", through: from + facts.length - 1, facts }, NOW + from);
    memory.amend("t", from, { statement: null, validUntil: NOW + 2 * count }, NOW + count);
  }
  const holds = (index: number): boolean => readFileSync(path).includes(`ord${index}x`);
  const listed = (): string[] => (memory.list("t", NOW) ?? []).map(({ statement }) => statement);
  return { memory, holds, listed };
}

describe("deletion", { timeout: 30_000 }, () => {
  it.each([3, 40, 120])("of single facts among %i leaves none of their bytes and all of the others", (count) => {
    const { memory, holds, listed } = fill(count);
    const gone = [1, 2, Math.ceil(count / 2), count].filter((id, at, ids) => ids.indexOf(id) === at);
    for (const id of gone) {
      expect(holds(id)).toBe(true);
      expect(memory.forget("t", id, NOW)).toEqual({ ok: true, value: 1 });
      expect(memory.forget("t", id, NOW)).toEqual({ ok: false, error: { code: "not_found" } });
    }
    expect(gone.filter(holds)).toEqual([]);
    expect(listed()).toHaveLength(count - gone.length);
    const kept = Array.from({ length: count }, (_, index) => index + 1).filter((id) => !gone.includes(id));
    expect(kept.filter((id) => !holds(id))).toEqual([]);
    for (const id of kept) memory.forget("t", id, NOW);
    expect(kept.filter(holds)).toEqual([]);
  });

  it("of everything leaves no byte, and a batch that was under way brings nothing back", () => {
    const { memory, holds, listed } = fill(60);
    expect(memory.forget("t", null, NOW + 100)).toEqual({ ok: true, value: 60 });
    expect(Array.from({ length: 60 }, (_, index) => index + 1).filter(holds)).toEqual([]);
    const late = extractFacts([{ node: 61, role: "user", speaker: null, text: "I live in Oslo.", at: NOW + 99 }]);
    memory.note({ tenant: "t", session: "st_a", through: 61, facts: late }, NOW + 101);
    expect(listed()).toEqual([]);
    const next = extractFacts([{ node: 62, role: "user", speaker: null, text: "I live in Bergen.", at: NOW + 102 }]);
    memory.note({ tenant: "t", session: "st_a", through: 62, facts: next }, NOW + 102);
    expect(listed()).toEqual(["I live in Bergen"]);
  });

  it("of one fact is not undone by the batch that brought it", () => {
    const { memory, listed } = fill(3);
    memory.forget("t", 2, NOW);
    const facts = extractFacts([{ node: 2, role: "user", speaker: null, text: "I love Word2x.", at: NOW + 2 }]);
    memory.note({ tenant: "t", session: "st_a", through: 3, facts }, NOW + 9);
    expect(listed().filter((statement) => statement.includes("Word2x"))).toEqual([]);
  });

  it("by the bound on facts is as complete", () => {
    const { holds, listed } = fill(FACTS_PER_USER_MAX + 1);
    const left = new Set(listed().map((statement) => Number(/Word(\d+)x/.exec(statement)?.[1])));
    const gone = Array.from({ length: FACTS_PER_USER_MAX + 1 }, (_, index) => index + 1).filter((id) => !left.has(id));
    expect(gone.length).toBeGreaterThan(40);
    expect(gone.filter(holds)).toEqual([]);
  });

  it("never gives an id twice", () => {
    const { memory } = fill(3);
    memory.forget("t", null, NOW);
    expect(memory.add("t", "I live in Oslo", NOW)).toMatchObject({ ok: true, value: { id: 4 } });
  });
});
