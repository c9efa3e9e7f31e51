/**
 * Messages whose JSON says a thing twice, or says it in escapes: what is compared must be what the upstream reads.
 *
 * JSON.parse takes the last of two equal keys, and so do the upstreams; a brief that is put into the first is lost.
 */
import { describe, expect, it } from "vitest";
import { decode, readMessage } from "../../../src/wire/chat-completions/decode.ts";
import { encode } from "../../../src/wire/chat-completions/encode.ts";
import { NO_EDIT } from "./wire-examples.ts";

function withBrief(carrier: string): string | null {
  const request = decode(`{"messages":[{"role":"user","content":"old"},${carrier}]}`);
  if (!request) throw new Error("not decoded");
  const body = encode(request, { ...NO_EDIT, cut: 1, brief: "BRIEF " });
  return body === null ? null : ((JSON.parse(body) as { messages: { content: string }[] }).messages[0]?.content ?? "");
}

describe("a brief", () => {
  it("is never put where the upstream does not read it", () => {
    expect([null, "BRIEF b"]).toContain(withBrief('{"role":"user","content":"a","content":"b"}'));
  });

  it("finds content whose key is written in escapes", () => {
    expect(withBrief('{"role":"user","\\u0063ontent":"a"}')).toBe("BRIEF a");
  });
});

describe("a message", () => {
  it("is the same in escapes and without", () => {
    const plain = readMessage('{"role":"user","content":"é \u{1f600} /"}');
    const escaped = readMessage('{"role":"\\u0075ser","content":"\\u00e9 \\ud83d\\ude00 \\/"}');
    expect(plain?.fingerprint).toBe(escaped?.fingerprint);
  });

  it("with half a character is itself and no other", () => {
    const halves = ["\\ud83d", "\\ud83e", "\\ufffd"].map((half) => readMessage(`{"role":"user","content":"${half}"}`));
    expect(new Set(halves.map((message) => message?.fingerprint)).size).toBe(3);
  });
});

describe("a request", () => {
  it.each([
    ["a second messages key in escapes", '{"messages":[{"role":"user","content":"a"}],"\\u006dessages":[]}'],
    ["messages that never close", '{"messages":[{"role":"user","content":"a"}'],
    ["a hole among the messages", '{"messages":[{"role":"user","content":"a"},,{"role":"user","content":"b"}]}'],
    ["brackets that do not match", '{"messages":[{"role":"user"]}'],
  ])("with %s is left alone", (_name, text) => {
    expect(decode(text)).toBeNull();
  });
});
