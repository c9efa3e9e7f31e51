/**
 * The law that matters most, as a property: whatever sequence of edits, retries, forks, truncations and compactions of
 * its own a client makes, the upstream never sees a word from a branch that the client is not on, and nothing of the
 * tail is missing, reordered or altered.
 *
 * Every message carries a marker word of its own. A client model holds the branches; the forwarded body is compared
 * with what the client has on its current path. Prices and guards are set so that compactions happen all the time.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation, SentTurn } from "../../fakes/played-session.ts";

type Kind = "full" | "delta" | "mixed" | "rewriting";

type Action =
  | { kind: "say"; words: number; tools: number; parts: boolean }
  | { kind: "retry" | "other retry" | "regenerate" | "work" | "night" | "summarise" }
  | { kind: "fail"; end: "aborted" | "broken" | "refused" }
  | { kind: "back"; turns: number }
  /** Goes on from where any earlier turn had ended, as a client with two windows does. */
  | { kind: "switch"; to: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant("say" as const),
      words: fc.integer({ min: 10, max: 60 }),
      tools: fc.integer({ min: 0, max: 2 }),
      parts: fc.boolean(),
    }),
  },
  { weight: 9, arbitrary: fc.constant({ kind: "work" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("retry" as const, "other retry" as const, "regenerate" as const, "night" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      end: fc.constantFrom("aborted" as const, "broken" as const, "refused" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("switch" as const), to: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant({ kind: "summarise" as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("back" as const), turns: fc.integer({ min: 1, max: 6 }) }) },
);

const HEAD: ChatMessage = { role: "system", content: "You help. Zhead." };

/** A client that remembers every path it has been on, and the rev that each path ends with. */
class Client {
  readonly #conversation: Conversation;
  readonly kind: Kind;
  /** Sends replies back otherwise than it got them, as some clients do. */
  readonly rewritesReplies: boolean;
  #markers = 0;
  path: ChatMessage[] = [];
  /** Path lengths after each completed turn of the current path, with their revs. */
  marks: { length: number; rev: string }[] = [];
  briefs = 0;
  readonly completed: ChatMessage[][] = [];
  readonly #ends: { path: ChatMessage[]; marks: { length: number; rev: string }[] }[] = [];
  #last: { text: string; asked: ChatMessage[]; headers: Record<string, string> } | null = null;

  constructor(conversation: Conversation, kind: Kind) {
    this.#conversation = conversation;
    this.kind = kind;
    this.rewritesReplies = kind === "rewriting";
  }

  #word(): string {
    return `mk${this.#markers++}x`;
  }

  #text(words: number): string {
    const marker = this.#word();
    return `${marker} I prefer table ${this.#markers} on 2026-03-04. ${"and so on it goes ".repeat(words)}`;
  }

  async say(words: number, tools: number, parts: boolean): Promise<void> {
    const text = this.#text(words);
    const user: ChatMessage = { role: "user", content: parts ? [{ type: "text", text }] : text };
    await this.#turn([user], tools > 0 ? this.#calls(tools) : this.#reply(words));
    if (tools === 0) return;
    const calls = this.path.at(-1)?.["tool_calls"] as { id: string }[];
    const results = calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: `{"seat":"${this.#word()}"}` }));
    await this.#turn(results, this.#reply(words));
  }

  #reply(words: number): ChatMessage {
    return { role: "assistant", content: this.#text(words) };
  }

  #calls(count: number): ChatMessage {
    const tool_calls = Array.from({ length: count }, () => {
      const id = this.#word();
      return { id, type: "function", function: { name: "find", arguments: `{"q":"${id}"}` } };
    });
    return { role: "assistant", content: null, tool_calls };
  }

  async #turn(fresh: ChatMessage[], reply: ChatMessage): Promise<void> {
    const asked = [...this.path, ...fresh];
    const parent = this.marks.at(-1);
    const wantsDelta = this.kind === "delta" || (this.kind === "mixed" && this.#markers % 3 > 0);
    const isDelta = wantsDelta && parent !== undefined && parent.length === this.path.length;
    const text = this.#write(isDelta ? fresh : [HEAD, ...asked]);
    const headers: Record<string, string> = isDelta && parent ? { "x-strata-parent": parent.rev } : {};
    this.#last = { text, asked, headers };
    await this.#send(reply);
  }

  async #send(reply: ChatMessage, extra: Record<string, string> = {}): Promise<void> {
    if (!this.#last) return;
    const { text, asked, headers } = this.#last;
    const sent = await this.#conversation.send(text, { message: reply }, { ...headers, ...extra });
    this.#conversation.pass(10);
    if (sent.plan.mode === "brief") this.briefs++;
    checkForwarded(sent, asked);
    this.completed.push([...asked, reply]);
    const isText = typeof reply.content === "string";
    this.path = [...asked, this.rewritesReplies && isText ? { ...reply, content: `${String(reply.content)} ` } : reply];
    this.marks = [
      ...this.marks.filter((mark) => mark.length < asked.length),
      { length: this.path.length, rev: sent.rev },
    ];
    this.#ends.push({ path: this.path, marks: this.marks });
  }

  async repeat(kind: "retry" | "other retry" | "regenerate"): Promise<void> {
    const reply = this.path.at(-1);
    if (!this.#last || !reply || reply["tool_calls"]) return;
    const header = kind === "regenerate" ? {} : { "x-stainless-retry-count": "1" };
    await this.#send(kind === "retry" ? (this.completed.at(-1)?.at(-1) ?? reply) : this.#reply(3), header);
  }

  /** A question whose answer does not come through; the client is where it was before. */
  async fail(end: "aborted" | "broken" | "refused"): Promise<void> {
    if (this.path.at(-1)?.["tool_calls"]) return;
    const asked = [...this.path, { role: "user", content: this.#text(20) }];
    const answer = end === "refused" ? { httpStatus: 429 } : { end };
    const sent = await this.#conversation.send(this.#write([HEAD, ...asked]), { message: this.#reply(5), ...answer });
    checkForwarded(sent, asked);
    this.#last = null;
  }

  switch(to: number): void {
    const end = this.#ends[to % Math.max(1, this.#ends.length)];
    if (!end || end.path.at(-1)?.["tool_calls"]) return;
    this.path = end.path;
    this.marks = end.marks;
    this.#last = null;
  }

  /** Goes back some turns; what is said next makes another branch. */
  back(turns: number): void {
    for (let i = 0; i < turns && this.marks.length > 0; i++) {
      this.marks.pop();
      this.path = this.path.slice(0, this.marks.at(-1)?.length ?? 0);
    }
    // Never stop in the middle of a tool exchange.
    while (this.path.at(-1)?.["tool_calls"]) {
      this.marks.pop();
      this.path = this.path.slice(0, this.marks.at(-1)?.length ?? 0);
    }
    this.#last = null;
  }

  /** The client's own compaction: everything but its last exchange becomes a summary of the client's making. */
  summarise(): void {
    const cut = this.path.findLastIndex((message) => message.role === "user");
    if (cut < 2) return;
    this.path = [
      { role: "user", content: `${this.#word()} summary` },
      { role: "assistant", content: "ok" },
      ...this.path.slice(cut),
    ];
    this.marks = [];
    this.#last = null;
  }

  #write(messages: ChatMessage[]): string {
    return `{"model": "m",  "messages" :[${messages.map((message) => JSON.stringify(message)).join(" , ")}], "seed":1.0}`;
  }
}

function checkForwarded(sent: SentTurn, asked: ChatMessage[]): void {
  const mine = new Set(JSON.stringify(asked).match(/mk\d+x/g));
  const foreign = (sent.body.match(/mk\d+x/g) ?? []).filter((marker) => !mine.has(marker));
  expect(foreign).toEqual([]);
  expect(sent.messages[0]).toEqual(HEAD);
  const forwarded = sent.messages.slice(1);
  const tail = asked.slice(asked.length - forwarded.length);
  const [first, ...rest] = forwarded;
  expect(rest).toEqual(tail.slice(1));
  if (sent.plan.mode !== "brief") return expect(forwarded).toEqual(asked);
  expect(first?.role).toBe("user");
  expect(forwarded.length).toBeLessThan(asked.length);
  const [own] = tail;
  if (typeof own?.content === "string") expect(String(first?.content).endsWith(own.content)).toBe(true);
  else expect(Array.isArray(first?.content) && first.content.slice(1)).toEqual(own?.content);
  // The bytes of the tail are the client's bytes, not a re-serialisation of them.
  for (const message of tail.slice(1)) expect(sent.body).toContain(JSON.stringify(message));
}

async function run(actions: Action[], kind: Kind): Promise<{ briefs: number; turns: number }> {
  const conversation = startConversation();
  const client = new Client(conversation, kind);
  for (const step of actions) {
    if (step.kind === "say") await client.say(step.words, step.tools, step.parts);
    else if (step.kind === "work") await conversation.work();
    else if (step.kind === "night") conversation.pass(40_000);
    else if (step.kind === "back") client.back(step.turns);
    else if (step.kind === "summarise") client.summarise();
    else if (step.kind === "fail") await client.fail(step.end);
    else if (step.kind === "switch") client.switch(step.to);
    else await client.repeat(step.kind);
  }
  const stored = new Set(conversation.sql.all<{ body: string }>("SELECT body FROM message").map(({ body }) => body));
  for (const path of client.completed)
    for (const message of path) expect(stored.has(JSON.stringify(message)), JSON.stringify(message)).toBe(true);
  return { briefs: client.briefs, turns: client.completed.length };
}

describe.each([
  ["a client that sends its whole history", "full"],
  ["a client that sends only what is new", "delta"],
  ["a client that does either", "mixed"],
  ["a client that changes replies before it sends them back", "rewriting"],
] as const)("%s", (_name, kind) => {
  it("is never answered from another branch, and its tail arrives as it was sent", async () => {
    let briefs = 0;
    let turns = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 30, maxLength: 90 }), async (actions) => {
        const outcome = await run(actions, kind);
        briefs += outcome.briefs;
        turns += outcome.turns;
      }),
      { numRuns: 20 },
    );
    // The property says little unless briefs are really in play.
    expect(briefs).toBeGreaterThan(turns / 8);
  }, 60_000);
});
