/**
 * What makes two spellings one Responses message, what each kind of item ties together, and which items stay.
 *
 * The table of item types is typed by the official SDK: a type that a newer SDK adds fails the type check here until
 * somebody has decided what it means for a brief.
 */
import type { ResponseInputItem } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import {
  KEEP_CITATION,
  KEEP_COMPACTION,
  KEEP_MEDIA,
  KEEP_REFERENCE,
  KEEP_SERVER_TOOL,
  KEEP_SYSTEM,
  KEEP_TOOL_CHANGE,
  KEEP_UNKNOWN,
} from "../../../src/model/message.ts";
import { isReply, readMessage } from "../../../src/wire/responses/read-message.ts";
import { readText } from "../../../src/wire/responses/read-text.ts";

const print = (...items: unknown[]): string | undefined =>
  readMessage(items.map((item) => JSON.stringify(item)).join(","))?.fingerprint;

const call = { type: "function_call", call_id: "c", name: "f", arguments: '{"a":1,"b":[2]}' };
const result = { type: "function_call_output", call_id: "c", output: "21" };
const reasoning = { type: "reasoning", id: "rs_1", summary: [] };
const user = (content: unknown): object => ({ role: "user", content });
const text = (text: string, more: object = {}): object => ({ type: "input_text", text, ...more });

describe("a fingerprint", () => {
  it.each([
    ["the type of a message", user("a"), { type: "message", ...user("a") }],
    ["text and one part", user("a"), user([text("a")])],
    ["no content and an empty part", user(null), user([text("")])],
    ["a cache breakpoint", user([text("a")]), user([text("a", { prompt_cache_breakpoint: { mode: "explicit" } })])],
    ["a client's notes", user("a"), { ...user("a"), internal_chat_message_metadata_passthrough: { turn_id: "t" } }],
    [
      "what an SDK and the upstream add to words",
      { role: "assistant", content: "a" },
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        status: "completed",
        phase: "final_answer",
        content: [{ type: "output_text", text: "a", annotations: [], logprobs: [{ token: "a" }], parsed: { a: 1 } }],
      },
    ],
    [
      "what an SDK and the upstream add to a call",
      call,
      { ...call, id: "fc_1", status: "completed", parsed_arguments: { a: 1 }, caller: { type: "direct" } },
    ],
    ["arguments written anew", call, { ...call, arguments: '{ "b": [2], "a": 1 }' }],
    ["what a client adds to a result", result, { ...result, id: "fco_1", status: "completed", name: null }],
    ["annotations that are none", user([text("a")]), user([text("a", { annotations: [] })])],
    ["a result in parts", result, { ...result, output: [text("21")] }],
  ])("does not see %s", (_name, one, other) => {
    expect(print(one)).toBeDefined();
    expect(print(one)).toBe(print(other));
  });

  it.each([
    ["two parts for one", user([text("ab")]), user([text("a"), text("b")])],
    ["an unknown field of the user's", user("a"), { ...user("a"), weight: 1 }],
    ["an unknown field of a part", user([text("a")]), user([text("a", { weight: 1 })])],
    [
      "a refusal",
      { role: "assistant", content: "a" },
      { role: "assistant", content: [{ type: "refusal", refusal: "a" }] },
    ],
    ["the arguments", call, { ...call, arguments: '{"a":2,"b":[2]}' }],
    [
      "digits that a number would lose",
      { ...call, arguments: "12345678901234567890" },
      { ...call, arguments: "12345678901234567891" },
    ],
    ["the namespace of a call", call, { ...call, namespace: "n" }],
    ["whose result it is", result, { ...result, call_id: "d" }],
    [
      "whose result it is, by id",
      { type: "local_shell_call_output", id: "a", output: "" },
      { type: "local_shell_call_output", id: "b", output: "" },
    ],
    [
      "that a patch failed",
      { type: "apply_patch_call_output", call_id: "c", status: "completed" },
      { type: "apply_patch_call_output", call_id: "c", status: "failed" },
    ],
    ["which item is meant", { type: "item_reference", id: "msg_1" }, { type: "item_reference", id: "msg_2" }],
    ["a kind of call", { ...call, type: "custom_tool_call" }, call],
  ])("sees %s", (_name, one, other) => {
    expect(print(one)).toBeDefined();
    expect(print(one)).not.toBe(print(other));
  });

  it("is the item's own, whatever reasoning a client kept, stripped or named", () => {
    const kept = [{ ...reasoning, encrypted_content: "gAAAA" }, call];
    const stripped = [reasoning, { type: "item_reference", id: "rs_2" }, { ...call, id: "fc_1" }];
    expect(print(...kept)).toBe(print(call));
    expect(print(...stripped)).toBe(print(call));
    expect(print(reasoning)).toBe(print({ type: "item_reference", id: "rs_1" }));
    expect(print(reasoning)).not.toBe(print(call));
  });

  it("is that of half a character and no other", () => {
    const halves = ["\ud83d", "\ud83e", "\ufffd"].map((half) => print(user(half)));
    expect(new Set(halves).size).toBe(3);
  });

  it("is refused where a nesting is too deep to walk", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(readMessage(`{"role":"user","content":${deep}}`)).toBeNull();
  });
});

type ItemType = NonNullable<ResponseInputItem["type"]>;
type Facts = [role: string, keep: number, opens?: number, answers?: number];

/** Every type that an input may hold. */
const TYPES: Record<ItemType, Facts> = {
  message: ["user", 0],
  reasoning: ["assistant", 0],
  function_call: ["assistant", 0, 1],
  function_call_output: ["tool", 0, 0, 1],
  custom_tool_call: ["assistant", 0, 1],
  custom_tool_call_output: ["tool", 0, 0, 1],
  local_shell_call: ["assistant", 0, 1],
  local_shell_call_output: ["tool", 0, 0, 1],
  shell_call: ["assistant", 0, 1],
  shell_call_output: ["tool", 0, 0, 1],
  apply_patch_call: ["assistant", 0, 1],
  apply_patch_call_output: ["tool", 0, 0, 1],
  computer_call: ["assistant", 0, 1],
  computer_call_output: ["tool", 0, 0, 1],
  web_search_call: ["assistant", KEEP_SERVER_TOOL],
  file_search_call: ["assistant", KEEP_SERVER_TOOL],
  code_interpreter_call: ["assistant", KEEP_SERVER_TOOL],
  image_generation_call: ["assistant", KEEP_SERVER_TOOL],
  mcp_list_tools: ["assistant", KEEP_SERVER_TOOL],
  mcp_call: ["assistant", KEEP_SERVER_TOOL],
  mcp_approval_request: ["assistant", KEEP_SERVER_TOOL],
  mcp_approval_response: ["tool", KEEP_SERVER_TOOL],
  tool_search_call: ["assistant", KEEP_SERVER_TOOL],
  tool_search_output: ["assistant", KEEP_SERVER_TOOL],
  program: ["assistant", KEEP_SERVER_TOOL],
  program_output: ["assistant", KEEP_SERVER_TOOL],
  item_reference: ["assistant", KEEP_REFERENCE],
  compaction: ["assistant", KEEP_COMPACTION],
  compaction_trigger: ["user", KEEP_COMPACTION],
  configuration_update: ["developer", KEEP_TOOL_CHANGE],
  additional_tools: ["developer", KEEP_TOOL_CHANGE],
};

describe("an item", () => {
  it.each(Object.entries(TYPES))("of the type %s", (type, [role, keep, opensCalls = 0, answersCalls = 0]) => {
    const item = { type, id: "x", call_id: "c", ...(type === "message" ? user("a") : {}) };
    expect(readMessage(JSON.stringify(item))).toMatchObject({ role, keep, opensCalls, answersCalls });
  });

  it.each<[string, object, number]>([
    ["a type that nobody knows", { type: "hologram" }, KEEP_UNKNOWN],
    ["a system message", { role: "developer", content: "a" }, KEEP_SYSTEM],
    ["an image", user([text("a"), { type: "input_image", image_url: "data:," }]), KEEP_MEDIA],
    ["a file by its id", user([{ type: "input_file", file_id: "f" }]), KEEP_MEDIA | KEEP_REFERENCE],
    ["audio", user([{ type: "input_audio", input_audio: {} }]), KEEP_MEDIA],
    ["a part that nobody knows", user([{ type: "input_scent" }]), KEEP_UNKNOWN],
    ["content that is neither text nor parts", user(7), KEEP_UNKNOWN],
    [
      "an image as a result",
      { ...result, output: [{ type: "input_image", file_id: "f" }] },
      KEEP_MEDIA | KEEP_REFERENCE,
    ],
    ["a screenshot", { ...result, type: "computer_call_output", output: { type: "computer_screenshot" } }, KEEP_MEDIA],
    [
      "a citation",
      { role: "assistant", content: [{ type: "output_text", text: "a", annotations: [{}] }] },
      KEEP_CITATION,
    ],
    [
      "a shell in a container",
      { ...call, type: "shell_call", environment: { type: "container_reference" } },
      KEEP_REFERENCE,
    ],
    ["a reference without a type", { id: "msg_1" }, KEEP_REFERENCE],
    ["reasoning by its id", { type: "item_reference", id: "rs_1" }, 0],
  ])("stays or may go: %s", (_name, item, keep) => {
    expect(readMessage(JSON.stringify(item))?.keep).toBe(keep);
  });

  it("is the client's where a tool was looked up by the client", () => {
    const found = { type: "tool_search_output", execution: "client", call_id: "c", tools: [] };
    expect(readMessage(JSON.stringify(found))).toMatchObject({ role: "tool", keep: KEEP_SERVER_TOOL });
  });

  it("carries a brief only as a user's message with content", () => {
    const carries = (item: object): boolean | undefined => readMessage(JSON.stringify(item))?.carriesBrief;
    expect(
      [user("a"), user([]), user(null), user({}), result, { role: "assistant", content: "a" }].map(carries),
    ).toEqual([true, true, false, false, false, false]);
    expect(carries({ type: "compaction_trigger" })).toBe(false);
  });

  it("is bound when its reasoning can be checked", () => {
    const isBound = (first: object): boolean | undefined =>
      readMessage(`${JSON.stringify(first)},${JSON.stringify(call)}`)?.isBound;
    expect(isBound(reasoning)).toBe(true);
    expect(isBound({ type: "reasoning", summary: [], encrypted_content: "g" })).toBe(true);
    expect(isBound({ type: "item_reference", id: "rs_1" })).toBe(true);
    expect(isBound({ type: "reasoning", summary: [], encrypted_content: null })).toBe(false);
    expect(readMessage(JSON.stringify(call))?.isBound).toBe(false);
  });

  it("is stored as an item where the input was a string", () => {
    expect(readMessage('"h\\u00ef"')?.json).toBe('{"role":"user","content":"h\\u00ef"}');
    expect(isReply('"hi"', { start: 0, end: 4 })).toBe(false);
  });
});

describe("the text of an item", () => {
  it.each<[string, object, string]>([
    ["a custom tool", { type: "custom_tool_call", name: "sql", input: "SELECT 1" }, "sql(SELECT 1)"],
    ["a shell", { type: "shell_call", action: { commands: ["cd /", "ls"] } }, "shell(cd /\nls)"],
    ["a local shell", { type: "local_shell_call", action: { command: ["ls", "-l"] } }, "local_shell(ls -l)"],
    [
      "a patch",
      { type: "apply_patch_call", operation: { type: "update_file", path: "a", diff: "+b" } },
      "apply_patch(a\n+b)",
    ],
    ["a click", { type: "computer_call", action: { type: "click", x: 1 } }, 'computer({"type":"click","x":1})'],
    ["what a shell printed", { type: "shell_call_output", output: [{ stdout: "a", stderr: "b" }] }, "a\nb"],
    ["a search", { type: "web_search_call", action: { query: "q" } }, 'web_search({"query":"q"})'],
    ["code", { type: "code_interpreter_call", code: "1+1" }, "code_interpreter(1+1)"],
    ["a refusal", { role: "assistant", content: [{ type: "refusal", refusal: "no" }] }, "no"],
    ["a compaction", { type: "compaction", encrypted_content: "g" }, ""],
    ["an image", user([{ type: "input_image", image_url: "data:," }]), ""],
  ])("is read: %s", (_name, item, expected) => {
    expect(readText(JSON.stringify(item)).map(({ text }) => text)).toEqual(expected === "" ? [] : [expected]);
  });

  it("has both halves of a call that the provider made", () => {
    const both = readText(JSON.stringify({ type: "mcp_call", name: "f", arguments: "{}", output: "21" }));
    expect(both.map(({ role, text }) => [role, text])).toEqual([
      ["assistant", "f({})"],
      ["tool", "21"],
    ]);
  });

  it("is none where nothing can be read", () => {
    for (const json of ["", "1", "{}", "{", '{"role":"user","content":7}']) expect(readText(json)).toEqual([]);
  });
});
