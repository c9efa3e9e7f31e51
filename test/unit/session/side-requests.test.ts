/**
 * Calls that a client makes about a conversation: its own compaction, a title, a probe.
 *
 * Each must see the whole history, and leave no trace in the conversation that it is about.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import { play, replyOf, say, TURNS } from "./long-thread.ts";
import type { Item } from "./long-thread.ts";

describe("a call about the conversation", () => {
  const PROMPT = "You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary.";

  it.each([
    ["chat-completions", { role: "user", content: PROMPT }, {}, "side_request"],
    ["responses", { role: "user", content: PROMPT }, {}, "side_request"],
    ["responses", { type: "compaction_trigger" }, {}, "side_request"],
    ["messages", { role: "user", content: PROMPT }, {}, "side_request"],
    ["messages", { role: "user", content: "Hi." }, { max_tokens: 1 }, "side_request"],
    [
      "chat-completions",
      { role: "user", content: "A title?" },
      { response_format: { type: "json_schema", json_schema: {} } },
      "forced_format",
    ],
    [
      "responses",
      { role: "user", content: "A title?" },
      { text: { format: { type: "json_schema", schema: {} } } },
      "forced_format",
    ],
    [
      "messages",
      { role: "user", content: "A title?" },
      { output_config: { format: { type: "json_schema", schema: {} } } },
      "forced_format",
    ],
  ] as const)("sees all of it (%s, %o %o)", async (wire, asked, more, reason) => {
    const conversation = startConversation({}, {}, { wire });
    const key = wire === "responses" ? "input" : "messages";
    const history: Item[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      history.push({ role: "user", content: say(turn) });
      const { message, items } = replyOf(wire, `Done with ${turn}.`, undefined);
      await conversation.send(JSON.stringify({ model: "m", [key]: history }), { message });
      history.push(...items);
      conversation.pass(20);
      await conversation.work();
    }
    const text = JSON.stringify({ model: "m", ...more, [key]: [...history, asked] });
    const about = await conversation.send(text, { message: replyOf(wire, "So far.", undefined).message });
    expect(about.body).toBe(text);
    expect(about.plan).toEqual({ mode: "full", reason });
    // The conversation itself goes on with its brief.
    history.push({ role: "user", content: say(TURNS) });
    const next = await conversation.send(JSON.stringify({ model: "m", [key]: history }), {
      message: replyOf(wire, "Done.", undefined).message,
    });
    expect(next.plan.mode).toBe("brief");
  });
});

describe("a forced format", () => {
  it("that every turn has is part of the conversation", async () => {
    const fields = { response_format: { type: "json_schema", json_schema: { name: "x" } } };
    expect((await play("chat-completions", { fields })).at(-1)?.sent.plan.mode).toBe("brief");
  });
});
