/**
 * A session on its way out of one deployment and into another: the pages of an export, the steps of an import.
 *
 * Both go in bounded pieces, so that a session of any size never sits in memory; docs/EXPORT.md describes the file.
 * Types only; everything here crosses an RPC.
 */
import type { Hash } from "../model/hash.ts";
import type { Result } from "../model/result.ts";

/** What the first line of a file says it is. */
export const EXPORT_FORMAT = "strata-session";
export const EXPORT_VERSION = 1;

/** The session as it stood when its export began: what has come since is not exported. */
export interface ExportPin {
  /** Row id of the newest node, number of the newest turn, id of the newest epoch. */
  node: number;
  turn: number;
  epoch: number;
  /** What there was of all these: something else at the end says that part of it has changed meanwhile. */
  held: string;
}

/** Behind which row the next page begins. */
export interface ExportCursor {
  pin: ExportPin;
  table: number;
  key: (string | number)[];
}

export interface ExportPage {
  /** Whole lines, each with its line break. */
  text: string;
  lines: number;
  /** Null: this was the last page. */
  next: ExportCursor | null;
  /** What was exported already has changed meanwhile, by a further attempt or a deletion: the file is of no use. */
  hasChanged: boolean;
}

/** A thread as the client would send it: what stands around its messages, and which they are. */
export interface HistoryView {
  thread: Hash;
  opening: string;
  /** Oldest first; between them stand commas. */
  messages: Hash[];
  closing: string;
}

/** The first user's message of a conversation and the first reply behind it, by their fingerprints. */
export interface FirstExchange {
  user: Hash;
  reply: Hash;
}

/** What an importing caller says of a file before its rows come. */
export interface ImportStart {
  /** Names this attempt; rows of an earlier one are refused. */
  token: string;
  tenant: Hash;
  /** Public id of the session. */
  session: string;
  exchange: FirstExchange | null;
}

export type ImportStep =
  | { step: "begin"; start: ImportStart }
  /** `line`: number of the first of these lines in the file. */
  | { step: "rows"; token: string; line: number; lines: string[] }
  | { step: "commit"; token: string; sha256: string }
  | { step: "abandon"; token: string };

export interface ImportedSession {
  counts: { turns: number; messages: number; briefs: number };
  /** Ids of the newest replies that a client may go on from by nothing else. */
  replies: string[];
}

export type ImportProblem =
  /** `imported`: the session came from a file, and its digest. */
  | { code: "exists"; imported: { sha256: string; session: ImportedSession } | null }
  /** Another attempt has taken this one's place, or it took too long. */
  | { code: "lost" }
  | { code: "unreadable"; line: number; problem: string };

/** Null: the step is done, and there is more to come. */
export type ImportAnswer = Result<ImportedSession | null, ImportProblem>;
