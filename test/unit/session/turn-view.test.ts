/**
 * A turn as an inspection shows it, where the way to it is not the plain one: held upstream, tried twice, refused, of an
 * older version, or very long.
 */
import { describe, expect, it } from "vitest";
import { PIECES_MAX } from "../../../src/model/inspection-limits.ts";
import type { TurnName, TurnView } from "../../../src/ports/turn-view.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";
import { answer, say, writeBody } from "./tool-thread.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });
const write = (...messages: ChatMessage[]): string => JSON.stringify({ model: "m", messages });
const RETRY = { "x-stainless-retry-count": "1" };

function look({ session }: Conversation, turn: TurnName): TurnView {
  const view = session.inspect(null, "turn", { turn });
  if (view === null) throw new Error("no such turn");
  return view;
}

const fatesOf = ({ pieces }: TurnView): string[] => pieces.map(({ kind, fate, depth }) => `${kind} ${fate} ${depth}`);

describe("a turn", () => {
  it("whose history the upstream holds says what was not sent again", async () => {
    const wire = "responses";
    const conversation = startConversation({}, {}, { wire, state: "delta" });
    const items = [say(wire, "one"), answer(wire, "1"), say(wire, "two"), answer(wire, "2"), say(wire, "three")];
    for (const count of [1, 3, 5]) {
      const message = { items: [answer(wire, String((count + 1) / 2))] } as unknown as ChatMessage;
      await conversation.send(writeBody(wire, items.slice(0, count), { store: true }), { message });
    }
    const view = look(conversation, { number: 3 });
    expect(fatesOf(view)).toEqual([
      "head verbatim null",
      "message held_upstream 1",
      "message held_upstream 2",
      "message held_upstream 3",
      "message held_upstream 4",
      "message verbatim 5",
      "reply verbatim 6",
    ]);
    expect([view.before?.number, look(conversation, { number: 1 }).after.map(({ number }) => number)]).toEqual([
      2,
      [2],
    ]);
    const diff = conversation.session.inspect(null, "diff", { turn: { number: 3 } });
    expect(
      diff?.pieces.map(({ kind, fate, client, forwarded }) => [kind, fate, client !== null, forwarded !== null]),
    ).toEqual([
      ["head", "verbatim", true, true],
      ["head", "added", false, true],
      ["head", "verbatim", true, true],
      ...Array.from({ length: 4 }, () => ["message", "held_upstream", true, false]),
      ["message", "verbatim", true, true],
      ["head", "verbatim", true, true],
    ]);
  });

  it("that was tried twice has each attempt's bodies under its own rev", async () => {
    const conversation = startConversation();
    const first = await conversation.send(write(user("q")), { message: reply("half"), end: "broken" });
    const again = `${write(user("q"))} `;
    const second = await conversation.send(again, { message: reply("whole") }, RETRY);
    const read = (turn: TurnName) =>
      conversation.session.inspect(null, "body", { turn, body: { side: "client" } })?.text;
    expect(read({ rev: first.rev })).toBe(write(user("q")));
    expect(read({ rev: second.rev })).toBe(again);
    expect(read({ number: 1 })).toBe(again);
    expect(look(conversation, { number: 1 })).toMatchObject({ attempts: 2, rev: first.rev, after: [] });
    expect(look(conversation, { number: 1 }).pieces.at(-1)).toMatchObject({ reason: "whole_reply", text: "whole" });
  });

  it("that the upstream refused has its bodies, and names the messages that were known", async () => {
    const conversation = startConversation();
    await conversation.send(write(user("one")), { message: reply("1") });
    const asked = write(user("one"), reply("1"), user("two"));
    const { rev } = await conversation.send(asked, { message: reply("no"), httpStatus: 500 });
    const view = look(conversation, { rev });
    expect(fatesOf(view)).toEqual(["message verbatim 1", "message verbatim 2", "reply verbatim null"]);
    expect(view.pieces.at(-1)?.reason).toBe("no_whole_reply");
    expect(view.bodies).toMatchObject({
      client: { has_text: true },
      forwarded: [{ http_status: 500, is_client: true }],
    });
    const diff = conversation.session.inspect(null, "diff", { turn: { rev } });
    expect(diff?.pieces.filter(({ kind }) => kind === "message")).toHaveLength(3);
  });

  it("that held a message which is gone is no longer shown byte for byte", async () => {
    const conversation = startConversation();
    await conversation.send(write(user("one")), { message: reply("1") });
    const { rev } = await conversation.send(write(user("one"), reply("1"), user("two")), { message: reply("2") });
    conversation.sql.run("DELETE FROM message WHERE body LIKE '%two%'");
    const hasText = (turn: TurnName): unknown => look(conversation, turn).bodies;
    expect(hasText({ number: 1 })).toMatchObject({ client: { has_text: true } });
    expect(hasText({ rev })).toMatchObject({ client: { has_text: false }, forwarded: [{ has_text: false }] });
    const body = conversation.session.inspect(null, "body", { turn: { rev }, body: { side: "client" } });
    expect(body).toMatchObject({
      text: null,
      body: { has_text: false, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it("of an older version says so, and one whose recording was let go of", async () => {
    const conversation = startConversation();
    const { rev } = await conversation.send(write(user("one")), { message: reply("1") });
    conversation.tables.recordings.remove([rev]);
    expect(look(conversation, { rev }).bodies).toEqual({ missing: "released" });
    conversation.sql.run("UPDATE turn SET record = json_remove(record, '$.prompt', '$.rentPaid', '$.guard')");
    expect(look(conversation, { rev })).toMatchObject({
      bodies: { missing: "older_version" },
      pieces: [],
      decision: { rent_paid: null, guard: null },
    });
    expect(conversation.session.inspect(null, "diff", { turn: { rev } })).toBeNull();
    expect(conversation.session.inspect(null, "turn", { turn: { number: 2 } })).toBeNull();
  });

  it("lists the newest messages of a very long thread, long ones by their first words", async () => {
    const conversation = startConversation();
    const messages = Array.from({ length: PIECES_MAX + 101 }, (_, at) =>
      at % 2 === 0 ? user(`q${at} ${"🙂".repeat(300)}`) : reply(`a${at} ${"long ".repeat(at === 101 ? 400_000 : 1)}`),
    );
    await conversation.send(write(...messages), { message: reply("done") });
    const view = look(conversation, { number: 1 });
    const listed = view.pieces.filter(({ kind }) => kind === "message");
    expect([listed.length, view.omitted_messages, listed[0]?.depth]).toEqual([PIECES_MAX, 101, 102]);
    expect(listed[0]).toMatchObject({
      is_cut: true,
      text: expect.stringMatching(/^\{"role":"assistant","content":"a101 long/),
    });
    for (const { text } of view.pieces) expect([text.length <= 400, text.isWellFormed()]).toEqual([true, true]);
    expect(listed.at(-1)?.text).toMatch(/^q2100 🙂/);
  });
});
