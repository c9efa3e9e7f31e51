/**
 * What must stand beside what in a Responses input, and what real clients send that must be accepted.
 *
 * The refused rows break one pairing each; the accepted shapes follow requests recorded from real clients. Thoughts
 * have a file of their own, because they need a provider that thought them.
 */
import { expect, test } from "vitest";
import { asking, calling, judgeResponse, MODEL, resultOf, said } from "./responses-start.ts";

const refused: [string, object, string][] = [
  [
    "a call without its output",
    asking(said("x"), calling("call_1"), said("y")),
    "No tool output found for function call call_1.",
  ],
  [
    "one of two outputs",
    asking(calling("call_1"), calling("call_2"), resultOf("call_2")),
    "No tool output found for function call call_1.",
  ],
  [
    "an output without its call",
    asking(said("x"), resultOf("call_1")),
    "No tool call found for function call output with call_id call_1.",
  ],
  [
    "an output before its call",
    asking(resultOf("call_1"), calling("call_1")),
    "No tool call found for function call output with call_id call_1.",
  ],
  [
    "an output twice",
    asking(calling("call_1"), resultOf("call_1"), resultOf("call_1")),
    "No tool call found for function call output with call_id call_1.",
  ],
  [
    "a custom call without its output",
    asking({ type: "custom_tool_call", call_id: "call_1", name: "patch", input: "" }),
    "No tool output found for custom tool call call_1.",
  ],
  [
    "an item twice",
    asking({ ...said("x"), id: "msg_1" }, { ...said("y"), id: "msg_1" }),
    "Duplicate item found with id msg_1. Remove duplicate items from your input and try again.",
  ],
  [
    "a compaction trigger before the end",
    asking({ type: "compaction_trigger" }, said("x")),
    "Item of type 'compaction_trigger' must be the last item of the input.",
  ],
];

test.each(refused)("refuses %s", async (_, body, message) => {
  expect(await judgeResponse(body)).toEqual({
    status: 400,
    body: { error: { message, type: "invalid_request_error", param: "input", code: null } },
  });
});

const input = "Hi";
const mark = { type: "input_text", text: "x", prompt_cache_breakpoint: { mode: "explicit" } };
const answer = { type: "output_text", text: "x", annotations: [], logprobs: [], parsed: null };
const accepted: [string, object][] = [
  [
    "the SDK's replayed answer",
    asking(
      said("a"),
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        phase: "final_answer",
        content: [answer],
      },
      said("b"),
    ),
  ],
  [
    "the SDK's replayed call",
    asking({ ...calling("c"), id: "fc_1", status: "completed", parsed_arguments: {} }, resultOf("c")),
  ],
  [
    "an answer as plain text",
    asking(
      { role: "developer", content: "s" },
      said("a"),
      { role: "assistant", content: "x", phase: "commentary" },
      said("b"),
    ),
  ],
  [
    "a message between a call and its output",
    asking(calling("c"), { role: "assistant", content: "One moment." }, resultOf("c")),
  ],
  ["parallel calls answered out of order", asking(calling("c"), calling("d"), resultOf("d"), resultOf("c"))],
  [
    "an output with parts",
    asking(calling("c"), { ...resultOf("c"), output: [{ type: "input_image", image_url: "data:," }] }),
  ],
  ["no tools at all", { model: MODEL, input, tools: [], tool_choice: "auto", include: [] }],
  [
    "an agent's metadata",
    {
      model: MODEL,
      input: [{ ...said("x"), id: "msg_0-1", internal_chat_message_metadata_passthrough: {} }],
      client_metadata: { turn_id: "1" },
    },
  ],
  ["four cache breakpoints", asking({ role: "user", content: [mark, mark, mark, mark] })],
  [
    "a provider's own calls",
    asking({ type: "web_search_call", id: "ws_1", status: "completed", action: {} }, said("x")),
  ],
  [
    "a shell call and its output",
    asking(
      { type: "shell_call", call_id: "c", action: { commands: [] } },
      { type: "shell_call_output", call_id: "c", output: [] },
    ),
  ],
  ["a change of effort", asking(said("x"), { type: "configuration_update", reasoning: { effort: "high" } }, said("y"))],
  [
    "tools of the provider's and in a namespace",
    {
      model: MODEL,
      input,
      tools: [{ type: "web_search" }, { type: "namespace", name: "n", description: "", tools: [] }],
    },
  ],
];

test.each(accepted)("accepts %s", async (_, body) => {
  expect(await judgeResponse(body)).toMatchObject({ status: 200, body: { object: "response", status: "completed" } });
});
