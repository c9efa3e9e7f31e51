/**
 * Examples for the Messages wire: small builders and one conversation.
 *
 * Written in the shapes that the official SDK, coding agents and frameworks send: content as a string or as blocks,
 * moving cache markers, signed thinking, parallel tool calls, threads; replies as the API streams them.
 */
import type { Named } from "./wire-examples.ts";

export const json = (value: unknown): string => JSON.stringify(value);
const MARKER = { cache_control: { type: "ephemeral" } };
export const text = (words: string, more: object = {}): object => ({ type: "text", text: words, ...more });
export const user = (...blocks: unknown[]): string => json({ role: "user", content: blocks });
export const model = (...blocks: unknown[]): string => json({ role: "assistant", content: blocks });
export const thinking = { type: "thinking", thinking: "Hm.", signature: "c2ln" };
export const call = (id: string, input: unknown, more: object = {}): object => ({
  type: "tool_use",
  id,
  name: "find",
  input,
  ...more,
});
export const result = (id: string, content: unknown, more: object = {}): object => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...more,
});

const SYSTEM = json([text("x-anthropic-billing-header: v=1"), text("Be brief — immer.", MARKER)]);
const TOOLS = json([{ name: "find", description: "finds", input_schema: { type: "object" }, ...MARKER }]);

export const conversation = [
  '{"role":"user","content":"Grüße 世界, \\"one\\""}',
  model(thinking, text("Answer one.")),
  '{ "content" : [ {"type":"text", "text":"two\\u00e9"} ], "role":"user" }',
  model(thinking, text("I look."), call("c1", { b: 1, a: "x" }), call("c2", {})),
  user(result("c1", "found"), result("c2", [text("more")], { is_error: true })),
  model(text("Both found.")),
  user(text("a note"), text("three", MARKER)),
  '{"role":"assistant","content":"Answer three."}',
  user(result("c9", "late"), text("and go on")),
  model(text("So be it.")),
  '{"role":"user","content":"four"}',
];

export function body(messages: readonly string[], { gap, head }: { gap: string; head: boolean }): string {
  const members = [
    `"model":${gap}"claude-sonnet-5"`,
    ...(head ? [`"system"${gap}:${SYSTEM}`, `"tools":${gap}${TOOLS}`] : []),
    `"messages":${gap}[${gap}${messages.join(`${gap},${gap}`)}${gap}]`,
    '"max_tokens":1000',
  ];
  return `{${gap}${members.join(`${gap},${gap}`)}${gap}}`;
}

export const heldBody = (messages: readonly string[], gap: string): string =>
  `{"model":"m","messages":${gap}[${messages.join(`,${gap}`)}],${gap}"thread":${gap}{"type":"continue","previous_message_id":"msg_1"}}`;

export const event = (value: { type: string; [field: string]: unknown }): string =>
  `event: ${value.type}\ndata: ${json(value)}\n\n`;
export const start = (usage: object = {}): string =>
  event({
    type: "message_start",
    message: {
      id: "msg_7",
      type: "message",
      role: "assistant",
      content: [],
      stop_reason: null,
      usage: { input_tokens: 9, output_tokens: 1, ...usage },
    },
  });
export const block = (index: number, content_block: object, ...deltas: object[]): string =>
  [
    event({ type: "content_block_start", index, content_block }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
    event({ type: "content_block_stop", index }),
  ].join("");
export const end = (stop_reason: string, usage: object = { output_tokens: 20 }): string =>
  event({ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage }) +
  event({ type: "message_stop" });

export const WORDS = block(
  0,
  { type: "text", text: "" },
  { type: "text_delta", text: "Grüße " },
  { type: "text_delta", text: "世界\n😀" },
);
export const CALLS =
  block(
    0,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "So, " },
    { type: "thinking_delta", thinking: "nun." },
    { type: "signature_delta", signature: "c2lnbmVk" },
  ) +
  block(1, { type: "text", text: "" }, { type: "text_delta", text: "I look." }) +
  block(
    2,
    { type: "tool_use", id: "c1", name: "find", input: {} },
    ...['{"q"', ':"Zür', 'ich"}'].map((partial_json) => ({ type: "input_json_delta", partial_json })),
  ) +
  block(3, { type: "tool_use", id: "c2", name: "find", input: {} }, { type: "input_json_delta", partial_json: "" });

export const spellings: Named<readonly [string, string]>[] = [
  ["a switch that is off and one left out", [model(call("c", { b: 1 })), model(call("c", { b: 1, all: false }))]],
  ["a string and one text block", ['{"role":"user","content":"a"}', user(text("a"))]],
  ["a cache marker", [user(text("a")), user(text("a", { cache_control: { type: "ephemeral", ttl: "1h" } }))]],
  ["a marker on a result", [user(result("c", "a")), user(result("c", "a", MARKER))]],
  ["a result as string and as text", [user(result("c", "a")), user(result("c", [text("a", MARKER)]))]],
  ["a result without content", [user(result("c", "")), user({ type: "tool_result", tool_use_id: "c" })]],
  ["no error and the word for it", [user(result("c", "a")), user(result("c", "a", { is_error: false }))]],
  ["reasoning that was left out", [model(thinking, text("a")), '{"role":"assistant","content":"a"}']],
  ["encrypted reasoning", [model({ type: "redacted_thinking", data: "x" }, text("a")), model(text("a"))]],
  ["no citations", [model(text("a")), model(text("a", { citations: null }))]],
  ["an empty list of citations", [model(text("a")), model(text("a", { citations: [] }))]],
  ["an empty text beside a call", [model(text(""), call("c", {})), model(call("c", {}))]],
  [
    "key order",
    [
      model(call("c", { a: 1, b: { c: 2, d: 3 } })),
      '{"content":[{"input":{"b":{"d":3,"c":2},"a":1.0},"name":"find","id":"c","type":"tool_use"}],"role":"assistant"}',
    ],
  ],
  ["who called the tool", [model(call("c", {})), model(call("c", {}, { caller: { type: "direct" } }))]],
  ["a toolset that is none", [model(call("c", {})), model(call("c", {}, { toolset_name: null }))]],
  [
    "effort",
    [
      '{"role":"system","content":"a"}',
      '{"role":"system","content":[{"type":"text","text":"a"}],"output_config":{"effort":"low"}}',
    ],
  ],
  [
    "a message that stays for good",
    ['{"role":"system","content":"a"}', '{"role":"system","content":"a","clear_at":"never"}'],
  ],
  [
    "a marker inside a document",
    [
      user({ type: "document", source: { type: "content", content: [text("a")] } }),
      user({ type: "document", source: { type: "content", content: [text("a", MARKER)] }, title: null }),
    ],
  ],
  [
    "what an SDK adds to a reply",
    [model(text("a")), json({ role: "assistant", content: [text("a")], id: "msg_1", usage: {} })],
  ],
];

export const differences: Named<readonly [string, string]>[] = [
  ["the role", ['{"role":"user","content":"a"}', '{"role":"assistant","content":"a"}']],
  ["the text", [user(text("a")), user(text("a "))]],
  ["two blocks for one", [user(text("ab")), user(text("a"), text("b"))]],
  ["an error", [user(result("c", "a")), user(result("c", "a", { is_error: true }))]],
  ["whose result it is", [user(result("c", "a")), user(result("d", "a"))]],
  ["an input", [model(call("c", { a: 1 })), model(call("c", { a: "1" }))]],
  ["a null in an input", [model(call("c", { a: null })), model(call("c", {}))]],
  ["a marker's name in an input", [model(call("c", { cache_control: 1 })), model(call("c", {}))]],
  ["a citation", [model(text("a")), model(text("a", { citations: [{ type: "char_location", document_index: 0 }] }))]],
  ["an unknown field of the user's", ['{"role":"user","content":"a"}', '{"role":"user","content":"a","extra":1}']],
  [
    "a message that is cleared",
    ['{"role":"system","content":"a"}', '{"role":"system","content":"a","clear_at":"next_user_message"}'],
  ],
];
