/**
 * The shape of a Messages request, as far as the simulator reads it, and the ways to walk through its messages.
 *
 * A body may only be treated as a MessagesRequest once the rules have let it pass. Consecutive messages of one role
 * are one turn to the model, so what looks at order or prefix walks over turns; every block keeps the place it was
 * sent at, because error messages name that place. This file must not judge anything.
 */
import type { JsonObject } from "../chat-request.ts";

export type Role = "user" | "assistant" | "system";

export interface Block {
  type: string;
  text?: string;
  [field: string]: unknown;
}

export interface Message {
  role: Role;
  content?: string | Block[];
  [field: string]: unknown;
}

export interface ThinkingConfig {
  type: string;
  display?: string | null;
  block_binding?: { prefix_mismatch_behavior?: string | null } | null;
}

export interface MessagesRequest {
  model: string;
  messages: Message[];
  max_tokens?: number;
  system?: string | Block[];
  tools?: JsonObject[];
  thinking?: ThinkingConfig;
  stream?: boolean;
  compaction?: JsonObject | null;
  cache_control?: JsonObject | null;
  [parameter: string]: unknown;
}

/** One block and where in the request it stood. */
export interface Placed {
  role: Role;
  block: Block;
  message: number;
  position: number;
}

export interface Turn {
  role: Role;
  message: number;
  blocks: Placed[];
}

/** A request with all the messages it stands for, those that a thread holds included. */
export interface Conversation {
  request: MessagesRequest;
  turns: Turn[];
  betas: ReadonlySet<string>;
  /** false: it only wants its tokens counted. */
  generates: boolean;
}

export function conversationOf(
  request: MessagesRequest,
  held: number,
  betas: ReadonlySet<string>,
  generates: boolean,
): Conversation {
  return { request, turns: turnsOf(request.messages, held), betas, generates };
}

export function blocksOf(content: string | Block[] | undefined): Block[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content ?? [];
}

/** A thread holds the first `held` messages, which have no place of their own in what was sent. */
function turnsOf(messages: Message[], held: number): Turn[] {
  const turns: Turn[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const message = Math.max(0, index - held);
    const blocks = blocksOf(content).map((block, position) => ({ role, block, message, position }));
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, message, blocks });
  }
  return turns;
}

export function pathOf({ message, position }: Placed): string {
  return `messages.${message}.content.${position}`;
}

export function isThought({ type }: Block): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

/** A field of a block that must be text; anything else reads as empty. */
export function textField(block: Block, field: string): string {
  const value = block[field];
  return typeof value === "string" ? value : "";
}

/** Whether any of the beta values, by their beginnings, was sent along. */
export function hasBeta(betas: ReadonlySet<string>, ...beginnings: string[]): boolean {
  return [...betas].some((beta) => beginnings.some((beginning) => beta.startsWith(beginning)));
}
