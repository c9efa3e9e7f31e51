/**
 * What a user's memory does when messages that it learnt from are deleted, and when facts grow old.
 */
import { expect, it } from "vitest";
import { extractFacts } from "../../../src/distil/facts/extract-facts.ts";
import { UserMemory } from "../../../src/tenant/user-memory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";

const NOW = Date.parse("2026-11-02T08:00:00Z");
const DAY = 86_400_000;

function start() {
  const memory = new UserMemory(openNodeSql());
  const note = (session: string, node: number, text: string, at = NOW + node): void => {
    const facts = extractFacts([{ node, role: "user", speaker: null, text, at }]);
    memory.note({ tenant: "t", session, through: node, facts }, at);
  };
  const list = () => (memory.list("t", NOW) ?? []).map(({ statement, state }) => [statement, state]);
  return { memory, note, list };
}

it("a fact goes with its message, and what it had ended holds again", () => {
  const { memory, note, list } = start();
  note("st_a", 1, "I live in Paris.");
  note("st_a", 3, "I'm allergic to hazelnuts.");
  note("st_b", 2, "I moved to Berlin.");
  expect(list()[0]).toEqual(["I live in Paris", "superseded"]);
  const berlin = { tenant: "t", session: "st_b", nodes: [2, 9] };
  expect(memory.forgetSource({ ...berlin, tenant: "another" }, NOW)).toBe(0);
  expect(memory.forgetSource(berlin, NOW + 50)).toBe(1);
  expect(list()).toEqual([
    ["I live in Paris", "valid"],
    ["I'm allergic to hazelnuts", "valid"],
  ]);
  expect(memory.forgetSource(berlin, NOW + 50)).toBe(0);
});

it("a batch that was under way brings nothing back, and a session that begins anew is heard", () => {
  const { memory, note, list } = start();
  note("st_a", 1, "I live in Paris.");
  memory.forgetSource({ tenant: "t", session: "st_a", nodes: [4] }, NOW + 50);
  note("st_a", 4, "I moved to Berlin.");
  expect(list()).toEqual([["I live in Paris", "valid"]]);
  expect(memory.forgetSource({ tenant: "t", session: "st_a", nodes: null }, NOW + 60)).toBe(1);
  note("st_a", 5, "I live in Oslo.", NOW + 55);
  expect(list()).toEqual([]);
  note("st_a", 1, "I live in Rome.", NOW + 70);
  expect(list()).toEqual([["I live in Rome", "valid"]]);
});

it("what was said long ago is forgotten, and nothing else", () => {
  const { memory, note, list } = start();
  expect([memory.oldest(NOW), memory.forgetUntil(NOW, NOW)]).toEqual([null, 0]);
  note("st_a", 1, "I live in Paris.", NOW - 9 * DAY);
  note("st_a", 2, "I'm allergic to hazelnuts.", NOW - DAY);
  expect(memory.oldest(NOW)).toBe(NOW - 9 * DAY);
  expect(memory.forgetUntil(NOW - 8 * DAY, NOW)).toBe(1);
  expect(list()).toEqual([["I'm allergic to hazelnuts", "valid"]]);
  expect(memory.oldest(NOW)).toBe(NOW - DAY);
});
