/**
 * Search by hand over a session: what is found, in which order, what is marked, and that no query is an expression.
 *
 * Conversations are played through the real path and indexed by the session's own work.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { SearchHit } from "../../../src/ports/inspection.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });

async function say(conversation: Conversation, history: ChatMessage[], words: string, answer: string): Promise<void> {
  history.push(user(words));
  await conversation.send(JSON.stringify({ model: "m", messages: history }), { message: reply(answer) });
  history.push(reply(answer));
}

const search = ({ session }: Conversation, query: string, limit = 50): SearchHit[] =>
  session.inspect(null, "search", { query, limit })?.hits ?? [];

describe("search", () => {
  const history: ChatMessage[] = [];
  let conversation: Conversation;
  const found = (query: string): string[] => search(conversation, query).map(({ text }) => text);
  const marked = (query: string): string[] =>
    search(conversation, query).flatMap(({ text, marks }) => marks.map(({ start, end }) => text.slice(start, end)));

  beforeAll(async () => {
    conversation = startConversation();
    await say(conversation, history, "The crane LIFTED nine containers.", "Nine crates, said Ms Özdemir.");
    await say(conversation, history, "港口费用是三千元", "The camelCase flag is called maxRetryCount.");
    await say(
      conversation,
      history,
      `Harbour dues rise. ${"Nothing else is new here today. ".repeat(60)}`,
      "Ask the crane driver.",
    );
    const long = `Alpha stands first. ${"Some words lie between them and fill the piece. ".repeat(30)} Omega stands last.`;
    await say(conversation, history, long, 'Noted "as is".');
    await conversation.work();
  });

  it("asks for every word, in whichever piece of a message", () => {
    expect(search(conversation, "omega alpha")).toMatchObject([{ depth: 7, role: "user", turn: 4 }]);
    expect(found("omega crane")).toEqual([]);
    expect(found("crane")).toEqual(["Ask the crane driver.", "The crane LIFTED nine containers."]);
  });

  it("knows words by their stem, without case and accents, and the last one by its beginning", () => {
    expect(marked("lifting crane")).toEqual(["crane", "LIFTED"]);
    expect(marked("ozdemir")).toEqual(["Özdemir"]);
    expect(marked("nine cont")).toEqual(["nine", "containers"]);
    expect(found("cont nine")).toEqual([]);
    expect(marked("retry")).toEqual(["Retry"]);
  });

  it("reads scripts without spaces", () => {
    expect(marked("费用")).toEqual(["费用"]);
    expect(marked("三千元")).toEqual(["三千元"]);
    expect(found("费千")).toEqual([]);
  });

  it("takes what stands in quotation marks as it is written", () => {
    expect(found('"crane lifted"')).toHaveLength(1);
    expect(found('"lifted crane"')).toEqual([]);
    expect(found('nine "said ms"')).toEqual(["Nine crates, said Ms Özdemir."]);
  });

  it("says each message once, where it is, as many as were asked for", () => {
    const hits = search(conversation, "the crane");
    expect(hits.map(({ hash }) => hash)).toHaveLength(new Set(hits.map(({ hash }) => hash)).size);
    expect(search(conversation, "nothing new")).toHaveLength(1);
    expect(search(conversation, "crane", 1)).toMatchObject([{ depth: 6 }]);
    const thread = conversation.session.inspect(null, "messages", { thread: null, before: null, limit: 1 })?.thread;
    for (const hit of search(conversation, "crane")) expect(hit).toMatchObject({ thread, node: hit.depth });
  });

  it("takes nothing for an expression", () => {
    for (const odd of [
      "",
      " ",
      "?!",
      '"',
      '"crane',
      'crane" OR "nine',
      "crane*",
      "words:crane",
      "NEAR(crane nine)",
      "^crane",
      "crane'; DROP TABLE node; --",
      "-crane",
      "(",
      ")",
      "crane AND",
      "\u0000crane",
      "\ud800",
      "\u0301",
      "a\u0301\u0301",
      "x".repeat(100_000),
      "a ".repeat(10_000),
      "%",
      "_",
    ])
      expect(() => search(conversation, odd)).not.toThrow();
    expect(found("crane*")).toEqual(found("crane"));
    expect(found('crane" OR "nine')).toEqual([]);
    expect(found("crane OR nine")).toEqual([]);
    expect(conversation.session.inspect(null, "tree", {})?.branches).toHaveLength(1);
  });

  it("finds what has left the prompt, and prefers the newest thread of those that hold it", async () => {
    const long = startConversation();
    const talk: ChatMessage[] = [];
    for (let turn = 0; turn < 40; turn++) {
      await say(
        long,
        talk,
        `Send crate K-${turn} to dock ${turn % 9}. ${"Mind the paint. ".repeat(12)}`,
        `Noted ${turn}.`,
      );
      long.pass(20);
      await long.work();
    }
    expect(long.tables.briefs.epochs().length).toBeGreaterThan(0);
    const fork = talk.slice(0, 20);
    await say(long, fork, "What about the rest?", "It stays.");
    await long.work();
    const hits = search(long, "dock 3 ");
    expect(hits.map(({ depth }) => depth)).toEqual([79, 61, 43, 25, 7].filter((depth) => depth < 80));
    const [newest, old] = [hits.at(-1)?.thread, hits[0]?.thread];
    const lengthOf = (thread: string | undefined) =>
      long.session.inspect(null, "messages", { thread: thread ?? "", before: null, limit: 1 })?.depth;
    expect([lengthOf(newest), lengthOf(old)]).toEqual([22, 80]);
  });
});
