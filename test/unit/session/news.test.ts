/**
 * What a session tells whoever follows it: every turn, brief and epoch once, retries again, in parts that join.
 */
import { describe, expect, it } from "vitest";
import { NEWS_ENTRIES_MAX } from "../../../src/model/inspection-limits.ts";
import type { SessionNews, SessionPlace } from "../../../src/ports/live.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";

const START: SessionPlace = { turn: 0, attempts: 0, brief: 0, epoch: 0 };

const news = ({ session }: Conversation, since: SessionPlace | null): SessionNews => {
  const view = session.inspect(null, "news", { since });
  if (view === null) throw new Error("no such session");
  return view;
};

async function say(conversation: Conversation, history: ChatMessage[], turn: number): Promise<void> {
  const words = `Please always send crate K-${turn} to dock ${turn % 9} of the harbour. ${"Mind the paint. ".repeat(12)}`;
  history.push({ role: "user", content: words });
  const message = { role: "assistant", content: `Crate ${turn} is noted.` };
  await conversation.send(JSON.stringify({ model: "m", messages: history }), { message });
  history.push(message);
  conversation.pass(20);
}

describe("news of a session", () => {
  it("are nobody's who may not look at it, and nothing at first", async () => {
    const conversation = startConversation();
    expect(conversation.session.inspect(null, "news", { since: START })).toBeNull();
    await say(conversation, [], 0);
    expect(conversation.session.inspect("another", "news", { since: START })).toBeNull();
    expect(news(conversation, null)).toEqual({ place: { ...START, turn: 1 }, turns: [], briefs: [], epochs: [] });
  });

  it("are every turn, brief and epoch once, without a word of what was said", async () => {
    const conversation = startConversation({ recallTokens: 400 });
    const history: ChatMessage[] = [];
    const heard = { turns: [] as number[], briefs: [] as number[], epochs: [] as number[] };
    let place = START;
    let text = "";
    for (let turn = 0; turn < 40; turn++) {
      await say(conversation, history, turn);
      await conversation.work();
      const told = news(conversation, place);
      heard.turns.push(...told.turns.map(({ number }) => number));
      heard.briefs.push(...told.briefs.map(({ id }) => id));
      heard.epochs.push(...told.epochs.map(({ id }) => id));
      text += JSON.stringify(told);
      ({ place } = told);
    }
    const { briefs } = conversation.tables;
    expect(heard.turns).toEqual(conversation.turns().map(({ seq }) => seq));
    expect(heard.epochs).toEqual(briefs.epochs().map(({ id }) => id));
    expect(heard.epochs.length).toBeGreaterThan(0);
    expect(heard.briefs).toEqual(heard.briefs.map((_, at) => at + 1));
    expect(heard.briefs.at(-1)).toBe(briefs.all().at(-1)?.id);
    expect(text).toContain('"nodes":');
    expect(text).not.toMatch(/crate|paint|K-\d/i);
    expect(news(conversation, place)).toMatchObject({ place, turns: [], briefs: [], epochs: [] });
  });

  it("come in parts where there are many", async () => {
    const conversation = startConversation();
    const turns = NEWS_ENTRIES_MAX + 7;
    for (let turn = 0; turn < turns; turn++) await say(conversation, [], turn);
    const first = news(conversation, START);
    const second = news(conversation, first.place);
    const numbers = [...first.turns, ...second.turns].map(({ number }) => number);
    expect(first.turns).toHaveLength(NEWS_ENTRIES_MAX);
    expect(numbers).toEqual(Array.from({ length: turns }, (_, at) => at + 1));
    expect(second.place.turn).toBe(turns);
  });

  it("bring a turn again that was tried again", async () => {
    const conversation = startConversation();
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    const again = { "x-stainless-retry-count": "1" };
    await conversation.send(body, { message: { role: "assistant", content: "one" }, end: "broken" });
    await say(conversation, [], 1);
    const { place } = news(conversation, START);
    await conversation.send(body, { message: { role: "assistant", content: "two" } }, again);
    const told = news(conversation, place);
    expect(told.turns.map(({ number, attempts, status }) => [number, attempts, status])).toEqual([[1, 2, "complete"]]);
    expect(news(conversation, told.place).turns).toEqual([]);
  });
});
