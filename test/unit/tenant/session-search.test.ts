/**
 * Searching a tenant's list: by id, model, name and time, and how much of it one page looks at.
 *
 * Paging without a search is tested beside this file.
 */
import { describe, expect, it } from "vitest";
import { SEARCHED_ENTRIES_MAX } from "../../../src/model/limits.ts";
import type { EntryPlace, EntrySearch } from "../../../src/ports/tenant-directory.ts";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { idOf, reportOf } from "./report.ts";

const NOON = 1_700_000_000_000;
const ANY: EntrySearch = { text: null, names: [], since: null, until: null };

/** Session n is n milliseconds behind noon; every third uses another model. */
function start(sessions: number): TenantDirectory {
  const directory = new TenantDirectory(openNodeSql());
  for (let session = 0; session < sessions; session++)
    directory.report({
      ...reportOf(session, 1),
      updatedAt: NOON + session,
      model: session % 3 === 0 ? "Claude-Opus-5" : "gpt-5.4",
    });
  return directory;
}

function find(directory: TenantDirectory, search: Partial<EntrySearch>, limit = 100): string[] {
  return directory.list(null, limit, { ...ANY, ...search })?.sessions.map(({ id }) => id) ?? [];
}

describe("a search", () => {
  it("finds a model by a part of its name, in whatever case, newest first", () => {
    const directory = start(7);
    expect(find(directory, { text: "opus" })).toEqual([6, 3, 0].map(idOf));
    expect(find(directory, { text: "GPT-5" })).toEqual([5, 4, 2, 1].map(idOf));
    expect(find(directory, { text: "%" })).toEqual([]);
  });

  it("finds a session by the beginning of its id, and nothing by its middle", () => {
    const directory = start(12);
    expect(find(directory, { text: idOf(1).slice(0, -1) })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(idOf));
    expect(find(directory, { text: idOf(7) })).toEqual([idOf(7)]);
    expect(find(directory, { text: "0007" })).toEqual([]);
  });

  it("shows alone what a name stands for, and where it stands for nothing what the text matches", () => {
    const directory = start(7);
    expect(find(directory, { text: "opus", names: [idOf(99), idOf(4)] })).toEqual([idOf(4)]);
    expect(find(directory, { text: "opus", names: [idOf(99)] })).toEqual([6, 3, 0].map(idOf));
  });

  it("keeps to its times, both included, with a text, a name or neither", () => {
    const directory = start(10);
    const times = { since: NOON + 3, until: NOON + 6 };
    expect(find(directory, times)).toEqual([6, 5, 4, 3].map(idOf));
    expect(find(directory, { ...times, text: "opus" })).toEqual([6, 3].map(idOf));
    expect(find(directory, { ...times, text: "opus", names: [idOf(9)] })).toEqual([6, 3].map(idOf));
    expect(find(directory, { until: NOON - 1 })).toEqual([]);
  });

  it("looks at a bounded part of a long list at a time, and its cursor goes on behind that", () => {
    const directory = start(SEARCHED_ENTRIES_MAX + 10);
    const first = directory.list(null, 50, { ...ANY, text: idOf(2) });
    expect(first?.sessions).toEqual([]);
    expect(first?.next).toEqual({ updatedAt: NOON + 10, id: idOf(10) });
    const second = directory.list(first?.next ?? null, 50, { ...ANY, text: idOf(2) });
    expect(second?.sessions.map(({ id }) => id)).toEqual([idOf(2)]);
    expect(second?.next).toBeNull();
  });

  it("shows every match once, whatever the size of its pages", () => {
    for (const limit of [1, 2, 3, 4, 5]) {
      const directory = start(12);
      const seen: string[] = [];
      let after: EntryPlace | null = null;
      do {
        const page = directory.list(after, limit, { ...ANY, text: "opus", until: NOON + 8 });
        seen.push(...(page?.sessions ?? []).map(({ id }) => id));
        after = page?.next ?? null;
      } while (after !== null);
      expect(seen).toEqual([6, 3, 0].map(idOf));
    }
  });
});
