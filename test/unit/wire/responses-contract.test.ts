/**
 * The Responses wire under the contract that every wire holds.
 *
 * The examples have the shapes that real clients send and a real upstream answers: the SDK's full items, the AI SDK's
 * bare ones, an agent's items without ids, a stream with its many events.
 */
import { KEEP_MEDIA, KEEP_REFERENCE, KEEP_SYSTEM } from "../../../src/model/message.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";
import { describeWire } from "./wire.contract.ts";
import type { ReplyExample } from "./wire.contract.ts";

const DEVELOPER = '{"type":"message","role":"developer","content":[{"type":"input_text","text":"Be \\u00e9xact."}]}';
const SYSTEM = '{ "role":"system" , "content":"Short." }';

const reasoning = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAAA1" };
const said = (text: string, id = "msg_1"): object => ({
  id,
  type: "message",
  status: "completed",
  role: "assistant",
  phase: "final_answer",
  content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
});
const call = {
  id: "fc_1",
  type: "function_call",
  status: "completed",
  call_id: "call_1",
  name: "get_weather",
  arguments: '{"city": "Zürich"}',
};

const conversation = [
  '{"role":"user","content":"first \\ud83d\\ude00"}',
  `${JSON.stringify(reasoning)},\n ${JSON.stringify(said("Answer 1"))}`,
  '{ "content" : [ {"type":"input_text","text":"use the t\\u00f6ol"} ], "role":"user","type":"message"}',
  '{"type":"item_reference","id":"rs_2"} , {"type":"reasoning","summary":[],"content":null} ,{"type":"function_call","call_id":"call_1","name":"get_weather","arguments":"{}"}',
  '{"type":"function_call","call_id":"call_2","name":"get_time","arguments":"{ \\"zone\\":1e2}"}',
  '{"type":"function_call_output","call_id":"call_1","output":"21"}',
  '{"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"noon"}]}',
  '{"role":"assistant","content":"It is 21."}',
  '{"role":"user","content":[]}',
  '{"role":"assistant","content":[{"type":"output_text","text":"?"}]}',
  '{"type":"reasoning","id":"rs_9","summary":[]}',
  '{"role":"user","content":"last"}',
];

const usage = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 64, cache_write_tokens: 7 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 129,
};
const READ_USAGE = { promptTokens: 120, cachedTokens: 64, cacheWriteTokens: 7, completionTokens: 9 };

function response(status: string, output: object[], more: object = {}): object {
  return { id: "resp_1", object: "response", created_at: 1, status, error: null, output, usage, ...more };
}

const event = (data: { type: string; [field: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** A stream as the upstream sends it; the items of `response.created` and `.added` are empty, as they are there. */
function stream(output: object[], end: { type: string; response: object } | null): string {
  const items = output.flatMap((item, output_index) => [
    { type: "response.output_item.added", output_index, item: { ...item, encrypted_content: "", content: [] } },
    { type: "response.output_text.delta", output_index, content_index: 0, delta: "event: response.completed\n" },
    { type: "response.output_item.done", output_index, item },
  ]);
  const begin = response("in_progress", [], { usage: null });
  const events = [{ type: "response.created", response: begin }, ...items, ...(end ? [end] : [])];
  return events.map((data, sequence_number) => event({ ...data, sequence_number })).join("");
}

const ANSWER = "Zürich: 21 °C \u{1f600}";
const output = [reasoning, said(ANSWER), call, { ...call, call_id: "call_2" }];
const answer: Omit<ReplyExample, "text" | "isEventStream"> = {
  replay: [
    JSON.stringify({ role: "assistant", content: ANSWER }),
    `{"type":"function_call","name":"get_weather","call_id":"call_1","arguments":"{\\"city\\":\\"Zürich\\"}"}`,
    `{"type":"function_call","name":"get_weather","call_id":"call_2","arguments":"{\\"city\\":\\"Zürich\\"}"}`,
  ],
  usage: READ_USAGE,
  finishReason: "completed",
  id: "resp_1",
};
const cutShort = { incomplete_details: { reason: "max_output_tokens" } };
const completed = { type: "response.completed", response: response("completed", output) };

describeWire(responsesWire, {
  conversation,
  body(messages, { gap, head }) {
    const items = [...(head ? [DEVELOPER, SYSTEM] : []), ...messages];
    return `${gap}{${gap}"model":"gpt-5.4","store":false,${gap}"input"${gap}:${gap}[${gap}${items.join(`${gap},${gap}`)}${gap}]${gap},"instructions":"Be kind.","stream":true}`;
  },
  heldBody: (messages, gap) =>
    `{"previous_response_id":"resp_0",${gap}"input":[${messages.join(",")}],"instructions":"Be kind."${gap}}`,
  requests: [
    ["a string as input", '{"model":"gpt-5.4","input":"h\\u00ef"}'],
    ["a string as input in white space", '{ "input" : "" , "model":"gpt-5.4" }'],
    ["nothing but a head", `{"input":[${DEVELOPER}]}`],
    ["a conversation by its id", '{"conversation":{"id":"conv_1"},"input":[{"role":"developer","content":"d"}]}'],
    ["a key of the client's own", '{"prompt_cache_key":"mine","input":"hi"}'],
    [
      "fields that are null",
      '{"conversation":null,"previous_response_id":null,"prompt":null,"tools":null,"input":"a"}',
    ],
  ],
  notRequests: [
    ["no input", '{"model":"gpt-5.4"}'],
    ["a prompt template", '{"prompt":{"id":"pmpt_1"},"input":"hi"}'],
    ["an empty input", '{"input":[]}'],
    ["an input that is no text and no array", '{"input":{"role":"user","content":"a"}}'],
    ["a string that is broken", '{"input":"\\x"}'],
    ["an item that is no object", '{"input":["hi"]}'],
    ["two inputs", '{"input":"a","\\u0069nput":"b"}'],
    ["two kinds of state", '{"previous_response_id":"resp_1","conversation":"conv_1","input":"a"}'],
    ["state that has no name", '{"conversation":{},"input":"a"}'],
    ["a reply that has no name", '{"previous_response_id":7,"input":"a"}'],
    ["an input that never closes", '{"input":[{"role":"user","content":"a"}'],
    ["an array", "[]"],
    ["nothing", ""],
  ],
  notMessages: [
    ["nothing", ""],
    ["a number", "1"],
    ["an array", "[]"],
    ["an object that says nothing", "{}"],
    ["a role that nobody has", '{"role":"wizard","content":"a"}'],
    ["a type that is no text", '{"type":7,"role":"user","content":"a"}'],
    ["two messages", '{"role":"user","content":"a"},{"role":"user","content":"b"}'],
    ["a user's message behind reasoning", '{"type":"reasoning","summary":[]},{"role":"user","content":"b"}'],
    ["reasoning behind its item", '{"role":"assistant","content":"b"},{"type":"reasoning","summary":[]}'],
    ["text that breaks out of an array", '{"role":"user"}],[{"role":"user"}'],
  ],
  spellings: [
    ["a string as input", ['"h\\u00ef"', '{"role":"user","content":[{"type":"input_text","text":"hï"}]}']],
    ["the SDK's item and the AI SDK's", [JSON.stringify(said("a")), '{"role":"assistant","content":"a"}']],
    ["with its reasoning and without", [`${JSON.stringify(reasoning)},${JSON.stringify(call)}`, JSON.stringify(call)]],
  ],
  differences: [
    ["the text", ['{"role":"user","content":"a"}', '{"role":"user","content":"a "}']],
    ["the role", ['{"role":"user","content":"a"}', '{"role":"assistant","content":"a"}']],
    ["the call", [JSON.stringify(call), JSON.stringify({ ...call, call_id: "call_2" })]],
    ["an item and a reference to one", [JSON.stringify(said("a")), '{"type":"item_reference","id":"msg_1"}']],
  ],
  facts: [
    ["that a call is open", [JSON.stringify(call), { role: "assistant", opensCalls: 1, answersCalls: 0, keep: 0 }]],
    ["that it is answered", [conversation[5] ?? "", { role: "tool", opensCalls: 0, answersCalls: 1, keep: 0 }]],
    ["that reasoning is bound", [conversation[1] ?? "", { role: "assistant", isBound: true, carriesBrief: false }]],
    ["that a system message stays", [SYSTEM, { role: "system", keep: KEEP_SYSTEM, carriesBrief: false }]],
    [
      "that a file stays",
      ['{"role":"user","content":[{"type":"input_file","file_id":"f"}]}', { keep: KEEP_MEDIA | KEEP_REFERENCE }],
    ],
  ],
  texts: [
    ["a message", [conversation[2] ?? "", [{ role: "user", speaker: null, text: "use the töol" }]]],
    ["a call", [conversation[4] ?? "", [{ role: "assistant", speaker: null, text: 'get_time({ "zone":1e2})' }]]],
    ["a result", [conversation[6] ?? "", [{ role: "tool", speaker: null, text: "noon" }]]],
    ["reasoning", [conversation[10] ?? "", []]],
  ],
  others: [chatCompletionsWire, messagesWire],
  replies: [
    ["a stream", { text: stream(output, completed), isEventStream: true, ...answer }],
    ["a body", { text: JSON.stringify(response("completed", output), null, 1), isEventStream: false, ...answer }],
    ["a stream whose items stand only in its end", { text: stream([], completed), isEventStream: true, ...answer }],
    [
      "a stream with more behind its end",
      { text: `${stream(output, completed)}data: [DONE]\n\n`, isEventStream: true, ...answer },
    ],
    [
      "an answer cut at its limit",
      {
        text: stream([reasoning], {
          type: "response.incomplete",
          response: response("incomplete", [reasoning], cutShort),
        }),
        isEventStream: true,
        ...answer,
        replay: [JSON.stringify(reasoning)],
        finishReason: "max_output_tokens",
      },
    ],
  ],
  unknownEvent: 'event: response.later\ndata: {"type":"response.later","response":7,"item":[]}\n\n',
  unfinished: [
    ["a stream that broke off", [stream(output, null), true]],
    ["a body that is still in the making", [JSON.stringify(response("in_progress", output)), false]],
    ["a body that waits", [JSON.stringify(response("queued", [])), false]],
    ["half a body", [JSON.stringify(response("completed", output)).slice(0, -1), false]],
  ],
  failures: [
    ["a failed response", [stream(output, { type: "response.failed", response: response("failed", output) }), true]],
    ["a failed body", [JSON.stringify(response("failed", output)), false]],
    ["an error event", [stream(output, null) + event({ type: "error" }) + event(completed), true]],
    ["an error body", ['{"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}}', false]],
    ["another API's body", ['{"object":"chat.completion","choices":[]}', false]],
    ["no JSON", ["<html>", false]],
  ],
  readError(body) {
    const { error } = body as { error: { message: unknown; code: unknown } };
    return error;
  },
});
