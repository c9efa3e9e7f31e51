/**
 * Conversations for upstreams that have none: `POST /v1/conversations` answered by the edge.
 *
 * The upstream is asked first; only where it has no such route does Strata mint an id of its own. The id carries a
 * mark that only this deployment can make for this caller, so nothing needs to be stored to know it again, and an id
 * of anyone else's making is the upstream's. What the conversation holds is the session of its name.
 */
import { encodeError } from "../wire/responses/encode-error.ts";
import { hmac } from "./authenticate.ts";
import type { Edge } from "./edge.ts";
import type { Namer } from "./identify-session.ts";

export const CONVERSATIONS_PATH = /^\/v1\/conversations(?:\?|$)/;

/** Statuses of a server that does not know the route. */
export const NO_SUCH_ROUTE = new Set([404, 405, 501]);

const NONCE_CHARS = 22;
const MARK_CHARS = 22;

/** A new conversation, in the API's own shape. */
export function createConversation(edge: Edge, namer: Namer, text: string | null): Response {
  const given = readGiven(text);
  if (given === null || given.items > 0) return encodeError({ code: "conversation_items_unsupported" });
  const nonce = edge.entropy.token(16).slice(0, NONCE_CHARS);
  const id = `conv_${nonce}${mark(nonce, namer)}`;
  const createdAt = Math.floor(edge.clock.now() / 1000);
  return Response.json({ id, object: "conversation", created_at: createdAt, metadata: given.metadata });
}

export function isOwnConversation(id: string, namer: Namer): boolean {
  const body = id.replace(/^conv_/, "");
  const nonce = body.slice(0, -MARK_CHARS);
  return nonce !== "" && body.slice(-MARK_CHARS) === mark(nonce, namer);
}

function mark(nonce: string, { secret, tenant, upstream }: Namer): string {
  return hmac(secret, `conversation\n${tenant}\n${upstream}\n${nonce}`).slice(0, MARK_CHARS);
}

function readGiven(text: string | null): { metadata: unknown; items: number } | null {
  if (text === null || text.trim() === "") return { metadata: {}, items: 0 };
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null) return null;
    const { metadata, items } = body as { metadata?: unknown; items?: unknown };
    return { metadata: metadata ?? {}, items: Array.isArray(items) ? items.length : 0 };
  } catch {
    return null;
  }
}
