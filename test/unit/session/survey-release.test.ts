/**
 * What a deletion finds out before it begins, over Node's SQLite.
 */
import { expect, it } from "vitest";
import { hashText } from "../../../src/model/hash.ts";
import { migrate } from "../../../src/session/migrations.ts";
import { surveyRelease } from "../../../src/session/release/release.ts";
import { EMPTY_SESSION_LEDGER } from "../../../src/session/session-ledger.ts";
import { openTables } from "../../../src/session/tables.ts";
import type { SessionRow, TurnRow } from "../../../src/session/turn-log.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";

const SESSION: SessionRow = {
  tenant: hashText("tenant"),
  content: "keep",
  createdAt: 0,
  updatedAt: 0,
  turns: 3,
  messages: 0,
  ledger: EMPTY_SESSION_LEDGER,
  recent: { priors: [], tips: [] },
  pending: { uncounted: [], turns: [] },
  report: { id: "st_1", seq: 3, sent: 0, model: null, others: null },
};

const turn = (rev: string, seq: number, attempts: number): TurnRow => ({
  rev,
  seq,
  at: seq,
  status: "complete",
  verdict: "new",
  mode: "full",
  reason: "new_thread",
  asked: null,
  reply: null,
  replyId: `resp_${rev}`,
  attempts,
  state: null,
  record: {},
});

it("names replies in the order of their turns, whatever their revs, those of single attempts included", () => {
  const sql = openNodeSql();
  migrate(sql);
  const tables = openTables(sql);
  tables.log.save(turn("m", 1, 1));
  tables.log.save(turn("z", 2, 2));
  tables.log.save(turn("a", 3, 1));
  for (const [rev, id] of [
    ["z", "resp_z"],
    ["b", "resp_b"],
  ] as const)
    sql.run("INSERT INTO attempt (rev, turn, reply, reply_id, state) VALUES (?, 'z', NULL, ?, 'null')", rev, id);
  const { replyIds = [] } = surveyRelease(tables, SESSION, { kind: "session" }) ?? {};
  expect([replyIds[0], replyIds.slice(1, 3).toSorted(), replyIds[3]]).toEqual([
    "resp_m",
    ["resp_b", "resp_z"],
    "resp_a",
  ]);
  expect(replyIds).toHaveLength(4);
});
