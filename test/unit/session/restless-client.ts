/**
 * A client that says, repeats, takes back, spells otherwise and leaves out, once through the edge and once without it.
 *
 * It plays one conversation twice, each with the replies that it gets, holds every forwarded body against the laws of
 * rewriting on the way, and answers what both have cost. What it does is decided by the actions it is given.
 */
import { expect } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";
import { costOf, startProvider } from "../../fakes/provider/provider.ts";
import type { Provider, ScriptedReply } from "../../fakes/provider/provider.ts";
import { judgeBlocks, judgeWords, normalise, takeBlocks, textOf } from "./sent-blocks.ts";
import type { SentHistory } from "./sent-blocks.ts";

type Item = Record<string, unknown>;
/** One message or item, as the client of the edge has it and as the client without an edge has it. */
type Pair = [edge: Item, direct: Item];

const PRICE = { input: 1, read: 0.1, write: 1.25, output: 5, ttlSeconds: 300, minimumTokens: 0, granuleTokens: 1 };
const POLICY = { sessionSlack: 0.1, guardTokens: 400, guardItems: 1, minimumShrinkTokens: 50 };
export const WIRES = ["chat-completions", "responses", "messages"] as const;
/** Some results are long enough to go up short at once, some only when the prompt is rewritten in any case. */
const SETTINGS = { STRATA_WHOLE_RESULT_CHARS: "900" };
const SHORT = /^\[(?:JSON, shortened|same result as)/;
const PATHS = { "chat-completions": "/v1/chat/completions", responses: "/v1/responses", messages: "/v1/messages" };
const GPT = ["gpt-5.4", "gpt-5.6-sol"];
const MODELS = { "chat-completions": GPT, responses: GPT, messages: ["claude-sonnet-5", "claude-opus-5-5"] };
const HEADERS = { authorization: "Bearer k", "content-type": "application/json", "anthropic-version": "2026-10-21" };
const said = (content: string) => ({ role: "user", content });
const twice = (item: Item): Pair => [item, item];
const MARKER = { cache_control: { type: "ephemeral" } };

export type Action = {
  kind: string;
  size?: number;
  calls?: number;
  /** Of each tool result, and how often the model calls before it answers. */
  found?: number;
  rounds?: number;
  thinks?: boolean;
  seconds?: number;
};

export class Client {
  readonly #wire: WireName;
  readonly #marks: string;
  readonly conversation;
  #providers: Provider[] = [];
  #next: ScriptedReply = {};
  #words = 0;
  #path: Pair[] = [];
  #rev: string | null = null;
  /** What went up for the newest turn of the path, and how the client wrote then. */
  #before: (SentHistory & { body: string; style: string; mode: string }) | null = null;
  /** What the tools said, by call. */
  readonly #said = new Map<unknown, string>();
  readonly #ends: [Pair[], string | null][] = [];
  readonly #style = { model: 0, isSpelled: false, strips: false };
  readonly #seen = { briefs: 0, blocks: 0, shortResults: 0 };

  constructor(wire: WireName, marks: string, policy: Record<string, number> = {}) {
    this.#wire = wire;
    this.#marks = marks;
    this.conversation = startConversation({ ...POLICY, ...policy }, PRICE, { wire, settings: SETTINGS });
  }

  /** Plays it all and answers what it cost: as the ledger has it, and as the providers billed it. */
  async play(actions: readonly Action[]) {
    const { now } = this.conversation.edge.clock;
    const countTokens = (text: string): number => Math.ceil(text.length / 4);
    const options = { now, countTokens, cache: PRICE, messages: { minimumCacheTokens: 0 }, reply: () => this.#next };
    this.#providers = [await startProvider(options), await startProvider(options)];
    try {
      for (const action of actions) await this.#act(action);
      const { spent = 0, replay = 0 } = this.conversation.tables.log.session()?.ledger ?? {};
      const [billed = 0, played = 0] = this.#providers.map(billOf);
      return { spent, replay, billed, played, ...this.#seen };
    } finally {
      await Promise.all(this.#providers.map((provider) => provider.close()));
    }
  }

  async #act(action: Action): Promise<void> {
    const { kind, thinks = false } = action;
    if (kind === "say") await this.#exchange(action);
    else if (kind === "night") this.conversation.pass(action.seconds ?? 0);
    else if (kind === "spell") this.#style.isSpelled = !this.#style.isSpelled;
    else if (kind === "strip") this.#style.strips = true;
    else if (kind === "model") this.#style.model = 1 - this.#style.model;
    else if (kind === "back" && this.#ends.length > 0) {
      [this.#path, this.#rev] = this.#ends[this.#words % this.#ends.length] ?? [[], null];
      this.#before = null;
    } else if (kind === "side" && this.#path.length > 0) {
      const ask = twice(said(`Your task is to create a detailed summary of this conversation. ${this.#text(40)}`));
      expect(await this.#turn([...this.#path, ask], this.#answer(60, 0, thinks), true)).not.toBe("brief");
    } else if (kind === "regenerate") {
      const count = this.#path.findLastIndex(([item]) => item["role"] === "user") + 1;
      this.#before = null;
      if (count > 0) await this.#turn(this.#path.slice(0, count), this.#answer(200, 0, thinks), false);
    }
  }

  async #exchange({ size = 40, calls = 0, found = 60, rounds = 1, thinks = false }: Action): Promise<void> {
    const start = [this.#path, this.#rev, this.#before] as const;
    let reply = this.#answer(size, calls, thinks);
    let mode = await this.#turn([...this.#path, twice(said(this.#text(size)))], reply, false);
    for (let left = calls > 0 ? rounds : 0; mode && left > 0; left--) {
      const results = this.#results(reply, found);
      reply = this.#answer(size, left > 1 ? calls : 0, thinks);
      mode = await this.#turn([...this.#path, ...results], reply, false);
    }
    if (mode === null) [this.#path, this.#rev, this.#before] = start;
    else this.#ends.push([this.#path, this.#rev]);
  }

  /** One request both ways. Answers the plan's mode, or null where the provider does not take it without us either. */
  async #turn(asked: Pair[], reply: ScriptedReply, isAside: boolean): Promise<string | null> {
    const items = this.#spellAll(asked.map(([item]) => item));
    const text = this.#write(items);
    const planned = await this.conversation.plan(text);
    if (!planned.ok) throw new Error(JSON.stringify(planned.error));
    const { plan, outgoing } = planned.value;
    const body = outgoing ?? text;
    const whole = this.#restore(body);
    if (plan.mode === "brief") this.#judgeBrief(text, items, whole);
    else expect(whole).toBe(text);
    expect((body.match(/mk\d+x/g) ?? []).filter((word) => !text.includes(word))).toEqual([]);
    await this.#judgeDelta(asked, body);
    const style = JSON.stringify(this.#style);
    const goesOn = (plan.reason === "epoch" || plan.mode === "full") && !isAside && this.#before?.mode === plan.mode;
    const before = goesOn && this.#before?.style === style ? this.#before : null;
    const sent = takeBlocks(this.#read(body).items);
    if (before !== null) this.#judgeGrowth(before, sent, body);
    judgeBlocks(before, sent, plan.mode === "brief" && plan.reason !== "epoch");
    judgeWords(items, sent);
    this.#seen.blocks += sent.blocks.size;

    this.#next = reply;
    const direct = await this.#ask(1, this.#write(this.#spellAll(asked.map(([, item]) => item))));
    if (direct === null) return null;
    const ours = await this.#ask(0, body);
    if (ours === null) throw new Error(`taken without the edge, refused behind it (${JSON.stringify(plan)}): ${body}`);
    const message = { ...ours.items[0], ...(this.#wire === "responses" && { items: ours.items }) } as ChatMessage;
    const { rev } = await this.conversation.finish(planned.value, text, { message, usage: ours.usage });
    this.conversation.pass(20);
    await this.conversation.work();
    if (isAside) return plan.mode;
    this.#before = { ...sent, body, style, mode: plan.mode };
    this.#rev = rev;
    this.#path = [...asked, ...ours.items.map((item, index): Pair => [item, direct.items[index] ?? {}])];
    return plan.mode;
  }

  /** The brief stands before a user's message, everything behind it is the client's, and nothing left that must stay. */
  #judgeBrief(text: string, items: Item[], body: string): void {
    this.#seen.briefs++;
    const sent = this.#read(body);
    expect(sent.fields).toEqual(this.#read(text).fields);
    const { plain, blocks } = takeBlocks(sent.items);
    const [carrier = {}, ...tail] = plain;
    const cut = items.length - sent.items.length;
    expect(cut).toBeGreaterThan(0);
    expect([carrier["role"], items[cut]?.["role"]]).toEqual(["user", "user"]);
    expect(textOf(carrier).endsWith(textOf(items[cut] ?? {}))).toBe(true);
    if (this.#wire === "messages" || blocks.size > 0)
      expect(tail.map(normalise)).toEqual(items.slice(cut + 1).map(normalise));
    else expect(body.endsWith(`${JSON.stringify(items.slice(cut + 1)).slice(1)}}`)).toBe(true);
    expect(body.split('"cache_control"').length - 1).toBeLessThanOrEqual(4);
  }

  /** Between two compactions the prompt only grows. */
  #judgeGrowth(before: SentHistory & { body: string }, { plain, blocks }: SentHistory, body: string): void {
    expect(plain.slice(0, before.plain.length).map(normalise)).toEqual(before.plain.map(normalise));
    const isPlain = blocks.size + before.blocks.size === 0;
    if (isPlain && this.#wire !== "messages") expect(body.startsWith(before.body.slice(0, -2))).toBe(true);
  }

  /** Who sends only what is new gets forwarded what the whole history becomes. */
  async #judgeDelta(asked: Pair[], body: string): Promise<void> {
    const fresh = asked.slice(this.#path.length).map(([item]) => item);
    const isMarked = this.#wire === "messages" && this.#marks !== "none";
    if (this.#rev === null || this.#style.strips || isMarked || fresh.length === 0) return;
    const text = this.#write(this.#spellAll(fresh), true);
    const delta = await this.conversation.plan(text, { "x-strata-parent": this.#rev });
    if (!delta.ok) throw new Error(JSON.stringify(delta.error));
    const [rebuilt, whole] = [this.#read(delta.value.outgoing ?? text), this.#read(body)];
    expect(rebuilt.fields).toEqual(whole.fields);
    const [own, other] = [rebuilt, whole].map(({ items }) => takeBlocks(items));
    expect(own?.plain.map(normalise)).toEqual(other?.plain.map(normalise));
    expect(own?.blocks).toEqual(other?.blocks);
  }

  async #ask(side: number, body: string): Promise<{ items: Item[]; usage: Item } | null> {
    const url = `${this.#providers[side]?.url}${PATHS[this.#wire]}`;
    const response = await fetch(url, { method: "POST", headers: HEADERS, body });
    if (!response.ok) return null;
    const reply = (await response.json()) as { [field: string]: unknown; usage: Item };
    const [choice] = (reply["choices"] ?? []) as { message: Item }[];
    const own = choice?.message ?? { role: "assistant", content: reply["content"] };
    return { items: (reply["output"] as Item[] | undefined) ?? [own], usage: reply.usage };
  }

  /** The messages stand last in a body, so that one body can be a prefix of another. */
  #write(items: Item[], isDelta = false): string {
    const model = MODELS[this.#wire][this.#style.model];
    const schema = { type: "object", properties: {} };
    if (this.#wire === "responses") {
      const tools = [{ type: "function", name: "find", parameters: schema, strict: false }];
      const fields = { store: false, include: ["reasoning.encrypted_content"], instructions: "You help." };
      return JSON.stringify({ model, ...fields, tools, input: items });
    }
    if (this.#wire === "messages") {
      // With the newest two messages these are the four that the API takes.
      const own = this.#marks === "moving" ? MARKER : {};
      const tools = [{ name: "find", input_schema: schema, ...own }];
      const long = { cache_control: { type: "ephemeral", ttl: "1h" } };
      const marked = this.#marks === "an hour" ? long : this.#marks === "automatic" ? MARKER : {};
      const fields = { model, max_tokens: 3000, thinking: { type: "adaptive" }, ...marked, tools };
      return JSON.stringify({
        ...(!isDelta && { system: [{ type: "text", text: "You help.", ...own }] }),
        ...fields,
        messages: items,
      });
    }
    const tools = [{ type: "function", function: { name: "find", parameters: schema } }];
    const head = isDelta ? [] : [{ role: "system", content: "You help." }];
    return JSON.stringify({ model, tools, messages: [...head, ...items] });
  }

  #read(body: string): { fields: Item; items: Item[] } {
    const { messages, input, prompt_cache_key: _ours, ...fields } = JSON.parse(body) as Record<string, Item[]>;
    const items = messages ?? input ?? [];
    if (this.#wire !== "chat-completions") return { fields, items };
    return { fields: { ...fields, head: items[0] }, items: items.slice(1) };
  }

  #text(size: number, n = this.#words++): string {
    return `mk${n}x I prefer table ${n} on 2026-03-04 at ${n * 7} EUR. `.padEnd(size, "and so on it goes, as agreed. ");
  }

  #answer(size: number, calls: number, thinks: boolean): ScriptedReply {
    const call = () => ({ id: `call_${this.#words++}`, name: "find", arguments: "{}" });
    const toolCalls = Array.from({ length: calls }, call);
    return { content: this.#text(size), ...(calls > 0 && { toolCalls }), ...(thinks && { reasoning: "Let me see." }) };
  }

  /** The body with every result as the tool gave it. */
  #restore(body: string): string {
    return JSON.stringify(JSON.parse(body), (_key, item: unknown) => {
      const { call_id, tool_call_id, tool_use_id, output, content } = (item ?? {}) as Item;
      const text = output ?? content;
      if (typeof text !== "string" || !SHORT.test(text)) return item;
      this.#seen.shortResults++;
      const said = this.#said.get(call_id ?? tool_call_id ?? tool_use_id);
      return { ...(item as Item), [output === undefined ? "content" : "output"]: said };
    });
  }

  /** Words, or rows of a table; now and then what was said before. */
  #results({ toolCalls = [] }: ScriptedReply, size: number): Pair[] {
    const ids = toolCalls.map(({ id = "" }) => id);
    const row = (name: number) => ({ table_name: `t${name}`, number_of_seats: name * 7, is_taken: name % 2 > 0 });
    const rows = Array.from({ length: size / 30 }, (_, index) => row(index + (size % 3)));
    const content = size % 2 > 0 ? this.#text(size) : JSON.stringify(rows);
    for (const id of ids) this.#said.set(id, content);
    const blocks = ids.map((id) => ({ type: "tool_result", tool_use_id: id, content }));
    if (this.#wire === "messages") return [twice({ role: "user", content: blocks })];
    if (this.#wire === "chat-completions") return ids.map((id) => twice({ role: "tool", tool_call_id: id, content }));
    // Calls and outputs are paired by their id here: the user may have said something in between.
    const outputs = ids.map((id) => twice({ type: "function_call_output", call_id: id, output: content }));
    return [twice(said(this.#text(300))), ...outputs];
  }

  /** The history as this client writes it on this turn. */
  #spellAll(items: Item[]): Item[] {
    const { isSpelled, strips } = this.#style;
    const part = this.#wire === "responses" ? "input_text" : "text";
    return items.flatMap((item, index) => {
      let { content } = item;
      if (strips && item["type"] === "reasoning") return [];
      if (strips && Array.isArray(content)) content = content.filter(({ type }: Item) => type !== "thinking");
      const isMarked = this.#marks === "moving" && this.#wire === "messages" && index >= items.length - 2;
      const isSplit = isMarked || (isSpelled && item["role"] === "user");
      if (typeof content === "string" && isSplit) content = [{ type: part, text: content }];
      if (isMarked && Array.isArray(content)) content = [...content.slice(0, -1), { ...content.at(-1), ...MARKER }];
      const { id, status: _status, ...rest } = item;
      const own = strips || id === undefined ? rest : item;
      return [content === undefined ? own : { ...own, content }];
    });
  }
}

/** What a provider has billed in all, in uncached input tokens. */
function billOf({ requests }: Provider): number {
  const taken = requests.filter(({ status }) => status === 200);
  const longWrites = taken.map(({ rawReply }) => /"ephemeral_1h_input_tokens":(\d+)/.exec(rawReply.toString())?.[1]);
  const long = longWrites.reduce((sum, tokens) => sum + Number(tokens ?? 0), 0);
  return taken.reduce((sum, request) => sum + costOf(request, PRICE) * 1e6, long * (2 - PRICE.write));
}
