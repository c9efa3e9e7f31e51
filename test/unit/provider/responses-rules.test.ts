/**
 * What the Responses simulator refuses of a request's shape, and in which words.
 *
 * One row per rule: the body with its single fault, and the sentence, parameter and code that answer it. What must
 * stand beside what, and what must be accepted, is in responses-order.test.ts.
 */
import { expect, test } from "vitest";
import { asking, flatWeatherTool, judgeResponse, MODEL, said } from "./responses-start.ts";
import type { RefusedRow } from "./start.ts";

const input = "Hi";
const part = (fields: object) => asking({ role: "user", content: [fields] });
const mark = { type: "input_text", text: "x", prompt_cache_breakpoint: { mode: "explicit" } };

const refused: RefusedRow[] = [
  ["no object", [], "Invalid body: failed to parse JSON value. The body must be a JSON object.", null, null],
  ["no model", { input }, "Missing required parameter: 'model'.", "model", "missing_required_parameter"],
  ["no input", { model: MODEL }, "Missing required parameter: 'input'.", "input", "missing_required_parameter"],
  [
    "an unknown parameter",
    { model: MODEL, input, colour: 1 },
    "Unknown parameter: 'colour'.",
    "colour",
    "unknown_parameter",
  ],
  [
    "an empty input",
    asking(),
    "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    "input",
    "empty_array",
  ],
  [
    "a wrong type",
    { model: MODEL, input, store: "yes" },
    "Invalid type for 'store': expected a boolean, but got a string instead.",
    "store",
    "invalid_type",
  ],
  [
    "a tiny output",
    { model: MODEL, input, max_output_tokens: 5 },
    "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
    "max_output_tokens",
    "integer_below_min_value",
  ],
  [
    "stream options without a stream",
    { model: MODEL, input, stream_options: {} },
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    "stream_options",
    null,
  ],
  [
    "an unknown reasoning field",
    { model: MODEL, input, reasoning: { depth: 1 } },
    "Unknown parameter: 'reasoning.depth'.",
    "reasoning.depth",
    "unknown_parameter",
  ],
  [
    "a schema without a name",
    { model: MODEL, input, text: { format: { type: "json_schema", schema: {} } } },
    "Missing required parameter: 'text.format.name'.",
    "text.format.name",
    "missing_required_parameter",
  ],
  [
    "a tool in Chat Completions' shape",
    { model: MODEL, input, tools: [{ type: "function", function: { name: "f" } }] },
    "Missing required parameter: 'tools[0].name'.",
    "tools[0].name",
    "missing_required_parameter",
  ],
  [
    "an unknown field of a tool",
    { model: MODEL, input, tools: [{ ...flatWeatherTool, eager: true }] },
    "Unknown parameter: 'tools[0].eager'.",
    "tools[0].eager",
    "unknown_parameter",
  ],
  [
    "an unknown field of an item",
    asking({ ...said("x"), name: "Ann" }),
    "Unknown parameter: 'input[0].name'.",
    "input[0].name",
    "unknown_parameter",
  ],
  [
    "an item without a type",
    asking({ text: "x" }),
    "Missing required parameter: 'input[0].type'.",
    "input[0].type",
    "missing_required_parameter",
  ],
  [
    "an unknown role",
    asking({ role: "tool", content: "x" }),
    "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
    "input[0].role",
    "invalid_value",
  ],
  [
    "a part in Chat Completions' words",
    part({ type: "text", text: "x" }),
    "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', 'output_text', 'refusal', and 'input_file'.",
    "input[0].content[0].type",
    "invalid_value",
  ],
  [
    "an input part in an answer",
    asking({ role: "assistant", content: [{ type: "input_text", text: "x" }] }, said("y")),
    "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
    "input[0].content[0]",
    "invalid_value",
  ],
  [
    "a text part without text",
    part({ type: "input_text" }),
    "Missing required parameter: 'input[0].content[0].text'.",
    "input[0].content[0].text",
    "missing_required_parameter",
  ],
  [
    "a picture from nowhere",
    part({ type: "input_image" }),
    "Missing required parameter: 'input[0].content[0].image_url'.",
    "input[0].content[0].image_url",
    "missing_required_parameter",
  ],
  [
    "a phase of the user's",
    asking({ ...said("x"), phase: "commentary" }),
    "Unknown parameter: 'input[0].phase'.",
    "input[0].phase",
    "unknown_parameter",
  ],
  [
    "an unknown phase",
    asking({ role: "assistant", content: "x", phase: "middle" }),
    "Invalid value: 'middle'. Supported values are: 'commentary' and 'final_answer'.",
    "input[0].phase",
    "invalid_value",
  ],
  [
    "a call without arguments",
    asking({ type: "function_call", call_id: "c", name: "f" }),
    "Missing required parameter: 'input[0].arguments'.",
    "input[0].arguments",
    "missing_required_parameter",
  ],
  [
    "five cache breakpoints",
    asking({ role: "user", content: [mark, mark, mark, mark, mark] }),
    "Invalid 'input': too many prompt cache breakpoints. Expected at most 4, but got 5 instead.",
    "input",
    "invalid_value",
  ],
  [
    "background work that is not stored",
    { model: MODEL, input, background: true, store: false },
    "Background mode requires 'store' to be true.",
    "background",
    "invalid_value",
  ],
];

test.each(refused)("refuses %s", async (_, body, message, param, code) => {
  expect(await judgeResponse(body)).toEqual({
    status: 400,
    body: { error: { message, type: "invalid_request_error", param, code } },
  });
});

test.each([
  ["messages", "input"],
  ["max_tokens", "max_output_tokens"],
  ["response_format", "text.format"],
])("says where %s has moved", async (name, place) => {
  const { status, body } = await judgeResponse({ model: MODEL, [name]: [] });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({
    param: name,
    code: "unsupported_parameter",
    message: expect.stringContaining(`moved to '${place}'`),
  });
});

test("knows no stored prompts", async () => {
  expect(await judgeResponse({ model: MODEL, prompt: { id: "pmpt_1" } })).toMatchObject({
    status: 404,
    body: { error: { message: "Prompt with id 'pmpt_1' not found.", param: "prompt" } },
  });
});
