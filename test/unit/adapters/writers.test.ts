/**
 * The contract of digest writers, over HTTP and over a binding; well-formed requests are judged by the strict provider.
 */
import { afterAll, describe, expect, it } from "vitest";
import { chooseWriter } from "../../../src/adapters/choose-writer.ts";
import { createChatWriter } from "../../../src/adapters/chat-writer.ts";
import { createMessagesWriter } from "../../../src/adapters/messages-writer.ts";
import { createWorkersAiWriter } from "../../../src/adapters/workers-ai-writer.ts";
import type { DistillerSetting } from "../../../src/env.ts";
import type { DigestWriter } from "../../../src/ports/digest-writer.ts";
import { sendJson, startRawUpstream } from "../../fakes/edge/raw-upstream.ts";
import type { Exchange, RawUpstream } from "../../fakes/edge/raw-upstream.ts";
import { startProvider } from "../../fakes/provider/provider.ts";
import type { Provider, ScriptedReply } from "../../fakes/provider/provider.ts";
import { describeWriter } from "./writer.contract.ts";
import type { Bench, Deed } from "./writer.contract.ts";

type Api = "openai" | "anthropic";

const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of open) await one.close();
});

const KEY = "sk-writer";
const create = { openai: createChatWriter, anthropic: createMessagesWriter };
const MODELS = { openai: "gpt-5.4-mini", anthropic: "claude-haiku-4-5" };

/** The real provider's stand-in for what it can do, and a server without an opinion for what no provider does. */
async function startBench(api: Api): Promise<Bench> {
  const bench: Bench = { deed: { does: "stall" }, open: openWriter, openNowhere: () => writerAt("http://127.0.0.1:9") };
  const provider: Provider = await startProvider({ apiKeys: [KEY], reply: () => scriptOf(api, bench.deed) });
  const raw: RawUpstream = await startRawUpstream((exchange) => answerRaw(bench.deed, exchange));
  open.push(provider, raw);
  return bench;

  function openWriter({ model, timeoutMs }: Pick<DistillerSetting, "model" | "timeoutMs">): DigestWriter {
    const writer = writerAt(isStrict(bench.deed) ? provider.url : raw.url, timeoutMs);
    // The provider knows its own models only.
    return { ...writer, model, method: writer.method.replace(MODELS[api], model) };
  }

  function writerAt(base: string, timeoutMs = 1_000): DigestWriter {
    return create[api]({ api, base, key: KEY, model: MODELS[api], timeoutMs });
  }
}

function isStrict({ does }: Deed): boolean {
  return does !== "babble" && does !== "stall" && does !== "refuse form";
}

function scriptOf(api: Api, deed: Deed): ScriptedReply {
  switch (deed.does) {
    case "answer":
      return api === "openai" || !deed.text.startsWith("{")
        ? { content: deed.text }
        : { content: "", toolCalls: [{ name: "conversation_notes", arguments: deed.text }] };
    case "cut":
      return { content: '{"gist":[', finishReason: "length" };
    case "decline":
      return api === "openai" ? { refusal: "I will not." } : { content: "", finishReason: "refusal" };
    default:
      return { status: 503, error: { message: "Overloaded" } };
  }
}

/** A server that does not know what it is asked. */
function answerRaw(deed: Deed, exchange: Exchange): void {
  if (deed.does === "babble") sendJson(exchange, deed.body);
  if (deed.does !== "refuse form") return;
  const request = JSON.parse(exchange.body.toString()) as Record<string, unknown>;
  const isStructured = "response_format" in request || "tools" in request;
  if (isStructured) exchange.response.statusCode = 400;
  const reply = { choices: [{ message: { content: deed.text } }], content: [{ type: "text", text: deed.text }] };
  sendJson(exchange, isStructured ? '{"error":{"message":"Unknown parameter."}}' : JSON.stringify(reply));
}

describeWriter("Chat Completions", () => startBench("openai"));
describeWriter("Messages", () => startBench("anthropic"));

describeWriter("Workers AI", async () => {
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
  const bench: Bench = {
    deed: { does: "stall" },
    open: ({ model, timeoutMs }) =>
      createWorkersAiWriter({ run }, { api: "workers-ai", base: "", key: null, model, timeoutMs }),
    openNowhere: () => null,
  };
  return bench;

  async function run(_model: string, inputs: Record<string, unknown>): Promise<unknown> {
    const { deed } = bench;
    const isStructured = "response_format" in inputs;
    switch (deed.does) {
      case "answer":
        // In JSON mode the binding parses the answer.
        return { response: isStructured && deed.text.startsWith("{") ? JSON.parse(deed.text) : deed.text, usage };
      case "refuse form":
        if (isStructured) throw new Error("5025: This model doesn't support JSON Schema.");
        return { response: deed.text, usage };
      case "cut":
        return { choices: [{ message: { content: '{"gi' }, finish_reason: "length" }], usage };
      case "decline":
        return { choices: [{ message: { content: null, refusal: "I will not." }, finish_reason: "stop" }], usage };
      case "fail":
        throw new Error("3040: Capacity temporarily exceeded, please try again.");
      case "stall":
        return new Promise(() => undefined);
      case "babble":
        return JSON.parse(deed.body);
    }
  }
});

describe("the model that the settings name", () => {
  const setting = { base: "http://127.0.0.1:9", key: null, model: "m", timeoutMs: 1000 };

  it("is none without a setting, and without the binding that it needs", () => {
    expect(chooseWriter(null, null)).toBeNull();
    expect(chooseWriter({ ...setting, api: "workers-ai" }, null)).toBeNull();
    const ai = { run: async () => ({}) };
    expect(chooseWriter(null, ai)).toBeNull();
    expect(chooseWriter({ ...setting, api: "workers-ai" }, ai)?.method).toBe("workers-ai:m");
    expect(chooseWriter({ ...setting, api: "openai" }, ai)?.method).toBe("openai:m");
    expect(chooseWriter({ ...setting, api: "anthropic" }, ai)?.method).toBe("anthropic:m");
  });
});

describe("what a writer sends", () => {
  it.each<[Api, string, string]>([
    ["openai", "authorization", `Bearer ${KEY}`],
    ["anthropic", "x-api-key", KEY],
  ])("%s: goes with its own key, follows no redirect", async (api, header, value) => {
    const raw = await startRawUpstream((exchange) => {
      exchange.response.writeHead(307, { location: "http://127.0.0.1:9/elsewhere" });
      exchange.response.end();
    });
    open.push(raw);
    const writer = create[api]({ api, base: raw.url, key: KEY, model: "m", timeoutMs: 1000 });
    const prompt = { task: "t", material: "m", schemaName: "s", schema: {}, isStructured: false, outputTokensMax: 10 };
    expect(await writer.write(prompt)).toEqual({
      text: { ok: false, error: { code: "refused", status: 307 } },
      usage: null,
    });
    expect(raw.exchanges).toHaveLength(1);
    expect(raw.exchanges[0]?.headers.find(([name]) => name.toLowerCase() === header)?.[1]).toBe(value);
  });

  it("counts what Anthropic read from its cache, and wrote to it, as part of the prompt", async () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 1000,
      output_tokens: 5,
    };
    const raw = await startRawUpstream((exchange) => sendJson(exchange, JSON.stringify({ content: [], usage })));
    open.push(raw);
    const writer = create.anthropic({ api: "anthropic", base: raw.url, key: null, model: "m", timeoutMs: 1000 });
    const prompt = { task: "t", material: "m", schemaName: "s", schema: {}, isStructured: false, outputTokensMax: 10 };
    expect((await writer.write(prompt)).usage).toEqual({
      promptTokens: 1110,
      completionTokens: 5,
      cachedTokens: 100,
      cacheWriteTokens: 1000,
    });
  });
});
