/**
 * State that an API keeps for its clients, both ways: Strata in its place where an upstream has none, Strata's own use of
 * it where an upstream has.
 *
 * The real SDKs send only what is new; what the upstream receives must be the whole conversation, or a reference that it
 * can resolve. Unknown ids are answered so that each SDK sends everything again.
 */
import Anthropic from "@anthropic-ai/sdk";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { Provider, RecordedRequest } from "../fakes/provider/provider.ts";
import { KEY, MODEL, sdk, startEdgeBefore, startWithProvider } from "./start.ts";

const CLAUDE = "claude-sonnet-5";

interface Sent {
  input: { role?: string; content?: unknown }[];
  messages: { role: string; content: unknown }[];
  [field: string]: unknown;
}

const bodyOf = (request: RecordedRequest | undefined): Sent => JSON.parse(request?.body.toString() ?? "{}") as Sent;

function startWithoutState() {
  return startWithProvider(
    { UPSTREAM_STATE: '{"openai":"none","anthropic":"none"}' },
    { responses: { holdsState: false }, messages: { holdsThreads: false, threadRefusal: "extra_inputs" } },
  );
}

describe("an upstream without state", () => {
  let edge: RunningEdge;
  let provider: Provider;
  beforeAll(async () => {
    ({ edge, provider } = await startWithoutState());
  });
  const last = (): Sent => bodyOf(provider.requests.at(-1));

  it("gets the whole conversation of a client that names only the reply before", async () => {
    const client = sdk(edge);
    const first = await client.responses.create({ model: MODEL, instructions: "Be brief.", input: "My dog is Rex." });
    const second = await client.responses.create({
      model: MODEL,
      instructions: "Be brief.",
      input: "What is its name?",
      previous_response_id: first.id,
    });
    expect(last()).not.toHaveProperty("previous_response_id");
    expect(last()["instructions"]).toBe("Be brief.");
    expect(last().input.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    const stream = await client.responses.create({
      model: MODEL,
      input: [{ role: "user", content: "And its age?" }],
      previous_response_id: second.id,
      stream: true,
    });
    const seen: string[] = [];
    for await (const event of stream) seen.push(event.type);
    expect(seen.at(-1)).toBe("response.completed");
    expect(last().input).toHaveLength(5);
    expect(last().input[0]).toEqual({ role: "user", content: "My dog is Rex." });
  });

  it("can be asked twice from the same reply: two branches that know nothing of each other", async () => {
    const client = sdk(edge);
    const first = await client.responses.create({ model: MODEL, input: "Begin." });
    for (const input of ["Left.", "Right."]) {
      await client.responses.create({ model: MODEL, input, previous_response_id: first.id });
      expect(last().input).toHaveLength(3);
      expect(last().input[2]).toEqual({ role: "user", content: input });
    }
  });

  it("never sees a request that goes on from a reply nobody knows, or another tenant's", async () => {
    const first = await sdk(edge).responses.create({ model: MODEL, input: "Mine." });
    const before = provider.requests.length;
    const wrong = [
      sdk(edge).responses.create({ model: MODEL, input: "x", previous_response_id: "resp_unknown" }),
      sdk(edge, { apiKey: "sk-other" }).responses.create({ model: MODEL, input: "x", previous_response_id: first.id }),
    ];
    for (const request of wrong)
      await expect(request).rejects.toMatchObject({
        status: 400,
        code: "previous_response_not_found",
        param: "previous_response_id",
      });
    expect(provider.requests).toHaveLength(before);
  });

  it("has conversations all the same", async () => {
    const client = sdk(edge);
    const { id } = await client.conversations.create({ metadata: { topic: "dogs" } });
    for (const [index, content] of ["One.", "Two.", "Three."].entries()) {
      await client.responses.create({ model: MODEL, input: [{ role: "user", content }], conversation: id });
      expect(last()).not.toHaveProperty("conversation");
      expect(last().input).toHaveLength(2 * index + 1);
    }
  });

  it("leaves a conversation that is not ours to itself", async () => {
    const request = sdk(edge).responses.create({ model: MODEL, input: "x", conversation: "conv_foreign" });
    await expect(request).rejects.toMatchObject({ status: 400, param: "conversation" });
  });

  it("serves threads of the Anthropic SDK, which sends system and tools only once", async () => {
    const client = new Anthropic({ apiKey: KEY, baseURL: edge.url, maxRetries: 0 });
    const thread = client.beta.messages.thread({
      model: CLAUDE,
      max_tokens: 100,
      system: "Be brief.",
      tools: [{ name: "look_up", input_schema: { type: "object" } }],
    });
    for (const [index, content] of ["One.", "Two.", "Three."].entries()) {
      const message = await thread.send([{ role: "user", content }]);
      expect(message.stop_reason).toBe("end_turn");
      const sent = last();
      expect(sent).not.toHaveProperty("thread");
      expect(sent["system"]).toBe("Be brief.");
      expect(sent["tools"]).toEqual([{ name: "look_up", input_schema: { type: "object" } }]);
      expect(sent.messages.map(({ role }) => role)).toEqual(
        Array.from({ length: 2 * index + 1 }, (_, place) => (place % 2 === 0 ? "user" : "assistant")),
      );
    }
    const headers = provider.requests.at(-1)?.headers ?? [];
    expect(headers.filter(([, value]) => value.includes("message-threads"))).toEqual([]);
  });

  it("makes the SDK replay a thread that was lost", async () => {
    const client = new Anthropic({ apiKey: KEY, baseURL: edge.url, maxRetries: 0 });
    const thread = client.beta.messages.thread({ model: CLAUDE, max_tokens: 100 });
    await thread.send([{ role: "user", content: "One." }]);
    const other = await startEdgeBefore(provider.url, { UPSTREAM_STATE: '{"anthropic":"none"}' });
    client.baseURL = other.url;
    const message = await thread.send([{ role: "user", content: "Two." }]);
    expect(message.stop_reason).toBe("end_turn");
    expect(last().messages).toHaveLength(3);
  });
});

describe("an upstream that holds state", () => {
  it("gets a client's references as they came, and the whole history once it has lost them", async () => {
    const { edge, provider } = await startWithProvider({ UPSTREAM_STATE: '{"openai":"holds"}' });
    const client = sdk(edge);
    const first = await client.responses.create({ model: MODEL, input: "My dog is Rex." });
    const { response } = await client.responses
      .create({ model: MODEL, input: "Its name?", previous_response_id: first.id })
      .withResponse();
    expect(bodyOf(provider.requests.at(-1))).toMatchObject({ previous_response_id: first.id, input: "Its name?" });
    expect(response.headers.get("x-strata-reason")).toBe("upstream_state");
    expect(response.headers.get("x-strata-verdict")).toBe("delta");

    await client.responses.delete(first.id);
    const again = await client.responses.create({ model: MODEL, input: "Its age?", previous_response_id: first.id });
    expect(again.status).toBe("completed");
    expect(bodyOf(provider.requests.at(-1)).input).toHaveLength(3);
    expect(bodyOf(provider.requests.at(-1))).not.toHaveProperty("previous_response_id");
  });

  it("is asked about replies that Strata has never seen", async () => {
    const { edge, provider } = await startWithProvider({ UPSTREAM_STATE: '{"openai":"holds"}' });
    const request = sdk(edge).responses.create({ model: MODEL, input: "x", previous_response_id: "resp_unknown" });
    await expect(request).rejects.toMatchObject({ status: 400, code: "previous_response_not_found" });
    expect(provider.requests).toHaveLength(1);
  });

  it("is sent only what is new, where it is set so, and everything once it has lost the rest", async () => {
    const { edge, provider } = await startWithProvider({ UPSTREAM_STATE: '{"openai":"delta"}' });
    const client = sdk(edge, { headers: { "x-strata-session": "delta" } });
    const input: { role: "user" | "assistant" | "developer"; content: string }[] = [
      { role: "developer", content: "Be brief." },
    ];
    const ids: string[] = [];
    const ask = async (content: string): Promise<void> => {
      input.push({ role: "user", content });
      const reply = await client.responses.create({ model: MODEL, input });
      ids.push(reply.id);
      input.push({ role: "assistant", content: reply.output_text });
    };
    for (const content of ["One.", "Two.", "Three."]) await ask(content);
    const sent = bodyOf(provider.requests.at(-1));
    expect(sent["previous_response_id"]).toBe(ids[1]);
    expect(sent.input).toEqual([{ role: "user", content: "Three." }]);

    await client.responses.delete(ids[2] ?? "");
    const before = provider.requests.length;
    await ask("Four.");
    expect(provider.requests).toHaveLength(before + 2);
    expect(bodyOf(provider.requests.at(-1)).input).toHaveLength(8);
    // An edit of the history is no delta.
    input[1] = { role: "user", content: "Another one." };
    await ask("Five.");
    expect(bodyOf(provider.requests.at(-1))).not.toHaveProperty("previous_response_id");
  });
});
