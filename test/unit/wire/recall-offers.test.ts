/**
 * The recall tool in requests, for every API: when it may be offered, where its definition stands, and the body that
 * answers its calls.
 *
 * The client's own bytes must stay around it, and the same bytes must come out every time: the tools are the first part
 * of a prompt that a cache keeps. The provider's own view of such bodies is in the end-to-end tests.
 */
import { describe, expect, it } from "vitest";
import { RECALL_TOOL_NAME } from "../../../src/model/recall-call.ts";
import type { RecallRefusal } from "../../../src/model/recall-call.ts";
import type { WireName } from "../../../src/model/wire.ts";
import type { DecodedRequest, ReadReply, Wire } from "../../../src/wire/wire.ts";
import { wires } from "../../../src/wire/wires.ts";
import { NO_EDIT } from "./wire-examples.ts";

const SAID = '{"role":"user","content":"Where is it?"}';
const MODELS = { "chat-completions": "gpt-5.4", responses: "gpt-4.1", messages: "claude-sonnet-5" };
const KEYS = { "chat-completions": "messages", responses: "input", messages: "messages" };

function bodyOf(name: WireName, more: string, said = `[${SAID}]`): string {
  return `{ "model":"${MODELS[name]}","${KEYS[name]}":${said}${more === "" ? "" : `,${more}`} }`;
}

function decode(wire: Wire, text: string): DecodedRequest {
  const request = wire.decode(text);
  if (request === null) throw new Error(text);
  return request;
}

const reply = (...messages: string[]): ReadReply => ({
  messages,
  complete: true,
  usage: null,
  finishReason: null,
  id: null,
});

describe.each(Object.values(wires))("a request on $name", (wire) => {
  const { recallTool: tool, name } = wire;
  const offer = (text: string): string => wire.encode(decode(wire, text), { ...NO_EDIT, offersRecall: true }) ?? "";
  const OWN = '{"name":"look_up", "type":"function"}';

  it.each([
    ["behind the client's tools", `"tools":[ ${OWN} ]`, `"tools":[ ${OWN} ,${tool.definition}]`],
    ["as the only tool of an empty list", '"tools":[ ]', `"tools":[${tool.definition}]`],
    ["in place of null", '"tools":null', `"tools":[${tool.definition}]`],
  ])("gets the tool %s, and nothing else", (_name, tools, expected) => {
    expect(offer(bodyOf(name, tools))).toBe(bodyOf(name, expected));
    expect(offer(bodyOf(name, `${tools},"temperature":1.0`))).toBe(bodyOf(name, `${expected},"temperature":1.0`));
  });

  it("gets the tool where the client has none", () => {
    const text = bodyOf(name, '"temperature":1.0');
    const body = offer(text);
    expect(body).toBe(text.replace("{ ", `{ "tools":[${tool.definition}],`));
    expect(offer(text)).toBe(body);
  });

  it("keeps the tool at its place when a brief comes and when only a delta was sent", () => {
    const history = [1, 2, 3].flatMap((turn) => [
      `{"role":"user","content":"Question ${turn}"}`,
      `{"role":"assistant","content":"Answer ${turn}"}`,
    ]);
    const whole = decode(wire, bodyOf(name, `"tools":[${OWN}]`, `[${[...history, SAID].join(",")}]`));
    const offered = { ...NO_EDIT, offersRecall: true };
    const cut = wire.encode(whole, { ...offered, cut: 4, brief: "So far." }) ?? "";
    const { tools } = JSON.parse(cut) as { tools: { name?: string }[] };
    expect(tools).toEqual([JSON.parse(OWN), JSON.parse(tool.definition)]);
    expect(cut).not.toContain("Question 1");
    expect(cut).toContain("Question 3");
    const delta = decode(wire, bodyOf(name, ""));
    const head = name === "messages" ? [`{"tools":[${OWN}]}`] : [];
    const stored = { head, first: history[0] ?? "", rest: history.slice(1).join(","), skip: 0 };
    const joined = JSON.parse(wire.encode(delta, { ...offered, stored }) ?? "") as { tools: unknown[] };
    const own = name === "messages" ? [JSON.parse(OWN)] : [];
    expect(joined.tools).toEqual([...own, JSON.parse(tool.definition)]);
  });

  it("goes on from a call: what was said, the call, its answer", () => {
    const body = offer(bodyOf(name, '"tool_choice":{"type":"auto"},"n":1'));
    const said = reply('{"role":"assistant","content":"Let me see."}', '{"type":"function_call","call_id":"c"}');
    const answers = [
      { id: "c", text: 'It says "here".' },
      { id: "d", text: "Nothing." },
    ];
    const next = tool.continueWith(body, said, answers, false) ?? "";
    const list = (text: string): unknown[] => (JSON.parse(text) as Record<string, unknown[]>)[KEYS[name]] ?? [];
    expect(list(next).slice(0, 3)).toEqual([SAID, ...said.messages].map((json) => JSON.parse(json) as unknown));
    expect(JSON.stringify(list(next).slice(3))).toContain(JSON.stringify('It says "here".'));
    expect({ ...JSON.parse(next), [KEYS[name]]: [] }).toEqual({ ...JSON.parse(body), [KEYS[name]]: [] });
    // The body before is a prefix of the one behind it, up to where its messages end.
    const end = body.indexOf(SAID) + SAID.length;
    expect(next.startsWith(body.slice(0, end))).toBe(true);
    const last = JSON.parse(tool.continueWith(body, said, answers, true) ?? "") as { tool_choice: unknown };
    expect(last.tool_choice).toEqual(name === "messages" ? { type: "none" } : "none");
    const unasked = offer(bodyOf(name, '"n":1'));
    expect(tool.continueWith(unasked, said, answers, true)).toContain('"tool_choice":');
    expect(tool.continueWith("[]", said, answers, false)).toBeNull();
  });

  const AUTO = { "chat-completions": '"auto"', responses: '"auto"', messages: '{"type":"auto"}' }[name];
  const FORMS = {
    "chat-completions": '"response_format":{"type":"json_object"}',
    responses: '"text":{"format":{"type":"json_object"}}',
    messages: '"output_config":{"format":{"type":"json_schema","schema":{}}}',
  };
  it.each<[string, RecallRefusal | null]>([
    ['"temperature":1', null],
    [`"tool_choice":${AUTO}`, null],
    ['"tool_choice":null', null],
    ['"tool_choice":"required"', "tool_choice"],
    ['"tool_choice":"none"', "tool_choice"],
    ['"tool_choice":{"type":"function","name":"look_up"}', "tool_choice"],
    ['"tool_choice":{"type":"any"}', "tool_choice"],
    [FORMS[name], "forced_format"],
    [`"tools":[{"name":"${RECALL_TOOL_NAME}"}]`, "name_taken"],
  ])("with %s: %s", (more, refusal) => {
    expect(tool.judge(decode(wire, bodyOf(name, more)))).toBe(refusal);
  });

  it("that compacts the conversation itself goes up as it is", () => {
    const prompt = '[{"role":"user","content":"You are performing a CONTEXT CHECKPOINT COMPACTION."}]';
    expect(tool.judge(decode(wire, bodyOf(name, "", prompt)))).toBe("side_request");
  });
});

describe("a reply that could not be sent back without the call", () => {
  const judge = (name: WireName, model: string, more: string): RecallRefusal | null => {
    const text = bodyOf(name, more).replace(MODELS[name], model);
    return wires[name].recallTool.judge(decode(wires[name], text));
  };

  it.each<[string, string, RecallRefusal | null]>([
    ["gpt-4.1", '"store":false', null],
    ["gpt-4o-mini", '"store":false', null],
    ["gpt-5.4", '"store":false', "bound_reasoning"],
    ["gpt-5.4", '"reasoning":{"effort":"none"}', null],
    ["gpt-41", '"store":false', "bound_reasoning"],
    ["some-model", '"store":false', "bound_reasoning"],
  ])("on Responses: %s with %s: %s", (model, more, refusal) => {
    expect(judge("responses", model, more)).toBe(refusal);
  });

  it.each<[string, string, RecallRefusal | null]>([
    ["claude-sonnet-5", '"max_tokens":9', null],
    ["claude-sonnet-5", '"thinking":{"type":"enabled","budget_tokens":2000}', "bound_reasoning"],
    ["claude-sonnet-5", '"thinking":{"type":"disabled"}', null],
    ["claude-sonnet-5-5", '"max_tokens":9', "bound_reasoning"],
    ["claude-sonnet-5-5", '"thinking":{"type":"adaptive"}', "bound_reasoning"],
    ["claude-sonnet-5-5", '"thinking":{"type":"disabled"}', null],
    ["claude-sonnet-5-5", '"thinking":{"type":"disabled"},"system":[{"signature":"x"}]', "bound_reasoning"],
    ["claude-sonnet-5-5", '"thinking":{"type":"disabled"},"thread":{"type":"create"}', "bound_reasoning"],
  ])("on Messages: %s with %s: %s", (model, more, refusal) => {
    expect(judge("messages", model, more)).toBe(refusal);
  });

  it.each<[string, RecallRefusal]>([
    ['"n":2', "not_joinable"],
    ['"audio":{"voice":"a"}', "not_joinable"],
    ['"logprobs":true', "not_joinable"],
    ['"functions":[{"name":"f"}]', "tool_choice"],
  ])("on Chat Completions with %s: %s", (more, refusal) => {
    expect(judge("chat-completions", "gpt-5.4", more)).toBe(refusal);
  });

  it("takes an input that is a string for a message", () => {
    const text = bodyOf("responses", "", '"Where is it?"');
    const { recallTool } = wires.responses;
    const next = recallTool.continueWith(text, reply('{"type":"message"}'), [{ id: "c", text: "x" }], false) ?? "";
    const { input } = JSON.parse(next) as { input: unknown[] };
    expect(input).toEqual([
      { role: "user", content: "Where is it?" },
      { type: "message" },
      { type: "function_call_output", call_id: "c", output: "x" },
    ]);
  });
});
