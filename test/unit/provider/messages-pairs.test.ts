/**
 * What must go together in a Messages request: calls and results, markers and their number, references and tools.
 *
 * A proxy that cuts a history breaks these first, so every row is a history cut or filled in a wrong way.
 * The shape of single messages and blocks has a file of its own.
 */
import { test } from "vitest";
import {
  ask,
  assistant,
  calling,
  COMPACT,
  expectRefusal,
  longMarker,
  marker,
  result,
  text,
  THREADS,
  user,
  weather,
  type RefusedRow,
} from "./messages-start.ts";

const hello = user("Hello");
const UNANSWERED = "`tool_use` ids were found without `tool_result` blocks immediately after";
const EACH_CALL = "Each `tool_use` block must have a corresponding `tool_result` block in the next message.";
const EACH_RESULT = "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.";

const pairs: RefusedRow[] = [
  [
    "a call at the end",
    ask([hello, assistant(calling("toolu_1", "toolu_2"))]),
    `messages.1: ${UNANSWERED}: toolu_1, toolu_2. ${EACH_CALL}`,
  ],
  [
    "one of two results",
    ask([hello, assistant(calling("toolu_1", "toolu_2")), user([result("toolu_2")])]),
    `messages.1: ${UNANSWERED}: toolu_1. ${EACH_CALL}`,
  ],
  [
    "a text before the result",
    ask([hello, assistant(calling("toolu_1")), user([text("Here:"), result("toolu_1")])]),
    `messages.1: ${UNANSWERED}: toolu_1. ${EACH_CALL}`,
  ],
  [
    "a text before the result, in a message of its own",
    ask([hello, assistant(calling("toolu_1")), user("Here:"), user([result("toolu_1")])]),
    `messages.1: ${UNANSWERED}: toolu_1. ${EACH_CALL}`,
  ],
  [
    "a system message between call and result",
    ask([
      hello,
      assistant(calling("toolu_1")),
      { role: "system", content: [], output_config: { effort: "low" } },
      user([result("toolu_1")]),
    ]),
    `messages.1: ${UNANSWERED}: toolu_1. ${EACH_CALL}`,
  ],
  [
    "a result without call",
    ask([user([result("toolu_9")])]),
    `messages.0.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: toolu_9. ${EACH_RESULT}`,
  ],
  [
    "a result too late",
    ask([hello, assistant(calling("toolu_1")), user([result("toolu_1")]), assistant("ok"), user([result("toolu_1")])]),
    `messages.4.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: toolu_1. ${EACH_RESULT}`,
  ],
  [
    "a result twice",
    ask([hello, assistant(calling("toolu_1")), user([result("toolu_1"), result("toolu_1")])]),
    "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: toolu_1",
  ],
  [
    "an id twice",
    ask([
      hello,
      assistant(calling("toolu_1")),
      user([result("toolu_1")]),
      assistant(calling("toolu_1")),
      user([result("toolu_1")]),
    ]),
    "messages.3.content.0: `tool_use` ids must be unique",
  ],
];

const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };

const servers: RefusedRow[] = [
  [
    "a server call without result",
    ask([hello, assistant([search]), user("And?")]),
    "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding `web_search_tool_result` block",
  ],
  [
    "a text behind the results that a server call waits for",
    ask([hello, assistant([search, ...calling("toolu_1")]), user([result("toolu_1"), text("Go on")])]),
    "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding `web_search_tool_result` block",
  ],
  [
    "a server result without call",
    ask([hello, assistant([found, text("x")]), user("And?")]),
    "messages.1.content.0: unexpected `tool_use_id` found in `web_search_tool_result` blocks: srvtoolu_1. Each `web_search_tool_result` block must have a corresponding `server_tool_use` block before it.",
  ],
];

const markers: RefusedRow[] = [
  [
    "five markers",
    ask([user([1, 2, 3, 4, 5].map((n) => text(`${n}`, marker)))]),
    "A maximum of 4 blocks with cache_control may be provided. Found 5.",
  ],
  [
    "four markers and the automatic one",
    ask([user([1, 2].map((n) => text(`${n}`, marker)))], {
      ...marker,
      system: [text("s", marker)],
      tools: [{ ...weather, ...marker }],
    }),
    "A maximum of 4 blocks with cache_control may be provided. Found 5.",
  ],
  [
    "a marker on nothing",
    ask([user([text("x"), text("", marker)])]),
    "messages.0.content.1.text: cache_control cannot be set for empty text blocks",
  ],
  [
    "a long lifetime behind a short one",
    ask([user([text("x", longMarker)])], { system: [text("s", marker)] }),
    "messages.0.content.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
  ],
  [
    "an unknown lifetime",
    ask([hello], { cache_control: { type: "ephemeral", ttl: "2h" } }),
    "cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
  ],
];

const references: RefusedRow[] = [
  [
    "a reference in a result to a tool that is not there",
    ask([
      hello,
      assistant(calling("toolu_1")),
      user([result("toolu_1", [{ type: "tool_reference", tool_name: "gone" }])]),
    ]),
    "messages.2.content.0: Tool reference 'gone' not found in available tools",
  ],
  [
    "the removal of a tool that is not there",
    ask([
      hello,
      { role: "system", content: [{ type: "tool_removal", tool: { type: "tool_reference", name: "gone" } }] },
    ]),
    "messages.1.content.0: Tool reference 'gone' not found in available tools",
  ],
  [
    "compaction without its header",
    ask([hello], { compaction: { type: "summarize" } }),
    "the `compaction` parameter requires anthropic-beta: compact-2026-09-04",
  ],
  [
    "compaction with context_management",
    ask([hello], { compaction: { type: "summarize" }, context_management: {} }),
    "compaction: cannot be combined with `context_management`",
    [COMPACT, "context-management-2025-06-27"],
  ],
  [
    "a continue with system",
    ask([hello], { thread: { type: "continue" } }),
    "thread.continue.previous_message_id: Field required",
    [THREADS],
  ],
];

test.each([...pairs, ...servers, ...markers, ...references])("refuses %s", async (...row) => {
  await expectRefusal(row);
});
