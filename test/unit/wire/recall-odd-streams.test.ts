/**
 * The recall tool in Chat Completions as servers other than OpenAI's stream them: names that come late, indexes that do
 * not count, usage beside the reason to stop, no `[DONE]`, and errors in mid-stream; and arguments that are none.
 *
 * Whatever a server does, the tool's name must not reach the client.
 */
import { describe, expect, it } from "vitest";
import { RECALL_TOOL_NAME } from "../../../src/model/recall-call.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { readArguments } from "../../../src/wire/recall-tool.ts";
import type { StreamMerger } from "../../../src/wire/recall-tool.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";

const chunk = (delta: object, finish: string | null = null, more: object = {}): string =>
  JSON.stringify({ id: "c1", created: 7, choices: [{ index: 0, delta, finish_reason: finish }], ...more });
const piece = (index: number | undefined, id: string | undefined, name?: string, args = ""): object => ({
  tool_calls: [{ index, id, function: { ...(name !== undefined && { name }), arguments: args } }],
});

/** The events as a client gets them; `[DONE]` and what came unchanged included. */
function take(merger: StreamMerger, events: readonly string[]): string[] {
  return events.flatMap((data) => {
    const text = merger.take(data, null);
    return text === "" ? [] : [text === null ? data : text.replace(/^data: /, "").trimEnd()];
  });
}

function begin(): StreamMerger {
  const merger = chatCompletionsWire.recallTool.mergeStreams();
  merger.begin();
  return merger;
}

describe("a stream of another server's", () => {
  it("that names a call only in its second piece", () => {
    const merger = begin();
    const seen = take(merger, [
      chunk({ role: "assistant", content: "" }),
      chunk(piece(0, "a")),
      chunk(piece(0, undefined, RECALL_TOOL_NAME)),
      chunk(piece(1, "b")),
      chunk(piece(1, undefined, "look_up", "{")),
      chunk(piece(1, undefined, undefined, "}")),
      chunk({}, "tool_calls"),
    ]);
    expect(merger.isAwaiting).toBe(false);
    expect(
      seen.map((data) => JSON.parse(data) as { choices: { delta: object }[] }).map((one) => one.choices[0]?.delta),
    ).toEqual([
      { role: "assistant", content: "" },
      {
        tool_calls: [
          { index: 0, id: "b", function: { arguments: "" } },
          { index: 0, function: { name: "look_up", arguments: "{" } },
        ],
      },
      { tool_calls: [{ index: 0, function: { arguments: "}" } }] },
      {},
    ]);
  });

  it("that counts every call as the first", () => {
    const merger = begin();
    const seen = take(merger, [
      chunk(piece(0, "a", "look_up", "{}")),
      chunk(piece(0, "b", RECALL_TOOL_NAME, "{}")),
      chunk(piece(0, "c", "look_up", "{}")),
      chunk({}, "tool_calls"),
    ]).join("\n");
    expect(seen).not.toContain(RECALL_TOOL_NAME);
    expect([...seen.matchAll(/"index":(\d),"id":"(\w)"/g)].map(([, index, id]) => [index, id])).toEqual([
      ["0", "a"],
      ["1", "c"],
    ]);
  });

  it("that gives calls no index", () => {
    const merger = begin();
    expect(
      take(merger, [
        chunk(piece(undefined, "a", RECALL_TOOL_NAME)),
        chunk(piece(undefined, undefined, undefined, "{}")),
      ]),
    ).toEqual([]);
    expect(take(merger, [chunk({}, "tool_calls")])).toEqual([]);
    expect(merger.isAwaiting).toBe(true);
  });

  it("that sends a call whole, beside words, and usage with the reason to stop", () => {
    const merger = begin();
    const both = { role: "assistant", content: "Well.", ...piece(0, "a", RECALL_TOOL_NAME, "{}") };
    const first = take(merger, [chunk(both, "tool_calls", { usage: { prompt_tokens: 10, completion_tokens: 2 } })]);
    expect(merger.isAwaiting).toBe(true);
    expect(first.map((data) => JSON.parse(data) as unknown)).toEqual([
      {
        id: "c1",
        created: 7,
        choices: [{ index: 0, delta: { role: "assistant", content: "Well." }, finish_reason: null }],
        usage: null,
      },
    ]);
    merger.begin();
    const end = { usage: { prompt_tokens: 15, completion_tokens: 3, details: { cached: 9 } }, id: "c2", created: 8 };
    const second = take(merger, [chunk({ role: "assistant", content: "" }), chunk({ content: "Here." }, "stop", end)]);
    expect(second.map((data) => JSON.parse(data) as unknown)).toEqual([
      {
        id: "c1",
        created: 7,
        choices: [{ index: 0, delta: { content: "\n\nHere." }, finish_reason: "stop" }],
        usage: { prompt_tokens: 25, completion_tokens: 5, details: { cached: 9 } },
      },
    ]);
  });

  it("whose call never gets a name is the client's", () => {
    const merger = begin();
    const seen = take(merger, [chunk(piece(0, "a")), chunk({}, "tool_calls")]);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain('"id":"a"');
    expect(merger.isAwaiting).toBe(false);
  });

  it("with an error, or with something that is no JSON", () => {
    const merger = begin();
    expect(take(merger, ["not json", "[1]", '{"error":{"message":"x"}}'])).toEqual([
      "not json",
      "[1]",
      '{"error":{"message":"x"}}',
    ]);
    expect(merger.hasFailed).toBe(true);
    expect(merger.hasShown).toBe(false);
  });
});

describe("errors of a later call", () => {
  it.each([
    ["messages", messagesWire, '{"type":"error","error":{"type":"overloaded_error"}}'],
    ["responses", responsesWire, '{"type":"error","message":"x"}'],
    ["responses", responsesWire, '{"type":"response.failed","response":{"status":"failed"}}'],
    ["chat-completions", chatCompletionsWire, '{"error":{"message":"x"}}'],
  ] as const)("are seen before the client sees them: %s", (_name, wire, error) => {
    const merger = wire.recallTool.mergeStreams();
    merger.begin();
    merger.begin();
    merger.take(error, null);
    expect(merger).toMatchObject({ hasFailed: true, hasShown: false, isAwaiting: false });
  });
});

describe("arguments", () => {
  it.each([
    ['{"query":"x"}', { query: "x", open: null }],
    ['{"open":"12","query":""}', { query: null, open: "12" }],
    ['{"query":"x","open":"3","more":1}', { query: "x", open: "3" }],
    ["{}", null],
    ['{"query":1}', null],
    ['{"query":', null],
    ['["x"]', null],
    ["", null],
  ])("%s", (json, call) => {
    expect(readArguments(json)).toEqual(call);
  });
});
