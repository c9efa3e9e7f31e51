/**
 * What the Messages simulator refuses, in whose words, and what it must let pass.
 *
 * Every row is a request with one fault. The accepted ones are habits of real clients, which a simulator that is
 * too strict would blame on a proxy. Pairs, markers, thinking, threads and money have files of their own.
 */
import { expect, test } from "vitest";
import {
  ask,
  assistant,
  calling,
  expectRefusal,
  marker,
  result,
  startMessages,
  text,
  user,
  weather,
  type RefusedRow,
} from "./messages-start.ts";

const hello = user("Hello");
const shape: RefusedRow[] = [
  ["no JSON", "{", "The request body is not valid JSON"],
  ["no model", { max_tokens: 1, messages: [hello] }, "model: Field required"],
  ["no max_tokens", { model: "m", messages: [hello] }, "max_tokens: Field required"],
  ["no messages", { model: "m", max_tokens: 1 }, "messages: Field required"],
  ["empty messages", ask([]), "messages: at least one message is required"],
  ["an unknown parameter", ask([hello], { x: 1 }), "x: Extra inputs are not permitted"],
  ["betas in the body", ask([hello], { betas: [] }), "betas: Extra inputs are not permitted"],
  ["a parameter of the wrong kind", ask([hello], { stream: "yes" }), "stream: Input should be a valid boolean"],
  ["a fraction of a token", ask([hello], { max_tokens: 1.5 }), "max_tokens: Input should be a valid integer"],
  [
    "context_management without its header",
    ask([hello], { context_management: { edits: [] } }),
    "context_management: Extra inputs are not permitted",
  ],
  [
    "a thread without its header",
    ask([hello], { thread: { type: "create" } }),
    "thread: Extra inputs are not permitted",
  ],
  [
    "an unknown role",
    ask([{ role: "tool", content: "x" }]),
    "messages.0.role: Input should be 'user', 'assistant' or 'system'",
  ],
  [
    "a system message first",
    ask([{ role: "system", content: "Be terse." }, hello]),
    "messages.0: use the top-level 'system' parameter for the initial system prompt",
  ],
  ["a name on a message", ask([{ ...hello, name: "ada" }]), "messages.0.name: Extra inputs are not permitted"],
  ["the assistant first", ask([assistant("Hi"), hello]), 'messages: first message must use the "user" role'],
  ["an empty text block", ask([user([text("")])]), "messages: text content blocks must be non-empty"],
  ["a blank text block", ask([user([text(" \n")])]), "messages: text content blocks must contain non-whitespace text"],
  [
    "an empty message",
    ask([user(""), hello]),
    "messages.0: all messages must have non-empty content except for the optional final assistant message",
  ],
  ["an empty system block", ask([hello], { system: [text("")] }), "system: text content blocks must be non-empty"],
  [
    "a prefill on a model without",
    ask([hello, assistant("The answer is (")]),
    "This model does not support assistant message prefill. The conversation must end with a user message.",
  ],
  [
    "a prefill that ends in a blank",
    ask([hello, assistant("The answer is ")], { model: "claude-haiku-4-5" }),
    "messages: final assistant content cannot end with trailing whitespace",
  ],
  [
    "a system message on an old model",
    ask([hello, { role: "system", content: "Be terse." }], { model: "claude-sonnet-4-5" }),
    "role 'system' is not supported on this model",
  ],
  [
    "a system message behind the assistant",
    ask([hello, assistant("Hi"), { role: "system", content: "Be terse." }]),
    "messages.2: a system message must immediately follow a user turn",
  ],
  [
    "a system message between two users",
    ask([hello, { role: "system", content: "Be terse." }, hello]),
    "messages.1: a system message must be the last message or precede an assistant turn",
  ],
];

const blocks: RefusedRow[] = [
  ["a block without type", ask([user([{ text: "x" }])]), "messages.0.content.0.type: Field required"],
  ["a block without its field", ask([user([{ type: "text" }])]), "messages.0.content.0.text.text: Field required"],
  [
    "a field too many",
    ask([user([text("x", { id: "1" })])]),
    "messages.0.content.0.text.id: Extra inputs are not permitted",
  ],
  [
    "a call in the user's mouth",
    ask([user(calling("toolu_1"))]),
    "messages.0: `tool_use` blocks can only be in `assistant` messages",
  ],
  [
    "a result in the assistant's mouth",
    ask([hello, assistant([result("toolu_1")])]),
    "messages.1: `tool_result` blocks can only be in `user` messages",
  ],
  [
    "a marker on a thought",
    ask([hello, assistant([{ type: "thinking", thinking: "x", signature: "y", ...marker }])]),
    "messages.1.content.0.thinking.cache_control: Extra inputs are not permitted",
  ],
  [
    "an error without words",
    ask([hello, assistant(calling("toolu_1")), user([{ ...result("toolu_1", ""), is_error: true }])]),
    "messages.2.content.0.tool_result: content cannot be empty if `is_error` is true",
  ],
  [
    "an id with blanks",
    ask([hello, assistant(calling("a b"))]),
    "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
];

const tools: RefusedRow[] = [
  ["a tool without schema", ask([hello], { tools: [{ name: "f" }] }), "tools.0.custom.input_schema: Field required"],
  ["a tool twice", ask([hello], { tools: [weather, weather] }), "tools: Tool names must be unique."],
  [
    "a field too many on a tool",
    ask([hello], { tools: [{ ...weather, parameters: {} }] }),
    "tools.0.custom.parameters: Extra inputs are not permitted",
  ],
  [
    "a choice without tools",
    ask([hello], { tool_choice: { type: "auto" } }),
    "tool_choice: tool_choice may only be specified while providing tools",
  ],
  [
    "a forced tool on a model that always thinks",
    ask([hello], { model: "claude-fable-5-1", tools: [weather], tool_choice: { type: "any" } }),
    'tool_choice: type "tool" and "any" are not supported for this model.',
  ],
];

const rows = [...shape, ...blocks, ...tools];

test.each(rows)("refuses %s", async (...row) => {
  await expectRefusal(row);
});

test("names the tags it knows for a block it does not know", async () => {
  const { post } = await startMessages();
  const unknown = await post(ask([user([{ type: "input_text", text: "x" }])]));
  expect(unknown.error?.message).toMatch(
    /^messages\.0\.content\.0: Input tag 'input_text' found using 'type' does not match any of the expected tags: 'text', /,
  );
  const tool = await post(ask([hello], { tools: [{ type: "function", name: "f" }] }));
  expect(tool.error?.message).toMatch(/^tools\.0: Input tag 'function' found .* 'custom'$/);
});

test("wants a version and a key it knows, in either header", async () => {
  const { post } = await startMessages({ apiKeys: ["sk-ant-0001"] });
  const versionless = await post(ask([hello]), [], { "anthropic-version": "" });
  expect(versionless).toMatchObject({ status: 400, error: { message: "anthropic-version: header is required" } });
  expect((await post(ask([hello]))).status).toBe(200);
  expect((await post(ask([hello]), [], { "x-api-key": "", authorization: "Bearer sk-ant-0001" })).status).toBe(200);
  const wrong = await post(ask([hello]), [], { "x-api-key": "sk-other" });
  expect(wrong).toMatchObject({ status: 401, error: { type: "authentication_error", message: "invalid x-api-key" } });
  const none = await post(ask([hello]), [], { "x-api-key": "" });
  expect(none).toMatchObject({ status: 401, error: { message: "x-api-key header is required" } });
  expect((await post(ask([hello]), [], { "x-strata-mode": "off" })).status).toBe(400);
});

const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };

test.each<[string, unknown, string[]?]>([
  ["messages of one role in a row", ask([hello, user("again"), assistant("a"), assistant("b"), user("c")])],
  [
    "results split over two messages",
    ask([hello, assistant(calling("a", "b")), user([result("a")]), user([result("b"), text("c")])]),
  ],
  [
    "a system message between user and assistant",
    ask([hello, { role: "system", content: "Be terse.", output_config: { effort: "low" } }, assistant("a"), hello]),
  ],
  [
    "an effort alone, anywhere",
    ask([hello, assistant("a"), { role: "system", content: [], output_config: { effort: "low" } }, hello]),
  ],
  ["a prefill on a model that goes on", ask([hello, assistant("The answer is")], { model: "claude-sonnet-4-5" })],
  [
    "a result without content",
    ask([hello, assistant(calling("a")), user([{ type: "tool_result", tool_use_id: "a" }])]),
  ],
  ["server calls in a turn with their results", ask([hello, assistant([search, found, text("x")]), hello])],
  ["a turn the API paused", ask([hello, assistant([search])])],
  ["client results while a server call waits", ask([hello, assistant([search, ...calling("a")]), user([result("a")])])],
  [
    "and its result in the turn after",
    ask([hello, assistant([search, ...calling("a")]), user([result("a")]), assistant([found, text("x")]), hello]),
  ],
  [
    "citations and documents",
    ask([
      user([{ type: "document", source: { type: "text" }, citations: { enabled: true } }, text("?")]),
      assistant([text("x", { citations: [{}] })]),
      hello,
    ]),
  ],
  [
    "a tool that was added on the way",
    ask([
      hello,
      {
        role: "system",
        content: [
          { type: "tool_addition", tool: { type: "tool_definition", definition: weather } },
          { type: "tool_removal", tool: { type: "tool_reference", name: "get_weather" } },
        ],
      },
    ]),
  ],
  ["four markers", ask([user([1, 2, 3, 4].map((n) => text(`${n}`, marker)))])],
  [
    "Claude Code's fields",
    ask([hello], {
      context_management: { edits: [] },
      safeguards: [],
      metadata: { user_id: "{}" },
      output_config: { effort: "low" },
      thinking: { type: "adaptive", display: "updates" },
    }),
    ["context-management-2025-06-27"],
  ],
  ["nothing but the cache to fill", ask([hello], { max_tokens: 0 })],
])("accepts %s", async (_name, body, betas = []) => {
  const { post } = await startMessages();
  expect(await post(body, betas)).toMatchObject({ status: 200 });
});

test("counts only what can be counted, and checks it the same way", async () => {
  const { post } = await startMessages();
  const path = { path: "/v1/messages/count_tokens?beta=true" };
  const { max_tokens: _most, ...countable } = ask([hello]);
  expect((await post(countable, [], path)).input_tokens).toBe(4 + 1);
  const ended = { ...countable, messages: [hello, assistant("The last word")] };
  expect((await post(ended, [], path)).status).toBe(200);
  expect((await post(ask([hello]), [], path)).error?.message).toBe("max_tokens: Extra inputs are not permitted");
  const dangling = { model: "claude-sonnet-5", messages: [hello, assistant(calling("toolu_1"))] };
  expect((await post(dangling, [], path)).error?.message).toContain(
    "`tool_use` ids were found without `tool_result` blocks",
  );
});
