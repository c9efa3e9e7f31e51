/**
 * Compactions: when they happen, what they leave, and that nothing changes between two of them.
 *
 * With a price table under which dropping pays soon. The laws are checked on the bodies that the upstream would get.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation, SentTurn } from "../../fakes/played-session.ts";

const user = (content: unknown): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });
const say = (turn: number): string =>
  `In step ${turn} I want ${turn * 3} crates of type K-${turn} sent to dock ${turn % 9}. ${"Take care of the paint. ".repeat(12)}`;

interface Played {
  sent: SentTurn[];
  history: ChatMessage[];
}

async function play(conversation: Conversation, turns: number, history: ChatMessage[] = []): Promise<Played> {
  const sent: SentTurn[] = [];
  for (let turn = 0; turn < turns; turn++) {
    history.push(user(say(history.length)));
    const text = JSON.stringify({ model: "m", messages: history });
    sent.push(await conversation.send(text, { message: reply(`Done with ${turn}.`) }));
    history.push(reply(`Done with ${turn}.`));
    conversation.pass(20);
    await conversation.work();
  }
  return { sent, history };
}

/** Everything of the forwarded body up to the end of its last message. */
const prefix = (sent: SentTurn): string => sent.body.slice(0, sent.body.lastIndexOf("]"));
const compacts = (sent: SentTurn): boolean => sent.plan.mode === "brief" && sent.plan.reason !== "epoch";

describe("a long conversation", () => {
  it("grows by appending until a compaction, and shrinks then", async () => {
    const { sent } = await play(startConversation(), 40);
    const compactions = sent.filter(compacts).length;
    expect(compactions).toBeGreaterThan(1);
    expect(compactions).toBeLessThan(20);
    for (const [index, turn] of sent.entries()) {
      const before = sent[index - 1];
      if (!before) continue;
      if (compacts(turn)) expect(turn.body.length).toBeLessThan(before.body.length);
      else expect(turn.body.startsWith(prefix(before)), `turn ${index}`).toBe(true);
    }
  });

  it("costs less than its replay, and shows both", async () => {
    const conversation = startConversation();
    await play(conversation, 40);
    const ledger = conversation.session.inspect(null, "session", { turns: 0 })?.["ledger"] as {
      input_token_units: { spent: number; replay: number; uncached_replay: number };
    };
    const { spent, replay, uncached_replay: uncached } = ledger.input_token_units;
    expect(spent).toBeLessThan(0.9 * replay);
    expect(replay).toBeLessThan(uncached);
  });

  it("keeps the guard verbatim behind the cut", async () => {
    const { sent } = await play(startConversation({ guardTokens: 400, guardItems: 2 }), 40);
    const compacted = sent.filter((turn) => turn.plan.mode === "brief");
    expect(compacted.length).toBeGreaterThan(5);
    for (const turn of compacted) {
      const [carrier, ...tail] = turn.messages.slice(0, -1);
      const own = String(carrier?.content).split("\n\n").at(-1) ?? "";
      const kept = own.length + tail.reduce((sum, message) => sum + String(message.content).length, 0);
      expect(kept / 4).toBeGreaterThan(300);
      expect(tail.filter((message) => message.role === "assistant").length).toBeGreaterThanOrEqual(2);
    }
  });

  it("is compacted for nothing after a night", async () => {
    const conversation = startConversation({}, { read: 0.001 });
    const { sent, history } = await play(conversation, 10);
    expect(sent.some(compacts)).toBe(false);
    conversation.pass(50_000);
    const morning = await play(conversation, 1, history);
    expect(morning.sent[0]?.plan).toEqual({ mode: "brief", reason: "cold_cache" });
  });

  it("is never cut past what a brief cannot stand for", async () => {
    const image = user([
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      { type: "text", text: "look" },
    ]);
    for (const blocker of [image, { role: "system", content: "New rules." }]) {
      const history = [user("first"), reply("ok"), blocker, ...(blocker === image ? [reply("seen")] : [])];
      const { sent } = await play(startConversation(), 30, history);
      expect(sent.every((turn) => turn.plan.mode === "full")).toBe(true);
    }
  });
});

describe("a fork", () => {
  it("from before the cut knows nothing of the later epoch", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 30);
    const early = history.slice(0, 4);
    const fork = await play(conversation, 1, [...early]);
    expect(fork.sent[0]?.plan.mode).toBe("full");
    expect(fork.sent[0]?.messages.slice(0, 4)).toEqual(early);
  });
});

describe("an upstream that refuses a rewritten body", () => {
  it("gets the original from then on", async () => {
    const conversation = startConversation();
    const { history } = await play(conversation, 20);
    const text = JSON.stringify({ model: "m", messages: [...history, user("next")] });
    const planned = await conversation.plan(text);
    if (!planned.ok || planned.value.plan.mode !== "brief") throw new Error("no brief in force");
    planned.value.plan = { mode: "full", reason: "rewrite_refused" };
    await conversation.finish({ ...planned.value, outgoing: null }, text, {
      message: reply("ok"),
      rewriteRefused: true,
    });
    const after = await play(conversation, 10, [...history, user("next"), reply("ok")]);
    for (const turn of after.sent) expect(turn.plan).toEqual({ mode: "full", reason: "rewrite_refused" });
  });
});
