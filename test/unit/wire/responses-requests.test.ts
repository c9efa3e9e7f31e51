/**
 * What is read out of a Responses request: where its head ends, which items are one message, and the few fields that
 * say how far Strata may go.
 *
 * Bodies have the shapes that clients were recorded to send; the items are made up.
 */
import { describe, expect, it } from "vitest";
import { MESSAGES_MAX } from "../../../src/model/limits.ts";
import { decode } from "../../../src/wire/responses/decode.ts";
import { readMessage } from "../../../src/wire/responses/read-message.ts";
import type { DecodedRequest } from "../../../src/wire/wire.ts";

function read(body: object | string): DecodedRequest {
  const request = decode(typeof body === "string" ? body : JSON.stringify(body));
  if (request === null) throw new Error("not decoded");
  return request;
}

const textsOf = ({ text, history }: DecodedRequest): string[] =>
  history.map(({ start, end }) => text.slice(start, end));
const user = (content: unknown): object => ({ role: "user", content });
const developer = { role: "developer", content: "d" };
const reasoning = { type: "reasoning", id: "rs_1", summary: [] };
const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
const result = { type: "function_call_output", call_id: "c", output: "1" };
const answer = { role: "assistant", content: "a" };

/** How many items each message of the history has. */
const sizes = (input: object[]): number[] =>
  textsOf(read({ input })).map((json) => JSON.parse(`[${json}]`).length as number);

describe("the head", () => {
  it("is what leads, and later system messages are messages", () => {
    const request = read({ input: [developer, { role: "system", content: "s" }, user("a"), developer] });
    expect(request.headTexts).toEqual([JSON.stringify(developer), '{"role":"system","content":"s"}']);
    expect(textsOf(request)).toEqual([JSON.stringify(user("a")), JSON.stringify(developer)]);
  });

  it("has one text, however it is spelled, and another with other instructions", () => {
    const system = (input: object[], more: object = {}): string =>
      read({ ...more, input: [...input, user("a")] }).system;
    const spelled = { id: "msg_1", type: "message", role: "developer", content: [{ type: "input_text", text: "d" }] };
    expect(system([spelled])).toBe(system([developer]));
    expect(system([])).toBe("");
    expect(system([], { instructions: null })).toBe("");
    expect(system([], { instructions: "d" })).not.toBe(system([developer]));
    expect(system([developer], { instructions: "d" })).not.toBe(system([developer]));
  });

  it.each([{ previous_response_id: "resp_1" }, { conversation: "conv_1" }, { conversation: { id: "conv_1" } }])(
    "is not in a delta: %j",
    (state) => {
      const request = read({ ...state, input: [developer, user("a")] });
      expect(request).toMatchObject({ head: [], headTexts: [] });
      expect(request.history.length).toBe(2);
    },
  );

  it("does not take tools that were added for a message", () => {
    const tools = { type: "additional_tools", role: "developer", tools: [] };
    expect(read({ input: [tools, user("a")] })).toMatchObject({ head: [] });
  });
});

describe("reasoning", () => {
  it("goes with the model's own item behind it", () => {
    expect(sizes([user("a"), reasoning, answer])).toEqual([1, 2]);
    expect(sizes([user("a"), reasoning, { type: "item_reference", id: "rs_2" }, call, call, result])).toEqual([
      1, 3, 1, 1,
    ]);
    expect(sizes([reasoning, call, reasoning, { type: "item_reference", id: "msg_1" }])).toEqual([2, 2]);
    expect(sizes([reasoning, { type: "hologram" }])).toEqual([2]);
  });

  it("stands alone where none follows", () => {
    expect(sizes([user("a"), reasoning])).toEqual([1, 1]);
    expect(sizes([user("a"), reasoning, reasoning, user("b")])).toEqual([1, 2, 1]);
    expect(sizes([reasoning, result])).toEqual([1, 1]);
  });

  it("is found under an escaped name and in any key order", () => {
    const text = '{"input":[{"summary":[],"type":"re\\u0061soning"}\n,\t{"content":"a","role":"assistant"}]}';
    expect(textsOf(read(text))).toEqual([text.slice(10, -2)]);
  });
});

describe("one conversation in the shapes of five clients", () => {
  const id = { id: "x_1", status: "completed" };
  const spoken = { type: "output_text", text: "a", annotations: [], logprobs: [] };
  const encrypted = { ...reasoning, encrypted_content: "gAAAA" };
  const shapes: Record<string, object[]> = {
    "an SDK that replays what it got": [
      user("q"),
      { ...encrypted, status: "completed" },
      { ...call, ...id, parsed_arguments: {} },
      { ...result },
      encrypted,
      { ...id, type: "message", role: "assistant", phase: "final_answer", content: [{ ...spoken, parsed: null }] },
    ],
    "an SDK that sends only what is needed": [
      user([{ type: "input_text", text: "q" }]),
      call,
      result,
      { role: "assistant", content: "a", phase: "final_answer" },
    ],
    "agents that strip ids on the next run": [
      user("q"),
      reasoning,
      { ...call, status: "completed" },
      { ...result, status: "completed" },
      reasoning,
      { ...id, type: "message", role: "assistant", content: [spoken] },
    ],
    "a coding agent with ids of its own": [
      { type: "message", id: "msg_a", role: "user", content: [{ type: "input_text", text: "q" }] },
      { ...encrypted, content: null },
      { ...call, ...id },
      { ...result, id: "fco_a" },
      { ...encrypted, content: null },
      { ...id, type: "message", role: "assistant", content: [spoken], phase: "final_answer" },
    ],
    "one without ids": [
      user([{ type: "input_text", text: "q" }]),
      { type: "reasoning", encrypted_content: "g", summary: [] },
      call,
      result,
      { type: "reasoning", encrypted_content: "g", summary: [] },
      { role: "assistant", content: [{ type: "output_text", text: "a" }] },
    ],
  };

  it("is one conversation", () => {
    const prints = Object.values(shapes).map((input) =>
      textsOf(read({ input })).map((json) => readMessage(json)?.fingerprint),
    );
    expect(prints[0]?.length).toBe(4);
    for (const print of prints) expect(print).toEqual(prints[0]);
  });
});

describe("a field", () => {
  it.each<[string, object, Partial<DecodedRequest>]>([
    [
      "nothing but the input",
      {},
      { held: null, repliesById: true, isBackground: false, leaveAlone: null, bindsReply: true },
    ],
    ["a reply that is continued", { previous_response_id: "resp_1" }, { held: { kind: "reply", id: "resp_1" } }],
    ["a conversation", { conversation: { id: "conv_1" } }, { held: { kind: "conversation", id: "conv_1" } }],
    ["a reply that is not kept", { store: false }, { repliesById: false }],
    ["a reply made later", { background: true }, { isBackground: true }],
    ["reasoning that is off", { reasoning: { effort: "none" } }, { bindsReply: false }],
    ["reasoning that is on", { reasoning: { effort: "low" } }, { bindsReply: true }],
    ["the end user", { user: "u", safety_identifier: "s" }, { endUser: "s" }],
    ["the end user by the old name", { user: "u" }, { endUser: "u" }],
    ["no tools", { tools: [] }, { tools: "", hasTools: false }],
    ["tools", { tools: [{ type: "web_search" }] }, { tools: '[{"type":"web_search"}]', hasTools: true }],
    ["plain text", { text: { format: { type: "text" }, verbosity: "low" } }, { format: "" }],
    ["forced JSON", { text: { format: { type: "json_object" } } }, { format: '{"type":"json_object"}' }],
    [
      "a context that the provider edits",
      { context_management: [{ type: "compaction" }] },
      { leaveAlone: "context_management" },
    ],
    ["no such wish", { context_management: [], truncation: "disabled" }, { leaveAlone: null }],
    ["a context that the provider cuts", { truncation: "auto" }, { leaveAlone: "context_management" }],
  ])("is read: %s", (_name, fields, expected) => {
    expect(read({ model: "gpt-5.4", ...fields, input: "hi" })).toMatchObject({
      model: "gpt-5.4",
      binding: "drops",
      ...expected,
    });
  });

  it("names the session", () => {
    const fields = { conversation: "conv_1", prompt_cache_key: "k", metadata: { user_id: "m" } };
    expect(read({ ...fields, input: "hi" }).bodySignals).toEqual({
      conversation: "conv_1",
      metadataUser: "m",
      promptCacheKey: "k",
    });
  });

  it("weighs what stands around the history", () => {
    const few = read({ instructions: "i".repeat(400), input: "a".repeat(4000) }).headTokensEstimate;
    expect(few).toBeGreaterThan(100);
    expect(few).toBeLessThan(120);
  });
});

describe("a compaction of the client's own", () => {
  const prompt = "You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary for another model.";
  it.each<[string, object | string]>([
    ["by a trigger", [user("a"), answer, { type: "compaction_trigger" }]],
    ["by its prompt", [user("a"), answer, { type: "message", ...user([{ type: "input_text", text: prompt }]) }]],
    ["by its prompt as the input", prompt],
  ])("is seen %s", (_name, input) => {
    expect(read({ input }).leaveAlone).toBe("side_request");
  });

  it("is over when the user goes on", () => {
    expect(read({ input: [user(prompt), answer, user("b")] }).leaveAlone).toBeNull();
    expect(read({ input: [user("a"), { role: "assistant", content: prompt }] }).leaveAlone).toBeNull();
  });
});

describe("a history", () => {
  it("that is too long is left alone", () => {
    const input = Array.from({ length: MESSAGES_MAX }, () => user("a"));
    expect(decode(JSON.stringify({ input }))?.history.length).toBe(MESSAGES_MAX);
    expect(decode(JSON.stringify({ input: [...input, user("a")] }))).toBeNull();
  });
});
