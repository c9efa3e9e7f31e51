/**
 * Conversations the provider keeps in memory, each under the id of its last reply.
 *
 * A thread belongs to the key that created it, can be continued from each reply once, keeps the system prompt and
 * tools it began with, and is gone some time after its last reply. A reply that did not get through to its end is
 * not kept, and the one before it can be continued again. It must not read a clock: the time comes in.
 */
import type { Block, Message, MessagesRequest } from "./messages-request.ts";
import { canonical } from "./prefix-chain.ts";
import { refuse, type MessagesRefusal } from "./refusal.ts";

export interface HeldThread {
  owner: string;
  system: MessagesRequest["system"];
  tools: MessagesRequest["tools"];
  /** What must stay the same from turn to turn. */
  fixed: Record<string, string>;
  messages: Message[];
  /** An unfinished reply is continued with no new message. */
  unfinished: boolean;
  storedAt: number;
  state: "open" | "in flight" | "continued";
}

interface KeptReply {
  content: Block[];
  stopReason: string;
}

const FIXED = ["model", "output_config", "mcp_servers"];
const CREATE_ONLY = ["system", "tools"];

export class Threads {
  readonly #held = new Map<string, HeldThread>();
  readonly #lifetimeSeconds: number;

  constructor(lifetimeSeconds: number) {
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** The thread a request goes on from, or why it cannot. */
  find(id: string, owner: string, request: MessagesRequest, now: number): HeldThread | MessagesRefusal {
    const thread = this.#held.get(id);
    const isGone = !thread || thread.owner !== owner || now - thread.storedAt > this.#lifetimeSeconds * 1000;
    if (isGone) return notFound(id);
    if (thread.state === "continued") {
      return refuse(`The response \`${id}\` has already been continued.`, "thread_already_continued");
    }
    if (thread.state === "in flight") {
      return refuse(`Another request is still continuing from \`${id}\`.`, "thread_continue_in_flight");
    }
    const repeated = CREATE_ONLY.filter((field) => request[field] !== undefined);
    const changed = FIXED.filter((field) => thread.fixed[field] !== canonical(request[field] ?? null));
    const differing = [...repeated, ...changed];
    if (differing.length === 0) return thread;
    return refuse(
      `The request does not match the thread; differing field(s): ${differing.join(", ")}. Leave \`system\` and ` +
        '`tools` out of a continue, or replay the conversation with `thread: {"type": "create"}`.',
      "thread_fingerprint_mismatch",
    );
  }

  keep(id: string, owner: string, request: MessagesRequest, reply: KeptReply, now: number): void {
    const { content, stopReason } = reply;
    const said = request.messages.map((message) => withoutMarkers(message));
    const fixed = Object.fromEntries(FIXED.map((field) => [field, canonical(request[field] ?? null)]));
    this.#held.set(id, {
      owner,
      system: request.system,
      tools: request.tools,
      fixed,
      // A summary stands for all that it summarises.
      messages: [...(stopReason === "compaction" ? [] : said), { role: "assistant", content }],
      unfinished: stopReason === "pause_turn" || stopReason === "compaction",
      storedAt: now,
      state: "open",
    });
  }

  /** A reply that did not get through after all. */
  drop(id: string): void {
    this.#held.delete(id);
  }

  forget(): void {
    this.#held.clear();
  }
}

function notFound(id: string): MessagesRefusal {
  const message = `No usable thread state was found for \`previous_message_id\` \`${id}\`. Replay the full conversation.`;
  return { status: 404, type: "not_found_error", message, details: { error_code: "thread_not_found" } };
}

/** A marker asks to cache the request it came with, not every later one. */
function withoutMarkers(message: Message): Message {
  if (!Array.isArray(message.content)) return message;
  return {
    ...message,
    content: message.content.map(({ cache_control: _marker, ...block }) => ({ ...block, type: block.type })),
  };
}
