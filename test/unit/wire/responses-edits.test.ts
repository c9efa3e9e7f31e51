/**
 * The bytes that go upstream for each kind of edit, exactly.
 *
 * What the contract suite states as laws stands here as texts: where the brief goes, when a cache breakpoint comes with
 * it, which fields appear and which leave.
 */
import { describe, expect, it } from "vitest";
import { decode } from "../../../src/wire/responses/decode.ts";
import { encode } from "../../../src/wire/responses/encode.ts";
import type { Edit } from "../../../src/wire/wire.ts";
import { NO_EDIT } from "./wire-examples.ts";

function edited(text: string, edit: Partial<Edit>): string | null {
  const request = decode(text);
  if (request === null) throw new Error("not decoded");
  return encode(request, { ...NO_EDIT, ...edit });
}

const BRIEF = 'B"\n';
const OLD = '{"role":"user","content":"old"} , {"role":"assistant","content":"a"}';
const PART = '{"type":"input_text","text":"B\\"\\n"}';
const MARKED = '{"type":"input_text","text":"B\\"\\n","prompt_cache_breakpoint":{"mode":"explicit"}}';

describe("a brief", () => {
  const body = (carrier: string, model = "gpt-5.4"): string =>
    `{"model":"${model}", "input":[ ${OLD},\n${carrier} , {"role":"assistant","content":"z"} ] }`;
  const withBrief = (carrier: string, model?: string): string | null =>
    edited(body(carrier, model), { cut: 2, brief: BRIEF });
  const sent = (carrier: string, model = "gpt-5.4"): string =>
    `{"model":"${model}", "input":[ ${carrier} , {"role":"assistant","content":"z"} ] }`;

  it("stays in a string", () => {
    expect(withBrief('{"content" : "n\\u00ef", "role":"user"}')).toBe(
      sent('{"content" : "B\\"\\nn\\u00ef", "role":"user"}'),
    );
  });

  it("is one more part", () => {
    expect(withBrief('{"role":"user","content":[ {"type":"input_text","text":"n"} ]}')).toBe(
      sent(`{"role":"user","content":[${PART}, {"type":"input_text","text":"n"} ]}`),
    );
    expect(withBrief('{"role":"user","content":[ ]}')).toBe(sent(`{"role":"user","content":[${PART} ]}`));
  });

  it.each(["gpt-5.6", "gpt-5.6-terra", "gpt-6-luna", "gpt-6.1-sol"])("ends with a breakpoint for %s", (model) => {
    expect(withBrief('{"role":"user","content":"n\\u00ef"}', model)).toBe(
      sent(`{"role":"user","content":[${MARKED},{"type":"input_text","text":"n\\u00ef"}]}`, model),
    );
    expect(withBrief('{"type":"message","role":"user","content":[]}', model)).toBe(
      sent(`{"type":"message","role":"user","content":[${MARKED}]}`, model),
    );
  });

  it.each(["gpt-5.4", "gpt-4o", "o3", "deepseek-flash"])("has none for %s", (model) => {
    expect(withBrief('{"role":"user","content":"n"}', model)).not.toContain("breakpoint");
  });

  it("leaves the room to the client's own breakpoints", () => {
    const own = '{"type":"input_text","text":"n","prompt_cache_breakpoint":{"mode":"explicit"}}';
    const carrier = (count: number): string => `{"role":"user","content":[${Array(count).fill(own).join(",")}]}`;
    const count = (body: string | null): number => (body ?? "").split("prompt_cache_breakpoint").length - 1;
    expect(count(withBrief(carrier(2), "gpt-6-sol"))).toBe(3);
    expect(count(withBrief(carrier(3), "gpt-6-sol"))).toBe(3);
  });

  it("goes before a string that is the whole input", () => {
    expect(edited('{"input": "n\\u00ef" }', { brief: BRIEF })).toBe('{"input": "B\\"\\nn\\u00ef" }');
    expect(edited('{"model":"gpt-6-sol","input":"n"}', { brief: BRIEF })).toBe(
      `{"model":"gpt-6-sol","input":[{"role":"user","content":[${MARKED},{"type":"input_text","text":"n"}]}]}`,
    );
  });

  it.each([
    '{"role":"user","content":"a","content":"b"}',
    '{"role":"user","content":null}',
    '{"role":"user"}',
    '{"type":"hologram","role":"user","content":"a"}',
    '{"type":"function_call_output","call_id":"c","output":"a"}',
    '{"role":"system","content":"a"}',
  ])("has no place in %s", (carrier) => {
    expect(withBrief(carrier)).toBeNull();
  });

  it("may be left out of a cut", () => {
    expect(edited(body('{"role":"user","content":"n"}'), { cut: 2 })).toBe(sent('{"role":"user","content":"n"}'));
  });
});

describe("stored messages", () => {
  const stored = {
    head: ['{"role":"developer","content":"d"}'],
    first: '{"role":"user","content":"old"}',
    rest: '{"type":"reasoning","id":"rs_1","summary":[]},{"role":"assistant","content":"a"}',
    skip: 0,
  };

  it("stand before a string, which becomes a message", () => {
    expect(edited('{"previous_response_id":"resp_1","input":"n"}', { stored, standsAlone: true })).toBe(
      `{"input":[${stored.head[0]},${stored.first},${stored.rest},{"role":"user","content":"n"}]}`,
    );
  });

  it("bring a head only where the client has none", () => {
    const own = '{"role":"system","content":"s"}';
    expect(edited(`{"input":[${own},{"role":"user","content":"n"}]}`, { stored, brief: BRIEF })).toBe(
      `{"input":[${own},{"role":"user","content":"B\\"\\nold"},${stored.rest},{"role":"user","content":"n"}]}`,
    );
  });

  it("leave a delta's own system message where it stands", () => {
    const late = '{"role":"developer","content":"later"}';
    expect(edited(`{"conversation":"conv_1","input":[${late}]}`, { stored, standsAlone: true })).toBe(
      `{"input":[${[...stored.head, stored.first, stored.rest, late].join(",")}]}`,
    );
  });
});

describe("state at the upstream", () => {
  it.each([
    ['{"previous_response_id":"r","model":"m","input":"n"}', '{"model":"m","input":"n"}'],
    ['{"model":"m", "conversation":{"id":"c"} , "input":"n" }', '{"model":"m", "input":"n" }'],
    ['{"input":"n","previous_response_id":"r","conversation":null}', '{"input":"n"}'],
  ])("leaves %s", (text, expected) => {
    expect(edited(text, { standsAlone: true })).toBe(expected);
  });

  it("is not looked for where there is none", () => {
    const text = '{"previous_response_id":null,"input":"n"}';
    expect(edited(text, { standsAlone: true })).toBe(text);
  });

  it("takes the place of the history and its head", () => {
    const body = `{"model":"m","input":[ {"role":"system","content":"s"}, ${OLD}, {"role":"user","content":"n"} ]}`;
    expect(edited(body, { heldBy: { id: 'r"1', from: 2 } })).toBe(
      '{"previous_response_id":"r\\"1","model":"m","input":[ {"role":"user","content":"n"} ]}',
    );
    expect(edited(body, { heldBy: { id: "r", from: 0 } })).toContain(`"input":[ ${OLD}, `);
    expect(edited(body, { heldBy: { id: "r", from: 3 } })).toBeNull();
    expect(edited(body, { heldBy: { id: "r", from: 2 }, brief: BRIEF })).toBeNull();
  });

  it("is named once", () => {
    const text = '{"previous_response_id":null,"input":"n","conversation":"c"}';
    expect(edited(text, { heldBy: { id: "r", from: 0 } })).toBe('{"previous_response_id":"r","input":"n"}');
  });
});

describe("a key for the prompt cache", () => {
  const brief = { brief: BRIEF, cacheKey: 'k"' };

  it("comes with a brief, for models that cache where they are told to", () => {
    expect(edited('{"model":"gpt-6-sol","input":"n"}', brief)).toMatch(/^\{"prompt_cache_key":"k\\"","model"/);
    expect(edited('{"model":"gpt-5.4","input":"n"}', brief)).toBe('{"model":"gpt-5.4","input":"B\\"\\nn"}');
  });

  it.each([
    '{"model":"gpt-6-sol","prompt_cache_key":"own","input":"n"}',
    '{"model":"gpt-6-sol","input":"n","prompt_cache_key":null}',
  ])("is not put beside the client's: %s", (text) => {
    expect(edited(text, brief)).not.toContain('k\\"');
  });

  it("does not come without one", () => {
    expect(edited('{"conversation":"c","input":"n"}', { standsAlone: true, cacheKey: "k" })).toBe('{"input":"n"}');
    expect(edited('{"input":"n"}', { cacheKey: "k" })).toBe('{"input":"n"}');
  });
});
