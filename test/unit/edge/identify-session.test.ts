/**
 * Which conversation a request belongs to: the order of the signals, and that no two callers share a name.
 *
 * Each signal is tried beside all that come after it, so that the order itself is what is tested.
 */
import { describe, expect, it } from "vitest";
import { findNames, identifySession, nameSession } from "../../../src/edge/identify-session.ts";
import type { Identity, Namer } from "../../../src/edge/identify-session.ts";
import { SESSION_ID_CHARS_MAX } from "../../../src/model/limits.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";

const NAMER: Namer = { secret: "s", tenant: "t", upstream: "openai" };
const USER = { role: "user", content: "q" };
const REPLY = { role: "assistant", content: "a" };

function identify(headers: Record<string, string>, body: object = {}, namer = NAMER): Identity {
  const request = chatCompletionsWire.decode(JSON.stringify({ messages: [USER, REPLY, USER], ...body }));
  if (!request) throw new Error("not decoded");
  return identifySession(new Headers(headers), chatCompletionsWire, request, namer);
}

const HEADERS = [
  "x-strata-session",
  "x-session-id",
  "x-claude-code-session-id",
  "session-id",
  "session_id",
  "x-session-affinity",
  "x-opencode-session",
];
const BODY: [string, object][] = [
  ["metadata.user_id", { metadata: { user_id: '{"session_id":"one"}' } }],
  ["conversation", { conversation: "one" }],
  ["prompt_cache_key", { prompt_cache_key: "one" }],
];
const SOURCES = [...HEADERS, ...BODY.map(([source]) => source), "first_exchange"];

describe("the name of a session", () => {
  it.each(SOURCES)("comes from %s before all that follow it", (source) => {
    const from = SOURCES.indexOf(source);
    const headers = Object.fromEntries(HEADERS.slice(from).map((header) => [header, "one"]));
    const body = Object.assign(
      {},
      ...BODY.slice(Math.max(0, from - HEADERS.length)).map(([, fields]) => fields),
    ) as object;
    const identity = identify(headers, body);
    expect(identity.source).toBe(source);
    expect(identity.session).toMatch(/^st_[\w-]{43}$/);
  });

  it("is among those that its client's id may stand for, whatever said it", () => {
    const named = [
      ...HEADERS.map((header) => identify({ [header]: "one" }).session),
      ...BODY.map(([, fields]) => identify({}, fields).session),
    ];
    expect(new Set(findNames("one", NAMER))).toEqual(new Set(named));
    expect(findNames("two", NAMER).filter((name) => named.includes(name))).toEqual([]);
    expect(findNames("", NAMER)).toEqual([]);
  });

  it("is another one for another signal, tenant, upstream or key", () => {
    const names = [
      ...HEADERS.map((header) => identify({ [header]: "one" }).session),
      ...BODY.map(([, fields]) => identify({}, fields).session),
      identify({}).session,
      identify({ "x-session-id": "two" }).session,
      identify({ "x-session-id": "one" }, {}, { ...NAMER, tenant: "u" }).session,
      identify({ "x-session-id": "one" }, {}, { ...NAMER, upstream: "local" }).session,
      identify({ "x-session-id": "one" }, {}, { ...NAMER, secret: "z" }).session,
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it("is itself when it is a public id already", () => {
    const { session } = identify({ "x-session-id": "one" });
    expect(identify({ "x-strata-session": session ?? "" })).toEqual({ session, source: "x-strata-session" });
    expect(nameSession("st_short", NAMER)).not.toBe("st_short");
  });

  it("is not taken from empty or foreign values", () => {
    const fields = { metadata: { user_id: "plain-user" }, conversation: "", prompt_cache_key: 7 };
    expect(identify({ "x-strata-session": "", "x-session-id": "" }, fields).source).toBe("first_exchange");
    for (const user of ["{", '{"session_id":7}', "[]", "null"])
      expect(identify({}, { metadata: { user_id: user } }).source).toBe("first_exchange");
  });

  it("keeps long ids apart by all of their characters", () => {
    const long = "x".repeat(SESSION_ID_CHARS_MAX);
    const ids = [long, `${long}a`, `${long}b`];
    expect(new Set(ids.map((id) => identify({ "x-session-id": id }).session)).size).toBe(3);
  });
});

describe("a first exchange", () => {
  const name = (messages: object[], more: object = {}): string | null => identify({}, { messages, ...more }).session;

  it("names the conversation from its second request on", () => {
    expect(name([USER])).toBeNull();
    expect(name([{ role: "system", content: "s" }, USER])).toBeNull();
    const second = name([USER, REPLY, USER]);
    expect(second).not.toBeNull();
    expect(name([{ role: "system", content: "s" }, USER, REPLY, USER, REPLY, USER])).toBe(second);
  });

  it("is another one with another question, reply or end user", () => {
    const names = [
      name([USER, REPLY, USER]),
      name([{ ...USER, content: "r" }, REPLY, USER]),
      name([USER, { ...REPLY, content: "b" }, USER]),
      name([USER, REPLY, USER], { user: "someone" }),
      name([USER, REPLY, USER], { safety_identifier: "someone else" }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});
