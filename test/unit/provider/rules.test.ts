/**
 * The front door's rules for a request as a whole: body, parameters, tools, headers and key.
 *
 * Each bad request is refused over HTTP with the words a client would see, and costs nothing. Rows of requests
 * that look odd, but that real clients send and the real API takes, keep the rules from growing too strict.
 */
import { expect, test } from "vitest";
import { judge, post, start, talk, user, weatherTool, type ErrorBody, type RefusedRow } from "./start.ts";

const hello = talk(user("Hello"));

const REFUSED: RefusedRow[] = [
  ["a body that is not JSON", "{", "We could not parse the JSON body of your request.", null, null],
  ["a body that is not an object", "[]", "The body must be a JSON object.", null, null],
  ["no model", { messages: [user("x")] }, "you must provide a model parameter", null, null],
  ["no messages", { model: "m" }, "Missing required parameter: 'messages'.", "messages", "missing_required_parameter"],
  [
    "empty messages",
    talk(),
    "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    "messages",
    "empty_array",
  ],
  [
    "messages that are no list",
    { model: "m", messages: "Hi" },
    "Invalid type for 'messages': expected an array of objects, but got a string instead.",
    "messages",
    "invalid_type",
  ],
  ["an unknown parameter", { ...hello, top_k: 4 }, "Unrecognized request argument supplied: top_k", null, null],
  [
    "two unknown parameters",
    { ...hello, top_k: 4, session_id: "s" },
    "Unrecognized request arguments supplied: top_k, session_id",
    null,
    null,
  ],
  [
    "a parameter of the wrong type",
    { ...hello, stream: "yes" },
    "Invalid type for 'stream': expected a boolean, but got a string instead.",
    "stream",
    "invalid_type",
  ],
  [
    "stream_options without stream",
    { ...hello, stream_options: { include_usage: true } },
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    "stream_options",
    null,
  ],
  [
    "an unknown stream option",
    { ...hello, stream: true, stream_options: { usage: true } },
    "Unknown parameter: 'stream_options.usage'.",
    "stream_options.usage",
    "unknown_parameter",
  ],
  [
    "no tools in a list of tools",
    { ...hello, tools: [] },
    "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    "tools",
    "empty_array",
  ],
  [
    "a tool without a name",
    { ...hello, tools: [{ type: "function", function: {} }] },
    "Missing required parameter: 'tools[0].function.name'.",
    "tools[0].function.name",
    "missing_required_parameter",
  ],
  [
    "a tool with a bad name",
    { ...hello, tools: [{ type: "function", function: { name: "get weather" } }] },
    "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    "tools[0].function.name",
    "invalid_value",
  ],
  [
    "tool_choice without tools",
    { ...hello, tool_choice: "auto" },
    "'tool_choice' is only allowed when 'tools' are specified.",
    "tool_choice",
    null,
  ],
  [
    "parallel_tool_calls without tools",
    { ...hello, parallel_tool_calls: false },
    "'parallel_tool_calls' is only allowed when 'tools' are specified.",
    "parallel_tool_calls",
    null,
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
  ["parameters of null", { ...hello, temperature: null, stop: null, stream: null, stream_options: null }],
  ["tools with a choice", { ...hello, tools: [weatherTool], tool_choice: "auto", parallel_tool_calls: false }],
];

test.each(ACCEPTED)("accepts %s", async (_, body) => {
  expect((await judge(body)).object).toBe("chat.completion");
});

test("refuses a proxy's own headers, on every route", async () => {
  const { provider } = await start();
  const response = await post(provider, hello, { "X-Strata-Session": "s1" });
  expect(response.status).toBe(400);
  expect(((await response.json()) as ErrorBody).error.message).toContain("X-Strata-Session");
  expect(provider.requests[0]?.headers).toContainEqual(["X-Strata-Session", "s1"]);
  const echo = await fetch(`${provider.url}/v1/echo`, { headers: { "x-strata-debug": "1" } });
  expect(echo.status).toBe(400);
});

test("refuses encoded bodies and bodies that are not UTF-8", async () => {
  const { provider } = await start();
  const encoded = await post(provider, hello, { "content-encoding": "gzip" });
  expect(encoded.status).toBe(400);
  expect(((await encoded.json()) as ErrorBody).error.code).toBe("unsupported_content_encoding");
  const body = Buffer.concat([Buffer.from('{"model":"m","messages":[{"role":"user","content":"'), Buffer.from([0xff])]);
  const broken = await fetch(`${provider.url}/v1/chat/completions`, { method: "POST", body });
  expect(((await broken.json()) as ErrorBody).error.message).toContain("could not parse the JSON body");
});

test("asks for a key when it has keys", async () => {
  const { provider } = await start({ apiKeys: ["sk-good-key-1"] });
  const none = await post(provider, hello, { authorization: "" });
  expect(none.status).toBe(401);
  expect(((await none.json()) as ErrorBody).error.message).toContain("You didn't provide an API key.");
  const wrong = await post(provider, hello, { authorization: "Bearer sk-bad-key-99" });
  expect(((await wrong.json()) as ErrorBody).error).toMatchObject({
    message: expect.stringContaining("Incorrect API key provided: sk-b*****y-99."),
    code: "invalid_api_key",
  });
  expect((await post(provider, hello, { authorization: "Bearer sk-good-key-1" })).status).toBe(200);
});
