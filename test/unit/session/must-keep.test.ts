/**
 * What a brief may never stand for: a thread that holds it in its old part goes up byte for byte, and says why.
 *
 * One line for each rule of docs/WIRE.md that a session can see, on prices under which a plain thread of the same length
 * compacts several times; the first test of each wire shows that it does.
 */
import { describe, expect, it } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { play, TURNS } from "./long-thread.ts";
import type { Case, Item } from "./long-thread.ts";

const chatUser = (part: Item): Item[] => [
  { role: "user", content: [{ type: "text", text: "Look." }, part] },
  { role: "assistant", content: "Seen." },
];
const inputUser = (part: Item): Item[] => [
  { role: "user", content: [part] },
  { type: "message", role: "assistant", content: [{ type: "output_text", text: "Seen." }] },
];
const claude = (...content: Item[]): Item[] => [
  { role: "user", content: "Go on." },
  { role: "assistant", content },
];
const output = (...items: Item[]): Item[] => [{ role: "user", content: "Go on." }, ...items];
const TEXT = { type: "text", text: "Here." };
const SIGNED = { type: "thinking", thinking: "Hm.", signature: "c2lnbmVk" };
const SEALED = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "c2VhbGVk" };
const THINKS = { thinking: { type: "adaptive" } };

const KEPT: [WireName, string, string, Case][] = [
  [
    "chat-completions",
    "an image",
    "media",
    { special: chatUser({ type: "image_url", image_url: { url: "https://x/y" } }) },
  ],
  [
    "chat-completions",
    "spoken words by their id",
    "media",
    { special: output({ role: "assistant", content: null, audio: { id: "audio_1" } }) },
  ],
  [
    "chat-completions",
    "a system message in mid-conversation",
    "system_change",
    { special: [{ role: "system", content: "Be brief." }] },
  ],
  [
    "chat-completions",
    "citations",
    "citation",
    { special: output({ role: "assistant", content: "See.", annotations: [{ type: "url_citation" }] }) },
  ],
  ["responses", "an image", "media", { special: inputUser({ type: "input_image", image_url: "https://x/y" }) }],
  ["responses", "a file by its id", "reference", { special: inputUser({ type: "input_file", file_id: "file_1" }) }],
  [
    "responses",
    "a reference to a stored item",
    "reference",
    { special: output({ type: "item_reference", id: "msg_1" }) },
  ],
  [
    "responses",
    "a tool of the provider's",
    "server_tool",
    { special: output({ type: "web_search_call", id: "ws_1", status: "completed" }) },
  ],
  [
    "responses",
    "a developer message in mid-conversation",
    "system_change",
    { special: [{ role: "developer", content: "Be brief." }] },
  ],
  [
    "responses",
    "tools added in mid-conversation",
    "tool_change",
    { special: [{ type: "additional_tools", tools: [] }] },
  ],
  ["responses", "settings changed in mid-conversation", "tool_change", { special: [{ type: "configuration_update" }] }],
  [
    "responses",
    "a compaction of the provider's",
    "provider_compaction",
    { special: output({ type: "compaction", encrypted_content: "eA" }) },
  ],
  [
    "responses",
    "citations",
    "citation",
    {
      special: output({
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: "See.", annotations: [{ type: "url_citation" }] }],
      }),
    },
  ],
  ["responses", "an item that nobody knows", "unknown_content", { special: output({ type: "hologram" }) }],
  [
    "responses",
    "compaction by the provider",
    "context_management",
    { fields: { context_management: [{ type: "compaction", compact_threshold: 1000 }] } },
  ],
  [
    "messages",
    "an image",
    "media",
    {
      special: [
        { role: "user", content: [{ type: "image", source: { type: "url", url: "https://x/y" } }] },
        { role: "assistant", content: [TEXT] },
      ],
    },
  ],
  [
    "messages",
    "a file by its id",
    "reference",
    {
      special: [
        { role: "user", content: [{ type: "document", source: { type: "file", file_id: "file_1" } }] },
        { role: "assistant", content: [TEXT] },
      ],
    },
  ],
  [
    "messages",
    "a system message in mid-conversation",
    "system_change",
    { special: [{ role: "system", content: "Be brief." }] },
  ],
  [
    "messages",
    "a tool of the provider's",
    "server_tool",
    {
      special: claude(
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
        { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
        TEXT,
      ),
    },
  ],
  [
    "messages",
    "citations",
    "citation",
    { special: claude({ ...TEXT, citations: [{ type: "char_location", document_index: 0 }] }) },
  ],
  [
    "messages",
    "a compaction of the provider's",
    "provider_compaction",
    { special: claude({ type: "compaction", content: "Before." }, TEXT) },
  ],
  [
    "messages",
    "tools added in mid-conversation",
    "tool_change",
    {
      special: [
        { role: "user", content: [{ type: "tool_addition", tool: { name: "f" } }] },
        { role: "assistant", content: [TEXT] },
      ],
    },
  ],
  [
    "messages",
    "context editing by the provider",
    "context_management",
    { fields: { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } } },
  ],
  [
    "messages",
    "thinking on a model that binds it",
    "bound_reasoning",
    { model: "claude-opus-5-5", fields: THINKS, thought: SIGNED },
  ],
  [
    "messages",
    "thinking on a model that nobody knows yet",
    "bound_reasoning",
    { model: "claude-zephyr-7", fields: THINKS, thought: SIGNED },
  ],
];

describe.each(["chat-completions", "responses", "messages"] as const)("a plain thread (%s)", (wire) => {
  it("compacts", async () => {
    const played = await play(wire, {});
    const briefs = played.filter(({ sent }) => sent.plan.mode === "brief");
    expect(briefs.length).toBeGreaterThan(TURNS / 2);
    expect(new Set(briefs.map(({ sent }) => sent.plan.reason)).size).toBeGreaterThan(1);
    for (const { text, sent } of briefs) expect(sent.body.length).toBeLessThan(text.length);
  });
});

describe("a thread goes up byte for byte when it holds", () => {
  it.each(KEPT)("%s: %s (%s)", async (wire, _what, reason, given) => {
    const played = await play(wire, given);
    for (const { text, sent } of played) expect(sent.body).toBe(text);
    expect(played.at(-1)?.sent.plan).toEqual({ mode: "full", reason });
  });
});

describe("bound reasoning", () => {
  it("leaves with the span that a brief stands for, where the provider binds it to nothing else", async () => {
    const played = await play("messages", { model: "claude-sonnet-5", fields: THINKS, thought: SIGNED });
    expect(played.at(-1)?.sent.plan.mode).toBe("brief");
    // What stays of the history stays whole, thinking included.
    const kept = played.at(-1)?.sent.messages.filter(({ role }) => role === "assistant") ?? [];
    expect(kept.length).toBeGreaterThan(0);
    for (const { content } of kept) expect(content).toMatchObject([{ type: "thinking" }, { type: "text" }]);
  });

  it("does not keep a thread whose newest part has none, and whose replies bring none", async () => {
    const special = [
      { role: "user", content: "Think." },
      { role: "assistant", content: [SIGNED, TEXT] },
    ];
    const fields = { thinking: { type: "disabled" } };
    const played = await play("messages", { model: "claude-opus-5-5", special, fields });
    expect(played.at(-1)?.sent.plan.mode).toBe("brief");
    expect(played.at(-1)?.sent.body).not.toContain("signature");
  });

  it("is expected of a model that has brought it unasked, and of none that has not", async () => {
    const thinks = await play("messages", { model: "claude-opus-5-5", thought: SIGNED });
    for (const { text, sent } of thinks) expect(sent.body).toBe(text);
    expect(thinks.at(-1)?.sent.plan.reason).toBe("bound_reasoning");
    const silent = await play("messages", { model: "claude-opus-5-5" });
    expect(silent.at(-1)?.sent.plan.mode).toBe("brief");
  });

  it("is dropped by the provider alone where it only drops it: items are never parted from their reasoning", async () => {
    const played = await play("responses", { thought: SEALED });
    expect(played.at(-1)?.sent.plan.mode).toBe("brief");
    for (const { sent } of played) {
      const { input } = JSON.parse(sent.body) as { input: Item[] };
      for (const [index, item] of input.entries())
        if (item["type"] === "reasoning") expect(input[index + 1]).toMatchObject({ type: "message" });
        else if (item["role"] === "assistant") expect(input[index - 1]).toMatchObject({ type: "reasoning" });
    }
  });
});
