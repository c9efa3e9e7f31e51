/**
 * Examples for the Chat Completions wire: small builders, one conversation, and the pieces of a stream.
 *
 * In the shapes that clients were seen to send: the official SDK's whole reply objects, frameworks that write arguments
 * anew, content as a string or as parts, several calls in one message, reasoning that goes back, media. Requests
 * and replies stand in `chat-contract.test.ts`; nothing here may run the wire.
 */
import { KEEP_CITATION, KEEP_MEDIA, KEEP_SYSTEM, KEEP_UNKNOWN } from "../../../src/model/message.ts";
import type { MessageFacts } from "../../../src/model/message.ts";
import type { SpokenText } from "../../../src/wire/wire.ts";
import type { Named } from "./wire-examples.ts";

export const json = (value: unknown): string => JSON.stringify(value);
export const text = (words: string, more: object = {}): object => ({ type: "text", text: words, ...more });
export const user = (content: unknown, more: object = {}): string => json({ role: "user", content, ...more });
export const model = (content: unknown, more: object = {}): string => json({ role: "assistant", content, ...more });
export const call = (id: string, args: unknown, more: object = {}): object => ({
  id,
  type: "function",
  function: { name: "find", arguments: args, ...more },
});
export const calls = (...tool_calls: object[]): string => model(null, { tool_calls });
export const custom = (id: string, input: string): object => ({ id, type: "custom", custom: { name: "run", input } });
export const result = (id: string, content: unknown, more: object = {}): string =>
  json({ role: "tool", tool_call_id: id, content, ...more });

const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" } };
const sound = { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } };
const file = {
  type: "file",
  file: { filename: "part-1.pdf", file_data: "data:application/pdf;base64,JVBERg==" },
};
export const citation = { type: "url_citation", url_citation: { start_index: 0, end_index: 3, url: "u", title: "t" } };
const MARKER = { cache_control: { type: "ephemeral" } };
const BREAKPOINT = { prompt_cache_breakpoint: { mode: "explicit" } };
/** What the official SDK's helpers leave on a reply that is sent back as it came. */
const SDK = { refusal: null, annotations: [], parsed: null };

export const DEVELOPER = '{"role":"developer","content":"Be \\u00e9xact."}';
export const SYSTEM = `{ "role":"system", "content":[${json(text("Answer in short — immer.", MARKER))}] }`;
const TOOLS = json([{ type: "function", function: { name: "find", parameters: { type: "object", properties: {} } } }]);

export const conversation = [
  '{"role":"user","content":"Grüße 世界, \\"one\\""}',
  model("Answer one.", SDK),
  '{ "content" : [ {"type":"text", "text":"two\\u00e9 \\ud83d\\ude00"} ], "name":"ann", "role":"user" }',
  model(null, {
    refusal: null,
    tool_calls: [call("c1", '{"b": 1, "a": "x"}', { parsed_arguments: { b: 1, a: "x" } }), custom("c2", "ls -l\n")],
    parsed: null,
  }),
  result("c1", "found", { name: "find" }),
  result("c2", [text("more"), text("and more")]),
  model("Both found.", { reasoning_content: "One of them would do, so…" }),
  user([text("what is this?", MARKER), image]),
  model([text("Nothing."), { type: "refusal", refusal: "No." }]),
  '{"role":"user", "content":""}',
  model(null, { audio: { id: "audio_1" } }),
  user([]),
];

/** More of the kind; a conversation of its own, so that the one above stays short. */
export const rarer = [
  user([sound, file]),
  model("", { tool_calls: [call("c4", "{}")] }),
  result("c4", '{"files":[]}'),
  model([text("None there.")]),
  user([text("a"), text("b", BREAKPOINT)], { name: "ann" }),
  model(null, { refusal: "That I will not do." }),
  user("So be it."),
  '{"role":"assistant","content":"Answer \\ud83d","annotations":[],"function_call":null}',
  user(null),
];

/** A line break in the white space asks for a model that takes cache breakpoints, so that each law meets both kinds. */
export function body(messages: readonly string[], { gap, head }: { gap: string; head: boolean }): string {
  const all = [...(head ? [DEVELOPER, SYSTEM] : []), ...messages];
  const members = [
    `"model":${gap}"${gap.includes("\n") ? "gpt-5.6" : "gpt-4o"}"`,
    `"messages"${gap}:${gap}[${gap}${all.join(`${gap},${gap}`)}${gap}]`,
    ...(head ? [`"tools":${gap}${TOOLS}`] : []),
    '"stream":true',
    '"stream_options":{"include_usage":true}',
  ];
  return `${gap}{${gap}${members.join(`${gap},${gap}`)}${gap}}${gap}`;
}

const chunk = (choices: object[], more: object): string =>
  `data: ${json({ id: "chatcmpl-7", object: "chat.completion.chunk", created: 7, model: "m", choices, usage: null, ...more })}\n\n`;
export const delta = (fields: object, finish_reason: string | null = null, more: object = {}): string =>
  chunk([{ index: 0, delta: fields, logprobs: null, finish_reason }], more);
export const callDelta = (index: number, piece: object): string => delta({ tool_calls: [{ index, ...piece }] });
/** The last chunk but the end: no choice, only the bill. */
export const bill = (usage: object): string => chunk([], { usage });
/** What a filter says of the prompt before there is any answer; it has no id yet. */
export const FILTERED = chunk([], { id: "", model: "", prompt_filter_results: [{ prompt_index: 0 }] });
export const START = delta({ role: "assistant", content: "", refusal: null });
export const DONE = "data: [DONE]\n\n";

export const WORDS =
  START +
  delta({ content: "Grüße 世界\n" }, null, { obfuscation: "kq3" }) +
  delta({ content: "data: [DONE]\n\n😀" }, null, { obfuscation: "x" }) +
  delta({}, "stop", { obfuscation: "aZ81" });

export const CALLS =
  delta({ role: "assistant", content: null }) +
  callDelta(0, { id: "c1", type: "function", function: { name: "find", arguments: "" } }) +
  callDelta(0, { function: { arguments: '{"q": "Zür' } }) +
  callDelta(1, { id: "c2", type: "custom", custom: { name: "run", input: "" } }) +
  callDelta(0, { function: { arguments: 'ich", "n": 1.0}' } }) +
  callDelta(1, { custom: { input: "ls -l\n" } }) +
  callDelta(1, { custom: { input: "cat ü" } }) +
  delta({}, "tool_calls");

const named = (args: string): string => callDelta(1, call("c1", args));
export const NAMED_CALL = named('{"q":') + named('"ü"}') + delta({}, "tool_calls");

export const spellings: Named<readonly [string, string]>[] = [
  ["a string and one text part", [user("a"), user([text("a")])]],
  ["a reply as string and as part", [model("a"), model([text("a")])]],
  ["a result as string and as part", [result("c", "a"), result("c", [text("a")])]],
  [
    "a system message as string and as part",
    ['{"role":"system","content":"a"}', json({ role: "system", content: [text("a")] })],
  ],
  ["key order", [user([image], { name: "ann" }), `{"name":"ann","content":[${json(image)}],"role":"user"}`]],
  [
    "keys inside a part",
    [
      user([{ type: "file", file: { file_id: "f", filename: "n" } }]),
      '{"role":"user","content":[{"file":{"filename":"n","file_id":"f"},"type":"file"}]}',
    ],
  ],
  ["a cache marker", [user("a"), user([text("a", MARKER)])]],
  ["a cache marker on one of several parts", [user([text("a"), image]), user([text("a"), { ...image, ...MARKER }])]],
  ["a cache marker beside the content", [user("a"), user("a", MARKER)]],
  ["a cache breakpoint", [user([text("a"), sound]), user([text("a", BREAKPOINT), { ...sound, ...BREAKPOINT }])]],
  ["a marker on a result", [result("c", "a"), result("c", [text("a", MARKER)])]],
  [
    "no content and null beside a call",
    [calls(call("c", "{}")), json({ role: "assistant", tool_calls: [call("c", "{}")] })],
  ],
  ["an empty string beside a call", [calls(call("c", "{}")), model("", { tool_calls: [call("c", "{}")] })]],
  ["an empty list beside a call", [calls(call("c", "{}")), model([], { tool_calls: [call("c", "{}")] })]],
  [
    "what an SDK adds to a reply",
    [model("a"), model("a", { ...SDK, tool_calls: [], function_call: null, audio: null })],
  ],
  [
    "what an SDK adds to a call",
    [
      calls(call("c", '{"a":1}')),
      model(null, { ...SDK, tool_calls: [call("c", '{"a":1}', { parsed_arguments: { a: 1 } })] }),
    ],
  ],
  ["arguments written anew", [calls(call("c", '{"q": "\\u00fc", "n": 1.0}')), calls(call("c", '{"n":1,"q":"ü"}'))]],
  [
    "a call without its type",
    [calls(call("c", "{}")), calls({ id: "c", function: { name: "find", arguments: "{}" } })],
  ],
  ["arguments that are cut short", [calls(call("c", '{"q":')), model([], { tool_calls: [call("c", '{"q":')] })]],
  [
    "reasoning that was left out",
    [model("a"), model("a", { reasoning_content: "so", reasoning_details: [{ text: "so" }] })],
  ],
  ["citations that were left out", [model("a"), model("a", { annotations: [citation] })]],
  [
    "all of a spoken reply and its id",
    [
      model(null, { audio: { id: "audio_1" } }),
      model(null, { audio: { id: "audio_1", data: "AA==", transcript: "a", expires_at: 7 } }),
    ],
  ],
  ["fields of the user's that are null", [user("a"), user("a", { name: null, refusal: null, extra: null })]],
  [
    "letters in escapes",
    ['{"role":"user","content":"é \u{1f600} /"}', '{"role":"\\u0075ser","content":"\\u00e9 \\ud83d\\ude00 \\/"}'],
  ],
];

export const differences: Named<readonly [string, string]>[] = [
  ["the role", [user("a"), model("a")]],
  ["whose instructions they are", ['{"role":"system","content":"a"}', '{"role":"developer","content":"a"}']],
  ["the text", [user("a"), user("a ")]],
  ["the letters' form", [user("\u00e9"), user("e\u0301")]],
  ["the name", [user("a"), user("a", { name: "ann" })]],
  ["two parts for one", [user("ab"), user([text("a"), text("b")])]],
  ["the order of parts", [user([text("a"), image]), user([image, text("a")])]],
  ["the image", [user([image]), user([{ ...image, image_url: { url: "https://example.com/a.png" } }])]],
  ["an unknown field of the user's", [user("a"), user("a", { extra: 1 })]],
  ["a marker's name inside a value", [user([{ ...file, file: { cache_control: 1 } }]), user([{ ...file, file: {} }])]],
  ["whose result it is", [result("c", "a"), result("d", "a")]],
  ["white space in a result", [result("c", '{"a":1}'), result("c", '{"a": 1}')]],
  ["the call's id", [calls(call("c", "{}")), calls(call("d", "{}"))]],
  ["a call's name", [calls(call("c", "{}")), calls(call("c", "{}", { name: "run" }))]],
  ["the order of calls", [calls(call("c", "{}"), call("d", "{}")), calls(call("d", "{}"), call("c", "{}"))]],
  ["an argument", [calls(call("c", '{"a":1}')), calls(call("c", '{"a":"1"}'))]],
  ["a null among the arguments", [calls(call("c", '{"a":null}')), calls(call("c", "{}"))]],
  ["arguments and the text of them", [calls(call("c", '"x"')), calls(call("c", "x"))]],
  [
    "digits that a number would lose",
    [calls(call("c", '{"a":12345678901234567890}')), calls(call("c", '{"a":12345678901234567891}'))],
  ],
  ["a custom tool's input", [calls(custom("c", "{}")), calls(custom("c", "{ }"))]],
  ["a custom tool and a function", [calls(custom("c", "{}")), calls(call("c", "{}", { name: "run" }))]],
  ["a refusal", [model("a"), model("a", { refusal: "No." })]],
  ["what was spoken", [model(null, { audio: { id: "audio_1" } }), model(null, { audio: { id: "audio_2" } })]],
  ["an old function call", [model("a"), model("a", { function_call: { name: "find", arguments: "{}" } })]],
  ["half a character", ['{"role":"user","content":"\\ud83d"}', '{"role":"user","content":"\\ud83e"}']],
  ["half a character and its stand-in", ['{"role":"user","content":"\\ud83d"}', '{"role":"user","content":"\\ufffd"}']],
];

/** A user's message with this part. */
const kept = (part: { type: string }, keep: number): Named<readonly [string, Partial<MessageFacts>]> => [
  `that ${part.type} is kept`,
  [user([text("a"), part]), { role: "user", keep, carriesBrief: true }],
];

export const facts: Named<readonly [string, Partial<MessageFacts>]>[] = [
  [
    "who speaks",
    [user("a"), { role: "user", opensCalls: 0, answersCalls: 0, keep: 0, carriesBrief: true, isBound: false }],
  ],
  [
    "that it is a reply",
    [model("a", { reasoning_content: "b" }), { role: "assistant", keep: 0, carriesBrief: false, isBound: false }],
  ],
  [
    "that it opens calls",
    [
      calls(call("c", "{}"), custom("d", "x")),
      { role: "assistant", opensCalls: 2, answersCalls: 0, keep: 0, carriesBrief: false },
    ],
  ],
  [
    "that it answers a call",
    [result("c", [text("a")]), { role: "tool", opensCalls: 0, answersCalls: 1, keep: 0, carriesBrief: false }],
  ],
  ["that the system's stays", [SYSTEM, { role: "system", keep: KEEP_SYSTEM, carriesBrief: false }]],
  ["that the developer's stays", [DEVELOPER, { role: "developer", keep: KEEP_SYSTEM, carriesBrief: false }]],
  kept(image, KEEP_MEDIA),
  kept(sound, KEEP_MEDIA),
  kept(file, KEEP_MEDIA),
  ["that a spoken reply is kept", [model(null, { audio: { id: "audio_1" } }), { keep: KEEP_MEDIA }]],
  ["that a picture in a result is kept", [result("c", [image]), { role: "tool", keep: KEEP_MEDIA }]],
  ["that citations are kept", [model("a", { annotations: [citation] }), { keep: KEEP_CITATION }]],
  ["that a refusal may go", [model([{ type: "refusal", refusal: "No." }]), { keep: 0 }]],
  ["that an old call is kept", [model(null, { function_call: { name: "find" } }), { keep: KEEP_UNKNOWN }]],
  ["that its content is none", [user({}), { keep: KEEP_UNKNOWN, carriesBrief: false }]],
  ["that it has no content", ['{"role":"user"}', { role: "user", keep: 0, carriesBrief: false }]],
];

export const texts: Named<readonly [string, SpokenText[]]>[] = [
  ["a string", [user("a"), [{ role: "user", speaker: null, text: "a" }]]],
  [
    "parts of somebody with a name",
    [user([text("a"), image, text("b"), sound], { name: "ann" }), [{ role: "user", speaker: "ann", text: "a\nb" }]],
  ],
  [
    "a reply with calls",
    [
      model("I look.", { reasoning_content: "so", tool_calls: [call("c", '{ "q":1}'), custom("d", "ls\n")] }),
      [{ role: "assistant", speaker: null, text: 'I look.\nfind({ "q":1})\nrun(ls\n)' }],
    ],
  ],
  ["a result", [result("c", [text("a"), text("b")]), [{ role: "tool", speaker: null, text: "a\nb" }]]],
  ["a refusal", [model(null, { refusal: "No." }), [{ role: "assistant", speaker: null, text: "No." }]]],
  [
    "a refusal among parts",
    [
      model([text("Well."), { type: "refusal", refusal: "No." }]),
      [{ role: "assistant", speaker: null, text: "Well.\nNo." }],
    ],
  ],
  ["the system's", [SYSTEM, [{ role: "system", speaker: null, text: "Answer in short — immer." }]]],
  ["the developer's", [DEVELOPER, [{ role: "developer", speaker: null, text: "Be éxact." }]]],
];
