/**
 * The Messages wire against the contract that every wire holds.
 *
 * The laws are in `wire.contract.ts`, the conversation in `messages-examples.ts`; here is what this API adds to them:
 * every block that may not leave the prompt, and replies as they stream.
 */
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
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";
import {
  json,
  text,
  user,
  model,
  thinking,
  call,
  result,
  conversation,
  body,
  heldBody,
  event,
  start,
  end,
  WORDS,
  CALLS,
  spellings,
  differences,
} from "./messages-examples.ts";
import { describeWire } from "./wire.contract.ts";
import type { Named } from "./wire-examples.ts";

const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "" } };
const server = { type: "server_tool_use", id: "s", name: "web_search", input: {} };
const kept = (block: unknown, keep: number, role: string = "user"): Named<readonly [string, object]> => [
  json(block),
  [json({ role, content: [block] }), { keep }],
];

describeWire(messagesWire, {
  conversation,
  body,
  heldBody,
  requests: [
    ["one that starts a thread", '{"messages":[{"role":"user","content":"a"}],"thread":{"type":"create"},"model":"m"}'],
    ["messages last", '{"model":"m","system":"s","messages":[{"role":"user","content":"a"} ] }'],
    ["nothing but messages", '{"messages":[{"role":"user","content":"a"}]}'],
    ["nulls", '{"thread":null,"system":null,"tools":null,"metadata":null,"messages":[{"role":"user","content":"a"}]}'],
  ],
  notRequests: [
    ["no messages", '{"model":"m"}'],
    ["empty messages", '{"messages":[],"thread":{"type":"continue","previous_message_id":"msg_1"}}'],
    ["messages that are a string", '{"messages":"a"}'],
    ["two messages fields", '{"messages":[{"role":"user","content":"a"}],"messages":[]}'],
    ["two systems", '{"system":"a","messages":[{"role":"user","content":"a"}],"system":"b"}'],
    ["a thread of another kind", '{"messages":[{"role":"user","content":"a"}],"thread":{"type":"fork"}}'],
    ["a thread that names no reply", '{"messages":[{"role":"user","content":"a"}],"thread":{"type":"continue"}}'],
    ["an array", "[]"],
    ["nothing", ""],
  ],
  notMessages: [
    ["nothing", ""],
    ["a list", "[]"],
    ["another role", '{"role":"developer","content":"a"}'],
    ["a tool's role", '{"role":"tool","content":"a"}'],
    ["no role", '{"content":"a"}'],
  ],
  spellings,
  differences,
  facts: [
    ["who speaks", ['{"role":"user","content":"a"}', { role: "user", keep: 0, carriesBrief: true, isBound: false }]],
    [
      "that it opens calls",
      [
        model(thinking, call("a", {}), call("b", {})),
        { role: "assistant", opensCalls: 2, answersCalls: 0, keep: 0, isBound: true, carriesBrief: false },
      ],
    ],
    [
      "that it is the tool's",
      [user(result("a", "x"), result("b", "y")), { role: "tool", answersCalls: 2, keep: 0, carriesBrief: false }],
    ],
    [
      "that it answers and speaks",
      [user(result("a", "x"), text("y")), { role: "user", answersCalls: 1, keep: 0, carriesBrief: false }],
    ],
    ["that it is hidden reasoning", [model({ type: "redacted_thinking", data: "x" }), { isBound: true, keep: 0 }]],
    [
      "that it is the system's",
      ['{"role":"system","content":"a"}', { role: "system", keep: KEEP_SYSTEM, carriesBrief: false }],
    ],
    [
      "that settings change",
      ['{"role":"system","output_config":{"effort":"low"}}', { keep: KEEP_SYSTEM | KEEP_TOOL_CHANGE }],
    ],
    [
      "that tools change",
      [
        json({ role: "system", content: [{ type: "tool_addition", tool: {} }] }),
        { keep: KEEP_SYSTEM | KEEP_TOOL_CHANGE },
      ],
    ],
    [
      "that it has an unknown field",
      ['{"role":"user","content":"a","extra":1}', { keep: KEEP_UNKNOWN, carriesBrief: true }],
    ],
    ["that its content is none", ['{"role":"user","content":{}}', { keep: KEEP_UNKNOWN, carriesBrief: false }]],
    kept("loose", KEEP_UNKNOWN),
    kept({ type: "hologram" }, KEEP_UNKNOWN),
    kept(image, KEEP_MEDIA),
    kept({ type: "document", source: { type: "text", media_type: "text/plain", data: "x" } }, KEEP_MEDIA),
    kept({ type: "document", source: { type: "file", file_id: "f" } }, KEEP_MEDIA | KEEP_REFERENCE),
    kept(
      {
        type: "document",
        source: { type: "content", content: [{ type: "image", source: { type: "file", file_id: "f" } }] },
      },
      KEEP_MEDIA | KEEP_REFERENCE,
    ),
    kept(result("a", [text("x"), image]), KEEP_MEDIA),
    kept(result("a", [{ type: "tool_reference", tool_name: "t" }]), KEEP_REFERENCE),
    kept({ type: "search_result", content: [], source: "u", title: "t" }, KEEP_CITATION),
    kept({ type: "container_upload", file_id: "f" }, KEEP_REFERENCE, "assistant"),
    kept(server, KEEP_SERVER_TOOL, "assistant"),
    kept({ type: "web_search_tool_result", tool_use_id: "s", content: [] }, KEEP_SERVER_TOOL, "assistant"),
    kept({ type: "mcp_tool_use", id: "s", name: "n", server_name: "m", input: {} }, KEEP_SERVER_TOOL, "assistant"),
    kept({ type: "mcp_tool_listing", mcp_server_name: "m", tools: [] }, KEEP_SERVER_TOOL, "assistant"),
    kept(call("a", {}, { caller: { type: "code_execution_20260120", tool_id: "s" } }), KEEP_SERVER_TOOL, "assistant"),
    kept(text("a", { citations: [{ type: "page_location" }] }), KEEP_CITATION, "assistant"),
    kept({ type: "compaction", content: "c" }, KEEP_COMPACTION, "assistant"),
    kept({ type: "fallback", from: {}, to: {} }, KEEP_UNKNOWN, "assistant"),
  ],
  texts: [
    ["a string", ['{"role":"user","content":"a"}', [{ role: "user", speaker: null, text: "a" }]]],
    [
      "a reply",
      [
        model(thinking, text("a"), call("c", { q: 1 })),
        [{ role: "assistant", speaker: null, text: 'a\nfind({"q":1})' }],
      ],
    ],
    [
      "results and words",
      [
        user(result("c", "r1"), result("d", [text("r2"), image, text("r3")]), text("u1"), text("u2")),
        [
          { role: "tool", speaker: null, text: "r1\nr2\nr3" },
          { role: "user", speaker: null, text: "u1\nu2" },
        ],
      ],
    ],
    [
      "a plain document",
      [
        user({ type: "document", source: { type: "text", data: "d" } }, image),
        [{ role: "user", speaker: null, text: "d" }],
      ],
    ],
    [
      "a search",
      [
        model(server, { type: "web_search_tool_result", tool_use_id: "s", content: [] }),
        [{ role: "assistant", speaker: null, text: "web_search({})" }],
      ],
    ],
    ["a system message", ['{"role":"system","content":"s"}', [{ role: "system", speaker: null, text: "s" }]]],
    ["nothing said", [model(thinking), []]],
  ],
  others: [chatCompletionsWire, responsesWire],
  replies: [
    [
      "words",
      {
        text:
          start({
            cache_read_input_tokens: 40,
            cache_creation_input_tokens: 5,
            cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
          }) +
          event({ type: "ping" }) +
          WORDS +
          end("end_turn"),
        isEventStream: true,
        replay: ['{"role":"assistant","content":"Grüße 世界\\n😀"}'],
        usage: {
          promptTokens: 54,
          cachedTokens: 40,
          cacheWriteTokens: 5,
          longCacheWriteTokens: 3,
          completionTokens: 20,
        },
        finishReason: "end_turn",
        id: "msg_7",
      },
    ],
    [
      "thinking and calls",
      {
        text:
          start({ cache_read_input_tokens: null }) +
          CALLS +
          end("tool_use", { input_tokens: 12, output_tokens: 30, cache_read_input_tokens: 4 }),
        isEventStream: true,
        replay: [model(text("I look."), call("c1", { q: "Zürich" }), call("c2", {}))],
        usage: {
          promptTokens: 16,
          cachedTokens: 4,
          cacheWriteTokens: null,
          longCacheWriteTokens: null,
          completionTokens: 30,
        },
        finishReason: "tool_use",
        id: "msg_7",
      },
    ],
    [
      "a body",
      {
        text: json({
          id: "msg_8",
          type: "message",
          role: "assistant",
          content: [thinking, text("Grüße", { citations: null })],
          stop_reason: "pause_turn",
          usage: { input_tokens: 3, output_tokens: 4 },
        }),
        isEventStream: false,
        replay: [model(text("Grüße"))],
        usage: {
          promptTokens: 3,
          cachedTokens: null,
          cacheWriteTokens: null,
          longCacheWriteTokens: null,
          completionTokens: 4,
        },
        finishReason: "pause_turn",
        id: "msg_8",
      },
    ],
  ],
  unknownEvent: event({ type: "weather", index: 0 }),
  unfinished: [
    [
      "without its end",
      [start() + WORDS + event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: {} }), true],
    ],
    ["cut inside an event", [start() + WORDS.slice(0, -30), true]],
    ["empty", ["", true]],
    ["half a body", ['{"type":"message","content":[', false]],
  ],
  failures: [
    [
      "an error in the stream",
      [start() + event({ type: "error", error: { type: "overloaded_error", message: "x" } }), true],
    ],
    ["an error after words", [start() + WORDS + event({ type: "error", error: {} }) + end("end_turn"), true]],
    ["an error for a body", ['{"type":"error","error":{"type":"api_error","message":"x"}}', false]],
    ["a page", ["<html>", false]],
  ],
  readError(body) {
    const { type, error } = body as {
      type: string;
      error: { type: string; message: string; details: { error_code: string } };
    };
    return type === "error" && error.type.endsWith("")
      ? { message: error.message, code: error.details.error_code }
      : null;
  },
});
