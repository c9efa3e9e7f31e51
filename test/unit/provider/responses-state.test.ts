/**
 * What the Responses simulator remembers, for whom and how long, and how it says that it does not.
 *
 * Chains, conversations and references are driven through the SDK; what an SDK would not send goes in bare. Time is
 * a number here, so that thirty days pass at once.
 */
import type OpenAI from "openai";
import { expect, test, vi } from "vitest";
import type { ProviderOptions } from "../../fakes/provider/provider.ts";
import { calling, flatWeatherTool, MODEL, resultOf, said, send } from "./responses-start.ts";
import { start } from "./start.ts";

const ask = { model: MODEL };
const DAY_MS = 86_400_000;

const notFound = (id: string) => ({
  status: 400,
  code: "previous_response_not_found",
  param: "previous_response_id",
  type: "invalid_request_error",
  message: `400 Previous response with id '${id}' not found.`,
});

test("continues a response with all that came before it", async () => {
  const { provider, client } = await start({ reply: () => ({ reasoning: "Hm", content: "An answer." }) });
  const first = await client.responses.create({ ...ask, input: "One", instructions: "Be brief." });
  const second = await client.responses.create({ ...ask, input: "Two", previous_response_id: first.id });
  await client.responses.create({ ...ask, input: "Three", previous_response_id: second.id });
  const history: OpenAI.Responses.ResponseInput = [
    said("One"),
    ...(first.output as OpenAI.Responses.ResponseInput),
    said("Two"),
    ...(second.output as OpenAI.Responses.ResponseInput),
    said("Three"),
  ];
  await client.responses.create({ ...ask, input: history });
  const [one, two, three, replayed] = provider.requests.map((record) => record.promptTokens);
  expect(second.previous_response_id).toBe(first.id);
  expect(three).toBe(replayed);
  expect(two).toBeGreaterThan(one ?? 0);
  // Without the instructions, which held for the first request only, its thought follows another prompt.
  expect(second.input_transformations).toHaveLength(1);
});

test("answers a call across responses", async () => {
  const { client } = await start({
    reply: (_, { requestIndex }) =>
      requestIndex === 0
        ? { toolCalls: [{ id: "call_1", name: "get_weather", arguments: "{}" }] }
        : { content: "Mild." },
  });
  const tools = [flatWeatherTool];
  const { id } = await client.responses.create({ ...ask, input: "Weather?", tools });
  const next = { ...ask, tools, previous_response_id: id };
  await expect(client.responses.create({ ...next, input: "Well?" })).rejects.toThrow(
    "No tool output found for function call call_1.",
  );
  expect((await client.responses.create({ ...next, input: [resultOf("call_1")] })).output_text).toBe("Mild.");
});

test.each<[string, ProviderOptions, (body: object) => object]>([
  ["unknown", {}, (body) => ({ ...body, previous_response_id: "resp_unknown" })],
  ["not stored", {}, (body) => body],
])("does not continue a response that is %s", async (_, options, change) => {
  const { client } = await start(options);
  const { id } = await client.responses.create({ ...ask, input: "One", store: false });
  const body = change({ ...ask, input: "Two", previous_response_id: id }) as typeof ask & {
    previous_response_id: string;
  };
  await expect(client.responses.create(body)).rejects.toMatchObject(notFound(body.previous_response_id));
});

test("forgets a response after thirty days, or when told to", async () => {
  let now = 1_790_000_000_000;
  const { client } = await start({ now: () => now });
  const { id, output } = await client.responses.create({ ...ask, input: "One" });
  const goOn = async () => client.responses.create({ ...ask, input: "Two", previous_response_id: id });
  now += 30 * DAY_MS - 1;
  await goOn();
  now += 1;
  await expect(goOn()).rejects.toMatchObject(notFound(id));
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  const reference = { type: "item_reference" as const, id: output[0]?.id ?? "" };
  await expect(client.responses.create({ ...ask, input: [reference] })).rejects.toMatchObject({ status: 404 });
});

test("loses everything when told to", async () => {
  const { provider, client } = await start();
  const { id } = await client.responses.create({ ...ask, input: "One" });
  const { id: conversation } = await client.conversations.create({});
  provider.forgetState();
  await expect(client.responses.create({ ...ask, previous_response_id: id })).rejects.toMatchObject(notFound(id));
  await expect(client.responses.create({ ...ask, input: "x", conversation })).rejects.toMatchObject({ status: 404 });
});

test("keeps a response as long as the test wants", async () => {
  let now = 0;
  const { client } = await start({ now: () => now, responses: { storeLifetimeSeconds: 60 } });
  const { id } = await client.responses.create({ ...ask, input: "One" });
  now = 60_000;
  await expect(client.responses.retrieve(id)).rejects.toThrow(`Response with id '${id}' not found.`);
});

test("keeps one key's responses from another", async () => {
  const { provider, client } = await start();
  const { id, output } = await client.responses.create({ ...ask, input: "One" });
  const stranger = { key: "sk-test-0002" };
  const continued = await send(provider, "responses", { ...ask, input: "x", previous_response_id: id }, stranger);
  expect(continued).toMatchObject({ status: 400, body: { error: { code: "previous_response_not_found" } } });
  const referred = await send(provider, "responses", { ...ask, input: [{ id: output[0]?.id }] }, stranger);
  expect(referred).toMatchObject({ status: 404 });
});

test("refers to stored items, by reference and by a thought's id", async () => {
  const { provider, client } = await start({ reply: () => ({ reasoning: "Hm", content: "An answer." }) });
  const first = await client.responses.create({ ...ask, input: [said("One")] });
  const [thought, answer] = first.output;
  if (!thought?.id || !answer?.id) throw new Error("no output");
  const full = [said("One"), ...first.output, said("Two")] as OpenAI.Responses.ResponseInput;
  const references: OpenAI.Responses.ResponseInput = [
    said("One"),
    { type: "item_reference", id: thought.id },
    { type: "item_reference", id: answer.id },
    said("Two"),
  ];
  const bareThought: OpenAI.Responses.ResponseInput = [
    said("One"),
    { type: "reasoning", id: thought.id, summary: [] },
    answer as OpenAI.Responses.ResponseOutputMessage,
    said("Two"),
  ];
  for (const input of [full, references, bareThought]) await client.responses.create({ ...ask, input });
  const [, ...later] = provider.requests;
  expect(new Set(later.map((record) => record.promptTokens)).size).toBe(1);
  expect(later.map((record) => record.reasoningRemoved)).toEqual([0, 0, 0]);
});

test("does not know items that were never stored", async () => {
  const { client } = await start({ reply: () => ({ reasoning: "Hm", content: "x" }) });
  const { output } = await client.responses.create({ ...ask, input: "One", store: false });
  const id = output[0]?.id ?? "";
  const message = `404 Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
  for (const item of [
    { type: "item_reference" as const, id },
    { type: "reasoning" as const, id, summary: [] },
  ]) {
    const sent = client.responses.create({ ...ask, input: [item, { role: "assistant", content: "x" }] });
    await expect(sent).rejects.toMatchObject({ status: 404, message, param: "input" });
  }
});

test("refuses a history on top of what it stands for", async () => {
  const { client } = await start();
  const { id, output } = await client.responses.create({ ...ask, input: "One" });
  const twice = { ...ask, input: output as OpenAI.Responses.ResponseInput, previous_response_id: id };
  await expect(client.responses.create(twice)).rejects.toMatchObject({
    status: 400,
    param: "input",
    message: `400 Duplicate item found with id ${output[0]?.id}. Remove duplicate items from your input and try again.`,
  });
});

test("reads, lists and deletes what is stored", async () => {
  const { provider, client } = await start({ reply: () => ({ reasoning: "Hm", content: "An answer." }) });
  const created = await client.responses.create({ ...ask, input: "One" });
  const second = await client.responses.create({
    ...ask,
    input: [said("Two"), said("Three")],
    previous_response_id: created.id,
  });
  const read = await client.responses.retrieve(created.id);
  expect(read).toMatchObject({ id: created.id, output_text: "An answer.", usage: created.usage ?? {} });
  expect(read.output[0]).not.toHaveProperty("encrypted_content");
  const included = await client.responses.retrieve(created.id, { include: ["reasoning.encrypted_content"] });
  expect(included.output).toEqual(created.output);

  const items = await Array.fromAsync(client.responses.inputItems.list(second.id, { order: "asc", limit: 2 }));
  expect(items.map((item) => item.type)).toEqual(["message", "reasoning", "message", "message", "message"]);
  expect(items.at(-1)).toMatchObject({ role: "user", content: [{ type: "input_text", text: "Three" }] });
  const newest = await client.responses.inputItems.list(second.id);
  expect(newest.data.map((item) => item.id)).toEqual(items.map((item) => item.id).toReversed());

  await client.responses.delete(created.id);
  await expect(client.responses.retrieve(created.id)).rejects.toMatchObject({ status: 404 });
  expect((await client.responses.retrieve(second.id)).id).toBe(second.id);
  expect(provider.requests[0]).toMatchObject({ api: "responses" });
  expect(provider.requests.at(-1)).toMatchObject({ api: null, promptTokens: 0 });
});

test("does not remember a response that broke off", async () => {
  const { provider, client } = await start({
    reply: (_, { requestIndex }) => ({ content: "A story", ...(requestIndex === 0 && { breakAfterChunks: 4 }) }),
  });
  const conversation = await client.conversations.create({});
  const body = { ...ask, input: "One", conversation: conversation.id, stream: true as const };
  const stream = await client.responses.create(body);
  let id = "";
  const reading = (async () => {
    for await (const event of stream) if (event.type === "response.created") id = event.response.id;
  })();
  await expect(reading).rejects.toThrow();
  await vi.waitFor(() => expect(provider.requests[1]?.finished).toBe(true));
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  expect((await client.conversations.items.list(conversation.id)).data).toEqual([]);
  await Array.fromAsync(await client.responses.create(body));
  expect((await client.conversations.items.list(conversation.id)).data).toHaveLength(2);
});

test("keeps a conversation", async () => {
  const { provider, client } = await start({ reply: () => ({ content: "An answer." }), now: () => 1_790_000_000_000 });
  const conversation = await client.conversations.create({
    items: [{ type: "message", ...said("Zero") }],
    metadata: { a: "b" },
  });
  expect(conversation).toEqual({
    id: expect.stringMatching(/^conv_\w{48}$/),
    object: "conversation",
    created_at: 1_790_000_000,
    metadata: { a: "b" },
  });
  const first = await client.responses.create({ ...ask, input: "One", conversation: conversation.id });
  expect(first.conversation).toEqual({ id: conversation.id });
  await client.responses.create({ ...ask, input: "Two", conversation: { id: conversation.id } });
  const { data } = await client.conversations.items.list(conversation.id, { order: "asc" });
  expect(data.map((item) => "role" in item && item.role)).toEqual(["user", "user", "assistant", "user", "assistant"]);
  const tokens = provider.requests.filter((record) => record.api !== null).map((record) => record.promptTokens);
  expect(tokens[1]).toBeGreaterThan(tokens[0] ?? 0);

  const added = await client.conversations.items.create(conversation.id, {
    items: [{ type: "message", ...said("Three") }],
  });
  const itemId = "id" in (added.data[0] ?? {}) ? (added.data[0] as { id: string }).id : "";
  expect(await client.conversations.items.retrieve(itemId, { conversation_id: conversation.id })).toMatchObject({
    id: itemId,
  });
  await client.conversations.items.delete(itemId, { conversation_id: conversation.id });
  expect(await client.conversations.update(conversation.id, { metadata: { c: "d" } })).toMatchObject({
    metadata: { c: "d" },
  });
  expect(await client.conversations.retrieve(conversation.id)).toMatchObject({ metadata: { c: "d" } });
  expect(await client.conversations.delete(conversation.id)).toMatchObject({ deleted: true });
  await expect(client.responses.create({ ...ask, input: "x", conversation: conversation.id })).rejects.toMatchObject({
    status: 404,
    param: "conversation",
    message: `404 Conversation with id '${conversation.id}' not found.`,
  });
});

test("keeps what a conversation holds when its response is deleted", async () => {
  const { client } = await start();
  const { id: conversation } = await client.conversations.create({});
  const { id, output } = await client.responses.create({ ...ask, input: "One", conversation });
  await client.responses.delete(id);
  expect((await client.conversations.items.list(conversation)).data).toHaveLength(2);
  await client.responses.create({ ...ask, input: [{ type: "item_reference", id: output[0]?.id ?? "" }, said("Two")] });
});

test("refuses a conversation beside a previous response", async () => {
  const { client } = await start();
  const both = { ...ask, input: "x", conversation: "conv_1", previous_response_id: "resp_1" };
  await expect(client.responses.create(both)).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("only providing one of: 'previous_response_id' or 'conversation'"),
  });
});

test.each<[string, object]>([
  ["previous_response_id", { input: "x", previous_response_id: "resp_1" }],
  ["conversation", { input: "x", conversation: "conv_1" }],
  ["item_reference", { input: [{ type: "item_reference", id: "msg_1" }] }],
])("without state, refuses %s", async (param, body) => {
  const { provider } = await start({ responses: { holdsState: false } });
  expect(await send(provider, "responses", { ...ask, ...body })).toMatchObject({
    status: 400,
    body: { error: { message: `Unsupported parameter: '${param}'.`, param, code: "unsupported_parameter" } },
  });
});

test("without state, answers all that brings its own history", async () => {
  const { provider, client } = await start({ responses: { holdsState: false } });
  const { id, output } = await client.responses.create({
    ...ask,
    input: [said("x"), calling("call_1"), resultOf("call_1")],
  });
  await client.responses.create({
    ...ask,
    input: [said("x"), ...(output as OpenAI.Responses.ResponseInput), said("y")],
  });
  expect(await send(provider, `responses/${id}`, undefined, { method: "GET" })).toMatchObject({
    status: 404,
    body: { error: { message: `Invalid URL (GET /v1/responses/${id})` } },
  });
  expect(await send(provider, "conversations", {})).toMatchObject({ status: 404 });
});
