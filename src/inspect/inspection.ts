/**
 * Who is looking, and how what they look at is found; read from each request by the edge.
 *
 * Types only, and the name of the cookie that both sides must know.
 */
import type { Hash } from "../model/hash.ts";
import type { Result } from "../model/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { SessionDirectory } from "../ports/session-directory.ts";
import type { Tenants } from "../ports/tenant-directory.ts";
import type { FirstExchange } from "../ports/transfer.ts";
import type { UserMemories } from "../ports/user-memory.ts";

export const SIGN_IN_COOKIE = "strata";

/** Headers by which apps send their key; `authorization` stands for `x-api-key` as well. */
export const KEY_HEADERS = ["authorization", "api-key", "x-goog-api-key", "cf-aig-authorization"] as const;
export type KeyHeader = (typeof KEY_HEADERS)[number];

export interface Inspection {
  clock: Clock;
  sessions: SessionDirectory;
  tenants: Tenants;
  memories: UserMemories;
  /** Milliseconds since the epoch. */
  now: number;
  /** How the caller is known: by a credential of this request, by having signed in, or not at all. */
  proof: "credential" | "cookie" | null;
  /** Null: the operator, to whom a tenant that is not there is not shown as an empty one. */
  tenant: Hash | null;
  /** Whose sessions and ledger may be listed; null: nobody's. */
  shown: Hash | null;
  /** Whether names are keyed with a secret of this deployment. */
  isKeyed: boolean;
  /** Public id of a session that the caller named. */
  nameSession: (id: string) => string;
  /** Every public id that may stand behind what the owner's client calls a session. */
  findNames: (id: string) => string[];
  /** Public id of a session that comes from a file: as the caller will name it, or by its first exchange, or a new one. */
  nameImport: (given: ImportNames) => string;
  /** From now on the session can be continued by this reply's id alone. */
  indexReply: (reply: string, session: string) => Promise<void>;
  /** A name that nobody else has. */
  newToken: () => string;
  /** Replies of a tenant that can be continued by their ids no longer are. */
  forgetReplies: (tenant: Hash, ids: readonly string[]) => Promise<void>;
  /** Public name of the memory of a user as the caller names them; null where the caller cannot name one so. */
  nameUser: (id: string) => string | null;
  /** The cookie's value for whoever sends this key. Null: nobody can sign in, because a cookie could be forged. */
  signIn: ((header: KeyHeader, key: string) => string) | null;
}

/** Fails with the problems of the settings. */
export type ReadInspection = (env: Cloudflare.Env, request: Request) => Result<Inspection, string[]>;

export interface ImportNames {
  /** As in `x-strata-session`, or as `header:value` for a client that uses one of the other headers. */
  session: string | null;
  exchange: FirstExchange | null;
  /** The end user, where the client's requests name one: part of the name by the first exchange. */
  user: string | null;
}
