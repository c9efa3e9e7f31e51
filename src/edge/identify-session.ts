/**
 * Which conversation a request belongs to.
 *
 * In order: our own header, the clients' own signals, the first exchange. The public id of a session is an HMAC over
 * tenant, upstream and conversation, so no caller can name another's, and it is the Durable Object's name as well.
 * There is no fuzzy match: a request without any signal and without a reply in it has no session yet.
 */
import type { Hash } from "../model/hash.ts";
import { hashText } from "../model/hash.ts";
import { SESSION_ID_CHARS_MAX } from "../model/limits.ts";
import type { ImportNames } from "../inspect/inspection.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import { hmac } from "./authenticate.ts";

export interface Identity {
  /** Public session id and object name: `st_` and 43 characters. Null: named when the first reply is known. */
  session: string | null;
  /** Which signal named it. */
  source: string;
}

/** Headers by which the clients of 2026 name a conversation, most specific first. */
const SESSION_HEADERS = [
  "x-session-id",
  "x-claude-code-session-id",
  "session-id",
  "session_id",
  "x-session-affinity",
  "x-opencode-session",
];

const PUBLIC_ID = /^st_[A-Za-z0-9_-]{43}$/;

export interface Namer {
  secret: string;
  tenant: Hash;
  upstream: string;
}

export function identifySession(headers: Headers, wire: Wire, request: DecodedRequest, namer: Namer): Identity {
  const own = readId(headers.get("x-strata-session"));
  if (own !== null) return { session: nameSession(own, namer), source: "x-strata-session" };
  for (const header of SESSION_HEADERS) {
    const id = readId(headers.get(header));
    if (id !== null) return { session: nameSession(`${header}:${id}`, namer), source: header };
  }
  const { metadataUser, conversation, promptCacheKey } = request.bodySignals;
  const user = readId(readMetadataSession(metadataUser));
  if (user !== null) return { session: nameSession(`metadata.user_id:${user}`, namer), source: "metadata.user_id" };
  if (conversation) return { session: nameConversation(conversation, namer), source: "conversation" };
  if (promptCacheKey)
    return { session: nameSession(`prompt_cache_key:${promptCacheKey}`, namer), source: "prompt_cache_key" };
  const exchange = readFirstExchange(wire, request);
  return {
    session: exchange && nameByExchange(exchange.user, exchange.reply, request.endUser, namer),
    source: "first_exchange",
  };
}

/** A public id names its object; anything else is a conversation of this tenant at this upstream. */
export function nameSession(id: string, { secret, tenant, upstream }: Namer): string {
  if (PUBLIC_ID.test(id)) return id;
  return `st_${hmac(secret, `session\n${tenant}\n${upstream}\n${id}`)}`;
}

/** Every name that a conversation may have which its client knows by this id, whatever it said it with. */
export function findNames(id: string, namer: Namer): string[] {
  const signals = [...SESSION_HEADERS, "metadata.user_id", "conversation", "prompt_cache_key"];
  const known = readId(id);
  if (known === null) return [];
  return [known, ...signals.map((signal) => `${signal}:${known}`)].map((name) => nameSession(name, namer));
}

export function nameByExchange(user: Hash, reply: Hash, endUser: string | null, namer: Namer): string {
  return nameSession(`exchange:${user}:${reply}:${endUser ?? ""}`, namer);
}

/** How a session that comes from a file will be found by its client; null: by nothing that is known. */
export function nameImport({ session, exchange, user }: ImportNames, namer: Namer): string | null {
  const own = readId(session);
  if (own !== null) return nameSession(own, namer);
  return exchange && nameByExchange(exchange.user, exchange.reply, user, namer);
}

export function nameConversation(id: string, namer: Namer): string {
  return nameSession(`conversation:${readId(id) ?? ""}`, namer);
}

/** Key of a reply in the index of replies: only its own tenant, at its own upstream, can find it. */
export function nameReply(id: string, { secret, tenant, upstream }: Namer): string {
  return hmac(secret, `reply\n${tenant}\n${upstream}\n${id}`);
}

/** Fingerprints of the first user message and of the first reply after it. */
function readFirstExchange(wire: Wire, request: DecodedRequest): { user: Hash; reply: Hash } | null {
  let user: Hash | null = null;
  for (const slice of request.history) {
    const message = wire.readMessage(request.text.slice(slice.start, slice.end));
    if (message === null) return null;
    if (user === null && message.role === "user") user = message.fingerprint;
    else if (user !== null && message.role === "assistant") return { user, reply: message.fingerprint };
  }
  return null;
}

/** Null: none. A longer id counts as its hash. */
export function readId(id: string | null): string | null {
  if (id === null || id === "") return null;
  return id.length > SESSION_ID_CHARS_MAX ? hashText(id) : id;
}

/** Some agents put a JSON object with their session's id into `metadata.user_id`; a plain user id names no conversation. */
function readMetadataSession(user: string | null): string | null {
  if (user === null || !user.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(user);
    if (typeof value !== "object" || value === null || !("session_id" in value)) return null;
    return typeof value.session_id === "string" ? value.session_id : null;
  } catch {
    return null;
  }
}
