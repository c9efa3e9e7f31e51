/**
 * Messages that no official client sends and a lenient upstream may accept all the same.
 *
 * One such message must not stop the work behind the replies: without it nothing in the session is ever counted,
 * distilled or compacted again.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";
import { readText } from "../../../src/wire/chat-completions/read-text.ts";

const user = (content: unknown): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });
const write = (messages: ChatMessage[]): string => JSON.stringify({ model: "m", messages });

const ODD: [string, ChatMessage][] = [
  ["tool calls with a hole", { role: "assistant", content: "x", tool_calls: [null] }],
  ["tool calls that are no list", { role: "assistant", content: "x", tool_calls: {} }],
  ["a name that is no text", { role: "user", content: "x", name: 7 }],
  ["content that is a number", { role: "user", content: 7 }],
  ["content that is an object", { role: "user", content: { text: "x" } }],
  ["parts that are none", { role: "user", content: [null, "x", { type: "text" }, { type: "text", text: 1 }] }],
  ["a refusal that is an object", { role: "assistant", content: null, refusal: {} }],
];

describe.each(ODD)("%s", (_name, odd) => {
  it("can be read as text", () => {
    for (const { text } of readText(JSON.stringify(odd))) expect(typeof text).toBe("string");
  });

  it("does not stop the session's work", async () => {
    const conversation = startConversation();
    const history = [user("a"), odd, user("b")];
    const sent = await conversation.send(write(history), { message: reply("c") });
    expect(sent.messages).toEqual(history);
    await conversation.work();
    const pending = conversation.session.inspect(null, "session", { turns: 0 })?.["pending"];
    expect(pending).toEqual({ uncounted_messages: 0, turns: 0, digests: 0, messages_to_read_for_facts: 0 });
  });
});

describe("a large text behind an image", () => {
  it("is not taken for an image itself", async () => {
    const conversation = startConversation();
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const history = [user([image]), reply("seen"), user("word ".repeat(1_000))];
    await conversation.send(write(history), { message: reply("c") });
    await conversation.work();
    const [row] = conversation.sql.all<{ tokens: number }>("SELECT tokens FROM node WHERE depth = 3");
    expect(row?.tokens).toBeLessThan(1_300);
  });
});
