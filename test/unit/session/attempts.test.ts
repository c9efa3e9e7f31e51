/**
 * Several attempts of one turn, and what each attempt's name stands for afterwards.
 *
 * A client may keep any reply that it was given in full and continue from it. So a rev must go on naming that reply,
 * whatever is asked, aborted or answered again later; and one call is billed once.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });
const write = (...messages: ChatMessage[]): string => JSON.stringify({ model: "m", messages });
const RETRY = { "x-stainless-retry-count": "1" };

describe("a rev", () => {
  it("keeps naming its reply when a regeneration had to be sent twice", async () => {
    const conversation = startConversation();
    const first = await conversation.send(write(user("q")), { message: reply("first") });
    await conversation.send(write(user("q")), { message: reply("busy"), httpStatus: 429 });
    const second = await conversation.send(write(user("q")), { message: reply("second") }, RETRY);
    const onFirst = { "x-strata-parent": first.rev };
    const next = await conversation.send(write(user("n")), { message: reply("m") }, onFirst);
    expect(next.messages).toEqual([user("q"), reply("first"), user("n")]);
    const onSecond = { "x-strata-parent": second.rev };
    const other = await conversation.send(write(user("n")), { message: reply("m") }, onSecond);
    expect(other.messages).toEqual([user("q"), reply("second"), user("n")]);
  });

  it("without a whole reply stays unknown, though an earlier attempt was answered", async () => {
    const conversation = startConversation();
    await conversation.send(write(user("q")), { message: reply("first") });
    const aborted = await conversation.send(write(user("q")), { message: reply("half"), end: "aborted" }, RETRY);
    const planned = await conversation.plan(write(user("n")), { "x-strata-parent": aborted.rev });
    expect(planned).toMatchObject({ ok: false, error: { error: { code: "unknown_parent" } } });
  });

  it("without a whole reply stays unknown, though a later attempt is answered", async () => {
    const conversation = startConversation();
    const aborted = await conversation.send(write(user("q")), { message: reply("half"), end: "aborted" });
    await conversation.send(write(user("q")), { message: reply("whole") });
    const planned = await conversation.plan(write(user("n")), { "x-strata-parent": aborted.rev });
    expect(planned).toMatchObject({ ok: false, error: { error: { code: "unknown_parent" } } });
  });

  it("of a refused request is unknown", async () => {
    const conversation = startConversation();
    await conversation.send(write(user("q")), { message: reply("first") });
    const refused = await conversation.send(write(user("q")), { message: reply("no"), httpStatus: 500 }, RETRY);
    const planned = await conversation.plan(write(user("n")), { "x-strata-parent": refused.rev });
    expect(planned).toMatchObject({ ok: false, error: { error: { code: "unknown_parent" } } });
  });
});

describe("one call", () => {
  it("is billed once, though its turn is closed twice", async () => {
    const conversation = startConversation();
    const text = write(user("q"));
    const planned = await conversation.plan(text);
    if (!planned.ok) throw new Error("not planned");
    const answer = { message: reply("a"), usage: { prompt_tokens: 100, completion_tokens: 10 } };
    await conversation.finish(planned.value, text, answer);
    const once = conversation.session.inspect(null, "session", { turns: 9 })?.["ledger"];
    await conversation.finish(planned.value, text, answer);
    expect(conversation.session.inspect(null, "session", { turns: 9 })?.["ledger"]).toEqual(once);
  });

  it("is billed for every attempt that the upstream answered", async () => {
    const conversation = startConversation();
    const answer = { message: reply("a"), usage: { prompt_tokens: 100, completion_tokens: 10 } };
    await conversation.send(write(user("q")), answer);
    await conversation.send(write(user("q")), answer, RETRY);
    const ledger = conversation.session.inspect(null, "session", { turns: 9 })?.["ledger"];
    expect(ledger).toMatchObject({ calls: 2, tokens: { forwarded: 200 } });
  });
});
