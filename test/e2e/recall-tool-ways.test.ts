/**
 * The recall tool in the other ways of holding a conversation: deltas, replies named by their id, a block beside it; and
 * what happens when somebody leaves, or the provider will not go on.
 *
 * Over plain HTTP, on Chat Completions or Responses, whichever has the way. It must not repeat what the SDKs show.
 */
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { hasTool, lastTextOf } from "../fakes/provider/provider.ts";
import type { Api, Provider, RequestBody, ScriptedReply } from "../fakes/provider/provider.ts";
import {
  chat,
  chatRequest,
  header,
  inspect,
  KEY,
  MODEL,
  openRaw,
  sendRaw,
  startWithProvider,
  startWithRawUpstream,
} from "./start.ts";
import type { RawReply } from "./start.ts";

const TOOL = "strata_recall";

let edge: RunningEdge;
let provider: Provider;
/** What the model says to the answer of a search. */
let afterwards: ScriptedReply = { content: "There." };

beforeAll(async () => {
  const reply = (request: RequestBody, { api }: { api: Api }): ScriptedReply => {
    const text = lastTextOf(api, request);
    if (/^(?:Nothing has left|Record of)/.test(text)) return afterwards;
    if (!text.startsWith("SEARCH") || !hasTool(request, TOOL)) return { content: "Yes." };
    const content = text.includes("QUIET") ? {} : { content: "Let me see." };
    return { ...content, toolCalls: [{ name: TOOL, arguments: '{"query":"x"}' }] };
  };
  ({ edge, provider } = await startWithProvider({ STRATA_RECALL: "both" }, { reply, chunkDelayMs: 2 }));
});

const user = (content: string): object => ({ role: "user", content });

function respond(body: object): Promise<RawReply> {
  return sendRaw(edge, {
    method: "POST",
    path: "/v1/responses",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model: "gpt-4.1", ...body }),
  });
}

describe("the recall tool", () => {
  it("is there by the deployment's own setting, and not where a request says no", async () => {
    const body = { model: MODEL, messages: [user("Hi")] };
    const reply = await chat(edge, body, { "x-strata-session": "setting" });
    expect(header(reply, "x-strata-recall")).toBe("both");
    expect(provider.requests.at(-1)?.body.toString()).toContain(TOOL);
    const off = await chat(edge, body, { "x-strata-session": "setting", "x-strata-recall": "off" });
    expect(header(off, "x-strata-recall")).toBe("off");
    expect(provider.requests.at(-1)?.body.toString()).toBe(JSON.stringify(body));
    const odd = await chat(edge, body, { "x-strata-session": "setting", "x-strata-recall": "perhaps" });
    expect(header(odd, "x-strata-recall")).toBe("both");
  });

  it("serves a client that sends only what is new", async () => {
    const headers = { "x-strata-session": "delta" };
    const first = await chat(edge, { model: MODEL, messages: [user("Hi")] }, headers);
    const parent = { ...headers, "x-strata-parent": header(first, "x-strata-rev") ?? "" };
    const second = await chat(edge, { model: MODEL, messages: [user("SEARCH")] }, parent);
    expect(second.body.toString()).toContain("Let me see.\\n\\nThere.");
    expect(second.body.toString()).not.toContain(TOOL);
    const { messages } = JSON.parse(provider.requests.at(-1)?.body.toString() ?? "") as { messages: object[] };
    expect(messages).toHaveLength(5);
    const { turns } = await inspect(edge, "delta");
    expect(turns.map(({ verdict }) => verdict)).toEqual(["new", "delta"]);
  });

  it("serves a client that names a reply by its id, where Strata holds the conversation", async () => {
    const first = await respond({ input: "SEARCH" });
    const { id, output } = JSON.parse(first.body.toString()) as { id: string; output: object[] };
    expect(output).toHaveLength(2);
    const second = await respond({ input: [user("And?")], previous_response_id: id });
    expect(header(second, "x-strata-verdict")).toBe("delta");
    const { input } = JSON.parse(provider.requests.at(-1)?.body.toString() ?? "") as { input: object[] };
    expect(input).toHaveLength(4);
    expect(JSON.stringify(input)).not.toContain("function_call");
  });

  it("stays away where the upstream keeps the reply itself", async () => {
    const state = JSON.stringify({ openai: "holds" });
    const { edge: holding } = await startWithProvider({ STRATA_RECALL: "tool", UPSTREAM_STATE: state });
    const ask = async (store: boolean): Promise<string | null> => {
      const reply = await sendRaw(holding, {
        method: "POST",
        path: "/v1/responses",
        headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
        body: JSON.stringify({ model: "gpt-4.1", input: "Hi", store }),
      });
      return header(reply, "x-strata-recall");
    };
    expect(await ask(true)).toBe("off; tool=upstream_state");
    expect(await ask(false)).toBe("tool");
  });

  it("counts every call of the provider's in the session's ledger", async () => {
    const reply = await chat(edge, { model: MODEL, messages: [user("SEARCH")] }, { "x-strata-session": "ledger" });
    const asked = provider.requests.slice(-2);
    const { usage } = JSON.parse(reply.body.toString()) as { usage: { prompt_tokens: number; total_tokens: number } };
    const prompts = asked.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
    expect(usage.prompt_tokens).toBe(prompts);
    const { ledger, turns } = await inspect(edge, "ledger");
    expect(ledger).toMatchObject({ calls: 2, tokens: { forwarded: prompts } });
    expect(turns[0]?.usage?.promptTokens).toBe(asked[0]?.promptTokens);
  });
});

describe("an upstream that says how long its stream is", () => {
  it("is not taken at its word once the model has searched", async () => {
    const event = (delta: object, finish: string | null = null): string =>
      `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    const call = { index: 0, id: "s", type: "function", function: { name: TOOL, arguments: '{"query":"x"}' } };
    const streams = [
      event({ tool_calls: [call] }) + event({}, "tool_calls"),
      event({ content: "Quite a long answer, longer than the call." }) + event({}, "stop"),
    ];
    const { edge: relay } = await startWithRawUpstream({}, ({ response }) => {
      const body = `${streams.shift()}data: [DONE]\n\n`;
      response.setHeader("content-type", "text/event-stream");
      response.setHeader("content-length", Buffer.byteLength(body));
      response.end(body);
    });
    const headers = { "x-strata-session": "length", "x-strata-recall": "tool" };
    const reply = await chat(relay, { model: MODEL, stream: true, messages: [user("Hi")] }, headers);
    expect(reply.body.toString()).toBe(
      `${event({ content: "Quite a long answer, longer than the call." })}${event({}, "stop")}data: [DONE]\n\n`,
    );
  });
});

describe("a search on the way", () => {
  const body = { model: MODEL, stream: true, messages: [user("SEARCH")] };

  it("is let go of with its client", async () => {
    afterwards = { content: "word ".repeat(2_000) };
    const response = await openRaw(edge, chatRequest(body, { "x-strata-session": "leave" }));
    let text = "";
    for await (const piece of response) {
      text += String(piece);
      if (text.includes("word")) break;
    }
    response.destroy();
    const asked = provider.requests.at(-1);
    await vi.waitFor(() => expect(asked).toMatchObject({ finished: true, aborted: true }), 10_000);
    await vi.waitFor(async () => expect((await inspect(edge, "leave")).turns[0]?.status).toBe("aborted"), 10_000);
  });

  it.each([
    ["with an error", { status: 529 }],
    ["with a stream that breaks at once", { content: "x", breakAfterChunks: 0 }],
  ])("that the provider meets %s ends where it is", async (_how, failure) => {
    afterwards = failure;
    const reply = await chat(edge, body, { "x-strata-session": `fails ${_how}` });
    const text = reply.body.toString();
    expect(text).toContain('"finish_reason":"stop"');
    expect(text.match(/\[DONE\]/g)).toHaveLength(1);
    expect(text).not.toContain(TOOL);
    const { turns } = await inspect(edge, `fails ${_how}`);
    expect(turns).toMatchObject([{ status: "complete" }]);
  });

  it("of which nothing was said yet starts over without the tool", async () => {
    afterwards = { status: 500 };
    const quiet = { ...body, messages: [user("SEARCH QUIET")] };
    const reply = await chat(edge, quiet, { "x-strata-session": "starts over" });
    const said = [...reply.body.toString().matchAll(/"content":"([^"]+)"/g)].map(([, word]) => word);
    expect(said.join("")).toBe("Yes.");
    expect(provider.requests.at(-1)?.body.toString()).toBe(JSON.stringify(quiet));
  });
});
