/**
 * A session in outline, and a brief line by line: both must say the same as the views that they are short for.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { BriefLineView, BriefView, OutlineView, SessionView } from "../../../src/ports/inspection.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";

const WORDS = "wind tide crane rope hull mast dock quay pier buoy".split(" ");
const report = (day: number): string =>
  `Report ${day}: ${WORDS.map((word, index) => `${word} ${day * 10 + index} was checked by Ms Özdemir`).join(", ")}.`;

let conversation: Conversation;

beforeAll(async () => {
  conversation = startConversation();
  const history: ChatMessage[] = [];
  for (let day = 1; day <= 14; day++) {
    if (day % 5 === 0) conversation.pass(9 * 3_600);
    const words = day === 2 ? "From now on, always round pier 7 down." : report(day);
    history.push({ role: "user", content: words });
    await conversation.send(JSON.stringify({ model: "m", messages: history }), {
      message: { role: "assistant", content: `Noted for day ${day}.` },
    });
    history.push({ role: "assistant", content: `Noted for day ${day}.` });
    await conversation.work();
  }
});

describe("the outline", () => {
  it("has the numbers of the session, and a point for each turn", () => {
    const outline = conversation.session.inspect(null, "outline", { turns: 100 }) as OutlineView;
    const session = conversation.session.inspect(null, "session", { turns: 100 }) as SessionView;
    expect(outline).toMatchObject({ counts: session.counts, ledger: session.ledger, epochs: session.epochs });
    expect(outline.epochs.length).toBeGreaterThan(0);
    expect(outline.points).toEqual(
      session.turns.map(({ number, at, status, verdict, plan, reason, epoch, rewrite_refused, model, bill }) => ({
        number,
        at,
        status,
        verdict,
        plan,
        reason,
        epoch,
        rewrite_refused,
        model,
        tokens: bill && { client: bill.replay_tokens, forwarded: bill.prompt_tokens, cached: bill.cached_tokens },
      })),
    );
    expect(outline.briefs).toEqual(
      session.briefs.map(({ id, state, method, covers_messages, covers_tokens, tokens, created_at }) => ({
        id,
        state,
        method,
        covers_messages,
        covers_tokens,
        tokens,
        created_at,
      })),
    );
  });

  it("has only the newest turns where fewer are asked for", () => {
    const { points } = conversation.session.inspect(null, "outline", { turns: 3 }) as OutlineView;
    expect(points.map(({ number }) => number)).toEqual([12, 13, 14]);
  });

  it("is there for its tenant alone", () => {
    expect(conversation.session.inspect("somebody else", "outline", { turns: 1 })).toBeNull();
  });
});

describe("a brief's lines", () => {
  const lines = (): { brief: BriefView; lines: BriefLineView[] } => {
    const { epochs } = conversation.session.inspect(null, "outline", { turns: 1 }) as OutlineView;
    const brief = conversation.session.inspect(null, "brief", { id: epochs.at(-1)?.brief ?? 0 }) as BriefView;
    return { brief, lines: brief.lines ?? [] };
  };

  it("lead to a thread that holds them all, also where the session has gone on elsewhere", async () => {
    const { brief } = lines();
    const newest = conversation.session.inspect(null, "messages", { thread: null, before: null, limit: 1 });
    expect(brief.thread).toBe(newest?.thread);
    const elsewhere = [{ role: "user" as const, content: "Something else altogether." }];
    await conversation.send(JSON.stringify({ model: "m", messages: elsewhere }), {
      message: { role: "assistant", content: "Fine." },
    });
    expect(lines().brief.thread).toBe(brief.thread);
  });

  it("are its text", () => {
    const { brief, lines: told } = lines();
    expect(told.map(({ text }) => text).join("\n")).toBe(brief.text.trimEnd());
  });

  it("name for each quote the message that it was taken from, and nothing for the brief's own words", () => {
    const { brief, lines: told } = lines();
    const quotes = told.filter(({ kind }) => kind === "quote");
    expect(quotes.length).toBeGreaterThan(2);
    for (const { text, nodes } of quotes) {
      expect(nodes.length).toBeGreaterThan(0);
      const quoted = brief.pieces.filter(({ node }) => nodes.includes(node));
      expect(quoted.some((piece) => text.includes(piece.text))).toBe(true);
    }
    const pin = quotes.find(({ text }) => text.includes("round pier 7 down"));
    const sources = new Map(brief.sources?.map((source) => [source.node, source]));
    expect(pin?.nodes.map((node) => sources.get(node)?.depth)).toEqual([3]);
    expect(told.filter(({ kind, nodes }) => kind !== "quote" && nodes.length > 0)).toEqual([]);
    expect(told[0]?.kind).toBe("label");
  });
});
