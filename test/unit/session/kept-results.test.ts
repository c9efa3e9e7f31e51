/**
 * Which results may become short and which go up as they came, on each wire: one line for each rule that is kept.
 *
 * Every result here is large, and the first lines show that such a one does become short.
 */
import { describe, expect, it } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { answer, boats, calling, result, say, ToolThread, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";

const LARGE = boats(60);
const LOG = "GET /health 200\n".repeat(200);
const IMAGE = { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } };

interface Case {
  fields?: Item;
  call?: Item;
}

const claude = (block: Item): Item => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: "c1", ...block }],
});
const output = (type: string, said: unknown): Item => ({ type, call_id: "c1", output: said });
const text = (type: string) => ({ type, text: LARGE });
const custom = { type: "custom_tool_call", call_id: "c1", name: "list_boats", input: "Kiel" };
const shell = { type: "shell_call", call_id: "c1", action: { commands: ["ls"] } };

const SHORT: [WireName, string, Item, Case?][] = [
  ["chat-completions", "JSON", result("chat-completions", "c1", LARGE)],
  ["chat-completions", "a log", result("chat-completions", "c1", LOG)],
  ["chat-completions", "text parts", { role: "tool", tool_call_id: "c1", content: [text("text")] }],
  ["responses", "JSON", result("responses", "c1", LARGE)],
  ["responses", "what a custom tool gave", output("custom_tool_call_output", LARGE), { call: custom }],
  ["responses", "text parts", output("function_call_output", [text("input_text")])],
  ["messages", "JSON", result("messages", "c1", LARGE)],
  ["messages", "text blocks", claude({ content: [text("text")] })],
  ["messages", "a marked block", claude({ content: LARGE, cache_control: { type: "ephemeral" } })],
  ["messages", "an older model's", claude({ content: LARGE }), { fields: { model: "claude-sonnet-5" } }],
];

const KEPT: [WireName, string, Item, Case?][] = [
  ["chat-completions", "prose", result("chat-completions", "c1", "Many words. ".repeat(400))],
  [
    "chat-completions",
    "a result with an image",
    {
      role: "tool",
      tool_call_id: "c1",
      content: [text("text"), { type: "image_url", image_url: { url: "https://x/y" } }],
    },
  ],
  [
    "responses",
    "a result with an image",
    output("function_call_output", [text("input_text"), { type: "input_image", image_url: "https://x/y" }]),
  ],
  ["responses", "what a shell gave", output("shell_call_output", [{ stdout: LARGE, stderr: "" }]), { call: shell }],
  [
    "responses",
    "a request that the provider is to compact",
    result("responses", "c1", LARGE),
    { fields: { context_management: [{ type: "compaction", compact_threshold: 1000 }] } },
  ],
  ["messages", "an error", claude({ content: LARGE, is_error: true })],
  ["messages", "a result with an image", claude({ content: [text("text"), IMAGE] })],
  [
    "messages",
    "one for a model that refuses thinking behind another prefix",
    claude({ content: LARGE }),
    { fields: { model: "claude-opus-5-5" } },
  ],
];

/** What goes up when the result comes, and what would without Strata. */
async function play(wire: WireName, answered: Item, { fields = {}, call = calling(wire, "c1") }: Case = {}) {
  const thread = new ToolThread(wire, { STRATA_WHOLE_RESULT_CHARS: "1500" });
  thread.fields = fields;
  await thread.turn([say(wire, "A boat, please.")], call);
  const before = writeBody(wire, thread.items, fields);
  const { body } = await thread.turn([answered], answer(wire, "B7."));
  return { body, before, original: writeBody(wire, thread.items.slice(0, -1), fields) };
}

describe("a large result", () => {
  it.each(SHORT)("on %s becomes short: %s", async (wire, _name, answered, given) => {
    const { body, before, original } = await play(wire, answered, given);
    expect(body).toMatch(/\[(?:JSON, shortened|repeated lines are counted)/);
    expect(body.length).toBeLessThan(original.length * 0.7);
    expect(body.startsWith(before.slice(0, -2))).toBe(true);
  });

  it.each(KEPT)("on %s stays as it came: %s", async (wire, _name, answered, given) => {
    const { body, original } = await play(wire, answered, given);
    expect(body).toBe(original);
  });
});
