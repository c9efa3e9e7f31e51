/**
 * What a Messages request says beside its messages: the head, the thread, what must be left alone, whose reasoning binds.
 *
 * The fixtures are our own, in the shapes that coding agents and the official SDK send.
 */
import { describe, expect, it } from "vitest";
import type { DecodedRequest } from "../../../src/wire/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";

const HELLO = { role: "user", content: "hello" };

function decode(members: object): DecodedRequest {
  const request = messagesWire.decode(JSON.stringify({ messages: [HELLO], ...members }));
  if (!request) throw new Error("not decoded");
  return request;
}

const block = (text: string, more: object = {}): object => ({ type: "text", text, ...more });
const MARKER = { cache_control: { type: "ephemeral" } };

describe("the head", () => {
  it("is system and tools, and no message belongs to it", () => {
    const request = messagesWire.decode(
      '{ "tools" : [ {"name":"f"} ], "messages":[{"role":"user","content":"a"}], "system":"s\\u00e9", "model":"m" }',
    );
    expect(request).toMatchObject({
      head: [],
      hasTools: true,
      headTexts: ['{"system":"s\\u00e9"}', '{"tools":[ {"name":"f"} ]}'],
    });
    expect(decode({ system: null, tools: [] })).toMatchObject({
      hasTools: false,
      tools: "",
      system: "",
      headTexts: ['{"tools":[]}'],
    });
  });

  it("does not count billing notes, markers and spelling into the system", () => {
    const plain = decode({ system: "s" }).system;
    expect(plain).not.toBe("");
    expect(decode({ system: [block("s", MARKER)] }).system).toBe(plain);
    expect(decode({ system: [block("x-anthropic-billing-header: cc_version=1;"), block("s")] }).system).toBe(plain);
    expect(decode({ system: [block("s"), block("t")] }).system).not.toBe(plain);
    expect(decode({ system: "" }).system).toBe("");
    expect(decode({}).system).toBe("");
  });

  it("does not count markers and how a tool streams into the tools, but the order of their keys", () => {
    const tool = { name: "f", input_schema: { type: "object", properties: { cache_control: {} } } };
    const plain = decode({ tools: [tool] }).tools;
    expect(decode({ tools: [{ ...tool, eager_input_streaming: true, ...MARKER }] }).tools).toBe(plain);
    expect(decode({ tools: [{ input_schema: tool.input_schema, name: "f" }] }).tools).not.toBe(plain);
    expect(plain).toContain("cache_control");
  });
});

it("names its session and nothing else", () => {
  const user = '{"session_id":"s1"}';
  expect(decode({ metadata: { user_id: user }, model: "m" })).toMatchObject({
    model: "m",
    endUser: null,
    manyChoices: false,
    isBackground: false,
    bodySignals: { conversation: null, metadataUser: user, promptCacheKey: null },
  });
});

describe("a thread", () => {
  it("starts or continues", () => {
    expect(decode({})).toMatchObject({ held: null, repliesById: false });
    expect(decode({ thread: { type: "create" } })).toMatchObject({ held: { kind: "start" }, repliesById: true });
    const thread = { type: "continue", previous_message_id: "msg_1" };
    expect(decode({ thread })).toMatchObject({ held: { kind: "reply", id: "msg_1" }, repliesById: true });
  });
});

describe("a forced format", () => {
  it("is its raw text, under either name", () => {
    const text =
      '{"messages":[{"role":"user","content":"a"}],"output_config":{"effort":"low","format": {"type":"json_schema", "schema":{}} }}';
    expect(messagesWire.decode(text)?.format).toBe('{"type":"json_schema", "schema":{}}');
    const format = { type: "json_schema", schema: { type: "object" } };
    expect(decode({ output_format: format }).format).toBe(JSON.stringify(format));
    expect(decode({ output_config: { effort: "low", format: null } }).format).toBe("");
    expect(decode({ output_config: null }).format).toBe("");
  });
});

const ask = (content: unknown, ...behind: object[]): object => ({
  messages: [HELLO, { role: "assistant", content: "a" }, { role: "user", content }, ...behind],
});
const clear = (edit: object): object => ({
  context_management: { edits: [{ type: "clear_thinking_20251015", ...edit }] },
});

describe("a request", () => {
  it.each([
    ["a summary of everything", ask("Your task is to create a detailed summary of the conversation so far, paying …")],
    [
      "a summary behind a warning",
      ask([block("Respond with text only.\n\nYour task is to create a detailed summary of this conversation.")]),
    ],
    [
      "a summary of the newest part",
      ask("Your task is to create a detailed summary of the RECENT portion of the conversation"),
    ],
    [
      "a summary behind results",
      ask([
        { type: "tool_result", tool_use_id: "c", content: "r" },
        block("Provide a detailed prompt for continuing our conversation above."),
      ]),
    ],
    [
      "a summary before a note of the system",
      ask("Summarize our conversation above.", { role: "system", content: "note" }),
    ],
    ["a summary by its opening", ask("CRITICAL: Respond with TEXT ONLY. Do NOT call any tools.\n\n- Do NOT use …")],
    ["a warmed cache", { max_tokens: 0 }],
    ["a look at the quota", { max_tokens: 1 }],
    ["a retry for credit", { fallback_credit_token: "t" }],
    ["a retry for credit, in full", { fallback_credit_token: { token: "t", mode: "best_effort" } }],
  ])("for %s is left alone", (_name, members) => {
    expect(decode(members).leaveAlone).toBe("side_request");
  });

  it.each([
    ["clears tool results", { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }],
    ["clears old thinking", clear({})],
    ["keeps some thinking", clear({ keep: { type: "thinking_turns", value: 2 } })],
    ["compacts", { compaction: { type: "summarize" } }],
    ["manages its context in a way nobody knows", { context_management: "auto" }],
  ])("that %s is left alone", (_name, members) => {
    expect(decode(members).leaveAlone).toBe("context_management");
  });

  it.each([
    ["keeps all thinking", clear({ keep: "all" })],
    ["keeps all thinking, in full", clear({ keep: { type: "all" } })],
    ["edits nothing", { context_management: { edits: [] } }],
    ["manages nothing", { context_management: null, compaction: null, fallback_credit_token: null }],
    [
      "speaks of summaries earlier",
      {
        messages: [
          { role: "user", content: "Your task is to create a detailed summary of the conversation so far" },
          { role: "assistant", content: "s" },
          HELLO,
        ],
      },
    ],
    ["has a short answer", { max_tokens: 2 }],
  ])("that %s is not", (_name, members) => {
    expect(decode(members).leaveAlone).toBeNull();
  });
});

describe("reasoning", () => {
  const thinking = { type: "adaptive" };

  it.each([
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5-20261001",
    "claude-fable-5-1",
    "claude-mythos-5-2",
    "claude-opus-5-1",
    "claude-opus-6",
    "claude-sonnet-7-20270101",
    "claude-next",
    "anthropic/claude-opus-5.5",
    "us.anthropic.claude-opus-5-5-v1:0",
    "claude-opus-50",
  ])("is bound by %s", (model) => {
    expect(decode({ model, thinking })).toMatchObject({ binding: "refuses", bindsReply: true });
    expect(decode({ model })).toMatchObject({ binding: "refuses", bindsReply: "unasked" });
    expect(decode({ model, thinking: { type: "disabled" } }).bindsReply).toBe(false);
    const block_binding = { prefix_mismatch_behavior: "drop_block" };
    expect(decode({ model, thinking: { ...thinking, block_binding } }).binding).toBe("drops");
  });

  it.each([
    "claude-2.1",
    "claude-3-5-sonnet-20241022",
    "claude-3-opus-latest",
    "claude-sonnet-4-20250514",
    "claude-opus-4-1-20250805",
    "claude-sonnet-4-5",
    "claude-haiku-4-5-20251001",
    "claude-opus-4-8",
    "claude-opus-5",
    "claude-sonnet-5-20260301",
    "claude-haiku-5",
    "anthropic/claude-sonnet-4.5",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "claude-sonnet-4-5@20250929",
    "glm-5.3",
    "not-claude-opus-6",
    "",
  ])("is not bound by %s", (model) => {
    expect(decode({ model, thinking })).toMatchObject({ binding: null, bindsReply: false });
  });
});
