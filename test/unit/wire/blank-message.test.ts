/**
 * A message without its words, on every wire: nothing of what was said is left, and the message still is what it was.
 */
import { describe, expect, it } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { wires } from "../../../src/wire/wires.ts";

const SAID = /secret|badger/i;
const text = "A secret badger.";

const MESSAGES: [WireName, object | string][] = [
  ["chat-completions", { role: "user", content: text, name: "badger" }],
  [
    "chat-completions",
    {
      role: "user",
      content: [
        { type: "text", text },
        { type: "image_url", image_url: { url: "data:secret" } },
      ],
    },
  ],
  [
    "chat-completions",
    {
      role: "assistant",
      content: null,
      reasoning_content: text,
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "look_up", arguments: '{"for":"badger"}' } },
        { id: "call_2", type: "custom", custom: { name: "run", input: text } },
      ],
    },
  ],
  [
    "chat-completions",
    { role: "assistant", content: null, function_call: { name: "look_up", arguments: '{"a":"badger"}' } },
  ],
  ["chat-completions", { role: "tool", tool_call_id: "call_1", content: text }],
  ["messages", { role: "user", content: text }],
  [
    "messages",
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text }], is_error: true },
        { type: "text", text, cache_control: { type: "ephemeral" } },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "secret" } },
      ],
    },
  ],
  [
    "messages",
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: text, signature: "secret" },
        { type: "text", text },
        { type: "tool_use", id: "toolu_1", name: "look_up", input: { for: "badger" } },
      ],
    },
  ],
  ["messages", { role: "assistant", content: [{ type: "redacted_thinking", data: "secret" }] }],
  ["responses", { type: "message", role: "assistant", id: "msg_1", content: [{ type: "output_text", text }] }],
  ["responses", { type: "function_call", call_id: "call_1", name: "look_up", arguments: '{"for":"badger"}' }],
  ["responses", { type: "function_call_output", call_id: "call_1", output: [{ type: "input_text", text }] }],
  ["responses", { type: "custom_tool_call", call_id: "call_1", name: "run", input: text }],
  ["responses", { type: "shell_call", call_id: "call_1", action: { commands: [text] }, status: "completed" }],
  [
    "responses",
    {
      type: "shell_call_output",
      call_id: "call_1",
      output: [{ stdout: text, outcome: { type: "exit", exit_code: 0 } }],
    },
  ],
  [
    "responses",
    `{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"secret"},${JSON.stringify({ type: "function_call", call_id: "call_1", name: "look_up", arguments: "{}" })}`,
  ],
  [
    "responses",
    { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text }], encrypted_content: "secret" },
  ],
];

describe("a message without its words", () => {
  it.each(MESSAGES)("%s %j", (name, message) => {
    const json = typeof message === "string" ? message : JSON.stringify(message);
    const wire = wires[name];
    const blank = wire.blankMessage(json);
    expect(blank).not.toMatch(SAID);
    const [before, after] = [wire.readMessage(json), wire.readMessage(blank)];
    expect(after).toMatchObject({
      role: before?.role,
      opensCalls: before?.opensCalls,
      answersCalls: before?.answersCalls,
    });
    expect(after?.isBound).toBe(false);
    expect(wire.readCalls(blank).map(({ id, name: called }) => [id, called])).toEqual(
      wire.readCalls(json).map(({ id, name: called }) => [id, called]),
    );
    expect(wire.blankMessage(blank)).toBe(blank);
  });

  it.each(Object.values(wires))("of what is no message becomes the user's: $name", (wire) => {
    for (const json of ["", "{", "[]", "null", '"secret"'])
      expect(JSON.parse(wire.blankMessage(json))).toMatchObject({ role: "user", content: "[deleted]" });
  });
});
