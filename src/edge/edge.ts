/** What the edge's steps share: configuration and the ports, chosen once in `index.ts`. */
import type { Config } from "../env.ts";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Journal } from "../ports/journal.ts";
import type { SessionDirectory } from "../ports/session-directory.ts";
import type { Upstream } from "../ports/upstream.ts";

export interface Edge {
  config: Config;
  clock: Clock;
  entropy: Entropy;
  journal: Journal;
  sessions: SessionDirectory;
  upstream: Upstream;
  /** Keeps work alive after the response has been handed over. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** Where a request goes: the upstream's name and base, and the path and query behind it. */
export interface Route {
  upstream: string;
  base: string;
  /** Path as the upstream knows it, query included. */
  path: string;
}

/** Splits `/<upstream name>/…` off; every other path belongs to the default upstream. Null: names no upstream at all. */
export function findRoute(url: string, upstreams: ReadonlyMap<string, string>, fallback: string): Route | null {
  const { pathname, search } = new URL(url);
  const [, first = ""] = pathname.split("/", 2);
  const named = upstreams.get(first);
  const path = named === undefined ? pathname : pathname.slice(first.length + 1) || "/";
  const base = named ?? upstreams.get(fallback);
  return base === undefined ? null : { upstream: named === undefined ? fallback : first, base, path: path + search };
}
