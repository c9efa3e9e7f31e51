/**
 * Tool results in short form, from the request to the store: large ones are short from the first time on and stay so, the
 * rest stays whole until a compaction, and whoever asks for them whole gets them whole.
 */
import { describe, expect, it } from "vitest";
import { boats, calling, answer, itemsOf, result, resultText, say, ToolThread, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";

const WIRES = ["chat-completions", "responses", "messages"] as const;
const SMALL = { STRATA_WHOLE_RESULT_CHARS: "1500" };
const LARGE = boats(60);
const NOTE = /^\[JSON, shortened: .*the original is kept as ([\w-]{22})\]\n/;

/** A thread whose third message is a large result. */
async function withLargeResult(wire: (typeof WIRES)[number], settings: Record<string, string> = SMALL) {
  const thread = new ToolThread(wire, settings);
  await thread.turn([say(wire, "A boat, please.")], calling(wire, "c1"));
  const sent = await thread.turn([result(wire, "c1", LARGE)], answer(wire, "B7 is the best."));
  return { thread, sent };
}

/** The result as a client may also write it: with a cache marker, or its text as a part. */
const OTHERWISE = {
  "chat-completions": { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: LARGE }] },
  responses: { type: "function_call_output", call_id: "c1", output: [{ type: "input_text", text: LARGE }] },
  messages: {
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "c1", content: LARGE, cache_control: { type: "ephemeral" } }],
  },
};

describe.each(WIRES)("a large result on %s", (wire) => {
  it("stays short when the client writes it otherwise, and goes up as the client writes it", async () => {
    const thread = new ToolThread(wire, SMALL);
    await thread.turn([say(wire, "A boat, please.")], calling(wire, "c1"));
    const other = OTHERWISE[wire];
    const first = itemsOf((await thread.turn([other], answer(wire, "B7."))).body)[2];
    thread.items[2] = result(wire, "c1", LARGE);
    const plain = itemsOf((await thread.turn([say(wire, "Go on.")], answer(wire, "Yes."))).body)[2];
    const short = resultText(plain);
    expect(short).toMatch(NOTE);
    expect(JSON.stringify(plain)).toBe(JSON.stringify(result(wire, "c1", short)));
    expect(JSON.stringify(first)).toBe(JSON.stringify(other).replace(JSON.stringify(LARGE), JSON.stringify(short)));
  });

  it("goes up short the first time, and the same ever after", async () => {
    const { thread, sent } = await withLargeResult(wire);
    const first = itemsOf(sent.body);
    expect(first).toHaveLength(3);
    expect(first.slice(0, 2)).toEqual(thread.items.slice(0, 2));
    expect(resultText(first[2])).toMatch(NOTE);
    expect(resultText(first[2]).length).toBeLessThan(LARGE.length / 2);
    let before = sent.body;
    for (const [fresh, reply] of [
      [say(wire, "Take it."), calling(wire, "c2")],
      [result(wire, "c2", boats(50, 100)), answer(wire, "Done.")],
      [say(wire, "Thanks."), answer(wire, "Gladly.")],
    ] as [Item, Item][]) {
      const { body, asDelta } = await thread.turn([fresh], reply);
      expect(body.startsWith(before.slice(0, -2))).toBe(true);
      expect(itemsOf(asDelta ?? "")).toEqual(itemsOf(body));
      before = body;
    }
    expect(resultText(itemsOf(before)[6])).toMatch(NOTE);
  });

  it("is kept as it came, under the name that its short form gives", async () => {
    const { thread, sent } = await withLargeResult(wire);
    const [, hash = ""] = NOTE.exec(resultText(itemsOf(sent.body)[2])) ?? [];
    const { session } = thread.conversation;
    expect(session.inspect("tenant", "message", { hash })).toMatchObject({ json: JSON.stringify(thread.items[2]) });
    expect(session.inspect("another", "message", { hash })).toBeNull();
    expect(session.inspect(null, "message", { hash: "A".repeat(22) })).toBeNull();
    expect(thread.conversation.sql.all("SELECT count(*) AS n FROM form")).toEqual([{ n: 1 }]);
  });

  it("becomes one line when it comes again, and that line stays", async () => {
    const { thread } = await withLargeResult(wire);
    await thread.turn([say(wire, "Look again.")], calling(wire, "c2"));
    const again = await thread.turn([result(wire, "c2", LARGE)], answer(wire, "The same."));
    const line = resultText(itemsOf(again.body)[6]);
    expect(line).toMatch(/^\[same result as the earlier call list_boats\(\{"for":"c1"\}\)\]$/);
    expect(itemsOf(again.asDelta ?? "")).toEqual(itemsOf(again.body));
    const after = await thread.turn([say(wire, "Good.")], answer(wire, "Yes."));
    expect(after.body.startsWith(again.body.slice(0, -2))).toBe(true);
  });

  it("stays whole where the request asks for it, where the tool is to be kept and where nothing may be rewritten", async () => {
    const asked = new ToolThread(wire, SMALL);
    await asked.turn([say(wire, "A boat.")], calling(wire, "c1"));
    const body = writeBody(wire, [...asked.items, result(wire, "c1", LARGE)]);
    expect(
      (await asked.turn([result(wire, "c1", LARGE)], answer(wire, "B7."), { "x-strata-tools": "keep" })).body,
    ).toBe(body);
    // What went up whole stays whole.
    const next = await asked.turn([say(wire, "Go on.")], answer(wire, "Yes."));
    expect(next.body).toBe(writeBody(wire, asked.items.slice(0, -1)));
    for (const names of ["list_boats", "other, list_boats", "*"]) {
      const { sent } = await withLargeResult(wire, { ...SMALL, STRATA_KEEP_TOOLS: names });
      expect(sent.body).toBe(body.replace("A boat.", "A boat, please."));
    }
    const { sent } = await withLargeResult(wire, { ...SMALL, STRATA_KEEP_TOOLS: "other" });
    expect(resultText(itemsOf(sent.body)[2])).toMatch(NOTE);
  });

  it("is whole again for a request that asks for it, and short again for one that does not", async () => {
    const { thread } = await withLargeResult(wire);
    const keep = await thread.turn([say(wire, "Go on.")], answer(wire, "Yes."), { "x-strata-tools": "keep" });
    expect(keep.body).toBe(writeBody(wire, thread.items.slice(0, -1)));
    expect(itemsOf(keep.asDelta ?? "")).toEqual(itemsOf(keep.body));
    const next = await thread.turn([say(wire, "And on.")], answer(wire, "Yes."));
    expect(resultText(itemsOf(next.body)[2])).toMatch(NOTE);
  });

  it("is nothing for a branch that left before it, and the same for one that left behind it", async () => {
    const { thread, sent } = await withLargeResult(wire);
    const { conversation } = thread;
    const early = [thread.items[0] ?? {}, answer(wire, "Which?"), say(wire, "Any.")];
    const other = await conversation.plan(writeBody(wire, early));
    expect(other.ok && other.value.shortCount).toBe(0);
    const late = [...thread.items.slice(0, 3), answer(wire, "B9, then."), say(wire, "Fine.")];
    const edited = await conversation.plan(writeBody(wire, late));
    if (!edited.ok) throw new Error("no plan");
    expect(edited.value.outgoing?.startsWith(sent.body.slice(0, -2))).toBe(true);
  });

  it("comes out the same when the request is sent again before it was answered", async () => {
    const thread = new ToolThread(wire, SMALL);
    const { conversation } = thread;
    await thread.turn([say(wire, "A boat, please.")], calling(wire, "c1"));
    const text = writeBody(wire, [...thread.items, result(wire, "c1", LARGE)]);
    const planned = await conversation.plan(text);
    if (!planned.ok) throw new Error("no plan");
    const half = await conversation.finish(planned.value, text, {
      message: { role: "assistant", content: "B" },
      end: "aborted",
    });
    const again = await thread.turn([result(wire, "c1", LARGE)], answer(wire, "B7."));
    expect(again.body).toBe(half.body);
    expect(resultText(itemsOf(again.body)[2])).toMatch(NOTE);
    const next = await thread.turn([say(wire, "Go on.")], answer(wire, "Yes."));
    expect(next.body.startsWith(again.body.slice(0, -2))).toBe(true);
  });

  it("is stored once, however often its turn is handed in", async () => {
    const thread = new ToolThread(wire, SMALL);
    const { conversation } = thread;
    await thread.turn([say(wire, "A boat, please.")], calling(wire, "c1"));
    const text = writeBody(wire, [...thread.items, result(wire, "c1", LARGE)]);
    const planned = await conversation.plan(text);
    if (!planned.ok) throw new Error("no plan");
    const reply = answer(wire, "B7.");
    const message = (wire === "responses" ? { role: "assistant", content: "", items: [reply] } : reply) as never;
    await conversation.finish(planned.value, text, { message });
    const stored = () => [
      conversation.sql.all("SELECT * FROM form"),
      conversation.turns(),
      conversation.tables.log.session(),
    ];
    const once = JSON.stringify(stored());
    await conversation.finish(planned.value, text, { message });
    expect(JSON.stringify(stored())).toBe(once);
    expect(conversation.turns().at(-1)?.record["short"]).toEqual({ all: 1, fresh: 1 });
    expect(conversation.sql.all("SELECT is_counted FROM form")).toEqual([{ is_counted: 0 }]);
    await conversation.work();
    expect(conversation.sql.all("SELECT is_counted FROM form")).toEqual([{ is_counted: 1 }]);
  });

  it("goes up whole, for good, once an upstream has refused the short form", async () => {
    const thread = new ToolThread(wire, SMALL);
    const { conversation } = thread;
    await thread.turn([say(wire, "A boat, please.")], calling(wire, "c1"));
    const items = [...thread.items, result(wire, "c1", LARGE)];
    const planned = await conversation.plan(writeBody(wire, items));
    if (!planned.ok) throw new Error("no plan");
    expect(planned.value.shortCount).toBe(1);
    const refused = {
      ...planned.value,
      short: { replaced: [], forms: [], results: [] },
      shortCount: 0,
      outgoing: null,
    };
    const reply = answer(wire, "B7.");
    const message = (wire === "responses" ? { role: "assistant", content: "", items: [reply] } : reply) as never;
    await conversation.finish(refused, writeBody(wire, items), { message, rewriteRefused: true });
    const next = writeBody(wire, [...items, reply, say(wire, "Go on.")]);
    const after = await conversation.plan(next);
    expect(after.ok && after.value.outgoing).toBeNull();
  });
});
