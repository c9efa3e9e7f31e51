/**
 * What the Responses simulator remembers: stored responses, conversations, and which item was thought about first.
 *
 * Everything belongs to the key that made it; what another key asks for does not exist. Responses and their items
 * expire together, conversations never. It must not read a clock (the time comes in with each question) and must
 * not judge a request: whoever asks for what is not there decides what that means.
 */
import type { Item } from "./items.ts";
import type { ResponseEvent } from "./render-events.ts";
import type { ResponseBody } from "./render-response.ts";

export interface ResponsesOptions {
  /** How long a stored response can be continued or referred to; 30 days by default. */
  storeLifetimeSeconds?: number;
  /** false: a server without memory, which refuses whatever refers to earlier responses. */
  holdsState?: boolean;
  /** Thoughts behind a changed prompt, or another model's, are removed (true, the default), or read all the same. */
  prefixBoundReasoning?: boolean;
}

export interface StoredResponse {
  owner: string;
  body: ResponseBody;
  /** What it continued, which may itself be expired or deleted by now. */
  before: Item[];
  /** What its own request added, each item with an id. */
  input: Item[];
  expiresAtMs: number;
  /** Background work that nobody has asked about yet. */
  isPending: boolean;
  /** The events of a background stream, for whoever comes back to it. */
  events: ResponseEvent[] | null;
}

export interface Conversation {
  id: string;
  owner: string;
  createdSeconds: number;
  metadata: object;
  items: Item[];
}

interface KnownItem {
  owner: string;
  item: Item;
  expiresAtMs: number;
}

const THIRTY_DAYS_IN_SECONDS = 30 * 86_400;

export class ResponsesState {
  readonly options: Required<ResponsesOptions>;
  readonly #responses = new Map<string, StoredResponse>();
  readonly #conversations = new Map<string, Conversation>();
  readonly #items = new Map<string, KnownItem>();
  readonly #thoughtBefore = new Map<string, string>();

  constructor(options: ResponsesOptions) {
    const defaults = { storeLifetimeSeconds: THIRTY_DAYS_IN_SECONDS, holdsState: true, prefixBoundReasoning: true };
    this.options = { ...defaults, ...options };
  }

  response(owner: string, id: string, nowMs: number): StoredResponse | null {
    const stored = this.#responses.get(id);
    return stored?.owner === owner && nowMs < stored.expiresAtMs ? stored : null;
  }

  keepResponse(stored: Omit<StoredResponse, "expiresAtMs">, nowMs: number): void {
    const expiresAtMs = nowMs + this.options.storeLifetimeSeconds * 1000;
    this.#responses.set(stored.body.id, { ...stored, expiresAtMs });
    this.#keepItems(stored.owner, [...stored.input, ...stored.body.output], expiresAtMs);
  }

  dropResponse(id: string): void {
    const stored = this.#responses.get(id);
    if (!stored) return;
    this.#responses.delete(id);
    for (const { id: itemId } of [...stored.input, ...stored.body.output]) {
      // An item that a conversation holds too outlives its response.
      if (itemId && this.#items.get(itemId)?.expiresAtMs !== Infinity) this.#items.delete(itemId);
    }
  }

  conversation(owner: string, id: string): Conversation | null {
    const conversation = this.#conversations.get(id);
    return conversation?.owner === owner ? conversation : null;
  }

  openConversation(conversation: Conversation): void {
    this.#conversations.set(conversation.id, conversation);
    this.#keepItems(conversation.owner, conversation.items, Infinity);
  }

  append(conversation: Conversation, items: Item[]): void {
    conversation.items.push(...items);
    this.#keepItems(conversation.owner, items, Infinity);
  }

  withdraw(conversation: Conversation, items: Item[]): void {
    conversation.items = conversation.items.filter((item) => !items.includes(item));
    for (const { id } of items) if (id) this.#items.delete(id);
  }

  dropConversation({ id, items }: Conversation): void {
    this.#conversations.delete(id);
    for (const { id: itemId } of items) if (itemId) this.#items.delete(itemId);
  }

  item(owner: string, id: string, nowMs: number): Item | null {
    const known = this.#items.get(id);
    return known?.owner === owner && nowMs < known.expiresAtMs ? known.item : null;
  }

  /** Stored or not, the provider can tell from an id that the item came after a thought, and after which. */
  rememberThought(thoughtId: string, items: Item[]): void {
    for (const { id } of items) if (id) this.#thoughtBefore.set(id, thoughtId);
  }

  thoughtBefore(itemId: string): string | null {
    return this.#thoughtBefore.get(itemId) ?? null;
  }

  /** Loses all that was stored; what an id tells by itself is not lost. */
  forget(): void {
    this.#responses.clear();
    this.#conversations.clear();
    this.#items.clear();
  }

  #keepItems(owner: string, items: Item[], expiresAtMs: number): void {
    for (const item of items) {
      if (!item.id) continue;
      const known = this.#items.get(item.id);
      if (known?.owner === owner && known.expiresAtMs > expiresAtMs) continue;
      this.#items.set(item.id, { owner, item, expiresAtMs });
    }
  }
}
