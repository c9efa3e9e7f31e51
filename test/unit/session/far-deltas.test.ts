/**
 * Deltas that name an older turn than the newest and bring everything since.
 *
 * The client has dropped its later revs, or never kept them; what it sends is known to the session all the same. What
 * goes up must still be one conversation: nothing twice, nothing before the cut, tool results behind their calls.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";

const user = (turn: number): ChatMessage => ({
  role: "user",
  content: `mk${turn}x In step ${turn} I want ${turn * 3} crates of type K-${turn} sent to dock ${turn % 9}. ${"Mind the paint. ".repeat(20)}`,
});
const reply = (turn: number): ChatMessage => ({ role: "assistant", content: `Done with ${turn}.` });
const write = (messages: ChatMessage[]): string => JSON.stringify({ model: "m", messages });

/** A conversation in which a brief is in force, with the rev after each exchange. */
async function compacted(opening: ChatMessage[] = []) {
  const conversation = startConversation();
  const history: ChatMessage[] = [];
  const marks: { rev: string; length: number }[] = [];
  const send = async (fresh: ChatMessage[], answer: ChatMessage) => {
    history.push(...fresh);
    const sent = await conversation.send(write(history), { message: answer });
    history.push(answer);
    marks.push({ rev: sent.rev, length: history.length });
    conversation.pass(20);
    await conversation.work();
    return sent;
  };
  if (opening.length > 0) {
    await send(opening.slice(0, 1), opening[1] ?? reply(0));
    await send(opening.slice(2), reply(0));
  }
  let turn = 1;
  for (; turn < 40; turn++) if ((await send([user(turn)], reply(turn))).plan.mode === "brief") break;
  return { conversation, history, marks, next: user(turn + 1) };
}

/** What a client that sends everything would get forwarded at this point. */
async function forwardedWhole(conversation: Conversation, messages: ChatMessage[]): Promise<ChatMessage[]> {
  const planned = await conversation.plan(write(messages));
  if (!planned.ok || planned.value.plan.mode !== "brief") throw new Error("no brief in force");
  return (JSON.parse(planned.value.outgoing ?? "") as { messages: ChatMessage[] }).messages;
}

describe("a delta on a turn before the cut that brings all messages since", () => {
  it("forwards what the whole history would have forwarded, and nothing twice", async () => {
    const { conversation, history, marks, next } = await compacted();
    const [first] = marks;
    if (!first) throw new Error("no turn");
    const whole = await forwardedWhole(conversation, [...history, next]);
    const fresh = [...history.slice(first.length), next];
    const sent = await conversation.send(write(fresh), { message: reply(99) }, { "x-strata-parent": first.rev });
    expect(sent.messages).toEqual(whole);
  });

  it("never puts a brief into a tool's result", async () => {
    const call = { id: "c1", type: "function", function: { name: "find", arguments: "{}" } };
    const result = { role: "tool", tool_call_id: "c1", content: "found" };
    const calling = { role: "assistant", content: null, tool_calls: [call] };
    const { conversation, history, marks, next } = await compacted([user(0), calling, result]);
    const [first] = marks;
    if (!first) throw new Error("no turn");
    const fresh = [...history.slice(first.length), next];
    expect(fresh[0]).toEqual(result);
    const sent = await conversation.send(write(fresh), { message: reply(99) }, { "x-strata-parent": first.rev });
    expect(sent.messages[0]?.role).toBe("user");
    expect(sent.messages.filter((message) => message.role === "tool" && message.content !== "found")).toEqual([]);
  });
});
