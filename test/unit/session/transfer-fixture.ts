/**
 * Sessions with everything in them that a file can hold: short forms, briefs, branches, attempts, digests.
 */
import type { WireName } from "../../../src/model/wire.ts";
import type { Session } from "../../../src/session/session.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";
import type { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { scriptWriter } from "../../fakes/distiller/script-writer.ts";
import { play, start } from "./condensed-talk.ts";
import { answer, boats, calling, result, say, ToolThread, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";

export const SETTINGS = { STRATA_WHOLE_RESULT_CHARS: "1500" };
const REPORT = "Take care of the paint and of the ropes, always. ";

/** An agent's work with several compactions, then another branch, a question asked again, and one without a whole answer. */
export async function playAgent(wire: WireName, turns = 12): Promise<ToolThread> {
  const thread = new ToolThread(wire, SETTINGS);
  for (let turn = 0; turn < turns; turn++) {
    const found = turn % 3 === 0 ? boats(60, turn) : `Pier ${turn} is free. ${REPORT.repeat(4)}`;
    await thread.turn(
      [say(wire, `In step ${turn} I want ${turn * 3} crates. ${REPORT.repeat(3)}`)],
      calling(wire, `c${turn}`),
    );
    await thread.turn([result(wire, `c${turn}`, found)], answer(wire, `Done with ${turn}. ${REPORT.repeat(2)}`));
    if (turn % 5 === 4) thread.conversation.pass(40_000);
  }
  const early = thread.items.slice(0, 8);
  await ask(thread, [...early, say(wire, "Leave the rest to me.")], answer(wire, "As you like."));
  await ask(thread, [...early, say(wire, "Leave the rest to me.")], answer(wire, "Very well."), {
    "x-stainless-retry-count": "1",
  });
  await ask(thread, [...thread.items, say(wire, "And what of the ropes?")], null);
  return thread;
}

/** One request that is no part of the thread's own history; without a reply the client has left. */
async function ask(
  { conversation, wire, fields }: ToolThread,
  items: readonly Item[],
  reply: Item | null,
  headers: Record<string, string> = {},
): Promise<void> {
  const own = reply ?? answer(wire, "Half a");
  const message = (wire === "responses" ? { role: "assistant", content: "", items: [own] } : own) as ChatMessage;
  await conversation.send(
    writeBody(wire, items, fields),
    { message, ...(reply === null && { end: "aborted" }) },
    headers,
  );
  conversation.pass(20);
  await conversation.work();
}

/** A long talk that a model has condensed. */
export async function playDigested(): Promise<Conversation> {
  const conversation = start(scriptWriter());
  await play(conversation, 40);
  return conversation;
}

/** Every row of every table of a session that its files hold or that follow from them. */
export function readAll(sql: ReturnType<typeof openNodeSql>): Record<string, unknown[]> {
  return {
    node: sql.all("SELECT * FROM node ORDER BY id"),
    turn: sql.all("SELECT * FROM turn ORDER BY seq"),
    attempt: sql.all("SELECT * FROM attempt ORDER BY rev"),
    brief: sql.all("SELECT * FROM brief ORDER BY id"),
    epoch: sql.all("SELECT * FROM epoch ORDER BY id"),
    segment: sql.all("SELECT * FROM segment ORDER BY id"),
    form: sql.all("SELECT * FROM form ORDER BY hash"),
    message: sql.all("SELECT * FROM message ORDER BY hash"),
    message_chunk: sql.all("SELECT * FROM message_chunk ORDER BY hash, seq"),
    recording: sql.all("SELECT * FROM recording ORDER BY rev"),
    body_prefix: sql.all("SELECT * FROM body_prefix ORDER BY hash"),
    body_piece: sql.all("SELECT * FROM body_piece ORDER BY hash, seq"),
    recall_piece: sql.all("SELECT * FROM recall_piece ORDER BY id"),
    recall_note: sql.all("SELECT * FROM recall_note ORDER BY id"),
  };
}

/** The imported session in a process that goes on with it. */
export function reopen(wire: WireName, sql: ReturnType<typeof openNodeSql>): Conversation {
  return startConversation({}, {}, { wire, settings: SETTINGS, sql });
}

/** Asks a session everything that does not need a turn. */
export function lookAtAll(session: Session): void {
  const view = session.inspect(null, "session", { turns: 100 });
  session.inspect(null, "turns", { before: null, limit: 100 });
  session.inspect(null, "briefs", {});
  const history = session.inspect(null, "history", { thread: null });
  session.inspect(null, "bodies", { hashes: history?.messages ?? [] });
  session.inspect(null, "tree", {});
  session.inspect(null, "messages", { thread: null, before: null, limit: 50 });
  session.inspect(null, "facts", {});
  session.inspect(null, "search", { query: "paint", limit: 10 });
  for (const { rev } of view?.turns ?? []) session.inspect(null, "turn", { turn: { rev } });
  if (view === null) throw new Error("there is no session");
  JSON.stringify(view);
}
