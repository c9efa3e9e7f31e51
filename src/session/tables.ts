/**
 * The views on a session's database that its steps share, and what recall keeps of it in memory.
 *
 * Opened together over one Sql port, so that a step takes one argument instead of seven.
 */
import type { Sql } from "../ports/sql.ts";
import { RecallIndex } from "../recall/catalogue.ts";
import { BriefStore } from "./briefs/brief-store.ts";
import { FormStore } from "./forms/form-store.ts";
import { MessageStore } from "./message-store.ts";
import { RecordingStore } from "./recorder/recording-store.ts";
import { SegmentStore } from "./digests/segment-store.ts";
import { TurnLog } from "./turn-log.ts";

export interface SessionTables {
  sql: Sql;
  store: MessageStore;
  log: TurnLog;
  briefs: BriefStore;
  segments: SegmentStore;
  recallIndex: RecallIndex;
  forms: FormStore;
  recordings: RecordingStore;
}

export function openTables(sql: Sql): SessionTables {
  const store = new MessageStore(sql);
  return {
    sql,
    store,
    log: new TurnLog(sql),
    briefs: new BriefStore(sql),
    segments: new SegmentStore(sql),
    recallIndex: new RecallIndex(),
    forms: new FormStore(sql),
    recordings: new RecordingStore(sql, store),
  };
}
