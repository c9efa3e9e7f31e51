/**
 * The demo's transcript readers: each format becomes the same turns, and what cannot be played is refused by its place.
 * The demo's own recording is read as well, because a demo that cannot read it is worth nothing.
 */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readTranscript } from "../../../bench/demo/read-transcript.ts";

const call = { id: "call_1", type: "function", function: { name: "look_up", arguments: '{"code":"A"}' } };
const chat = [
  { role: "system", content: "Be brief." },
  { role: "assistant", content: "Hello." },
  { role: "user", content: "Look up A." },
  { role: "user", content: [{ type: "text", text: "Please." }] },
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", tool_call_id: "call_1", name: "look_up", content: "found" },
  { role: "assistant", content: "Found." },
  { role: "assistant", content: "Anything else?" },
  { role: "user", content: "No." },
  { role: "assistant", content: "Bye." },
  { role: "user", content: "(never answered)" },
];

describe("readTranscript", () => {
  it("reads the demo's own recording whole", async () => {
    const path = new URL("../../../bench/demo/conversation.json", import.meta.url);
    const transcript = readTranscript(await readFile(path, "utf8"), 0);
    expect(transcript.turns).toHaveLength(80);
    expect(transcript.pauses).toBe("recorded");
    for (const { steps } of transcript.turns) {
      expect(steps.at(-1)?.content).toBeTypeOf("string");
      for (const { toolCalls, results } of steps)
        expect(results.map(({ toolCallId }) => toolCallId)).toEqual(toolCalls.map(({ id }) => id));
    }
    const texts = JSON.stringify(transcript.turns.map(({ user, steps }) => [user, steps]));
    for (const { fact } of transcript.probes) expect(texts).toContain(fact);
  });

  it("reads chat messages: one turn for a user's message and all replies to it", () => {
    const transcript = readTranscript(JSON.stringify({ id: "tau-1", messages: chat }), 0);
    expect(transcript).toMatchObject({ title: "tau-1", system: "Be brief.", opening: "Hello.", pauses: "assumed" });
    expect(transcript.turns.map(({ user, steps }) => ({ user, steps }))).toEqual([
      {
        user: "Look up A.\n\nPlease.",
        steps: [
          {
            content: null,
            toolCalls: [{ id: "call_1", name: "look_up", arguments: '{"code":"A"}' }],
            results: [{ toolCallId: "call_1", content: "found" }],
          },
          { content: "Found.\n\nAnything else?", toolCalls: [], results: [] },
        ],
      },
      { user: "No.", steps: [{ content: "Bye.", toolCalls: [], results: [] }] },
    ]);
    expect(transcript.tools.map((tool) => tool.type === "function" && tool.function.name)).toEqual(["look_up"]);
  });

  it("reads a line of many, a bare list of messages, and dated turns with their pauses", () => {
    const dated = {
      id: "two",
      turns: [
        { role: "user", text: "Hi", at: 0 },
        { role: "assistant", text: "Hi!", at: 0 },
        { role: "user", text: "Back again", at: 86_400_000 },
        { role: "assistant", text: "Good", at: 86_400_000 },
      ],
    };
    const lines = `${JSON.stringify({ messages: chat })}\n${JSON.stringify(dated)}\n`;
    const second = readTranscript(lines, 1);
    expect(second).toMatchObject({ title: "two", pauses: "recorded", tools: [] });
    expect(second.turns.map(({ pauseSeconds }) => pauseSeconds)).toEqual([0, 86_400]);
    expect(readTranscript(JSON.stringify(chat), 0).turns).toHaveLength(2);
    expect(() => readTranscript(lines, 2)).toThrow("there is no line 2: the file holds 2");
  });

  it.each([
    ["not JSON", "line 0 is not JSON"],
    ["{}", "neither {messages"],
    [JSON.stringify([{ role: "user", content: "Hi" }]), "no user message with a reply"],
    [JSON.stringify([...chat.slice(0, 5), ...chat.slice(8)]), "turn 0: 1 tool calls have 0 results"],
    [JSON.stringify([...chat.slice(0, 3), { role: "system", content: "x" }]), "messages[3]: a system message"],
    [JSON.stringify([{ role: "user", content: "Hi" }, chat[5]]), "messages[1]: a tool result without its call"],
    [JSON.stringify([{ role: "user", content: [{ type: "image_url" }] }]), "a part that is not text"],
  ])("refuses %j", (text, message) => {
    expect(() => readTranscript(text, 0)).toThrow(message);
  });
});
