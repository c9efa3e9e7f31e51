/**
 * What facts about a user may cost a session, and where they may not stand at all.
 *
 * Through the real steps of a turn, with a memory that has the same block for every question.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Scene } from "../../fakes/played-session.ts";

const LABEL = "[Known about this user";
const known = (tokens: number) => ({ text: `${LABEL}] ${"x".repeat(4 * tokens - 26)}`, facts: [1], tokens });
const HEADERS = { "x-strata-user": "ada" };

function start(tokens: number, scene: Scene = {}) {
  const conversation = startConversation(
    { sessionSlack: 0.1, guardTokens: 2000, minimumShrinkTokens: 1000 },
    {},
    { memory: "on", known: known(tokens), ...scene },
  );
  const history: ChatMessage[] = [];
  const say = async (content: string, fields: object = {}, headers: Record<string, string> = HEADERS) => {
    history.push({ role: "user", content });
    const reply = {
      role: "assistant",
      content: `Noted as number ${history.length}. ${"It will be done. ".repeat(10)}`,
    };
    const text = JSON.stringify({ model: "m", max_tokens: 99, ...fields, messages: history });
    const sent = await conversation.send(text, { message: reply }, headers);
    history.push(reply);
    conversation.pass(20);
    await conversation.work();
    return { ...sent, carries: sent.body.includes(LABEL), text };
  };
  const view = () => {
    const seen = conversation.session.inspect(null, "session", { turns: 100 });
    if (!seen) throw new Error("there is no session");
    return seen;
  };
  return { say, view };
}

describe("the cost of facts", () => {
  it.each([30, 100, 300])("of %i tokens is unpaid once, and then stays within the session's bound", async (tokens) => {
    const { say, view } = start(tokens);
    const carried: boolean[] = [];
    for (let turn = 0; turn < 25; turn++) {
      const { carries } = await say(`Crates ${turn} go to dock ${turn % 9}. ${"Mind the paint. ".repeat(20)}`);
      carried.push(carries);
      const { spent, replay } = view().ledger.input_token_units;
      expect(spent).toBeLessThanOrEqual(1.1 * replay + 1.25 * tokens);
    }
    expect(carried[0]).toBe(true);
    expect(carried.slice(1)).toContain(true);
    const { turns } = view();
    expect(turns.map(({ memory }) => (memory?.tokens ?? 0) > 0)).toEqual(carried);
    for (const [index, { bill }] of turns.entries()) {
      const { spent = 0, replay = 0 } = bill?.input_token_units ?? {};
      if (carried[index]) expect(spent).toBeGreaterThan(replay);
    }
  });

  it("never becomes part of the prompt that follows", async () => {
    const { say } = start(50);
    const first = await say("What is due?");
    const second = await say("And then?", {}, { ...HEADERS, "x-strata-memory": "off" });
    expect(first.carries).toBe(true);
    expect(second.body).toBe(second.text);
  });
});

describe("facts have no place", () => {
  it.each([
    ["in a forced format that the conversation did not have", { response_format: { type: "json_object" } }],
    ["in a request to compact", {}],
  ])("%s", async (what, fields) => {
    const { say } = start(20);
    await say("What is due?");
    const asked = what.includes("compact")
      ? "Your task is to create a detailed summary of the conversation so far, paying close attention to the user's explicit requests."
      : "Which ones?";
    const sent = await say(asked, fields);
    expect(sent.carries).toBe(false);
    expect(sent.body).toBe(sent.text);
  });

  it("where reasoning would be bound to them", async () => {
    const { say } = start(20, { wire: "messages" });
    const thinking = { model: "claude-opus-6", thinking: { type: "enabled", budget_tokens: 1024 }, max_tokens: 4000 };
    expect((await say("What is due?", thinking)).carries).toBe(false);
  });
});
