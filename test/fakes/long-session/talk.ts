/**
 * A client that keeps its history and sends all of it, turn by turn, to an edge with a scripted provider behind it.
 *
 * The reply to each request is laid out before it is sent. It can go back to an earlier point and say something else, as
 * people do. It must not assert anything; what the edge answered is there to be read.
 */
import type { ChatRequest, ScriptedReply } from "../provider/provider.ts";
import type { Step, Turn } from "../../../bench/demo/transcript.ts";
import type { Opening } from "./seasons.ts";

export interface Message {
  role: "system" | "user" | "assistant" | "tool";
  content: string | null;
  tool_calls?: { id: string; type: "function"; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

export interface Answer {
  status: number;
  rev: string | null;
  plan: string | null;
  reason: string | null;
  verdict: string | null;
  recalled: string | null;
  /** Place of the turn's last request among all that the provider has received. */
  request: number;
}

/** The provider's side of the talk: what it says next, and what time it is. */
export class Script {
  next: (request: ChatRequest) => ScriptedReply = () => ({ content: "Noted." });
  nowMs: number;
  /** Requests that have reached the provider. */
  received = 0;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  answer(request: ChatRequest): ScriptedReply {
    this.received += 1;
    return this.next(request);
  }
}

export interface TalkOptions {
  edgeUrl: string;
  key: string;
  session: string;
  model: string;
  opening: Opening;
}

const REPLY_MS = 4_000;
const TOOL_MS = 1_500;

export class Talk {
  readonly #options: TalkOptions;
  readonly #script: Script;
  #messages: Message[];
  /** Every answer, in the order of the requests. */
  readonly answers: Answer[] = [];

  constructor(options: TalkOptions, script: Script) {
    this.#options = options;
    this.#script = script;
    this.#messages = [{ role: "system", content: options.opening.system }];
  }

  get length(): number {
    return this.#messages.length;
  }

  /** A copy of the history, to come back to. */
  bookmark(): Message[] {
    return [...this.#messages];
  }

  goBackTo(bookmark: readonly Message[]): void {
    this.#messages = [...bookmark];
  }

  /** Forgets the newest messages up to and with the last one of the user. */
  dropLastExchange(): void {
    this.#messages.length = this.#messages.findLastIndex(({ role }) => role === "user");
  }

  dropLastReply(): void {
    this.#messages.pop();
  }

  async play({ pauseSeconds, user, steps }: Turn): Promise<void> {
    this.#script.nowMs += pauseSeconds * 1_000;
    this.#messages.push({ role: "user", content: user });
    for (const step of steps) await this.reply(step);
  }

  say(user: string, content: string): Promise<void> {
    return this.play({ pauseSeconds: 40, user, steps: [{ content, toolCalls: [], results: [] }] });
  }

  /** One request, answered with this step. */
  async reply({ content, toolCalls, results }: Step): Promise<Answer> {
    this.#script.next = () => ({ content, ...(toolCalls.length > 0 && { toolCalls }) });
    const answer = await this.send();
    const calls = toolCalls.map(({ id, name, arguments: args }) => ({
      id,
      type: "function" as const,
      function: { name, arguments: args },
    }));
    this.#messages.push({ role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) });
    for (const { toolCallId, content: text } of results)
      this.#messages.push({ role: "tool", tool_call_id: toolCallId, content: text });
    this.#script.nowMs += results.length > 0 ? TOOL_MS : REPLY_MS;
    return answer;
  }

  /** The history as it stands, with whatever the script has ready. */
  async send(): Promise<Answer> {
    const { edgeUrl, key, session, model, opening } = this.#options;
    const response = await fetch(`${edgeUrl}/v1/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${key}`,
        "x-strata-session": session,
        "x-strata-test-clock-ms": String(this.#script.nowMs),
      },
      body: JSON.stringify({ model, tools: opening.tools, messages: this.#messages }),
    });
    await response.arrayBuffer();
    const read = (name: string): string | null => response.headers.get(`x-strata-${name}`);
    const answer = {
      status: response.status,
      rev: read("rev"),
      plan: read("plan"),
      reason: read("reason"),
      verdict: read("verdict"),
      recalled: read("recalled"),
      request: this.#script.received - 1,
    };
    this.answers.push(answer);
    return answer;
  }
}
