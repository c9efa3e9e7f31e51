/**
 * The contract of `src/wire/recall-tool.ts`, for every API: calls that a client must not see, in replies as the strict
 * provider sends them.
 *
 * What comes out is read as a client would read it: one reply, its ids the first call's, its usage the sum, and no word of
 * the tool. Streams are cut in every way; how the upstream is asked again is the edge's business.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RECALL_TOOL_NAME } from "../../../src/model/recall-call.ts";
import { createFrameCutter, createTerminatorScan, joinPieces } from "../../../src/wire/server-sent-events.ts";
import type { StreamMerger } from "../../../src/wire/recall-tool.ts";
import type { ReadReply, Wire } from "../../../src/wire/wire.ts";
import { wires } from "../../../src/wire/wires.ts";
import { startProvider } from "../../fakes/provider/provider.ts";
import type { Provider, ScriptedReply } from "../../fakes/provider/provider.ts";

const OWN = "look_up";
const search = (id: string) => ({ id, name: RECALL_TOOL_NAME, arguments: '{"query":"the old lamp"}' });
const own = (id: string) => ({ id, name: OWN, arguments: '{"pier":3}' });

/** What the model says, call by call. */
const SCRIPTS = {
  search: { content: "Let me see 🔎.", toolCalls: [search("call_1")] },
  silent: { toolCalls: [search("call_1"), search("call_2")] },
  again: { content: "Not there.", toolCalls: [search("call_3")] },
  answer: { content: "Under the stairs — unter der Treppe." },
  both: { content: "Two things.", toolCalls: [search("call_1"), own("call_2"), search("call_3"), own("call_4")] },
  own: { content: "One thing.", toolCalls: [own("call_2")] },
  cut: { content: "Let me", toolCalls: [search("call_1")], finishReason: "length" },
} satisfies Record<string, ScriptedReply>;
type Name = keyof typeof SCRIPTS;

const ROUTES = {
  "chat-completions": { path: "/v1/chat/completions", fields: { model: "gpt-5.4", messages: [] as object[] } },
  responses: { path: "/v1/responses", fields: { model: "gpt-4.1", input: [] as object[] } },
  messages: { path: "/v1/messages", fields: { model: "claude-sonnet-5", max_tokens: 99, messages: [] as object[] } },
} as const;
const TERMINATORS = {
  "chat-completions": /\[DONE\]/g,
  responses: /^event: response\.completed/gm,
  messages: /^event: message_stop/gm,
};

let provider: Provider;
let script: ScriptedReply = {};
const bodies = new Map<string, string>();

beforeAll(async () => {
  provider = await startProvider({ reply: () => script });
  for (const wire of Object.values(wires))
    for (const [name, reply] of Object.entries(SCRIPTS))
      for (const stream of [true, false]) {
        script = reply;
        bodies.set(`${wire.name} ${name} ${stream}`, await ask(wire, stream));
      }
});
afterAll(() => provider.close());

async function ask(wire: Wire, stream: boolean): Promise<string> {
  const { path, fields } = ROUTES[wire.name];
  const said = [{ role: "user", content: "Where is it?" }];
  const tools = `[${ownTool(wire)},${wire.recallTool.definition}]`;
  const key = wire.name === "responses" ? "input" : "messages";
  const options = stream && wire.name === "chat-completions" ? { stream_options: { include_usage: true } } : {};
  const body = JSON.stringify({ ...fields, [key]: said, stream, ...options }).replace(/\}$/, `,"tools":${tools}}`);
  const headers = { authorization: "Bearer k", "anthropic-version": "2023-06-01", "content-type": "application/json" };
  const response = await fetch(provider.url + path, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  return response.text();
}

function ownTool({ name }: Wire): string {
  const schema = { type: "object", properties: {} };
  if (name === "messages") return JSON.stringify({ name: OWN, input_schema: schema });
  const described = { name: OWN, parameters: schema };
  return JSON.stringify(
    name === "responses" ? { type: "function", ...described } : { type: "function", function: described },
  );
}

function bodyOf(wire: Wire, name: Name, stream: boolean): string {
  return bodies.get(`${wire.name} ${name} ${stream}`) ?? "";
}

/** The streams as the client gets them, each cut at these places. */
function merge(wire: Wire, names: readonly Name[], cutAt: (length: number) => number[]) {
  const merger = wire.recallTool.mergeStreams();
  const out: Uint8Array[] = [];
  const awaits = names.map((name) => {
    merger.begin();
    out.push(...relay(merger, bodyOf(wire, name, true), cutAt));
    return merger.isAwaiting;
  });
  return { bytes: joinPieces(out), text: new TextDecoder().decode(joinPieces(out)), awaits, merger };
}

function relay(merger: StreamMerger, stream: string, cutAt: (length: number) => number[]): Uint8Array[] {
  const bytes = new TextEncoder().encode(stream);
  const edges = [0, ...cutAt(bytes.length), bytes.length];
  const cutter = createFrameCutter();
  const frames = edges.slice(1).flatMap((to, index) => cutter.cut(bytes.subarray(edges[index], to)));
  return [...frames, ...cutter.rest()].map((frame) => {
    const text = frame.data === null ? null : merger.take(frame.data, frame.name);
    return text === null ? frame.bytes : new TextEncoder().encode(text);
  });
}

const whole = (): number[] => [];
const single = (length: number): number[] => Array.from({ length: length - 1 }, (_, index) => index + 1);

function read(wire: Wire, text: string, stream: boolean): ReadReply {
  return wire.readReply([new TextEncoder().encode(text)], stream);
}

const spoken = (wire: Wire, { messages }: ReadReply): string =>
  messages.flatMap((json) => wire.readText(json).map(({ text }) => text)).join("\n\n");

/** Each turn by its calls, and what a client makes of it. */
const TURNS: [string, Name[], { said: string; calls: string[] }][] = [
  ["one search", ["search", "answer"], { said: "Let me see 🔎. Under the stairs — unter der Treppe.", calls: [] }],
  ["two at once, unannounced", ["silent", "answer"], { said: "Under the stairs — unter der Treppe.", calls: [] }],
  [
    "a second search",
    ["search", "again", "answer"],
    { said: "Let me see 🔎. Not there. Under the stairs — unter der Treppe.", calls: [] },
  ],
  ["a search, then the client's tool", ["search", "own"], { said: "Let me see 🔎. One thing.", calls: ["call_2"] }],
  ["a search beside the client's tools", ["both"], { said: "Two things.", calls: ["call_2", "call_4"] }],
  ["a search that was cut off", ["cut"], { said: "Let me", calls: [] }],
];

describe.each(Object.values(wires))("the recall tool on $name", (wire) => {
  const { recallTool: tool } = wire;
  const wordsOf = (reply: ReadReply): string =>
    spoken(wire, reply)
      .replaceAll(/\n+look_up\(.*?\)/g, "")
      .replaceAll(/\n+/g, " ");
  const callsOf = (reply: ReadReply): string[] => [...reply.messages.join("").matchAll(/call_\d/g)].map(([id]) => id);

  describe.each(TURNS)("%s", (_name, names, { said, calls }) => {
    it.each([true, false])("is one reply (streamed: %s)", (stream) => {
      const { text } = stream
        ? merge(wire, names, whole)
        : tool.mergeBodies(names.map((name) => bodyOf(wire, name, false)));
      expect(text).not.toContain(RECALL_TOOL_NAME);
      const reply = read(wire, text, stream);
      const replies = names.map((name) => read(wire, bodyOf(wire, name, stream), stream));
      expect(reply.complete).toBe(true);
      expect(wordsOf(reply)).toBe(said);
      expect([...new Set(callsOf(reply))]).toEqual(calls);
      expect(reply.id).toBe(replies[0]?.id);
      expect(reply.usage?.promptTokens).toBe(replies.reduce((sum, { usage }) => sum + (usage?.promptTokens ?? 0), 0));
      expect(reply.usage?.completionTokens).toBe(
        replies.reduce((sum, { usage }) => sum + (usage?.completionTokens ?? 0), 0),
      );
      expect(reply.finishReason).toBe(replies.at(-1)?.finishReason);
    });

    it("is the same however the streams are cut", () => {
      const { text, awaits } = merge(wire, names, whole);
      expect(awaits).toEqual(names.map((_, index) => index < names.length - 1));
      expect(merge(wire, names, single).text).toBe(text);
      const some = fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
      fc.assert(
        fc.property(some, (places) => {
          const cutAt = (length: number): number[] =>
            places.map((at) => Math.floor(at * length)).toSorted((a, b) => a - b);
          expect(merge(wire, names, cutAt).text).toBe(text);
        }),
        { numRuns: 20 },
      );
    });

    it("begins once, ends once, and counts on", () => {
      const { text, bytes } = merge(wire, names, whole);
      if (!names.includes("cut")) expect(text.match(TERMINATORS[wire.name])).toHaveLength(1);
      expect(createTerminatorScan(wire.terminator)(bytes)).toBe("closed");
      const events = [...text.matchAll(/^data: (\{.*)$/gm)].map(
        ([, data]) => JSON.parse(data ?? "") as Record<string, unknown>,
      );
      const numbers = events.flatMap(({ sequence_number: number }) => (number === undefined ? [] : [number]));
      expect(numbers).toEqual(numbers.map((_, index) => index));
      const places = new Set(
        events.map(({ index, output_index }) => index ?? output_index).filter((at) => at !== undefined),
      );
      expect([...places]).toEqual([...places].map((_, index) => index));
      const ids = events.map(
        (event) =>
          event["id"] ??
          (event["message"] as { id?: string } | undefined)?.id ??
          (event["response"] as { id?: string } | undefined)?.id,
      );
      expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(1);
      const roles = events.filter((event) => JSON.stringify(event["choices"] ?? "").includes('"role"'));
      expect(roles.length).toBeLessThanOrEqual(1);
    });

    it("says the same streamed and plain", () => {
      const streamed = read(wire, merge(wire, names, whole).text, true);
      const plain = read(wire, tool.mergeBodies(names.map((name) => bodyOf(wire, name, false))).text, false);
      const prints = ({ messages }: ReadReply): unknown[] =>
        messages.map((json) => wire.readMessage(json)?.fingerprint);
      expect(prints(streamed)).toEqual(prints(plain));
      expect(prints(streamed)).not.toContain(undefined);
    });
  });

  it.each<Name>(["answer", "own"])("leaves every other byte of a reply alone: %s", (name) => {
    const without = (text: string): string => text.replaceAll(new RegExp(`,\\s*${escape(tool.definition)}`, "g"), "");
    const stream = bodyOf(wire, name, true);
    expect(merge(wire, [name], whole).text).toBe(without(stream));
    expect(merge(wire, [name], single).text).toBe(without(stream));
    const body = bodyOf(wire, name, false);
    const { text } = tool.mergeBodies([body]);
    expect(text).not.toContain(RECALL_TOOL_NAME);
    expect(JSON.parse(text)).toEqual(JSON.parse(without(JSON.stringify(JSON.parse(body)))));
    if (wire.name !== "responses") expect(text).toBe(body);
  });

  it("ends a reply that cannot go on", () => {
    const { bytes, merger } = merge(wire, ["search"], whole);
    const text = new TextDecoder().decode(bytes) + merger.close();
    const reply = read(wire, text, true);
    const first = read(wire, bodyOf(wire, "search", true), true);
    expect(reply).toMatchObject({ complete: true, id: first.id, usage: first.usage });
    expect(spoken(wire, reply)).toBe("Let me see 🔎.");
    expect(text).not.toContain(RECALL_TOOL_NAME);
    const { text: plain, hasContent } = tool.mergeBodies([bodyOf(wire, "search", false)]);
    expect(hasContent).toBe(true);
    expect(read(wire, plain, false).finishReason).toBe(reply.finishReason);
    expect(tool.mergeBodies([bodyOf(wire, "silent", false)]).hasContent).toBe(false);
  });

  it("finds its calls, and knows when nobody else has to answer", () => {
    const said = (name: Name) => tool.readCalls(read(wire, bodyOf(wire, name, true), true));
    const call = { query: "the old lamp", open: null };
    expect(said("search")).toEqual({ ours: [{ id: "call_1", call }], isAwaited: true });
    expect(said("silent")).toMatchObject({ ours: [{ id: "call_1" }, { id: "call_2" }], isAwaited: true });
    expect(said("both")).toMatchObject({ ours: [{ id: "call_1" }, { id: "call_3" }], isAwaited: false });
    expect(said("own")).toEqual({ ours: [], isAwaited: false });
    expect(said("cut").isAwaited).toBe(false);
    expect(said("answer")).toEqual({ ours: [], isAwaited: false });
  });
});

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
