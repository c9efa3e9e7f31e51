/**
 * How a response of the simulator can end: complete, cut short, failed, broken off, later, or as a compaction.
 *
 * Each is driven by a script and looked at through the real SDK, plain and streamed. What the simulator remembers of
 * a response that did not end well is responses-state.test.ts's business.
 */
import type OpenAI from "openai";
import { expect, test, vi } from "vitest";
import type { ScriptedReply } from "../../fakes/provider/provider.ts";
import { MODEL, said } from "./responses-start.ts";
import { start } from "./start.ts";

test("says how a response ended", async () => {
  const scripts: ScriptedReply[] = [
    { content: "Half", finishReason: "length" },
    { content: "", finishReason: "content_filter" },
    { error: { message: "Out of luck", code: "server_error" } },
  ];
  const { client } = await start({ reply: (_, { requestIndex }) => scripts[requestIndex % 3] ?? {} });
  const ask = { model: MODEL, input: "Go" };
  expect(await client.responses.create(ask)).toMatchObject({
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
    output: [{ status: "incomplete" }],
    completed_at: null,
  });
  expect(await client.responses.create(ask)).toMatchObject({ incomplete_details: { reason: "content_filter" } });
  expect(await client.responses.create(ask)).toMatchObject({
    status: "failed",
    error: { message: "Out of luck" },
    output: [],
  });
  const stream = await client.responses.create({ ...ask, stream: true });
  expect((await Array.fromAsync(stream)).at(-1)).toMatchObject({
    type: "response.incomplete",
    response: { status: "incomplete" },
  });
});

test("answers a scripted error with its headers", async () => {
  const error = { message: "Slow down", type: "requests", code: "rate_limit_exceeded" };
  const { provider, client } = await start({
    reply: () => ({ status: 429, error, extraHeaders: { "retry-after": "7" } }),
  });
  const failure: unknown = await client.responses
    .create({ model: MODEL, input: "x" })
    .catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "requests" });
  expect((failure as { headers: Headers }).headers.get("retry-after")).toBe("7");
  expect(provider.requests[0]).toMatchObject({ status: 429, promptTokens: 0, api: "responses" });
});

test("breaks off a stream, or ends it without its last event", async () => {
  const scripts: ScriptedReply[] = [
    { content: "A long story", breakAfterChunks: 5 },
    { content: "A story", missingDone: true },
  ];
  const { provider, client } = await start({ reply: (_, { requestIndex }) => scripts[requestIndex] ?? {} });
  const ask = { model: MODEL, input: "Go", stream: true as const };
  const broken = await client.responses.create(ask);
  await expect(Array.fromAsync(broken)).rejects.toThrow();
  await vi.waitFor(() => expect(provider.requests[0]).toMatchObject({ finished: true, aborted: false }));
  expect(provider.requests[0]?.rawReply.toString().match(/^data: /gm)).toHaveLength(5);
  const unfinished = await Array.fromAsync(await client.responses.create(ask));
  expect(unfinished.at(-1)?.type).toBe("response.output_item.done");
});

test("does background work while nobody waits", async () => {
  const { client } = await start({ reply: () => ({ content: "Done." }) });
  const ask = { model: MODEL, input: "Take your time", background: true };
  const queued = await client.responses.create(ask);
  expect(queued).toMatchObject({ status: "queued", output: [], usage: null, background: true });
  const finished = await client.responses.retrieve(queued.id);
  expect(finished).toMatchObject({ id: queued.id, status: "completed", output_text: "Done." });

  const other = await client.responses.create(ask);
  expect(await client.responses.cancel(other.id)).toMatchObject({ status: "cancelled", output: [] });
  expect(await client.responses.retrieve(other.id)).toMatchObject({ status: "cancelled" });
  const plain = await client.responses.create({ model: MODEL, input: "Now" });
  await expect(client.responses.cancel(plain.id)).rejects.toThrow("Cannot cancel a synchronous response.");
});

test("streams background work again from where a client left", async () => {
  const { client } = await start({ reply: () => ({ content: "A b c" }) });
  const stream = await client.responses.create({ model: MODEL, input: "Go", background: true, stream: true });
  const events = await Array.fromAsync(stream);
  expect(events.slice(0, 3).map((event) => event.type)).toEqual([
    "response.created",
    "response.queued",
    "response.in_progress",
  ]);
  const id = events[0]?.type === "response.created" ? events[0].response.id : "";
  const rest = await Array.fromAsync(await client.responses.retrieve(id, { stream: true, starting_after: 5 }));
  expect(rest).toEqual(events.slice(6));
  const plain = await client.responses.create({ model: MODEL, input: "Now" });
  await expect(client.responses.retrieve(plain.id, { stream: true })).rejects.toMatchObject({
    status: 400,
    param: "stream",
  });
});

test("compacts when asked to, and takes the compaction back", async () => {
  const { provider, client } = await start({ reply: () => ({ content: "They talked about the weather." }) });
  const history: OpenAI.Responses.ResponseInput = [said("Hello"), { role: "assistant", content: "Hi." }];
  const asked = await client.responses.create({ model: MODEL, input: [...history, { type: "compaction_trigger" }] });
  expect(asked.output).toMatchObject([{ type: "compaction", id: expect.stringMatching(/^cmp_/) }]);
  const compacted = asked.output as OpenAI.Responses.ResponseInput;
  await client.responses.create({ model: MODEL, input: [...compacted, said("And now?")] });
  expect(provider.requests[1]?.status).toBe(200);
  expect(provider.requests[1]?.promptTokens).toBeGreaterThan(10);
});

test("forgets what a client did not wait for", async () => {
  const { provider, client } = await start({
    reply: () => ({ content: "A long story. ".repeat(40) }),
    chunkDelayMs: 20,
  });
  let id = "";
  for await (const event of await client.responses.create({ model: MODEL, input: "Go", stream: true })) {
    if (event.type === "response.created") id = event.response.id;
    if (event.type === "response.output_text.delta") break;
  }
  await vi.waitFor(() => expect(provider.requests[0]).toMatchObject({ aborted: true, finished: true }));
  const goOn = client.responses.create({ model: MODEL, input: "And?", previous_response_id: id });
  await expect(goOn).rejects.toMatchObject({ code: "previous_response_not_found" });
});

test("knows which API was asked even when it refuses", async () => {
  const { provider, client } = await start({ apiKeys: ["sk-other"] });
  await expect(client.responses.create({ model: MODEL, input: "x" })).rejects.toMatchObject({ status: 401 });
  await expect(client.get("/responses")).rejects.toMatchObject({ status: 401 });
  expect(provider.requests.map((record) => record.api)).toEqual(["responses", null]);
});
