/**
 * Reads a user's newest messages for facts and hands them to the user's memory.
 *
 * The last part of the alarm's work, so that counting and briefs never wait for another object. A memory that does not
 * answer is asked again later; a batch that arrives twice changes nothing there. What a tool or the assistant said is
 * not read at all. It must not keep a fact in the session.
 */
import { extractFacts } from "../../distil/facts/extract-facts.ts";
import { FACT_SEND_WAIT_MS_MAX } from "../../model/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import type { SpanMessage } from "../../ports/distiller.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { FactBatch, UserMemories } from "../../ports/user-memory.ts";
import { nextFactWork, settleFactWork, takeFactWork } from "./fact-queue.ts";
import type { FactWork } from "./fact-queue.ts";
import type { SessionTables } from "../tables.ts";
import type { SessionRow } from "../turn-log.ts";
import { nameOf } from "../../model/name-of.ts";

export interface FactPorts {
  clock: Clock;
  reader: MessageReader;
  memories: UserMemories;
  journal: Journal;
}

/** One run. Answers when the next one is due, in milliseconds since the epoch, or null. */
export async function noteFacts(tables: SessionTables, ports: FactPorts): Promise<number | null> {
  const session = tables.log.session();
  if (!session) return null;
  const now = ports.clock.now();
  const work = takeFactWork(session, now);
  if (work === null) return nextFactWork(session, now);
  const handed = handOver(tables, ports, session, work).catch((error: unknown) => nameOf(error));
  const fault = await Promise.race([handed, ports.clock.wait(FACT_SEND_WAIT_MS_MAX).then(() => "timeout")]);
  const about = { tenant: session.tenant, session: session.report.id, step: "note" };
  if (fault !== null) ports.journal.write({ event: "memory_unavailable", ...about, error: fault });
  // The session may have gone on meanwhile: its row is read again.
  return tables.sql.transaction(() => {
    const row = tables.log.session();
    if (!row) return null;
    settleFactWork(row, work, fault === null, now);
    tables.log.saveSession(row);
    return nextFactWork(row, now);
  });
}

/** Null: handed over. An exception means: not this time. */
async function handOver(
  tables: SessionTables,
  { reader, memories }: FactPorts,
  session: SessionRow,
  work: FactWork,
): Promise<null> {
  const batch = readBatch(tables, reader, session, work);
  if (batch.facts.length > 0) await memories.find(work.memory).note(batch);
  return null;
}

function readBatch(
  { store }: SessionTables,
  reader: MessageReader,
  { tenant }: SessionRow,
  { chains, from }: FactWork,
): FactBatch {
  const messages: SpanMessage[] = [];
  let through = 0;
  for (const chain of chains) {
    const node = store.find(chain);
    const body = node && store.body(node.message);
    if (!node || !body || node.gone !== 0) continue;
    through = Math.max(through, node.id);
    for (const { role, speaker, text } of reader.readText(node.wire, body.json))
      if (role === "user") messages.push({ node: node.id, role, speaker, text, at: body.firstAt });
  }
  return { tenant, session: from, through, facts: extractFacts(messages) };
}
