/**
 * What a session makes of a request, case by case: the verdict, what is stored, what is answered when it cannot be placed.
 *
 * Requests go through the real decoding and planning; only the network is missing.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });
const write = (messages: ChatMessage[], more: Record<string, unknown> = {}): string =>
  JSON.stringify({ model: "m", messages, ...more });

/** Plays some ordinary turns; answers with the history and the last rev. */
async function play(conversation: Conversation, turns: number): Promise<{ history: ChatMessage[]; rev: string }> {
  const history: ChatMessage[] = [];
  let rev = "";
  for (let turn = 0; turn < turns; turn++) {
    history.push(user(`question ${turn}`));
    ({ rev } = await conversation.send(write(history), { message: reply(`answer ${turn}`) }));
    history.push(reply(`answer ${turn}`));
  }
  return { history, rev };
}

const counts = (conversation: Conversation) =>
  conversation.session.inspect(null, "session", { turns: 0 })?.["counts"] as { turns: number; messages: number };

describe("a request is", () => {
  it("new, then continued", async () => {
    const conversation = startConversation();
    const first = await conversation.send(write([user("a")]), { message: reply("b") });
    const second = await conversation.send(write([user("a"), reply("b"), user("c")]), { message: reply("d") });
    expect([first.verdict, second.verdict]).toEqual(["new", "continue"]);
    expect(counts(conversation)).toMatchObject({ turns: 2, messages: 4 });
  });

  it("a retry when the client says so, and stored once, whatever the second answer is", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 2);
    const again = write(history.slice(0, -1));
    const header = { "x-stainless-retry-count": "1" };
    const same = await conversation.send(again, { message: reply("answer 1") }, header);
    const other = await conversation.send(again, { message: reply("another") }, header);
    expect([same.verdict, other.verdict]).toEqual(["retry", "retry"]);
    expect(counts(conversation)).toMatchObject({ turns: 2, messages: 5 });
    expect(conversation.turns().at(-1)).toMatchObject({ attempts: 3, status: "complete" });
  });

  it("a retry when the first answer never came to its end", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 1);
    const next = write([...history, user("next")]);
    await conversation.send(next, { message: reply("half"), end: "broken" });
    expect(conversation.statuses()).toEqual(["complete", "broken"]);
    const again = await conversation.send(next, { message: reply("whole") });
    expect(again.verdict).toBe("retry");
    expect(conversation.statuses()).toEqual(["complete", "complete"]);
    expect(counts(conversation)).toMatchObject({ turns: 2, messages: 4 });
  });

  it("the same turn when the same answer comes again, even unannounced", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 2);
    const again = await conversation.send(write(history.slice(0, -1)), { message: reply("answer 1") });
    expect(again.verdict).toBe("regenerate");
    expect(counts(conversation)).toMatchObject({ turns: 2, messages: 4 });
  });

  it("a regeneration when another answer is wanted", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 2);
    const again = await conversation.send(write(history.slice(0, -1)), { message: reply("better") });
    expect(again.verdict).toBe("regenerate");
    expect(counts(conversation)).toMatchObject({ turns: 3, messages: 5 });
  });

  it("an edit when a question is replaced, a fork when an answer is", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 3);
    const edited = [...history.slice(0, 2), user("asked otherwise")];
    const edit = await conversation.send(write(edited), { message: reply("x") });
    const forked = [...history.slice(0, 3), reply("put into its mouth"), user("so?")];
    const fork = await conversation.send(write(forked), { message: reply("y") });
    expect([edit.verdict, fork.verdict]).toEqual(["edit", "fork"]);
  });

  it("compacted by the client when known replies follow a history that is not known", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 4);
    const own = [user("Summary of what was said"), reply("Understood."), ...history.slice(-2), user("go on")];
    const compacted = await conversation.send(write(own), { message: reply("x") });
    expect(compacted.verdict).toBe("client-compacted");
    expect(compacted.messages).toEqual(own);
  });

  it("new when it shares nothing, as a title request under the same id", async () => {
    const conversation = startConversation();
    await play(conversation, 2);
    const title = await conversation.send(write([user("Give this chat a title")]), { message: reply("Questions") });
    expect(title).toMatchObject({ verdict: "new", plan: { mode: "full", reason: "new_thread" } });
  });
});

describe("a delta", () => {
  it("is completed from the store, head included", async () => {
    const conversation = startConversation();
    const head = { role: "system", content: "Be brief." };
    const first = await conversation.send(write([head, user("a")]), { message: reply("b") });
    const second = await conversation.send(
      write([user("c")]),
      { message: reply("d") },
      { "x-strata-parent": first.rev },
    );
    expect(second.verdict).toBe("delta");
    expect(second.messages).toEqual([head, user("a"), reply("b"), user("c")]);
    const third = await conversation.send(
      write([user("e")]),
      { message: reply("f") },
      { "x-strata-parent": second.rev },
    );
    expect(third.messages).toEqual([head, user("a"), reply("b"), user("c"), reply("d"), user("e")]);
  });

  it("may continue any attempt of a turn", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 1);
    const again = await conversation.send(write(history.slice(0, 1)), { message: reply("answer 0") });
    const next = await conversation.send(write([user("n")]), { message: reply("m") }, { "x-strata-parent": again.rev });
    expect(next.messages).toEqual([...history, user("n")]);
  });

  it.each(["no-such-rev", ""])("with the unknown parent '%s' asks for the full history", async (parent) => {
    const conversation = startConversation();
    await play(conversation, 1);
    const planned = await conversation.plan(write([user("n")]), { "x-strata-parent": parent });
    expect(planned).toMatchObject({ ok: false, error: { kind: "error", error: { code: "unknown_parent" } } });
  });

  it("on a turn without a whole reply asks for the full history", async () => {
    const conversation = startConversation();
    const broken = await conversation.send(write([user("a")]), { message: reply("b"), end: "aborted" });
    const planned = await conversation.plan(write([user("n")]), { "x-strata-parent": broken.rev });
    expect(planned).toMatchObject({ ok: false, error: { error: { code: "unknown_parent" } } });
  });

  it("without a session, or without a body that can be read, is refused", async () => {
    const conversation = startConversation();
    const nameless = await conversation.plan(write([user("n")]), { "x-strata-parent": "r", "x-strata-session": "" });
    expect(nameless).toMatchObject({ ok: false, error: { error: { code: "parent_without_session" } } });
    const broken = await conversation.plan("{", { "x-strata-parent": "r" });
    expect(broken).toMatchObject({ ok: false, error: { error: { code: "unreadable_delta" } } });
  });
});

describe("another tenant", () => {
  it("passes through with its history, and is told to send it with a delta", async () => {
    const conversation = startConversation();
    const { history, rev } = await play(conversation, 1);
    const full = await conversation.plan(write([...history, user("n")]), {}, "other");
    expect(full).toMatchObject({ ok: false, error: { kind: "pass", reason: "session_unavailable" } });
    const delta = await conversation.plan(write([user("n")]), { "x-strata-parent": rev }, "other");
    expect(delta).toMatchObject({ ok: false, error: { error: { code: "unknown_parent" } } });
    expect(conversation.session.inspect("other", "session", { turns: 9 })).toBeNull();
  });
});

describe("a long history", () => {
  it("is recognised by its raw bytes, with one question to the session", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 40);
    conversation.opens.length = 0;
    const next = await conversation.send(write([...history, user("n")]), { message: reply("m") });
    expect(next.verdict).toBe("continue");
    expect(conversation.opens).toEqual(["opened"]);
  });

  it("is read message by message when its bytes are not known", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 40);
    conversation.opens.length = 0;
    const spelled = history.map((message, index) =>
      index === 3 ? { content: message.content, role: message.role } : message,
    );
    const next = await conversation.send(write([...spelled, user("n")]), { message: reply("m") });
    expect(next.verdict).toBe("continue");
    expect(conversation.opens).toEqual(["unknown_prior", "opened"]);
  });
});
