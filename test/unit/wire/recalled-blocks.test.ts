/**
 * A recalled block on each wire, to the byte: what it looks like, where a breakpoint goes with it, where it has no place.
 *
 * The laws that are the same for all stand in `wire-forms.contract.ts`.
 */
import { describe, expect, it } from "vitest";
import type { Edit, StoredMessages, Wire } from "../../../src/wire/wire.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";
import { NO_EDIT } from "./wire-examples.ts";

const edited =
  (wire: Wire) =>
  (text: string, edit: Partial<Edit> = {}): string | null => {
    const request = wire.decode(text);
    if (request === null) throw new Error("not decoded");
    return wire.encode(request, { ...NO_EDIT, recalled: 'R"\n', ...edit });
  };

const user = (content: string): string => `{"role":"user","content":${content}}`;
const REPLY = '{"role":"assistant","content":"r"}';

describe("on Chat Completions", () => {
  const withBlock = edited(chatCompletionsWire);
  const body = (newest: string, model = "gpt-5.4"): string =>
    `{"model":"${model}","messages":[ ${REPLY} ,\n${newest} ]}`;
  const MARKER = '"prompt_cache_breakpoint":{"mode":"explicit"}';
  const PART = '{"type":"text","text":"R\\"\\n"}';

  it("stays in a string, behind an empty line", () => {
    expect(withBlock(body('{"content":"n\\u00ef", "role":"user","name":"ann"}'))).toBe(
      body('{"content":"n\\u00ef\\n\\nR\\"\\n", "role":"user","name":"ann"}'),
    );
    expect(withBlock(body(user('""')))).toBe(body(user('"R\\"\\n"')));
  });

  it("is one more part", () => {
    const own = '{"type":"image_url","image_url":{"url":"u"}}';
    expect(withBlock(body(user(`[ ${own} ]`)))).toBe(body(user(`[ ${own},${PART} ]`)));
    expect(withBlock(body(user("[ ]")))).toBe(body(user(`[${PART} ]`)));
  });

  it("comes behind a breakpoint for models that cache where they are told to", () => {
    expect(withBlock(body(user('"n"'), "gpt-5.6"))).toBe(
      body(user(`[{"type":"text","text":"n",${MARKER}},${PART}]`), "gpt-5.6"),
    );
    const own = (marker: string): string => user(`[{"type":"text","text":"a"}, {"type":"text","text":"n"${marker}}]`);
    const sent = user(`[{"type":"text","text":"a"}, {"type":"text","text":"n",${MARKER}},${PART}]`);
    for (const marker of ["", ',"prompt_cache_breakpoint":null', `,${MARKER}`])
      expect(withBlock(body(own(marker), "gpt-5.6"))).toBe(body(sent, "gpt-5.6"));
  });

  it("counts only the breakpoints that stay", () => {
    const three = user(`[${Array(3).fill(`{"type":"text","text":"a",${MARKER}}`).join(",")}]`);
    const text = `{"model":"gpt-5.6","messages":[${three},${REPLY},${user('"k"')},${REPLY},${user('"n"')}]}`;
    const out = withBlock(text, { cut: 2, brief: "B" });
    expect(out).toContain(`{"type":"text","text":"B",${MARKER}}`);
    expect(out).toContain(`[{"type":"text","text":"n",${MARKER}},${PART}]`);
  });

  it("keeps the client's own breakpoint with all it says", () => {
    const own = '"prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}';
    const newest = (more: string): string => user(`[{"type":"text","text":"n",${own}}${more}]`);
    expect(withBlock(body(newest(""), "gpt-5.6"))).toBe(body(newest(`,${PART}`), "gpt-5.6"));
  });

  it("leaves the room for breakpoints to the client, and none where it wants none", () => {
    const three = Array(3)
      .fill(user(`[{"type":"text","text":"a",${MARKER}}]`))
      .join(",");
    const full = `{"model":"gpt-5.6","messages":[${three},${user('"n"')}]}`;
    // Without room for a breakpoint it is a part all the same: its form must not change with what stands elsewhere.
    expect(withBlock(full)).toBe(full.replace('"n"', `[{"type":"text","text":"n"},${PART}]`));
    const explicit = `{"model":"gpt-5.6","prompt_cache_options":{"mode":"explicit"},"messages":[${user('"n"')}]}`;
    expect(withBlock(explicit)).toBe(explicit.replace('"n"', '"n\\n\\nR\\"\\n"'));
  });

  it.each(['{"role":"user","content":null}', '{"role":"user","content":"a","content":"b"}', '{"role":"user"}'])(
    "has no place in %s",
    (newest) => {
      expect(withBlock(body(newest))).toBeNull();
    },
  );
});

describe("on Responses", () => {
  const withBlock = edited(responsesWire);
  const PART = '{"type":"input_text","text":"R\\"\\n"}';

  it("is a part of its own", () => {
    const body = (newest: string): string => `{"model":"gpt-5.4","input":[ ${REPLY} ,\n${newest} ],"store":false}`;
    expect(withBlock(body('{"type":"message","role":"user","content":"n\\u00ef"}'))).toBe(
      body(`{"type":"message","role":"user","content":[{"type":"input_text","text":"n\\u00ef"},${PART}]}`),
    );
    expect(withBlock(body('{"type":"hologram","role":"user","content":"n"}'))).toBeNull();
  });

  it("makes a list of an input that is a string", () => {
    expect(withBlock('{"input": "n" ,"model":"gpt-5.4"}')).toBe(
      `{"input": [{"role":"user","content":[{"type":"input_text","text":"n"},${PART}]}] ,"model":"gpt-5.4"}`,
    );
    expect(withBlock('{"input":"n","model":"m","conversation":null}', { brief: "B" })).toBe(
      `{"input":[{"role":"user","content":[{"type":"input_text","text":"B"},{"type":"input_text","text":"n"},${PART}]}],"model":"m","conversation":null}`,
    );
  });

  it("has a place where the body stops leaning on the upstream, and none before", () => {
    const text = '{"previous_response_id":"resp_1","input":"n"}';
    const stored: StoredMessages = { head: [], first: user('"o"'), rest: REPLY, skip: 0 };
    expect(withBlock(text)).toBeNull();
    expect(withBlock(text, { stored, standsAlone: true })).toBe(
      `{"input":[${user('"o"')},${REPLY},{"role":"user","content":[{"type":"input_text","text":"n"},${PART}]}]}`,
    );
  });
});

describe("on Messages", () => {
  const withBlock = edited(messagesWire);
  const body = (newest: string, more = ""): string => `{"messages":[ ${user('"a"')}, ${REPLY} ,\n${newest} ]${more}}`;
  const MARK = '"cache_control":{"type":"ephemeral"}';
  const BLOCK = '{"type":"text","text":"R\\"\\n"}';
  const own = (more = ""): string => `{"type":"text","text":"n"${more}}`;

  it("is a block of its own, behind the client's marker", () => {
    expect(withBlock(body(user('"n"')))).toBe(body(user(`[${own()},${BLOCK}]`)));
    expect(withBlock(body(user(`[ ${own(`,${MARK}`)} ]`)))).toBe(body(user(`[ ${own(`,${MARK}`)},${BLOCK} ]`)));
    expect(withBlock(body(user('""')))).toBe(body(user(`[${BLOCK}]`)));
  });

  it("comes behind our breakpoint where a brief brings one", () => {
    expect(withBlock(body(user('"n"')), { cut: 2, brief: "B" })).toBe(
      `{"messages":[ ${user(`[{"type":"text","text":"B",${MARK}},${own(`,${MARK}`)},${BLOCK}]`)} ]}`,
    );
    expect(withBlock(body(user('""')), { cut: 2, brief: "B" })).toBe(
      `{"messages":[ ${user(`[{"type":"text","text":"B",${MARK}},${BLOCK}]`)} ]}`,
    );
  });

  it("comes behind a breakpoint like the one that the API would now put on it", () => {
    const hour = '"cache_control":{"type":"ephemeral","ttl":"1h"}';
    const sent = user(`[${own(`,${hour}`)},${BLOCK}]`);
    expect(withBlock(body(user('"n"'), `,${hour}`))).toBe(body(sent, `,${hour}`));
    expect(withBlock(body(user(`[${own(`,${hour}`)}]`), `,${hour}`))).toBe(body(sent, `,${hour}`));
    expect(withBlock(body(user('"n"'), ',"cache_control":null'))).toBe(
      body(user(`[${own()},${BLOCK}]`), ',"cache_control":null'),
    );
    expect(withBlock(body(user('""'), `,${MARK}`))).toBe(
      body(user(`[${BLOCK}]`), `,${MARK}`).replace(
        REPLY,
        `{"role":"assistant","content":[{"type":"text","text":"r",${MARK}}]}`,
      ),
    );
  });

  it("has no place where there is no room for that breakpoint", () => {
    const system = (count: number): string =>
      `,"system":[${Array(count)
        .fill(own(`,${MARK}`))
        .join(",")}],${MARK}`;
    expect(withBlock(body(user('"n"'), system(3)))).toBeNull();
    expect(withBlock(body(user('"n"'), system(2)))).not.toBeNull();
    // Ours on the brief gives way.
    expect(withBlock(body(user('"n"'), system(2)), { cut: 2, brief: "B" })).toBe(
      `{"messages":[ ${user(`[{"type":"text","text":"B"},${own(`,${MARK}`)},${BLOCK}]`)} ]${system(2)}}`,
    );
    const marked = user(`[${own(`,${MARK}`)}]`);
    const stored = { head: [], first: marked, rest: [REPLY, marked, REPLY, marked].join(","), skip: 0 };
    const out = withBlock(`{"messages":[${user('"n"')}],${MARK}}`, { stored });
    expect(out?.split("cache_control")).toHaveLength(1 + 4);
    expect(out).toContain(`[${own(`,${MARK}`)},${BLOCK}]}]`);
    const both = withBlock(`{"messages":[${user('"n"')}],${MARK}}`, { stored, brief: "B" });
    expect(both?.split("cache_control")).toHaveLength(1 + 4);
    expect(both).toContain(`{"type":"text","text":"B",${MARK}}`);
    expect(both).toContain(`[${own(`,${MARK}`)},${BLOCK}]}]`);
  });

  it.each(['[{"type":"tool_result","tool_use_id":"c","content":"x"},{"type":"text","text":"t"}]', "[x]", "null", "{}"])(
    "has no place behind %s",
    (content) => {
      expect(withBlock(body(user(content)))).toBeNull();
    },
  );

  it("has no place on a thread that the upstream keeps", () => {
    const thread = ',"thread":{"type":"create"}';
    expect(withBlock(body(user('"n"'), thread))).toBeNull();
    expect(withBlock(body(user('"n"'), thread), { standsAlone: true })).toBe(body(user(`[${own()},${BLOCK}]`)));
  });
});
