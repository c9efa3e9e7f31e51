/**
 * Summaries the provider writes: how they are asked for, how they come back, and what they do to kept thoughts.
 *
 * The swap is the one edit that bound thinking survives, under conditions that each have a test here.
 */
import { expect, test } from "vitest";
import { ask, assistant, BINDING, COMPACT, startMessages, text, user, type Block } from "./messages-start.ts";

const settings = { system: "You are a helper." };
const compaction = { compaction: { type: "summarize" } };
const summary = { content: "They spoke of two things." };

/** Two turns with thoughts, then a summary of the first `count` messages. */
async function compacted(count: number, model = "claude-opus-5-5", changes: Record<string, unknown> = {}) {
  const answers = ["one", "two"].map((word) => ({ reasoning: `Thought ${word}.`, content: `Answer ${word}.` }));
  const simulated = await startMessages({}, ...answers, summary);
  const history: { role: string; content: unknown }[] = [];
  for (const question of ["First?", "Second?"]) {
    history.push(user(question));
    const { content } = await simulated.post(ask(history, settings));
    history.push(assistant(content));
  }
  const reply = await simulated.post(ask(history.slice(0, count), { ...settings, ...compaction, model, ...changes }), [
    COMPACT,
  ]);
  const send = async (messages: unknown[], more: Record<string, unknown> = {}) =>
    simulated.post(ask(messages, { ...settings, ...more }), [COMPACT, BINDING]);
  return { ...simulated, history, reply, block: reply.content[0] ?? { type: "none" }, send };
}

test("returns a signed summary, alone, with its cost beside the usual numbers", async () => {
  const { reply, provider, client } = await compacted(4);
  expect(reply).toMatchObject({
    stop_reason: "compaction",
    content: [{ type: "compaction", content: summary.content }],
  });
  expect(reply.usage).toMatchObject({ input_tokens: 0, output_tokens: 0, iterations: [{ type: "compaction" }] });
  expect(provider.requests.at(-1)?.promptTokens).toBeGreaterThan(0);
  const streamed = client.beta.messages.stream({
    model: "claude-opus-5-5",
    max_tokens: 100,
    messages: [{ role: "user", content: "Hi" }],
    compaction: { type: "summarize" },
    betas: [COMPACT],
  });
  expect((await streamed.finalMessage()).content[0]).toMatchObject({
    type: "compaction",
    signature: expect.any(String),
  });
});

test("takes the summary in place of what it stands for", async () => {
  const { block, send } = await compacted(4);
  expect((await send([assistant([block]), user("Third?")])).status).toBe(200);
  expect((await send([user([block, text("Third?")])])).status).toBe(200);
});

test.each<[string, (block: Block) => unknown[], string]>([
  [
    "behind what it summarises",
    (block) => [user("First?"), assistant([block]), user("?")],
    "compaction_block_misplaced",
  ],
  ["twice", (block) => [assistant([block, block]), user("?")], "compaction_block_ambiguous"],
  ["reworded", (block) => [assistant([{ ...block, content: "No." }]), user("?")], "compaction_content_mismatch"],
  [
    "under a false signature",
    (block) => [assistant([{ ...block, signature: "x" }]), user("?")],
    "compaction_signature_invalid",
  ],
  [
    "with other tool changes",
    (block) => [assistant([{ ...block, tool_changes: [{}] }]), user("?")],
    "compaction_tool_changes_mismatch",
  ],
])("refuses a summary %s", async (_name, messages, code) => {
  const { block, send } = await compacted(4);
  expect(await send(messages(block))).toMatchObject({ status: 400, error: { details: { error_code: code } } });
});

test("does not know the block without its header", async () => {
  const { block, post } = await compacted(4);
  const answer = await post(ask([assistant([block]), user("?")]));
  expect(answer.error?.message).toMatch(/^messages\.0\.content\.0: Input tag 'compaction' found using 'type'/);
});

test("refuses to summarise nothing, or a turn that is not finished", async () => {
  const { post } = await startMessages();
  const nothing = await post(ask([], compaction), [COMPACT]);
  expect(nothing.error?.details?.error_code).toBe("compaction_nothing_to_summarize");
  const call = { type: "tool_use", id: "toolu_1", name: "f", input: {} };
  const open = await post(ask([user("1"), assistant([call])], compaction), [COMPACT]);
  expect(open.error?.details?.error_code).toBe("compaction_incomplete_turn");
});

test("has no summary when the call ends otherwise", async () => {
  const { post } = await startMessages({}, { content: "Cut", finishReason: "length" });
  expect(await post(ask([user("1")], compaction), [COMPACT])).toMatchObject({ content: [], stop_reason: "max_tokens" });
});

test("keeps the thoughts of the turns behind it, and those that come later", async () => {
  const { block, history, send } = await compacted(2);
  const swapped = [assistant([block]), ...history.slice(2), user("Third?")];
  const third = await send(swapped);
  expect(third).toMatchObject({ status: 200, input_transformations: [] });
  const atRequest = await compacted(3);
  const fromReply = [assistant([atRequest.block]), ...atRequest.history.slice(3), user("Third?")];
  expect((await atRequest.send(fromReply)).status).toBe(200);
});

test("loses them when a condition does not hold", async () => {
  const lost = "The block is bound to a different conversation.";
  const skipped = await compacted(1);
  const withGap = [assistant([skipped.block]), ...skipped.history.slice(2), user("Third?")];
  expect((await skipped.send(withGap)).error?.message).toContain(lost);
  const { block, history, send } = await compacted(2);
  const swapped = [assistant([block]), ...history.slice(2), user("Third?")];
  expect((await send(swapped, { system: "Changed." })).error?.message).toContain(lost);
  const elsewhere = await compacted(2, "claude-sonnet-5");
  const foreign = [assistant([elsewhere.block]), ...elsewhere.history.slice(2), user("Third?")];
  expect((await elsewhere.send(foreign)).error?.message).toContain(lost);
  const told = await compacted(1, "claude-opus-5-5", { system: "Other." });
  const differently = [assistant([told.block]), ...told.history.slice(1), user("Third?")];
  expect((await told.send(differently)).error?.message).toContain(lost);
});

test("binds new thoughts to the summary", async () => {
  const { post } = await startMessages({}, summary, { reasoning: "New.", content: "Answer." });
  const { content } = await post(ask([user("1")], compaction), [COMPACT]);
  const start = [assistant(content), user("2")];
  const reply = await post(ask(start), [COMPACT]);
  expect((await post(ask([...start, assistant(reply.content), user("3")]), [COMPACT])).status).toBe(200);
  const gone = await post(ask([user("2"), assistant(reply.content), user("3")]), [COMPACT]);
  expect(gone.error?.message).toContain("bound to a different conversation");
});
