/**
 * What a session answers when the model searches it: only from its own thread, only what is no longer forwarded, word for
 * word, dated, and within bounds. And what the calls around it come to on the bill.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { OPENED_CHARS_MAX, RECALLED_TOKENS_MAX } from "../../../src/model/limits.ts";
import { RECALL_NOTES } from "../../../src/model/recall-call.ts";
import type { RecallCall } from "../../../src/model/recall-call.ts";
import type { SearchAnswer } from "../../../src/ports/session.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";

const TENANT = "tenant";
const FACT = "The spare key for the boat house hangs behind the blue barometer.";
const filler = (turn: number): string =>
  `Crates ${turn} of type K-${turn} go to dock ${turn % 9}. ${"Mind the paint on the rail. ".repeat(60)}`;

const conversation = startConversation({ recallTokens: 0, guardTokens: 500 });
const history: ChatMessage[] = [];
let known = "";
let cut = 0;

async function say(messages: ChatMessage[], content: string): Promise<void> {
  messages.push({ role: "user", content });
  const reply = { role: "assistant", content: `Noted, number ${messages.length}.` };
  await conversation.send(JSON.stringify({ model: "m", messages }), { message: reply });
  messages.push(reply);
  conversation.pass(20);
  await conversation.work();
}

beforeAll(async () => {
  await say(history, FACT);
  await say(history, `A long list follows. ${"wheelbarrow, ".repeat(2_000)}`);
  // Another way on from the first exchange, which the thread in question knows nothing of.
  await say(history.slice(0, 2), "In the boat house there is also a green canoe, with its paddle.");
  for (let turn = 0; turn < 14; turn++) await say(history, filler(turn));
  const planned = await conversation.plan(
    JSON.stringify({ model: "m", messages: [...history, { role: "user", content: "?" }] }),
  );
  if (!planned.ok || planned.value.plan.mode !== "brief") throw new Error("nothing has left");
  known = planned.value.ticket?.known ?? "";
  ({ cut } = planned.value);
});

function search(calls: Partial<RecallCall>[], more: object = {}): SearchAnswer | null {
  const asked = calls.map((call) => ({ query: null, open: null, ...call }));
  return conversation.session.search({ tenant: TENANT, known, cut, now: Date.UTC(2026, 0, 2), calls: asked, ...more });
}

const textOf = (call: Partial<RecallCall>): string => search([call])?.texts[0] ?? "";

describe("a search", () => {
  it("finds what was said, word for word, with who said it, when, and in which message", () => {
    const text = textOf({ query: "Where is the key of the boat house?" });
    expect(text).toContain(`[message 1, user, 2026-01-01]\n${FACT}`);
    expect(text.startsWith("Record of the earlier conversation")).toBe(true);
  });

  it("brings back no more than it may", () => {
    const text = textOf({ query: "crates of type dock paint rail wheelbarrow" });
    expect(text.length / 4).toBeLessThan(RECALLED_TOKENS_MAX * 1.3);
    expect(text.length / 4).toBeGreaterThan(RECALLED_TOKENS_MAX * 0.5);
  });

  it("sees neither another branch nor what is still forwarded", () => {
    expect(textOf({ query: "green canoe paddle" })).not.toContain("canoe");
    expect(textOf({ query: "crates of type K-13" })).not.toContain("K-13 go");
    expect(textOf({ query: "crates of type K-1" })).toContain("K-1 go");
  });

  it("says so when there is nothing", () => {
    expect(search([{ query: "crates" }], { cut: 0 })?.texts).toEqual([RECALL_NOTES.notFound]);
    expect(textOf({ query: '\ud800 \u0000 " AND ( *' })).not.toBe("");
  });

  it("answers each call in its place", () => {
    const texts = search([{ query: "boat house" }, { open: "99999" }, { open: "2" }])?.texts ?? [];
    expect(texts).toHaveLength(3);
    expect(texts[0]).toContain(FACT);
    expect(texts[1]).toBe(RECALL_NOTES.unknownId);
    expect(texts[2]).toContain("Noted, number 1.");
    expect(textOf({ query: "boat house", open: "2" })).toMatch(/Noted, number 1\.[^]*blue barometer/);
  });

  it("is for the session's own tenant", () => {
    expect(search([{ query: "boat house" }], { tenant: "another" })).toBeNull();
    expect(startConversation().session.search({ tenant: TENANT, known, cut, now: 0, calls: [] })).toBeNull();
  });

  it("finds nothing from a place that is not there", () => {
    expect(search([{ query: "boat house" }], { known: "nowhere" })?.texts).toEqual([RECALL_NOTES.notFound]);
  });
});

describe("a message that is opened", () => {
  it("is there whole, and a long one as far as there is room", () => {
    expect(textOf({ open: "1" })).toContain(FACT);
    expect(textOf({ open: " #1 " })).toBe(textOf({ open: "1" }));
    const long = textOf({ open: "3" });
    expect(long).toMatch(/\[\d+ more characters\]$/);
    expect(long.length).toBeLessThan(OPENED_CHARS_MAX + 300);
  });

  it.each(["0", "-1", "1e3", "x", "1; DROP TABLE node", "9".repeat(400)])("is none by the name %s", (open) => {
    expect(textOf({ open })).toBe(RECALL_NOTES.unknownId);
  });

  it("is none that is forwarded, or on another branch", () => {
    const { sql } = conversation;
    const [newest] = sql.all<{ id: number }>("SELECT id FROM node WHERE chain = ?", known);
    expect(textOf({ open: String(newest?.id) })).toBe(RECALL_NOTES.unknownId);
    const [other] = sql.all<{ id: number }>(
      "SELECT id FROM node JOIN message ON hash = node.message WHERE body LIKE '%green canoe%'",
    );
    expect(textOf({ open: String(other?.id) })).toBe(RECALL_NOTES.unknownId);
  });
});

describe("whether another search may follow", () => {
  it("depends on what the session has cost beside its replay", () => {
    const { log } = conversation.tables;
    const session = log.session();
    if (!session) throw new Error("no session");
    const { replay } = session.ledger;
    for (const [share, may] of [
      [0.5, true],
      [2.1, false],
    ] as const) {
      log.saveSession({ ...session, ledger: { ...session.ledger, spent: share * replay } });
      expect(search([{ query: "boat house" }])?.mayGoOn).toBe(may);
    }
    log.saveSession(session);
  });
});
