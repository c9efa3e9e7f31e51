/**
 * The Sql port as the sessions of these tests have it: it must be as strict as a Durable Object's storage.
 *
 * A fake that forgives what the platform does not would let a fault through, so the fake itself is tested:
 * rollback, nested rollback, refused bindings.
 */
import { beforeEach, describe, expect, it } from "vitest";
import type { SqlValue } from "../../../src/ports/sql.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";

describe("Sql over Node", () => {
  let sql = openNodeSql();
  const values = (): string[] => sql.all<{ v: string }>("SELECT v FROM t ORDER BY rowid").map((row) => row.v);

  beforeEach(() => {
    sql = openNodeSql();
    sql.run("CREATE TABLE t (v TEXT)");
  });

  it("keeps what a transaction wrote and answers what its body answered", () => {
    expect(
      sql.transaction(() => {
        sql.run("INSERT INTO t VALUES (?)", "a");
        return 7;
      }),
    ).toBe(7);
    expect(values()).toEqual(["a"]);
  });

  it("leaves nothing of a transaction that throws", () => {
    sql.run("INSERT INTO t VALUES (?)", "before");
    expect(() =>
      sql.transaction(() => {
        sql.run("INSERT INTO t VALUES (?)", "lost");
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(values()).toEqual(["before"]);
  });

  it("rolls a nested transaction back alone", () => {
    sql.transaction(() => {
      sql.run("INSERT INTO t VALUES (?)", "outer");
      expect(() =>
        sql.transaction(() => {
          sql.run("INSERT INTO t VALUES (?)", "inner");
          throw new Error("stop");
        }),
      ).toThrow("stop");
      sql.run("INSERT INTO t VALUES (?)", "after");
    });
    expect(values()).toEqual(["outer", "after"]);
  });

  it.each([
    ["a boolean", true],
    ["undefined", undefined],
    ["a bigint", 1n],
    ["an object", {}],
  ])("refuses %s", (_name, value) => {
    expect(() => sql.run("INSERT INTO t VALUES (?)", value as SqlValue)).toThrow("cannot bind");
  });

  it("refuses more than a hundred bindings", () => {
    const many = (count: number): string => `SELECT ${Array.from({ length: count }, () => "?").join("||")} AS v`;
    const hundred = Array.from({ length: 100 }, () => "x");
    expect(sql.all(many(100), ...hundred)).toEqual([{ v: "x".repeat(100) }]);
    expect(() => sql.all(many(101), ...hundred, "x")).toThrow("too many");
  });
});
