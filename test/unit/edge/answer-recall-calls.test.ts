/**
 * The edge between a model that searches and a client that must not see it, streamed and plain.
 *
 * What counts is what the client has in the end: one whole reply, and never less than it would have had without the tool,
 * whatever becomes of the calls behind the first.
 */
import { describe, expect, it } from "vitest";
import { RECALL_ROUNDS_MAX } from "../../../src/model/limits.ts";
import { RECALL_NOTES, RECALL_TOOL_NAME } from "../../../src/model/recall-call.ts";
import { toolTokens } from "../../../src/edge/choose-recall.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import type { CallBill } from "../../../src/session/session-ledger.ts";
import {
  ANSWER,
  bodyOf,
  contentOf,
  hear,
  PLAIN_QUESTION,
  play,
  QUESTION,
  SILENT,
  SPOKEN,
  streamOf,
} from "./searching-model.ts";
import type { Said, Step } from "./searching-model.ts";

describe.each([
  ["streamed", QUESTION],
  ["plain", PLAIN_QUESTION],
])("a search, %s", (_name, question) => {
  const isStream = question === QUESTION;

  it("is answered, and what is stored is what the client has seen", async () => {
    const { ask, sent, turns, tables } = play([SPOKEN, ANSWER], question);
    const reply = await hear(await ask(), isStream);
    expect(reply).toMatchObject({ complete: true, finishReason: "stop" });
    expect(contentOf(reply)).toBe("Let me see.\n\nHere.");
    expect(sent).toHaveLength(2);
    expect(sent[1]).toContain(RECALL_NOTES.nothingLeft);
    const [turn] = turns();
    expect(turn?.status).toBe("complete");
    const stored = tables.store.find(turn?.reply ?? "");
    expect(JSON.parse(tables.store.body(stored?.message ?? "")?.json ?? "")).toEqual({
      role: "assistant",
      content: "Let me see.\n\nHere.",
    });
    expect(turn?.record["further"]).toHaveLength(1);
    expect(turn?.record["bill"]).toMatchObject({ further: { calls: 1 } });
  });

  it.each<[string, Step]>([
    ["answered with an error", { status: 500 }],
    ["not answered", "unreachable"],
  ])("whose second call is %s ends where it is", async (_how, failure) => {
    const { ask, sent, turns } = play([SPOKEN, failure], question);
    const reply = await hear(await ask(), isStream);
    expect(reply).toMatchObject({ complete: true, finishReason: "stop" });
    expect(contentOf(reply)).toBe("Let me see.");
    expect(sent).toHaveLength(2);
    expect(turns()[0]?.status).toBe("complete");
  });

  it.each<[string, Step]>([
    ["answered with an error", { status: 400 }],
    ["not answered", "unreachable"],
  ])(
    "of which the client has nothing yet, whose second call is %s, is asked again without the tool",
    async (_how, failure) => {
      const { ask, sent } = play([SILENT, failure, ANSWER], question);
      const reply = await hear(await ask(), isStream);
      expect(reply).toMatchObject({ complete: true, finishReason: "stop" });
      expect(contentOf(reply)).toBe("Here.");
      expect(sent).toHaveLength(3);
      expect(sent[2]).toBe(question);
    },
  );

  it("goes on only so often, and then the model is told to stop", async () => {
    const { ask, sent } = play([SPOKEN], question);
    const reply = await hear(await ask(), isStream);
    expect(sent).toHaveLength(1 + RECALL_ROUNDS_MAX);
    expect(contentOf(reply)).toBe(Array.from({ length: 1 + RECALL_ROUNDS_MAX }, () => "Let me see.").join("\n\n"));
    expect(reply).toMatchObject({ complete: true, finishReason: "stop" });
    expect(sent.map((body) => (JSON.parse(body) as { tool_choice?: string }).tool_choice ?? null)).toEqual([
      null,
      null,
      null,
      null,
      "none",
    ]);
    expect(sent.at(-1)).toContain(RECALL_NOTES.last);
    expect(sent.at(-2)).not.toContain(RECALL_NOTES.last);
  });

  it("that never ends, and says nothing, is replaced by the request without the tool", async () => {
    const steps: Step[] = Array.from({ length: 1 + RECALL_ROUNDS_MAX }, () => SILENT);
    const { ask, sent } = play([...steps, ANSWER], question);
    expect(contentOf(await hear(await ask(), isStream))).toBe("Here.");
    expect(sent).toHaveLength(2 + RECALL_ROUNDS_MAX);
    expect(sent.at(-1)).toBe(question);
  });

  it("beside a call of the client's own is left to be asked again", async () => {
    const { ask, sent } = play([{ ...SPOKEN, own: true }, ANSWER], question);
    const reply = await hear(await ask(), isStream);
    expect(reply.finishReason).toBe("tool_calls");
    expect(reply.messages[0]).toContain("look_up");
    expect(sent).toHaveLength(1);
  });

  it("with arguments that cannot be read is answered with how to ask", async () => {
    const { ask, sent } = play([{ searches: '{"que' }, ANSWER], question);
    expect(contentOf(await hear(await ask(), isStream))).toBe("Here.");
    expect(sent[1]).toContain(JSON.stringify(RECALL_NOTES.unreadable).slice(1, -1));
  });

  it("is not there for who did not ask for it, and byte for byte the same where nothing is searched", async () => {
    const off = play([SPOKEN], question);
    const seen = await (await off.ask({ "x-strata-recall": "off" })).text();
    expect(seen).toBe(isStream ? streamOf(SPOKEN) : bodyOf(SPOKEN));
    expect(off.sent).toEqual([question]);
    const quiet = play([ANSWER], question);
    const response = await quiet.ask();
    expect(response.headers.get("x-strata-recall")).toBe("tool");
    expect(await response.text()).toBe(isStream ? streamOf(ANSWER) : bodyOf(ANSWER));
    expect(quiet.sent[0]).toContain(RECALL_TOOL_NAME);
  });

  it("has no place where the upstream refuses the tool", async () => {
    const { ask, sent } = play([{ status: 400 }, ANSWER], question);
    const response = await ask();
    expect(response.headers.get("x-strata-recall")).toBe("off; tool=refused");
    expect(contentOf(await hear(response, isStream))).toBe("Here.");
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(question);
  });
});

describe("the bill of a search", () => {
  it("holds every call, beside a replay that is one call and gives the answer at once", async () => {
    const first: Said = { ...SPOKEN, usage: [1000, 0, 10] };
    const { ask, turns, tables } = play([first, { ...ANSWER, usage: [1030, 1000, 20] }], PLAIN_QUESTION);
    const { usage } = await hear(await ask(), false);
    expect(usage).toMatchObject({ promptTokens: 2030, cachedTokens: 1000, completionTokens: 30 });
    const [turn] = turns();
    // Input and writes cost 1, reads one half, output 4.
    expect(turn?.record["bill"]).toMatchObject({
      promptTokens: 1000,
      outputTokens: 30,
      spent: 1000 + 4 * 10 + (30 + 1000 / 2) + 4 * 20,
      // Without Strata there would be no tool of ours either.
      replay: 1000 - toolTokens(chatCompletionsWire) + 4 * 20,
      source: "billed",
      further: { calls: 1, promptTokens: 1030, cachedTokens: 1000 },
    });
    expect(turn?.record["usage"]).toMatchObject({ promptTokens: 1000, completionTokens: 10 });
    // The next prompt goes on from the first call's: the search is no part of the conversation.
    expect(turn?.state?.lastPromptTokens).toBe(1000);
    const { ledger } = tables.log.session() ?? {};
    expect(ledger).toMatchObject({ calls: 2, tokens: { forwarded: 2030, cached: 1000, output: 30 } });
  });

  it("is estimated where the upstream says nothing", async () => {
    const { ask, turns } = play([SPOKEN, ANSWER]);
    await hear(await ask());
    const bill = turns()[0]?.record["bill"] as CallBill;
    expect(bill.source).toBe("estimated");
    expect(bill.further.promptTokens).toBeGreaterThan(bill.promptTokens);
    expect(bill.spent).toBeGreaterThan(bill.replay);
  });
});
