/** What the edge's steps share: configuration and the ports, chosen once in `index.ts`, and where a request goes. */
import type { Config, UpstreamState } from "../env.ts";
import type { WireName } from "../model/wire.ts";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Journal } from "../ports/journal.ts";
import type { ReplyIndex } from "../ports/reply-index.ts";
import type { ShortenMessage } from "../ports/result-shortener.ts";
import type { SessionDirectory } from "../ports/session-directory.ts";
import type { Tenants } from "../ports/tenant-directory.ts";
import type { UserMemories } from "../ports/user-memory.ts";
import type { Upstream } from "../ports/upstream.ts";

export interface Edge {
  config: Config;
  clock: Clock;
  entropy: Entropy;
  journal: Journal;
  sessions: SessionDirectory;
  replies: ReplyIndex;
  memories: UserMemories;
  upstream: Upstream;
  shorten: ShortenMessage;
  /** Keeps work alive after the response has been handed over. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** What `index.ts` gives. Tenants are there to be looked at; no turn may wait for one. */
export type AppPorts = Omit<Edge, "config" | "waitUntil"> & { tenants: Tenants };

/** Where a request goes: the upstream's name and base, and the path and query behind it. */
export interface Route {
  upstream: string;
  base: string;
  /** Path as the upstream knows it, query included. */
  path: string;
  /** What the upstream keeps of a conversation by itself. */
  state: UpstreamState;
}

const TURN_PATHS: readonly [RegExp, WireName][] = [
  [/^\/v1\/chat\/completions(?:\?|$)/, "chat-completions"],
  [/^\/v1\/responses(?:\?|$)/, "responses"],
  [/^\/v1\/messages(?:\?|$)/, "messages"],
];

/** The API of a turn's path, or null for every other path. */
export function findWire(path: string): WireName | null {
  return TURN_PATHS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

/** Whose errors the caller can read, on whatever path. */
export function guessWire(path: string, headers: Headers): WireName {
  if (/\/v1\/(?:messages|complete)\b/.test(path) || headers.has("anthropic-version")) return "messages";
  return path.includes("/v1/responses") ? "responses" : "chat-completions";
}

/**
 * Splits `/<upstream name>/…` off. Every other path belongs to the upstream whose API the caller speaks: `anthropic`
 * or `openai`. Null: names no upstream at all.
 */
export function findRoute(url: string, headers: Headers, { upstreams }: Pick<Config, "upstreams">): Route | null {
  const { pathname, search } = new URL(url);
  const [, first = ""] = pathname.split("/", 2);
  const named = upstreams.get(first);
  const path = (named ? pathname.slice(first.length + 1) || "/" : pathname) + search;
  const name = named ? first : guessWire(path, headers) === "messages" ? "anthropic" : "openai";
  const upstream = named ?? upstreams.get(name);
  return upstream ? { upstream: name, base: upstream.base, path, state: upstream.state } : null;
}
