/**
 * Recalled blocks against a strict provider and its prompt cache, over two turns on every wire.
 *
 * The block of one turn is gone on the next. So the second prompt must find in the cache everything that stood before
 * the block, up to the last word of the user's. One word is one token here; a provider may round down to its granule.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { Edit, Wire } from "../../../src/wire/wire.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";
import { startProvider } from "../../fakes/provider/provider.ts";
import type { Provider, RecordedRequest } from "../../fakes/provider/provider.ts";
import { NO_EDIT } from "./wire-examples.ts";

const GRANULE = 128;
const RECALLED_WORDS = 300;
const words = (count: number, word: string): string => Array.from({ length: count }, () => word).join(" ");
const recalled = words(RECALLED_WORDS, "recalled");
const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

const open: Provider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.close()));
});

async function startCounting(): Promise<Provider> {
  const provider = await startProvider({ countTokens: countWords, messages: { minimumCacheTokens: 1024 } });
  open.push(provider);
  return provider;
}

interface Setting {
  wire: Wire;
  path: string;
  /** A whole body with this history. */
  body: (history: object[]) => object;
  part: string;
}

const said = (role: string, content: unknown): object => ({ role, content });
const chat = (model: string): Setting => ({
  wire: chatCompletionsWire,
  path: "/v1/chat/completions",
  body: (messages) => ({ model, messages: [said("system", words(50, "system")), ...messages] }),
  part: "text",
});
const responses = (model: string): Setting => ({
  wire: responsesWire,
  path: "/v1/responses",
  body: (input) => ({ model, instructions: words(50, "system"), input, store: false }),
  part: "input_text",
});
const messages = (more: object): Setting => ({
  wire: messagesWire,
  path: "/v1/messages",
  body: (history) => ({
    model: "claude-sonnet-4-5",
    max_tokens: 100,
    system: words(50, "system"),
    messages: history,
    ...more,
  }),
  part: "text",
});

const cacheControl = { cache_control: { type: "ephemeral" } };
const string = (text: string): unknown => text;
const parts =
  (type: string, more: object = {}) =>
  (text: string): unknown => [{ type, text, ...more }];

type Case = [name: string, setting: Setting, content: (text: string) => unknown];

const cases: Case[] = [
  ["chat, a string", chat("gpt-5.4"), string],
  ["chat, parts", chat("gpt-5.4"), parts("text")],
  ["chat, a model that caches where it is told to", chat("gpt-5.6"), string],
  ["responses, a string", responses("gpt-5.4"), string],
  ["responses, parts", responses("gpt-5.4"), parts("input_text")],
  ["responses, a model that caches where it is told to", responses("gpt-5.6"), string],
  ["messages, a string, the API marks the end", messages(cacheControl), string],
  ["messages, blocks, the API marks the end", messages(cacheControl), parts("text")],
  ["messages, blocks that the client marks", messages({}), parts("text", cacheControl)],
];

async function send(provider: Provider, { wire, path, body }: Setting, history: object[], edit: Partial<Edit>) {
  const request = wire.decode(JSON.stringify(body(history)));
  const text = request && wire.encode(request, { ...NO_EDIT, ...edit });
  expect(text).not.toBeNull();
  const headers = { "content-type": "application/json", authorization: "Bearer k", "anthropic-version": "2023-06-01" };
  const response = await fetch(provider.url + path, { method: "POST", headers, body: text });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  return provider.requests.at(-1) as RecordedRequest;
}

describe.each(cases)("%s", (_name, setting, content) => {
  const first = [
    said("user", content(words(900, "a"))),
    said("assistant", words(40, "b")),
    said("user", content(words(900, "c"))),
  ];
  const second = [...first, said("assistant", words(30, "d")), said("user", content(words(20, "e")))];

  it("reads on the next turn all that stood before the block", async () => {
    const provider = await startCounting();
    const one = await send(provider, setting, first, { recalled });
    const upToUser = (one.promptTokens ?? 0) - RECALLED_WORDS;
    expect(upToUser).toBeGreaterThan(1850);
    const two = await send(provider, setting, second, {});
    expect(two.cachedTokens).toBeGreaterThan(upToUser - GRANULE);
    expect(two.cachedTokens).toBeLessThanOrEqual(upToUser);
  });

  it("reads it where every turn has its own block", async () => {
    const provider = await startCounting();
    const one = await send(provider, setting, first, { recalled });
    const two = await send(provider, setting, second, { recalled: words(RECALLED_WORDS, "other") });
    expect(two.cachedTokens).toBeGreaterThan((one.promptTokens ?? 0) - RECALLED_WORDS - GRANULE);
  });

  it("reads it behind a brief", async () => {
    const provider = await startCounting();
    const brief = { cut: 2, brief: `${words(900, "brief")}\n\n` };
    const third = [...second, said("assistant", words(30, "f")), said("user", content(words(20, "g")))];
    const one = await send(provider, setting, second, { ...brief, recalled });
    const two = await send(provider, setting, third, brief);
    expect(two.cachedTokens).toBeGreaterThan((one.promptTokens ?? 0) - RECALLED_WORDS - GRANULE);
  });
});

it("a client that caches nothing is not made to", async () => {
  const provider = await startCounting();
  const setting = messages({});
  const history = [said("user", words(1500, "a"))];
  const one = await send(provider, setting, history, { recalled });
  expect(one.cacheWriteTokens).toBe(0);
});
