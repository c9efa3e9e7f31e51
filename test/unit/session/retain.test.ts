/**
 * What leaves a session by its age: the texts of its recorded bodies, once a day at most, and when that is asked again.
 */
import { expect, it } from "vitest";
import { idleUntil, retainRecordings } from "../../../src/session/release/retain.ts";
import { startConversation } from "../../fakes/played-session.ts";

const DAY = 86_400_000;
const WEEK = { sessionsMs: 20 * DAY, recordingsMs: 7 * DAY };
const START = Date.UTC(2026, 0, 1);

async function play(days: number) {
  const conversation = startConversation();
  const messages: { role: string; content: string }[] = [];
  const revs: string[] = [];
  for (let day = 0; day < days; day++) {
    messages.push({ role: "user", content: `Message of day ${day}.` });
    const reply = { role: "assistant", content: "Yes." };
    revs.push((await conversation.send(JSON.stringify({ model: "m", messages }), { message: reply })).rev);
    messages.push(reply);
    conversation.pass(DAY / 1000);
  }
  const { tables } = conversation;
  const texts = (): boolean[] => revs.map((rev) => tables.recordings.find(rev)?.bodies[0]?.text !== null);
  return { tables, texts };
}

it("texts of bodies leave when they are old enough, hashes stay, and the others can still be read", async () => {
  const { tables, texts } = await play(4);
  const first = START + 8 * DAY;
  // A session that has just got the feature waits for the whole time once.
  expect(retainRecordings(tables, WEEK, START + DAY).next).toBe(first);
  expect(retainRecordings(tables, WEEK, START + 2 * DAY).next).toBe(first);
  expect(texts()).toEqual([true, true, true, true]);
  expect(retainRecordings(tables, WEEK, first).next).toBe(first + DAY);
  expect(texts()).toEqual([false, false, true, true]);
  const [newest] = tables.log.newest(1);
  const body = tables.recordings.find(newest?.rev ?? "")?.bodies[0];
  expect(body && tables.recordings.text(body)).toContain("Message of day 3.");
  expect(retainRecordings(tables, WEEK, first + 2 * DAY).next).toBeNull();
  expect(texts()).toEqual([false, false, false, false]);
  expect(tables.sql.all("SELECT 1 FROM body_prefix UNION ALL SELECT 1 FROM body_piece")).toEqual([]);
  expect(tables.log.session()?.pending.recordingsDue).toBeUndefined();
});

it("nothing is planned where nothing is to leave", async () => {
  const { tables, texts } = await play(2);
  const session = tables.log.session();
  if (!session) throw new Error("nothing stored");
  const forEver = { sessionsMs: null, recordingsMs: null };
  expect([retainRecordings(tables, forEver, START + 999 * DAY).next, idleUntil(tables.sql, session, forEver)]).toEqual([
    null,
    null,
  ]);
  expect(tables.log.session()).toEqual(session);
  expect(texts()).toEqual([true, true]);
  expect(idleUntil(tables.sql, session, WEEK)).toBe(START + 21 * DAY);
});

it("a session that came from a file has not been idle since its last turn", async () => {
  const { tables } = await play(1);
  const session = tables.log.session();
  if (!session) throw new Error("nothing stored");
  tables.sql.run("INSERT INTO session_import (id, touched_at, sha256) VALUES (1, ?, '')", START + 300 * DAY);
  expect(idleUntil(tables.sql, session, WEEK)).toBe(START + 320 * DAY);
});
