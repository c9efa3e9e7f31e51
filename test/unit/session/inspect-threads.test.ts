/**
 * What a session answers about its threads: branches, pages of messages, and the messages that a brief rests on.
 *
 * Conversations are played through the real path; every claim of a view is compared with what was said and sent.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { hashText } from "../../../src/model/hash.ts";
import {
  INSPECTED_BRANCHES_MAX,
  SHOWN_MESSAGE_CHARS_MAX,
  SHOWN_PAGE_CHARS_MAX,
} from "../../../src/model/inspection-limits.ts";
import type { MessagePage, TreeView } from "../../../src/ports/inspection.ts";
import type { Message } from "../../../src/model/message.ts";
import type { SessionRow } from "../../../src/session/turn-log.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const reply = (content: string): ChatMessage => ({ role: "assistant", content });

async function say(conversation: Conversation, history: ChatMessage[], words: string, answer: string, headers = {}) {
  history.push(user(words));
  const sent = await conversation.send(
    JSON.stringify({ model: "m", messages: history }),
    { message: reply(answer) },
    headers,
  );
  history.push(reply(answer));
  return sent;
}

/** A message that stands alone, as a client's call for a title does. */
const aside = (content: string): Message => ({
  json: JSON.stringify(user(content)),
  role: "user",
  fingerprint: hashText(content),
  opensCalls: 0,
  answersCalls: 0,
  keep: 0,
  carriesBrief: true,
  isBound: false,
});

const look = ({ session }: Conversation) => ({
  tree: (): TreeView => session.inspect(null, "tree", {}) as TreeView,
  page: (thread: string | null = null, before: number | null = null, limit = 50): MessagePage | null =>
    session.inspect(null, "messages", { thread, before, limit }),
});

const textOf = ({ parts }: { parts: { text: string }[] }): string => parts.map(({ text }) => text).join();

describe("the tree", () => {
  it("is empty, as is the newest thread, while everything was refused", async () => {
    const conversation = startConversation();
    await conversation.send(JSON.stringify({ model: "m", messages: [user("Hi")] }), {
      message: reply(""),
      httpStatus: 400,
    });
    expect(look(conversation).tree()).toEqual({ branches: [], is_cut: false });
    expect(look(conversation).page()).toMatchObject({ thread: null, depth: 0, messages: [], next_before: null });
    expect(look(conversation).page("nowhere")).toBeNull();
  });

  it("shows an edit, a reply asked for again and another conversation as branches", async () => {
    const conversation = startConversation();
    const main: ChatMessage[] = [];
    await say(conversation, main, "one", "first");
    await say(conversation, main, "two", "second");
    const fork = main.slice(0, 2);
    conversation.pass(60);
    await say(conversation, fork, "  another\n two ", "other second");
    const again = main.slice(0, 2);
    await say(conversation, again, "two", "second once more");
    await say(conversation, [], "Title?", "A title");
    await conversation.work();
    const { branches, is_cut } = look(conversation).tree();
    expect(is_cut).toBe(false);
    expect(
      branches.map(({ from, first_depth, last_depth, messages, turns, title }) => ({
        from,
        first_depth,
        last_depth,
        messages,
        turns,
        title,
      })),
    ).toEqual([
      { from: null, first_depth: 1, last_depth: 4, messages: 4, turns: { first: 1, last: 2 }, title: "one" },
      {
        from: { branch: 0, depth: 2 },
        first_depth: 3,
        last_depth: 4,
        messages: 2,
        turns: { first: 3, last: 3 },
        title: "another two",
      },
      {
        from: { branch: 0, depth: 3 },
        first_depth: 4,
        last_depth: 4,
        messages: 1,
        turns: { first: 4, last: 4 },
        title: "second once more",
      },
      { from: null, first_depth: 1, last_depth: 2, messages: 2, turns: { first: 5, last: 5 }, title: "Title?" },
    ]);
    expect(Date.parse(branches[1]?.started_at ?? "") - Date.parse(branches[0]?.started_at ?? "")).toBe(60_000);
    // Every branch names a thread that can be read to its beginning.
    for (const branch of branches) {
      const page = look(conversation).page(branch.thread);
      expect(page?.depth).toBe(branch.last_depth);
      expect(page?.messages).toHaveLength(branch.last_depth);
    }
    const ends = branches.map(({ thread }) => thread);
    const seen = (thread: number) =>
      look(conversation)
        .page(ends[thread])
        ?.messages.map((message) => message.other_branches);
    expect(seen(0)).toEqual([[], [ends[1]], [ends[2]], []]);
    expect(seen(1)).toEqual([[], [ends[0]], [], []]);
    expect(seen(2)).toEqual([[], [ends[1]], [ends[0]], []]);
    expect(look(conversation).page()?.thread).toBe(ends[3]);
  });

  it("shows the newest branches when there are very many, and what they come from", async () => {
    const conversation = startConversation();
    const main: ChatMessage[] = [];
    await say(conversation, main, "root", "first");
    const { store, log } = conversation.tables;
    const session = log.session() as SessionRow;
    for (let at = 0; at < INSPECTED_BRANCHES_MAX + 5; at++)
      store.append(null, aside(`side ${at}`), ++session.messages, 0, {
        wire: "chat-completions",
        askedBy: null,
        replyOf: null,
        gone: 0,
      });
    log.saveSession(session);
    await say(conversation, main.slice(0, 1), "edit", "edited");
    await conversation.work();
    const { branches, is_cut } = look(conversation).tree();
    expect(is_cut).toBe(true);
    expect(branches).toHaveLength(INSPECTED_BRANCHES_MAX);
    expect(branches.at(-1)).toMatchObject({ title: "edit", from: { branch: 0, depth: 1 } });
    expect(branches[0]?.title).toBe("root");
    const second = look(conversation).page(branches[1]?.thread)?.messages ?? [];
    expect(second.map(textOf)).toEqual(["side 7"]);
  });
});

describe("a thread's messages", () => {
  it("come in pages that join to the whole, each with its turn", async () => {
    const conversation = startConversation();
    const history: ChatMessage[] = [];
    for (let turn = 0; turn < 7; turn++) await say(conversation, history, `question ${turn}`, `answer ${turn}`);
    const said: string[] = [];
    const turns: (number | null)[] = [];
    for (let before: number | null = null; ;) {
      const page = look(conversation).page(null, before, 4);
      said.unshift(...(page?.messages ?? []).map(textOf));
      turns.unshift(...(page?.messages ?? []).map(({ turn }) => turn));
      before = page?.next_before ?? null;
      if (before === null) break;
    }
    expect(said).toEqual(history.map(({ content }) => content));
    expect(turns).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
    expect(look(conversation).page(null, 1)).toMatchObject({ depth: 14, messages: [], next_before: null });
  });

  it("that came together belong to the turn that brought them, and a word said twice to the later time as well", async () => {
    const conversation = startConversation();
    const history = [user("a"), reply("b")];
    await say(conversation, history, "yes", "c");
    conversation.pass(3_600);
    await say(conversation, history, "yes", "d");
    const messages = look(conversation).page()?.messages ?? [];
    expect(messages.map(({ turn }) => turn)).toEqual([1, 1, 1, 1, 2, 2]);
    expect(messages[4]?.hash).toBe(messages[2]?.hash);
    expect(Date.parse(messages[4]?.at ?? "") - Date.parse(messages[2]?.at ?? "")).toBe(3_600_000);
  });

  it("are cut short where they are long, and a page where they are large", async () => {
    const conversation = startConversation();
    const history: ChatMessage[] = [];
    await say(conversation, history, "⚓".repeat(SHOWN_MESSAGE_CHARS_MAX + 1), "x".repeat(SHOWN_MESSAGE_CHARS_MAX));
    await say(conversation, history, "y".repeat(SHOWN_PAGE_CHARS_MAX), "short");
    const page = look(conversation).page();
    expect(page?.messages.map(textOf)).toEqual(["short"]);
    const large = look(conversation).page(null, page?.next_before);
    expect(large?.messages).toMatchObject([{ depth: 3, is_cut: true }]);
    const rest = look(conversation).page(null, large?.next_before)?.messages ?? [];
    expect(rest.map((message) => [textOf(message).length, message.is_cut])).toEqual([
      [SHOWN_MESSAGE_CHARS_MAX, true],
      [SHOWN_MESSAGE_CHARS_MAX, false],
    ]);
  });
});

describe("after a compaction", () => {
  let conversation: Conversation;
  const history: ChatMessage[] = [];
  let lastSent: ChatMessage[] = [];

  beforeAll(async () => {
    conversation = startConversation({ recallTokens: 400 });
    for (let turn = 0; turn < 40; turn++) {
      const words = `Please always send crate K-${turn} to dock ${turn % 9} of the harbour. ${"Mind the paint. ".repeat(12)}`;
      ({ messages: lastSent } = await say(conversation, history, words, `Crate ${turn} is noted.`));
      conversation.pass(20);
      await conversation.work();
    }
    ({ messages: lastSent } = await say(conversation, history, "Where does crate K-3 go?", "To dock 3."));
  });

  it("each message says whether it went up", () => {
    const { cut, brief, messages } = look(conversation).page(null, null, 200) as MessagePage;
    expect(cut).toBeGreaterThan(0);
    expect(conversation.tables.briefs.find(brief)?.depth).toBe(cut);
    const sent = JSON.stringify(lastSent);
    for (const message of messages.slice(0, -1)) {
      const isVerbatim = message.depth > cut;
      expect(message.stratum === "verbatim").toBe(isVerbatim);
      const isSent = lastSent.some(({ content }) => String(content).includes(textOf(message)));
      // A brief may quote a short reply whole.
      if (isVerbatim || message.role === "user") expect(isSent).toBe(isVerbatim);
    }
    const recalled = messages.filter(({ stratum }) => stratum === "recalled");
    expect(recalled.length).toBeGreaterThan(0);
    const note = conversation.turns().at(-1)?.record["recalled"] as { nodes: number[] };
    expect(recalled.map(({ node }) => node)).toEqual(note.nodes);
    expect(sent).toContain("K-3");
  });

  it("a brief names the messages that it quotes", () => {
    const { cut, brief } = look(conversation).page() as MessagePage;
    const view = conversation.session.inspect(null, "brief", { id: brief ?? 0 });
    const sources = new Map(view?.sources?.map((source) => [source.node, source]));
    expect(view?.pieces.length).toBeGreaterThan(0);
    for (const { node, text } of view?.pieces ?? []) {
      const source = sources.get(node);
      expect(source?.depth).toBeLessThanOrEqual(cut);
      const stored = conversation.session.inspect(null, "message", { hash: source?.hash ?? "" });
      expect((JSON.parse(stored?.json ?? "{}") as ChatMessage).content).toContain(text);
      expect(source?.turn).toBe(Math.ceil((source?.depth ?? 0) / 2));
    }
    expect(conversation.session.inspect(null, "brief", { id: 999 })).toBeNull();
  });
});
