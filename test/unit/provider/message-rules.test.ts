/**
 * The front door's rules for a single message: role, fields, content, parts and tool calls.
 *
 * Each bad message is refused over HTTP with the words a client would see. What SDKs and agent frameworks
 * replay of earlier replies must be taken back, or the simulator would blame a proxy for its client.
 */
import { expect, test } from "vitest";
import { assistant, call, judge, result, talk, user, type RefusedRow } from "./start.ts";

const REFUSED: RefusedRow[] = [
  [
    "an unknown role",
    talk({ role: "robot", content: "x" }),
    "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    "messages[0].role",
    "invalid_value",
  ],
  [
    "an unknown message field",
    talk(user("x"), { ...assistant("y"), reasoning_content: "z" }),
    "Unknown parameter: 'messages[1].reasoning_content'.",
    "messages[1].reasoning_content",
    "unknown_parameter",
  ],
  [
    "a user message without content",
    talk({ role: "user" }),
    "Missing required parameter: 'messages[0].content'.",
    "messages[0].content",
    "missing_required_parameter",
  ],
  [
    "content of null",
    talk({ role: "user", content: null }),
    "Invalid value for 'content': expected a string, got null.",
    "messages.[0].content",
    null,
  ],
  [
    "content of a wrong type",
    talk({ role: "user", content: { text: "x" } }),
    "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an object instead.",
    "messages[0].content",
    "invalid_type",
  ],
  [
    "empty user content",
    talk({ role: "user", content: [] }),
    "Invalid 'messages[0].content': empty array.",
    "messages[0].content",
    "empty_array",
  ],
  [
    "a part of another API",
    talk({ role: "user", content: [{ type: "input_text", text: "x" }] }),
    "Invalid value: 'input_text'. Supported values are: 'text', 'image_url', 'input_audio', and 'file'.",
    "messages[0].content[0].type",
    "invalid_value",
  ],
  [
    "an image said by the system",
    talk({ role: "system", content: [{ type: "image_url", image_url: { url: "data:," } }] }, user("x")),
    "Invalid value: 'image_url'. Supported values are: 'text'.",
    "messages[0].content[0].type",
    "invalid_value",
  ],
  [
    "a part with a foreign field",
    talk({ role: "user", content: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }] }),
    "Unknown parameter: 'messages[0].content[0].cache_control'.",
    "messages[0].content[0].cache_control",
    "unknown_parameter",
  ],
  [
    "a part whose text is no text",
    talk({ role: "user", content: [{ type: "text", text: 7 }] }),
    "Invalid type for 'messages[0].content[0].text': expected a string, but got an integer instead.",
    "messages[0].content[0].text",
    "invalid_type",
  ],
  [
    "an assistant with neither content nor tool_calls",
    talk(user("x"), { role: "assistant" }, user("y")),
    "Invalid value for 'content': expected a string, got null.",
    "messages.[1].content",
    null,
  ],
  [
    "empty tool_calls",
    talk(user("x"), { ...assistant("y"), tool_calls: [] }),
    "Invalid 'messages[1].tool_calls': empty array.",
    "messages[1].tool_calls",
    "empty_array",
  ],
  [
    "arguments that are not a string",
    talk(user("x"), { role: "assistant", tool_calls: [call("call_1", { city: "Paris" })] }, result("call_1")),
    "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but got an object instead.",
    "messages[1].tool_calls[0].function.arguments",
    "invalid_type",
  ],
  [
    "a call with a stream's index",
    talk(user("x"), { role: "assistant", tool_calls: [{ ...call("call_1"), index: 0 }] }, result("call_1")),
    "Unknown parameter: 'messages[1].tool_calls[0].index'.",
    "messages[1].tool_calls[0].index",
    "unknown_parameter",
  ],
];

test.each(REFUSED)("refuses %s", async (_, body, message, param, code) => {
  const { status, error, record } = await judge(body);
  expect(status).toBe(400);
  expect(error?.message).toContain(message);
  expect(error).toMatchObject({ type: "invalid_request_error", param, code });
  expect(record).toMatchObject({ status: 400, promptTokens: 0, completionTokens: 0, replyText: null });
});

const ACCEPTED: [name: string, body: unknown][] = [
  [
    "what the SDK replays",
    talk(
      user("x"),
      { ...assistant("y"), refusal: null, annotations: [], audio: null, function_call: null, parsed: null },
      user("z"),
    ),
  ],
  [
    "what agent frameworks replay",
    talk(
      user("x"),
      { role: "assistant", content: [{ type: "text", text: "y", role: "assistant", refusal: null, annotations: [] }] },
      user("z"),
    ),
  ],
  [
    "parsed arguments in a call",
    talk(
      user("x"),
      {
        role: "assistant",
        tool_calls: [{ ...call("c"), function: { name: "f", arguments: "{}", parsed_arguments: {} } }],
      },
      result("c"),
    ),
  ],
  ["a refusal without content", talk(user("x"), { role: "assistant", content: null, refusal: "No." }, user("y"))],
  ["a picture", talk({ role: "user", content: [{ type: "image_url", image_url: { url: "data:," } }] })],
  ["a cache breakpoint", talk({ role: "user", content: [{ type: "text", text: "x", prompt_cache_breakpoint: {} }] })],
];

test.each(ACCEPTED)("accepts %s", async (_, body) => {
  expect((await judge(body)).object).toBe("chat.completion");
});
