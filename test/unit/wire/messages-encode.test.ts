/**
 * How a Messages body is edited, to the byte: briefs, stored messages, threads, cache breakpoints.
 *
 * Outside of what an edit is about nothing may change, and no body may hold more breakpoints than the API takes.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Edit, StoredMessages } from "../../../src/wire/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { NO_EDIT } from "./wire-examples.ts";

const MARK = '"cache_control":{"type":"ephemeral"}';
const BRIEF = `{"type":"text","text":"B",${MARK}}`;

function edit(body: string, changes: Partial<Edit>): string | null {
  const request = messagesWire.decode(body);
  if (!request) throw new Error("not decoded");
  return messagesWire.encode(request, { ...NO_EDIT, ...changes });
}

const user = (content: string): string => `{"role":"user","content":${content}}`;
const reply = '{"role":"assistant","content":"r"}';
const OLD = `${user('"old"')} , ${reply} ,`;
const brief = { cut: 2, brief: "B" };

describe("a brief", () => {
  it("becomes a block before a string, and the last words carry a breakpoint too", () => {
    const body = `{"model":"m", "messages": [ ${OLD} { "content" : "n\\u00e9w", "role":"user" } ] }`;
    expect(edit(body, brief)).toBe(
      `{"model":"m", "messages": [ { "content" : [${BRIEF},{"type":"text","text":"n\\u00e9w",${MARK}}], "role":"user" } ] }`,
    );
  });

  it("becomes a block before others, and every other byte stays", () => {
    const kept = `${user(' [ {"type":"text","text":"a"} ]')}\n,\t${reply}, ${user('"end"')}`;
    const out = `{"role":"user","content": [${BRIEF}, {"type":"text","text":"a"} ]}\n,\t${reply}, {"role":"user","content":[{"type":"text","text":"end",${MARK}}]}`;
    expect(edit(`{"messages":[${OLD}${kept} ],"x":1e2}`, brief)).toBe(`{"messages":[${out} ],"x":1e2}`);
  });

  it("stands alone where nothing was said", () => {
    for (const content of ['""', "[]"])
      expect(edit(`{"messages":[${OLD}${user(content)}]}`, brief)).toBe(`{"messages":[${user(`[${BRIEF}]`)}]}`);
  });

  it.each([
    ["without a cut", { cut: 0, brief: "B" }],
    ["before a reply", { cut: 1, brief: "B" }],
    ["behind the last message", { cut: 5, brief: "B" }],
    ["before a result", { cut: 3, brief: "B" }],
    ["where content stands twice", { cut: 4, brief: "B" }],
    [
      "where cut and stored are both given",
      { cut: 2, brief: "B", stored: { head: [], first: null, rest: "", skip: 0 } },
    ],
  ])("has no place %s", (_name, changes) => {
    const result = '[{"type":"tool_result","tool_use_id":"c","content":"r"},{"type":"text","text":"t"}]';
    const twice = '{"role":"user","content":"a","content":"b"}';
    expect(edit(`{"messages":[${OLD}${user('"a"')},${user(result)},${twice}]}`, changes)).toBeNull();
  });
});

describe("a stored head", () => {
  const stored: StoredMessages = {
    head: ['{"system":"s"}', '{"tools":[ {"name":"f"} ]}'],
    first: user('"old"'),
    rest: reply,
    skip: 0,
  };

  it("is put in front where the delta has none of its own", () => {
    const body = `{"thread":{"type":"continue","previous_message_id":"msg_1"},"messages":[ ${user('"new"')} ]}`;
    expect(edit(body, { stored, standsAlone: true })).toBe(
      `{"system":"s","tools":[ {"name":"f"} ],"messages":[ ${user('"old"')},${reply},${user('"new"')} ]}`,
    );
    expect(edit(`{"messages":[${user('"new"')}],"system":"own"}`, { stored })).toBe(
      `{"tools":[ {"name":"f"} ],"messages":[${user('"old"')},${reply},${user('"new"')}],"system":"own"}`,
    );
  });

  it("takes the brief, and the new words the other breakpoint", () => {
    expect(edit(`{"messages":[${user('"new"')}]}`, { brief: "B", stored: { ...stored, head: [] } })).toBe(
      `{"messages":[{"role":"user","content":[${BRIEF},{"type":"text","text":"old"}]},${reply},{"role":"user","content":[{"type":"text","text":"new",${MARK}}]}]}`,
    );
  });

  it("that nobody can read is no head", () => {
    for (const head of [["system"], ["{}"], ['{"a":1,"b":2}']])
      expect(edit(`{"messages":[${user('"new"')}]}`, { stored: { ...stored, head } })).toBeNull();
  });
});

describe("a thread", () => {
  const body = `{"system":"s","model":"m","messages":[ ${OLD} ${user('"new"')} ],"thread":{"type":"create"},"tools":[]}`;

  it("is taken out, and nothing else", () => {
    expect(edit(body, { standsAlone: true })).toBe(body.replace(',"thread":{"type":"create"}', ""));
    expect(edit(`{"messages":[${reply}]}`, { standsAlone: true })).toBe(`{"messages":[${reply}]}`);
  });

  it("that the upstream holds gets only what is new", () => {
    expect(edit(body, { heldBy: { id: 'msg_"1', from: 2 } })).toBe(
      `{"thread":{"type":"continue","previous_message_id":"msg_\\"1"},"model":"m","messages":[ ${user('"new"')} ]}`,
    );
    expect(edit(body, { heldBy: { id: "msg_1", from: 3 } })).toBeNull();
    expect(edit(body, { heldBy: { id: "msg_1", from: 2 }, brief: "B" })).toBeNull();
  });
});

/** Markers as the API sees them, each with where it stands. */
function markers(body: string | null): string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === "cache_control" && member !== null) found.push(`${path} ${(member as { ttl?: string }).ttl ?? "5m"}`);
      if (key !== "input" && key !== "input_schema") walk(member, path === "" ? key : `${path}.${key}`);
    }
  };
  walk(JSON.parse(body ?? "null"), "");
  return found;
}

const block = (text: string, marker?: object | null): object =>
  marker === undefined ? { type: "text", text } : { type: "text", text, cache_control: marker };
const SHORT = { type: "ephemeral" };
const LONG = { type: "ephemeral", ttl: "1h" };
const withBrief = (last: unknown, members: object = {}): string[] => {
  const messages = [
    { role: "user", content: "old" },
    { role: "assistant", content: "r" },
    { role: "user", content: "kept" },
    { role: "assistant", content: "s" },
  ];
  return markers(edit(JSON.stringify({ ...members, messages: [...messages, { role: "user", content: last }] }), brief));
};

describe("breakpoints", () => {
  const AT_BRIEF = "messages.0.content.0 5m";

  it("stand behind the brief and at the end of a history that nobody caches", () => {
    expect(withBrief("new")).toEqual([AT_BRIEF, "messages.2.content.0 5m"]);
    expect(withBrief([{ type: "tool_result", tool_use_id: "c", content: [block("r")] }])).toEqual([
      AT_BRIEF,
      "messages.2.content.0 5m",
    ]);
    expect(withBrief([block("a", null), block("")])).toEqual([AT_BRIEF, "messages.2.content.0 5m"]);
  });

  it("never stand on thinking or on nothing", () => {
    expect(withBrief([{ type: "thinking", thinking: "t", signature: "s" }])).toEqual([
      AT_BRIEF,
      "messages.1.content.0 5m",
    ]);
    expect(withBrief(" ")).toEqual([AT_BRIEF, "messages.1.content.0 5m"]);
    const alone = JSON.stringify({
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "r" },
        { role: "user", content: "" },
      ],
    });
    expect(markers(edit(alone, brief))).toEqual([AT_BRIEF]);
  });

  it("leave the end to a client that caches its history", () => {
    expect(withBrief([block("new", SHORT)])).toEqual([AT_BRIEF, "messages.2.content.0 5m"]);
    expect(withBrief("new", { cache_control: SHORT })).toEqual([" 5m", AT_BRIEF]);
    expect(withBrief([{ type: "tool_result", tool_use_id: "c", content: [block("r", SHORT)] }])).toEqual([
      AT_BRIEF,
      "messages.2.content.0.content.0 5m",
    ]);
  });

  it("live as long as the client's behind them: a shorter one may not come first", () => {
    expect(withBrief([block("new", LONG)])[0]).toBe("messages.0.content.0 1h");
    expect(withBrief("new", { cache_control: LONG })[1]).toBe("messages.0.content.0 1h");
    expect(withBrief("new", { system: [block("s", LONG)] })).toEqual([
      "system.0 1h",
      AT_BRIEF,
      "messages.2.content.0 5m",
    ]);
  });

  it("are left out where there is no room", () => {
    const system = [block("a", SHORT), block("b", SHORT)];
    const tools = [{ name: "f", input_schema: { properties: { cache_control: {} } }, cache_control: SHORT }];
    expect(withBrief("new", { system, tools })).toEqual(["system.0 5m", "system.1 5m", "tools.0 5m", AT_BRIEF]);
    expect(withBrief([block("new", SHORT)], { system, tools })).not.toContain(AT_BRIEF);
    expect(withBrief("new", { system, tools, cache_control: SHORT })).not.toContain(AT_BRIEF);
  });

  it("are not seen in what a user or a tool says", () => {
    const words = `look: ${MARK} ${MARK} ${MARK} ${MARK}`;
    expect(withBrief(words)).toEqual([AT_BRIEF, "messages.2.content.0 5m"]);
    const input = { cache_control: SHORT };
    expect(withBrief([{ type: "tool_use", id: "c", name: "f", input }])).toEqual([AT_BRIEF, "messages.2.content.0 5m"]);
  });

  it("are never more than four, and none of the client's is lost", () => {
    const marker = fc.constantFrom(undefined, null, SHORT);
    const blocks = fc
      .array(fc.tuple(fc.string(), marker), { minLength: 1, maxLength: 3 })
      .map((all) => all.map(([text, own]) => block(text, own)));
    const content = fc.oneof(fc.string(), blocks);
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 3, maxLength: 5 }),
        blocks,
        fc.boolean(),
        (contents, system, automatic) => {
          const messages = contents.map((own, index) => ({
            role: index % 2 === 0 ? "user" : "assistant",
            content: own,
          }));
          const body = JSON.stringify({ system, messages, cache_control: automatic ? SHORT : null });
          const own = markers(JSON.stringify({ ...JSON.parse(body), messages: messages.slice(2) })).length;
          const out = edit(body, brief);
          const all = markers(out).length;
          expect(all).toBeGreaterThanOrEqual(own);
          expect(all).toBeLessThanOrEqual(Math.max(4, own));
          if (own < 4) expect(markers(out).some((where) => where.startsWith("messages.0.content.0 "))).toBe(true);
        },
      ),
    );
  });
});
