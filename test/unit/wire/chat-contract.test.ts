/**
 * The Chat Completions wire against the contract that every wire holds.
 *
 * The laws are in `wire.contract.ts`, the messages in `chat-examples.ts`; here are the requests and the replies of
 * several upstreams. A reply is judged by what clients send back for it; how one is put together does not belong here.
 */
import type { Usage } from "../../../src/model/usage.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";
import {
  bill,
  body,
  call,
  callDelta,
  calls,
  CALLS,
  citation,
  conversation,
  custom,
  delta,
  DEVELOPER,
  differences,
  DONE,
  facts,
  FILTERED,
  json,
  model,
  NAMED_CALL,
  rarer,
  result,
  spellings,
  START,
  SYSTEM,
  text,
  texts,
  user,
  WORDS,
} from "./chat-examples.ts";
import { describeWire } from "./wire.contract.ts";
import type { ReplyExample } from "./wire-examples.ts";

const usage = (promptTokens: number, completionTokens: number, more: Partial<Usage> = {}): Usage => ({
  promptTokens,
  cachedTokens: null,
  cacheWriteTokens: null,
  completionTokens,
  ...more,
});
const said = "Grüße 世界\ndata: [DONE]\n\n😀";
const words: ReplyExample = {
  text: WORDS + DONE,
  isEventStream: true,
  replay: [model(said)],
  usage: null,
  finishReason: "stop",
  id: "chatcmpl-7",
};
const completion = (choices: object[], more: object = {}): string =>
  JSON.stringify({ id: "chatcmpl-8", object: "chat.completion", created: 8, model: "m", choices, ...more }, null, 2);
const choice = (message: object, finish_reason: string = "stop", index = 0): object => ({
  index,
  message: { role: "assistant", ...message },
  logprobs: null,
  finish_reason,
});
const full: ReplyExample = { ...words, isEventStream: false, id: "chatcmpl-8" };
describeWire(chatCompletionsWire, {
  conversation,
  body,
  heldBody: null,
  requests: [
    ["messages of rarer kinds", body(rarer, { gap: "\t", head: true })],
    ["nothing but messages", `{"messages":[${user("a")}]}`],
    ["nothing but a head", `{"messages":[${DEVELOPER} , ${SYSTEM}]}`],
    ["instructions in mid-conversation", `{"messages":[${SYSTEM},${user("a")},${DEVELOPER},${user("b")}]}`],
    ["a reply to go on with", `{"messages":[${user("a")},${model("So", { prefix: true })}],"stop":["x"]}`],
    ["results at the end", `{"messages":[${user("a")},${calls(call("c", "{}"))},${result("c", "b")}]}`],
    ["a key of the client's own", `{"prompt_cache_key":"mine","messages":[${user("a")}]}`],
    ["an empty key", `{"prompt_cache_key":"","messages":[${user("a")}]}`],
    [
      "fields that are null",
      `{"model":null,"tools":null,"n":null,"user":null,"metadata":null,"response_format":null,"prompt_cache_key":null,"messages":[${user("a")}]}`,
    ],
    [
      "fields of every kind",
      `{"messages":[${user("a")}],"n":2,"seed":1e2,"metadata":{"user_id":"u"},"safety_identifier":"s","service_tier":"auto","modalities":["text","audio"],"response_format":{"type":"json_schema","json_schema":{"name":"n"}}}`,
    ],
    ["a field that looks like the messages", `{"metadata":{"messages":[]},"messages":[${user('"messages":[')}]}`],
  ],
  notRequests: [
    ["no messages", '{"model":"m"}'],
    ["empty messages", '{"messages":[]}'],
    ["messages that are an object", '{"messages":{}}'],
    ["messages that are a string", '{"messages":"a"}'],
    ["two messages fields", `{"messages":[${user("a")}],"messages":[]}`],
    ["a second messages field in escapes", `{"messages":[${user("a")}],"\\u006dessages":[]}`],
    ["two models", `{"model":"a","messages":[${user("a")}],"model":"b"}`],
    ["messages that never close", `{"messages":[${user("a")}`],
    ["a hole among the messages", `{"messages":[${user("a")},,${user("b")}]}`],
    ["a comma too many", `{"messages":[${user("a")},]}`],
    ["brackets that do not match", '{"messages":[{"role":"user"]}'],
    ["more behind its end", `{"messages":[${user("a")}]} {}`],
    ["another API's body", '{"model":"m","input":"a"}'],
    ["an array", "[]"],
    ["nothing", ""],
  ],
  notMessages: [
    ["nothing", ""],
    ["a list", "[]"],
    ["a number", "1"],
    ["no role", '{"content":"a"}'],
    ["a role that nobody has", '{"role":"wizard","content":"a"}'],
    ["a role that is no text", '{"role":["user"],"content":"a"}'],
    ["the role of an old result", '{"role":"function","name":"find","content":"a"}'],
    ["two messages", `${user("a")},${user("b")}`],
    ["content that never closes", `{"role":"user","content":${"[".repeat(50_000)}`],
  ],
  spellings,
  differences,
  facts,
  texts,
  others: [messagesWire, responsesWire],
  replies: [
    [
      "words, and a bill",
      {
        ...words,
        text:
          WORDS +
          bill({
            prompt_tokens: 90,
            completion_tokens: 12,
            total_tokens: 102,
            prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 7, audio_tokens: 0 },
            completion_tokens_details: { reasoning_tokens: 3 },
          }) +
          DONE,
        replay: [model([text(said)], { refusal: null, parsed: null })],
        usage: usage(90, 12, { cachedTokens: 64, cacheWriteTokens: 7 }),
      },
    ],
    ["words behind a filter's report", { ...words, text: FILTERED + WORDS + DONE }],
    ["words behind a comment", { ...words, text: `: PROCESSING\n\n${WORDS}${DONE}` }],
    ["words without a space behind the colon", { ...words, text: (WORDS + DONE).replaceAll(/^data: /gm, "data:") }],
    ["words with more behind their end", { ...words, text: `${WORDS}${DONE}data: {\n\n` }],
    [
      "several calls",
      {
        ...words,
        text: CALLS + bill({ prompt_tokens: 5, completion_tokens: 6, prompt_tokens_details: null }) + DONE,
        replay: [
          model("", { tool_calls: [call("c1", '{"n":1,"q":"Zürich"}'), custom("c2", "ls -l\ncat ü")], refusal: null }),
        ],
        usage: usage(5, 6),
        finishReason: "tool_calls",
      },
    ],
    [
      "a call in one piece, behind words",
      {
        ...words,
        text:
          delta({ role: "assistant", content: "Ich prüfe." }) +
          callDelta(0, { id: "c1", type: "function", function: { name: "find", arguments: '{"q":"ü"}' } }) +
          delta({ content: null }, "tool_calls") +
          DONE,
        replay: [model("Ich prüfe.", { tool_calls: [call("c1", '{"q": "ü"}', { parsed_arguments: { q: "ü" } })] })],
        finishReason: "tool_calls",
      },
    ],
    [
      "calls counted from one, and named in every piece",
      {
        ...words,
        text: NAMED_CALL + DONE,
        replay: [calls(call("c1", '{"q":"ü"}'))],
        finishReason: "tool_calls",
      },
    ],
    [
      "reasoning, and a bill beside the end",
      {
        ...words,
        text:
          delta({ role: "assistant", content: null, reasoning_content: "" }) +
          delta({ content: null, reasoning_content: "Erst über" }) +
          delta({ content: null, reasoning_content: "legen…" }) +
          delta({ content: said, reasoning_content: null }) +
          delta({ content: "", reasoning_content: null }, "stop", {
            usage: {
              prompt_tokens: 30,
              completion_tokens: 9,
              prompt_cache_hit_tokens: 20,
              prompt_cache_miss_tokens: 10,
            },
          }) +
          DONE,
        replay: [model(said, { reasoning_content: "Erst überlegen…" })],
        usage: usage(30, 9, { cachedTokens: 20 }),
      },
    ],
    [
      "a refusal",
      {
        ...words,
        text: START + delta({ refusal: "Das mache " }) + delta({ refusal: "ich nicht." }) + delta({}, "stop") + DONE,
        replay: [model(null, { refusal: "Das mache ich nicht." })],
      },
    ],
    [
      "words and their sources",
      {
        ...words,
        text: START + delta({ content: said }) + delta({ annotations: [citation] }) + delta({}, "stop") + DONE,
        replay: [model(said, { annotations: [citation] })],
      },
    ],
    [
      "words cut at their limit",
      { ...words, text: START + delta({ content: said }, "length") + DONE, finishReason: "length" },
    ],
    ["nothing said", { ...words, text: START + delta({}, "stop") + DONE, replay: [model(null)] }],
    [
      "two answers, of which nobody knows which counts",
      { ...words, text: WORDS + WORDS.replaceAll('"index":0', '"index":1') + DONE, replay: [] },
    ],
    [
      "a body",
      {
        ...full,
        text: completion([choice({ content: said, refusal: null, annotations: [] })], {
          usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 0 } },
          service_tier: "default",
        }),
        usage: usage(9, 2, { cachedTokens: 0 }),
      },
    ],
    [
      "a body with reasoning",
      {
        ...full,
        text: completion([choice({ content: said, reasoning_content: "Erst überlegen…" })], {
          usage: { prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 5 },
        }),
        replay: [model(said, { reasoning_content: "Erst überlegen…" })],
        usage: usage(9, 2, { cachedTokens: 4 }),
      },
    ],
    [
      "a body with calls",
      {
        ...full,
        text: completion([
          choice({ content: null, tool_calls: [call("c1", '{"q":"ü"}'), custom("c2", "ls")] }, "tool_calls"),
        ]),
        replay: [calls(call("c1", '{ "q": "\\u00fc" }', { parsed_arguments: { q: "ü" } }), custom("c2", "ls"))],
        finishReason: "tool_calls",
      },
    ],
    [
      "a spoken body",
      {
        ...full,
        text: completion([choice({ content: null, audio: { id: "audio_1", data: "AA==", transcript: "Grüße" } })]),
        replay: [model(null, { audio: { id: "audio_1" } })],
      },
    ],
    [
      "a body with two answers",
      { ...full, text: completion([choice({ content: "ä" }), choice({ content: "b" }, "stop", 1)]), replay: [] },
    ],
  ],
  unknownEvent: 'event: weather\ndata: {"object":"weather","choices":null,"usage":{},"delta":"ü"}\n\n',
  unfinished: [
    ["without its end", [START + delta({ content: "a" }), true]],
    ["cut inside an event", [WORDS.slice(0, -60), true]],
    ["cut inside a call", [CALLS.slice(0, CALLS.indexOf("cat ü")), true]],
    ["nothing but a filter's report", [FILTERED, true]],
    ["nothing but a comment", [": PROCESSING\n\n", true]],
    ["empty", ["", true]],
    ["half a body", [completion([choice({ content: "a" })]).slice(0, -1), false]],
  ],
  failures: [
    ["an end without a reason", [START + delta({ content: "a" }) + DONE, true]],
    ["an error in the stream", [`${START}data: {"error":{"message":"x","code":502}}\n\n${DONE}`, true]],
    ["an error behind the words", [`${WORDS}data: {"error":{},"choices":[{"index":0,"delta":{}}]}\n\n${DONE}`, true]],
    ["an event that is no JSON", [`${WORDS}data: {\n\n${DONE}`, true]],
    ["an error for a body", ['{"error":{"message":"x","type":"server_error","param":null,"code":null}}', false]],
    ["no choice", [completion([]), false]],
    ["a choice that says nothing", [completion([{ index: 0, message: null, finish_reason: "stop" }]), false]],
    ["another API's body", [json({ id: "r", object: "response", status: "completed", output: [] }), false]],
    ["a page", ["<html>", false]],
  ],
  readError(body) {
    const { error } = body as { error: { message: unknown; code: unknown } };
    return error;
  },
});
