/**
 * The one interface behind which every client stands, and how a conversation is played through it.
 *
 * A driver turns our turns into the calls an app would make with its SDK and reports what the app then saw. History is the
 * client's own notion of it (messages, an id, a session's items) and is only ever handed back, so that going back to an
 * earlier point is handing back an earlier one. A driver must not look at HTTP and must not assert.
 */
import type { Conversation, Need, Turn } from "./conversation.ts";
import { spoken } from "./conversation.ts";
import type { Api } from "../fakes/provider/scripted-reply.ts";

/** Where a client talks to, and as whom. */
export interface Place {
  /** Without a path: a base URL is `${origin}/v1`. */
  origin: string;
  key: string;
  fetch: typeof fetch;
}

/** What the app saw of one turn. */
export interface Seen {
  text: string;
  /** Pieces in which the text came; 0 when it was not streamed. */
  pieces: number;
  thought: string;
  calls: { name: string; arguments: unknown }[];
  /** The SDK's own words, one per reply. */
  finish: string[];
  /** Prompt and completion tokens, one pair per reply. */
  usage: [number, number][];
  /** The object, where one was asked for. */
  form: unknown;
  /** The app went away in mid-stream. */
  left: boolean;
  error: string | null;
}

export interface Answered<History> {
  seen: Seen;
  history: History;
}

/** A turn with the text that is said in it. */
export interface Said extends Turn {
  text: string;
}

export interface Talk<History = unknown> {
  begin: History;
  say(history: History, said: Said): Promise<Answered<History>>;
}

/** What differs between the conversations that one client is opened for. */
export interface Manner {
  /** The model thinks before it answers. */
  reasons: boolean;
  /** Some turns ask for an object: the client may have to say so at the start. */
  forms: boolean;
}

export interface Driver {
  name: string;
  api: Api;
  /** It sends only what is new, because the provider keeps the rest. */
  sendsDeltas: boolean;
  /** What it cannot express, and why. */
  lacks: Partial<Record<Need, string>>;
  /** Why an edge must leave its prompts whole, always or once the model has reasoned, although the provider could do with less. */
  whole: { always?: string; reasoning?: string };
  open(place: Place, manner: Manner): Promise<Talk>;
}

export function nothingSeen(): Seen {
  return { text: "", pieces: 0, thought: "", calls: [], finish: [], usage: [], form: null, left: false, error: null };
}

/** How much arrives before an app has left is chance, so it counts as nothing. */
export function sawLeaving(): Seen {
  return { ...nothingSeen(), left: true };
}

/** The reason why a driver cannot play a conversation, or null. */
export function lackOf({ lacks }: Driver, { needs }: Conversation): string | null {
  for (const need of needs) if (lacks[need] !== undefined) return lacks[need];
  return null;
}

/** Why no brief may stand for the old turns of a conversation, or null where one may. */
export function wholeOf({ whole }: Driver, { needs }: Conversation): string | null {
  return whole.always ?? (needs.includes("reasoning") ? whole.reasoning : undefined) ?? null;
}

export function mannerOf({ needs }: Conversation): Manner {
  return { reasons: needs.includes("reasoning"), forms: needs.includes("structured_output") };
}

/** A conversation under way at one place. */
export class Play {
  readonly seen: Seen[] = [];
  readonly #conversation: Conversation;
  readonly #run: string;
  readonly #talk: Talk;
  /** How things stood before the first turn and after each. */
  readonly #histories: unknown[];

  constructor(conversation: Conversation, run: string, talk: Talk) {
    this.#conversation = conversation;
    this.#run = run;
    this.#talk = talk;
    this.#histories = [talk.begin];
  }

  /** Plays the next turn. A turn that fails or is left leaves the history as it was. */
  async next(): Promise<void> {
    const index = this.seen.length;
    const turn = this.#conversation.turns[index];
    if (!turn) throw new Error(`${this.#run} has no turn ${index}`);
    const from = this.#histories[(turn.after ?? index - 1) + 1];
    const text = spoken(this.#conversation, this.#run, index);
    try {
      const { seen, history } = await this.#talk.say(from, { ...turn, text });
      this.seen.push(seen);
      this.#histories.push(history);
    } catch (error) {
      this.seen.push({ ...nothingSeen(), error: describe(error) });
      this.#histories.push(from);
    }
  }

  async whole(): Promise<Seen[]> {
    while (this.seen.length < this.#conversation.turns.length) await this.next();
    return this.seen;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
