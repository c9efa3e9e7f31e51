/**
 * Tool results in other words, to the byte, where the APIs differ: which results are told to the caller and with which
 * names, and which are left whole.
 */
import { describe, expect, it } from "vitest";
import type { ResultText, Wire } from "../../../src/wire/wire.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";

function shortened(wire: Wire, json: string): { out: string | null; asked: ResultText[] } {
  const asked: ResultText[] = [];
  const out = wire.replaceResults(json, (result) => {
    asked.push(result);
    return result.text.length > 3 ? 'S"' : null;
  });
  return { out, asked };
}

describe("on Chat Completions", () => {
  it("are a string, or text among parts", () => {
    const json = (content: string): string => `{ "content":${content},"tool_call_id":"c" , "role":"tool","x":1e2}`;
    const { out, asked } = shortened(chatCompletionsWire, json('"l\\u00f6ng"'));
    expect(out).toBe(json('"S\\""'));
    expect(asked).toEqual([{ callId: "c", toolName: null, text: "löng" }]);
    const parts = (text: string): string =>
      json(
        `[ {"type":"text","text":"a"}, {"text":${text},"type":"text","cache_control":{}},{"type":"image_url","text":"long"}]`,
      );
    expect(shortened(chatCompletionsWire, parts('"longer"')).out).toBe(parts('"S\\""'));
  });

  it("name their tool where the client wrote it down", () => {
    const json = '{"role":"tool","tool_call_id":"","name":"find","content":"a"}';
    expect(shortened(chatCompletionsWire, json)).toEqual({
      out: null,
      asked: [{ callId: null, toolName: "find", text: "a" }],
    });
  });

  it.each([
    '{"role":"user","content":"longer"}',
    '{"role":"tool","role":"user","content":"longer"}',
    '{"role":"tool","content":"longer","content":"long"}',
    '{"role":"tool","content":null}',
    '{"role":"tool","content":"lon\\x"}',
    '{"role":"tool","content":[{"type":"text","text":"longer","text":"long"}]}',
  ])("are not looked for in %s", (json) => {
    expect(shortened(chatCompletionsWire, json)).toEqual({ out: null, asked: [] });
  });
});

describe("on Responses", () => {
  it.each(["function_call_output", "custom_tool_call_output"])("are the output of %s", (type) => {
    const json = (output: string): string => `{"type":"${type}","call_id":"c","output":${output},"id":"o"}`;
    const { out, asked } = shortened(responsesWire, json('"longer"'));
    expect(out).toBe(json('"S\\""'));
    expect(asked).toEqual([{ callId: "c", toolName: null, text: "longer" }]);
    const parts = (text: string): string =>
      json(`[{"type":"input_text","text":${text}},{"type":"input_image","image_url":"longer"}]`);
    expect(shortened(responsesWire, parts('"longer"')).out).toBe(parts('"S\\""'));
  });

  it.each([
    '{"type":"shell_call_output","call_id":"c","output":[{"stdout":"longer"}]}',
    '{"type":"computer_call_output","call_id":"c","output":{"type":"input_image","image_url":"longer"}}',
    '{"role":"user","content":"longer"}',
    '"longer"',
  ])("are not looked for in %s", (json) => {
    expect(shortened(responsesWire, json)).toEqual({ out: null, asked: [] });
  });
});

describe("on Messages", () => {
  it("are blocks of a message, each with its marker", () => {
    const json = (one: string, other: string): string =>
      `{"role":"user","content":[ {"type":"tool_result","tool_use_id":"c","content":${one},"cache_control":{}},
        {"content":[{"type":"text","text":${other},"cache_control":{"type":"ephemeral"}},{"type":"image","source":{}}],"is_error":false,"tool_use_id":"d","type":"tool_result"},
        {"type":"text","text":"longer"}]}`;
    const { out, asked } = shortened(messagesWire, json('"longer"', '"long"'));
    expect(out).toBe(json('"S\\""', '"S\\""'));
    expect(asked).toEqual([
      { callId: "c", toolName: null, text: "longer" },
      { callId: "d", toolName: null, text: "long" },
    ]);
    expect(shortened(messagesWire, json('"longer"', '"a"')).out).toBe(json('"S\\""', '"a"'));
  });

  it.each([
    '{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","is_error":true,"content":"longer"}]}',
    '{"role":"user","content":[{"type":"tool_result","tool_use_id":"c"}]}',
    '{"role":"assistant","content":[{"type":"web_search_tool_result","tool_use_id":"c","content":"longer"}]}',
    '{"role":"user","content":"longer"}',
  ])("are not looked for in %s", (json) => {
    expect(shortened(messagesWire, json)).toEqual({ out: null, asked: [] });
  });
});
