/**
 * The official SDK against the edge, with the strict simulator behind it: what an app sees is what it would see without
 * Strata, and the session holds the conversation.
 *
 * Streamed and not, tool calls one after another and in parallel. The provider refuses any header of ours, so a reply
 * at all shows that none leaked.
 */
import type OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { ChatRequest, Provider, ScriptedReply } from "../fakes/provider/provider.ts";
import { header, inspect, KEY, MODEL, sdk, startWithProvider } from "./start.ts";

type Messages = OpenAI.ChatCompletionMessageParam[];

let edge: RunningEdge;
let provider: Provider;
let script: (request: ChatRequest) => ScriptedReply = () => ({ content: "Yes." });

beforeAll(async () => {
  ({ edge, provider } = await startWithProvider({}, { reply: (request) => script(request), splitCharacters: true }));
});

const TOOL: OpenAI.ChatCompletionTool = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};

const WHISPER = "Grüße aus Köln 🌦️, 21 °C — 你好";

describe("the SDK", () => {
  it("gets a plain reply as the provider sent it", async () => {
    script = () => ({ content: WHISPER });
    const client = sdk(edge, { headers: { "x-strata-session": "plain" } });
    const { data, response } = await client.chat.completions
      .create({ model: MODEL, messages: [{ role: "user", content: "Hi" }] })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe(WHISPER);
    expect(data.usage?.prompt_tokens).toBe(provider.requests.at(-1)?.promptTokens);
    expect(response.headers.get("x-strata-session")).toMatch(/^st_[\w-]{43}$/);
    expect(response.headers.get("x-strata-rev")).toMatch(/^[\w-]{16}$/);
    expect(response.headers.get("x-strata-verdict")).toBe("new");
    expect(response.headers.get("x-strata-plan")).toBe("full");
    expect(response.headers.get("x-strata-reason")).toBe("new_thread");
    expect(response.headers.get("x-strata-tokens")).toMatch(/^(\d+)->\1$/);
    expect(response.headers.get("server-timing")).toMatch(
      /strata;dur=\d+, strata-read;dur=\d+, strata-open;dur=\d+, upstream;dur=\d+/,
    );
    expect(response.headers.get("openai-version")).toBe("2020-10-01");
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  });

  it("gets a stream as the provider sent it, split characters and usage included", async () => {
    script = () => ({ content: WHISPER });
    const client = sdk(edge, { headers: { "x-strata-session": "stream" } });
    const { data, response } = await client.chat.completions
      .create({
        model: MODEL,
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: "user", content: "Hi" }],
      })
      .withResponse();
    let text = "";
    let usage = 0;
    for await (const chunk of data) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage?.prompt_tokens ?? usage;
    }
    expect(text).toBe(WHISPER);
    expect(usage).toBe(provider.requests.at(-1)?.promptTokens);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-strata-rev")).toMatch(/^[\w-]{16}$/);
    const { turns } = await inspect(edge, "stream");
    expect(turns).toMatchObject([{ status: "complete", verdict: "new", usage: { promptTokens: usage } }]);
  });

  it.each([{ stream: false }, { stream: true }])(
    "plays tool calls, one after another and in parallel ($stream)",
    async ({ stream }) => {
      const cities = ["Paris", "Oslo", "Rome"];
      script = ({ messages }) => {
        const answered = messages.filter(({ role }) => role === "tool").length;
        const call = (city: string | undefined) => ({ name: "get_weather", arguments: JSON.stringify({ city }) });
        if (answered === 0) return { toolCalls: [call(cities[0])] };
        if (answered === 1) return { content: "Two more.", toolCalls: [call(cities[1]), call(cities[2])] };
        return { content: `All ${answered} known.` };
      };
      const session = `tools-${stream}`;
      const messages = await playTools(sdk(edge, { headers: { "x-strata-session": session } }), stream);
      expect(messages.at(-1)).toMatchObject({ role: "assistant", content: "All 3 known." });
      const { turns, counts } = await inspect(edge, session);
      expect(turns.map(({ verdict, status }) => [verdict, status])).toEqual([
        ["new", "complete"],
        ["continue", "complete"],
        ["continue", "complete"],
      ]);
      expect(counts).toEqual({ turns: 3, messages: messages.length, threads: 1 });
    },
  );

  it("sends the provider exactly the client's bytes and none of our headers", async () => {
    script = () => ({ content: "Yes." });
    const client = sdk(edge, { headers: { "x-strata-session": "bytes", "x-app": "1", "OpenAI-Beta": "x=y" } });
    const body = { model: MODEL, temperature: 0.5, messages: [{ role: "user" as const, content: WHISPER }] };
    await client.chat.completions.create(body);
    const seen = provider.requests.at(-1);
    expect(seen?.body.toString()).toBe(JSON.stringify(body));
    const names = seen?.headers.map(([name]) => name.toLowerCase()) ?? [];
    expect(names.filter((name) => name.startsWith("x-strata-"))).toEqual([]);
    expect(header({ headers: seen?.headers ?? [] }, "authorization")).toBe(`Bearer ${KEY}`);
    expect(header({ headers: seen?.headers ?? [] }, "x-app")).toBe("1");
    expect(header({ headers: seen?.headers ?? [] }, "openai-beta")).toBe("x=y");
    expect(header({ headers: seen?.headers ?? [] }, "x-stainless-lang")).toBe("js");
  });

  it("keeps several choices apart: the reply comes through, and no choice is taken for the conversation", async () => {
    script = () => ({ choices: [{ content: "One." }, { content: "Two." }] });
    const client = sdk(edge, { headers: { "x-strata-session": "choices" } });
    const reply = await client.chat.completions.create({
      model: MODEL,
      n: 2,
      messages: [{ role: "user", content: "?" }],
    });
    expect(reply.choices.map(({ message }) => message.content)).toEqual(["One.", "Two."]);
    const { turns, counts } = await inspect(edge, "choices");
    expect(turns).toHaveLength(1);
    expect(counts.messages).toBe(1);
  });
});

/** Runs the tool loop as an app would, until the model says something that is no call. */
async function playTools(client: OpenAI, stream: boolean): Promise<Messages> {
  const messages: Messages = [
    { role: "system", content: "You know the weather." },
    { role: "user", content: "How is it in Paris, Oslo and Rome?" },
  ];
  for (;;) {
    const body = { model: MODEL, messages, tools: [TOOL] };
    const message = stream
      ? await client.chat.completions.stream(body).finalMessage()
      : (await client.chat.completions.create(body)).choices[0]?.message;
    if (!message) throw new Error("no message");
    messages.push(message);
    if (!message.tool_calls?.length) return messages.slice(1);
    for (const { id } of message.tool_calls)
      messages.push({ role: "tool", tool_call_id: id, content: '{"celsius":21}' });
  }
}
