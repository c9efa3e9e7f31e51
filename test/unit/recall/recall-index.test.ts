/**
 * The kept index: whatever happens to the archive, it gives what a fresh one reads.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMessage } from "../../../src/recall/archive.ts";
import { RecallIndex } from "../../../src/recall/catalogue.ts";
import { recall } from "../../../src/recall/recall.ts";
import { removeMessages } from "../../../src/recall/remove-messages.ts";
import { countTokens, fillArchive, message, openArchive } from "./archive-fixture.ts";

describe("recall index", () => {
  it("equals a fresh one after any order of additions, removals and undone steps", () => {
    const step = fc.record({
      kind: fc.constantFrom("add", "add", "add", "remove", "undo"),
      node: fc.integer({ min: 1, max: 12 }),
      speaker: fc.constantFrom(null, "Ann", "Bob"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const sql = openArchive();
        const kept = new RecallIndex();
        for (const { kind, node, speaker } of steps) {
          const text = `Words of message ${node}. `.repeat(node * 4);
          if (kind === "remove") removeMessages(sql, { entries: [node], notes: [] });
          else if (kind === "add") addMessage(sql, message(node, text, { speaker }), countTokens);
          else
            expect(() =>
              sql.transaction(() => {
                addMessage(sql, message(node, text, { speaker }), countTokens);
                throw new Error("undo");
              }),
            ).toThrow("undo");
          expect(kept.read(sql)).toEqual(new RecallIndex().read(sql));
          const includes = (other: number): boolean => other % 3 !== node % 3;
          expect(kept.read(sql, includes)).toEqual(new RecallIndex().read(sql, includes));
          const early = (other: number): boolean => other < 7;
          expect(kept.read(sql, early)).toEqual(new RecallIndex().read(sql, early));
        }
        sql.close();
      }),
      { numRuns: 40 },
    );
  });

  it("reads only what is new", () => {
    const sql = openArchive();
    fillArchive(
      sql,
      Array.from({ length: 100 }, (_, at) => `Note ${at}: the garden has ${at} roses.`),
    );
    const read: unknown[][] = [];
    const spied = {
      ...sql,
      all: <Row>(query: string, ...bindings: (string | number | null)[]): Row[] => {
        read.push(bindings);
        return sql.all<Row>(query, ...bindings);
      },
    };
    const index = new RecallIndex();
    index.read(spied);
    read.length = 0;
    index.read(spied);
    expect(read).toEqual([[]]);
    addMessage(sql, message(101, "One rose more."), countTokens);
    index.read(spied);
    expect(read.filter((bindings) => bindings[0] === 100 * 16_384)).toHaveLength(1);
    expect(index.read(sql).count).toBe(101);
    sql.close();
  });

  it("gives only what may be used, and asks the same of it as of an archive without the rest", () => {
    const lines = ["The red key opens the shed.", "Noted.", "The blue key opens the shed.", "Noted.", "A key is lost."];
    const whole = openArchive();
    fillArchive(whole, lines);
    const part = openArchive();
    lines.forEach((text, at) => {
      if (at !== 2) addMessage(part, message(at + 1, text), countTokens);
    });
    const index = new RecallIndex();
    const includes = (node: number): boolean => node !== 3;
    expect(index.read(whole, includes)).toEqual(new RecallIndex().read(part));
    const query = "Which key opens the shed?";
    expect(recall(whole, query, { budgetTokens: 200, index, includes })).toEqual(
      recall(part, query, { budgetTokens: 200 }),
    );
    expect(index.read(whole).count).toBe(5);
    whole.close();
    part.close();
  });
});
