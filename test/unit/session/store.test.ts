/**
 * What is written and when: whole turns or nothing, large messages in pieces, refused and unfinished turns.
 *
 * Runs the session over Node's SQLite. What workerd adds (the alarm, eviction, a kill) is tested elsewhere.
 */
import { describe, expect, it } from "vitest";
import { MESSAGE_CHUNK_CHARS } from "../../../src/model/limits.ts";
import { cutIntoChunks } from "../../../src/session/message-store.ts";
import { migrate } from "../../../src/session/migrations.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";

const user = (content: unknown): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });
const write = (messages: ChatMessage[]): string => JSON.stringify({ model: "m", messages });

describe("a turn", () => {
  it("is stored whole or not at all", async () => {
    const conversation = startConversation();
    await conversation.send(write([user("a")]), { message: reply("b") });
    const before = conversation.sql.all("SELECT * FROM node ORDER BY chain");
    conversation.sql.run("CREATE TRIGGER fail BEFORE INSERT ON turn BEGIN SELECT raise(ABORT, 'disk'); END");
    await expect(conversation.send(write([user("a"), reply("b"), user("c")]), { message: reply("d") })).rejects.toThrow(
      "turn_not_stored",
    );
    conversation.sql.run("DROP TRIGGER fail");
    expect(conversation.sql.all("SELECT * FROM node ORDER BY chain")).toEqual(before);
    expect(conversation.sql.all("SELECT * FROM message")).toHaveLength(2);
    const next = await conversation.send(write([user("a"), reply("b"), user("c")]), { message: reply("d") });
    expect(next.verdict).toBe("continue");
  });

  it("that the upstream refused leaves a line and no messages", async () => {
    const conversation = startConversation();
    await conversation.send(write([user("a")]), { message: reply("b") });
    await conversation.send(write([user("a"), reply("b"), user("c")]), { message: reply("x"), httpStatus: 429 });
    expect(conversation.statuses()).toEqual(["complete", "refused"]);
    expect(conversation.session.inspect(null, "session", { turns: 9 })?.["counts"]).toMatchObject({
      turns: 2,
      messages: 2,
    });
    const again = await conversation.send(write([user("a"), reply("b"), user("c")]), { message: reply("d") });
    expect(again.verdict).toBe("continue");
  });

  it("that was opened beside another keeps its own place", async () => {
    const conversation = startConversation();
    const one = write([user("a"), reply("b"), user("left")]);
    const other = write([user("a"), reply("b"), user("right")]);
    await conversation.send(write([user("a")]), { message: reply("b") });
    const left = await conversation.plan(one);
    const right = await conversation.plan(other);
    if (!left.ok || !right.ok) throw new Error("not planned");
    const sentRight = await conversation.finish(right.value, other, { message: reply("r") });
    const sentLeft = await conversation.finish(left.value, one, { message: reply("l") });
    const next = await conversation.send(
      write([user("n")]),
      { message: reply("m") },
      { "x-strata-parent": sentLeft.rev },
    );
    expect(next.messages).toEqual([user("a"), reply("b"), user("left"), reply("l"), user("n")]);
    const also = await conversation.send(
      write([user("n")]),
      { message: reply("m") },
      { "x-strata-parent": sentRight.rev },
    );
    expect(also.messages).toEqual([user("a"), reply("b"), user("right"), reply("r"), user("n")]);
  });

  it("closed twice counts once", async () => {
    const conversation = startConversation();
    const text = write([user("a")]);
    const planned = await conversation.plan(text);
    if (!planned.ok) throw new Error("not planned");
    await conversation.finish(planned.value, text, { message: reply("b") });
    await conversation.finish(planned.value, text, { message: reply("b") });
    expect(conversation.session.inspect(null, "session", { turns: 9 })?.["counts"]).toMatchObject({
      turns: 1,
      messages: 2,
    });
  });
});

describe("a message", () => {
  it("over a row's size is kept in pieces and comes back as it was", async () => {
    const conversation = startConversation();
    const content = "\u{1f600}x".repeat(MESSAGE_CHUNK_CHARS);
    const first = await conversation.send(write([user(content)]), { message: reply("b") });
    const rows = conversation.sql.all<{ size: number }>("SELECT length(CAST(body AS BLOB)) AS size FROM message_chunk");
    expect(rows.length).toBeGreaterThan(2);
    expect(Math.max(...rows.map(({ size }) => size))).toBeLessThan(2_000_000);
    const next = await conversation.send(write([user("n")]), { message: reply("m") }, { "x-strata-parent": first.rev });
    expect(next.messages[0]).toEqual(user(content));
  });

  it("is never cut inside a character", () => {
    const text = `a${"\u{1f600}".repeat(MESSAGE_CHUNK_CHARS)}`;
    const chunks = cutIntoChunks(text);
    expect(chunks.join("")).toBe(text);
    for (const chunk of chunks) expect(chunk.isWellFormed()).toBe(true);
  });

  it("sent again is stored once", async () => {
    const conversation = startConversation();
    await conversation.send(write([user("same")]), { message: reply("same back") });
    await conversation.send(write([user("same"), reply("same back"), user("same")]), { message: reply("same back") });
    expect(conversation.sql.all("SELECT * FROM message")).toHaveLength(2);
    expect(conversation.session.inspect(null, "session", { turns: 0 })?.["counts"]).toMatchObject({ messages: 4 });
  });
});

describe("a database", () => {
  it("is not touched by looking at a session that does not exist", async () => {
    const conversation = startConversation();
    expect(conversation.session.inspect(null, "session", { turns: 9 })).toBeNull();
    await conversation.plan(write([user("a")]));
    expect(conversation.sql.all("SELECT * FROM sqlite_master")).toEqual([]);
  });

  it("is migrated once", () => {
    const sql = openNodeSql();
    migrate(sql);
    const once = sql.all<{ version: number }>("SELECT version FROM schema_version");
    migrate(sql);
    expect(sql.all("SELECT version FROM schema_version")).toEqual(once);
    expect(once.map(({ version }) => version)).toEqual(once.map((_, index) => index + 1));
    expect(once.length).toBeGreaterThan(6);
  });
});
