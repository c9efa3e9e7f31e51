/**
 * What makes two spellings one message, where a request's messages are, and how a brief is spliced in.
 *
 * The encoder is held to bytes: outside of the dropped messages and the brief itself, nothing may change.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEEP_MEDIA, KEEP_SYSTEM } from "../../../src/model/message.ts";
import { decode, readMessage } from "../../../src/wire/chat-completions/decode.ts";
import { encode } from "../../../src/wire/chat-completions/encode.ts";
import type { DecodedRequest, StoredMessages } from "../../../src/wire/wire.ts";
import { NO_EDIT } from "./wire-examples.ts";

const encodeBrief = (request: DecodedRequest, cut: number, brief: string) =>
  encode(request, { ...NO_EDIT, cut, brief });
const encodeDelta = (request: DecodedRequest, stored: StoredMessages, brief: string | null) =>
  encode(request, { ...NO_EDIT, stored, brief });

const print = (message: unknown): string | undefined => readMessage(JSON.stringify(message))?.fingerprint;

describe("a fingerprint", () => {
  it.each([
    [
      "text and one text part",
      { role: "user", content: "a" },
      { role: "user", content: [{ type: "text", text: "a" }] },
    ],
    ["key order", { role: "user", content: "a" }, { content: "a", role: "user" }],
    [
      "a cache marker",
      { role: "user", content: "a" },
      { role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] },
    ],
    [
      "no content, null and empty",
      { role: "assistant", content: null, tool_calls: [] },
      { role: "assistant", content: "" },
    ],
    [
      "what an SDK adds to a reply",
      { role: "assistant", content: "a" },
      { role: "assistant", content: "a", refusal: null, annotations: [], parsed: null },
    ],
    [
      "arguments written anew",
      {
        role: "assistant",
        tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{"a": 1, "b":2}' } }],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c", function: { name: "f", arguments: '{"b":2,"a":1}' } }],
      },
    ],
  ])("does not see %s", (_name, one, other) => {
    expect(print(one)).toBe(print(other));
  });

  it.each([
    ["the role", { role: "user", content: "a" }, { role: "assistant", content: "a" }],
    ["the text", { role: "user", content: "a" }, { role: "user", content: "a " }],
    ["the name", { role: "user", content: "a" }, { role: "user", content: "a", name: "b" }],
    [
      "two parts for one",
      { role: "user", content: "ab" },
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ],
    ["an unknown field of the user's", { role: "user", content: "a" }, { role: "user", content: "a", extra: 1 }],
    [
      "whose result it is",
      { role: "tool", content: "a", tool_call_id: "1" },
      { role: "tool", content: "a", tool_call_id: "2" },
    ],
    [
      "digits that a number would lose",
      {
        role: "assistant",
        tool_calls: [{ id: "c", function: { name: "f", arguments: '{"a":12345678901234567890}' } }],
      },
      {
        role: "assistant",
        tool_calls: [{ id: "c", function: { name: "f", arguments: '{"a":12345678901234567891}' } }],
      },
    ],
  ])("sees %s", (_name, one, other) => {
    expect(print(one)).not.toBe(print(other));
  });

  it("is refused to what is no chat message", () => {
    for (const text of [
      "",
      "[]",
      "1",
      '{"role":"wizard"}',
      '{"content":"a"}',
      `{"role":"user","content":${"[".repeat(50_000)}`,
    ])
      expect(readMessage(text)).toBeNull();
  });
});

describe("a message", () => {
  it("says what it opens, answers and may not lose", () => {
    const call = { id: "c", function: { name: "f", arguments: "{}" } };
    expect(readMessage(JSON.stringify({ role: "assistant", tool_calls: [call, call] }))).toMatchObject({
      opensCalls: 2,
    });
    expect(readMessage('{"role":"tool","tool_call_id":"c","content":"x"}')).toMatchObject({ answersCalls: 1, keep: 0 });
    expect(readMessage('{"role":"system","content":"x"}')).toMatchObject({ keep: KEEP_SYSTEM, carriesBrief: false });
    const image = { role: "user", content: [{ type: "image_url", image_url: { url: "data:," } }] };
    expect(readMessage(JSON.stringify(image))).toMatchObject({ keep: KEEP_MEDIA, carriesBrief: true });
  });
});

describe("a request", () => {
  it("is read where it is plainly one", () => {
    const request = decode(
      '{"model":"m","messages":[{"role":"system","content":"s"},{"role":"developer","content":"d"},{"role":"user","content":"u"}],"tools":[{}],"n":2,"user":"me"}',
    );
    expect(request).toMatchObject({ model: "m", hasTools: true, manyChoices: true, endUser: "me" });
  });

  it.each([
    ["no messages", '{"model":"m"}'],
    ["empty messages", '{"messages":[]}'],
    ["messages that are no array", '{"messages":{}}'],
    ["two messages fields", '{"messages":[{"role":"user","content":"a"}],"messages":[]}'],
    ["an array", "[]"],
    ["nothing", ""],
  ])("with %s is left alone", (_name, text) => {
    expect(decode(text)).toBeNull();
  });
});

const BRIEF = 'A "record"\n\\ of é and \ud83d\ude00 before';

/** A body with odd white space, escapes and key order, as text. */
function body(contents: string[], sep: string): { text: string; parts: string[] } {
  const parts = contents.map((content, index) =>
    index % 2 === 0
      ? `{ "content":${content},${sep}"role" : "user"}`
      : `{"role":"assistant","content":"r${index}\\u00e9","x":1.0}`,
  );
  return {
    text: `{"seed":1e2,"messages":[${sep}{"role":"system","content":"s"}${sep},${parts.join(`,${sep}`)}${sep}] , "n":1}`,
    parts,
  };
}

const content = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u00e9\\"\\\\"', "[]", '[ {"type":"text","text":"p"} ]', '""'),
);

describe("a brief", () => {
  it("is spliced in, and every other byte stays", () => {
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 3, maxLength: 9 }),
        fc.constantFrom("", " ", "\n\t"),
        fc.nat(),
        (contents, sep, pick) => {
          const { text, parts } = body(contents, sep);
          const request = decode(text);
          if (!request) throw new Error("not decoded");
          const cut = 2 * (1 + (pick % Math.ceil((contents.length - 2) / 2)));
          const out = encodeBrief(request, cut, BRIEF) ?? "";
          const first = out.indexOf(parts[0] === undefined ? "" : '{ "content":');
          expect(out.slice(0, first)).toBe(text.slice(0, first));
          const rest = parts.slice(cut + 1).join(`,${sep}`);
          expect(out.endsWith(`${rest}${sep}] , "n":1}`)).toBe(true);
          const { messages } = JSON.parse(out) as { messages: { role: string; content: unknown }[] };
          expect(messages.length).toBe(1 + contents.length - cut);
          const own: unknown = JSON.parse(contents[cut] ?? "null");
          const carrier = messages[1];
          if (typeof own === "string") expect(carrier).toMatchObject({ role: "user", content: BRIEF + own });
          else expect(carrier?.content).toEqual([{ type: "text", text: BRIEF }, ...(own as unknown[])]);
        },
      ),
    );
  });

  it("has no place where nothing is dropped or the carrier has no content", () => {
    const request = decode('{"messages":[{"role":"user","content":"a"},{"role":"user","content":null}]}');
    if (!request) throw new Error("not decoded");
    expect(encodeBrief(request, 0, BRIEF)).toBeNull();
    expect(encodeBrief(request, 1, BRIEF)).toBeNull();
    expect(encodeBrief(request, 2, BRIEF)).toBeNull();
  });
});

describe("a delta", () => {
  const first = '{"role":"user","content":"old"}';
  const rest = '{"role":"assistant","content":"ok"}';
  const head = ['{"role":"system","content":"s"}'];
  const stored = { head, first, rest, skip: 0 };

  it("gets the stored head and history before its own bytes", () => {
    const request = decode('{"model":"m", "messages": [ {"role":"user",  "content":"new"} ] }');
    if (!request) throw new Error("not decoded");
    expect(encodeDelta(request, stored, null)).toBe(
      `{"model":"m", "messages": [${head[0]},${first},${rest},{"role":"user",  "content":"new"}] }`,
    );
    const brief = JSON.parse(encodeDelta(request, stored, "B ") ?? "") as { messages: { content: string }[] };
    expect(brief.messages.map((message) => message.content)).toEqual(["s", "B old", "ok", "new"]);
  });

  it("brings its own head when it has one", () => {
    const request = decode('{"messages":[{"role":"system","content":"other"},{"role":"user","content":"new"}]}');
    if (!request) throw new Error("not decoded");
    const out = JSON.parse(encodeDelta(request, stored, null) ?? "") as {
      messages: { content: string }[];
    };
    expect(out.messages.map((message) => message.content)).toEqual(["other", "old", "ok", "new"]);
  });
});
