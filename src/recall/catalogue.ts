/**
 * What the ranker sees of the archive: numbers of every piece in parallel columns, in the order of the conversation.
 *
 * Reading them is the dearest part of a query, so a `RecallIndex` keeps them while its object lives: a new message adds
 * its rows, anything else that changed (`recall_state`) reads all again, and so it may be dropped at any time. It holds
 * numbers and speakers' names, never a text. Must not write and must not judge.
 */
import { RECALL_INDEX_BYTES_MAX } from "../model/limits.ts";
import type { Sql } from "../ports/sql.ts";
import { groupPieces } from "./group-pieces.ts";
import type { Grouping } from "./group-pieces.ts";
import { MINUTE_MS, nodeOf, unpackNumbers } from "./piece-numbers.ts";

/** All by position. */
export interface PieceColumns {
  count: number;
  ids: Float64Array;
  nodes: Float64Array;
  roles: Uint8Array;
  speakers: Uint8Array;
  traits: Uint16Array;
  words: Uint8Array;
  tokens: Uint16Array;
  /** Unix milliseconds, rounded to minutes; NaN where the time is not known. */
  times: Float64Array;
}

export interface Catalogue extends PieceColumns {
  grouping: Grouping;
  /** Names by id, with what they cost. */
  speakerNames: ReadonlyMap<number, { name: string; tokens: number }>;
}

/** Rows whose numbers fit one string of well under 2 MB. */
const BATCH_ROWS = 20_000;

const EMPTY = complete(createColumns(0), new Map());
/** Of the columns and of the grouping at most, for all pieces and for those in use. */
const PIECE_BYTES = 2 * (31 + 33);

/**
 * Keeps the catalogue of one archive between queries, and the part of it that was used last: which messages may come
 * back seldom changes from turn to turn. Not to be asked inside a transaction that may yet be undone.
 */
export class RecallIndex {
  #catalogue = EMPTY;
  #version = -1;
  #usable: Uint32Array = new Uint32Array(0);
  #used = EMPTY;

  /** The pieces of the messages that may be used; all when no choice is given. */
  read(sql: Sql, includes?: (node: number) => boolean): Catalogue {
    const catalogue = this.#refresh(sql);
    if (includes === undefined) return catalogue;
    const usable = positionsToUse(catalogue, includes);
    if (usable.length === catalogue.count) return catalogue;
    if (catalogue !== this.#catalogue) return select(catalogue, usable);
    if (!areEqual(usable, this.#usable)) {
      this.#usable = usable;
      this.#used = select(catalogue, usable);
    }
    return { ...this.#used, speakerNames: catalogue.speakerNames };
  }

  #refresh(sql: Sql): Catalogue {
    const [state] = sql.all<{ version: number; last: number | null }>(
      "SELECT coalesce((SELECT version FROM recall_state), 0) AS version, (SELECT max(id) FROM recall_piece) AS last",
    );
    const version = state?.version ?? 0;
    const last = state?.last ?? -1;
    // Behind what is known there is only more, unless the version says otherwise.
    if (this.#version !== version || last < lastId(this.#catalogue)) this.#forget();
    this.#version = version;
    if (last === lastId(this.#catalogue)) return this.#catalogue;
    const catalogue = readRows(sql, this.#catalogue);
    if (catalogue.count * PIECE_BYTES > RECALL_INDEX_BYTES_MAX) this.#forget();
    else this.#catalogue = catalogue;
    return catalogue;
  }

  #forget(): void {
    this.#catalogue = EMPTY;
    this.#usable = new Uint32Array(0);
    this.#used = EMPTY;
  }
}

function lastId({ count, ids }: Catalogue): number {
  return ids[count - 1] ?? -1;
}

/** The catalogue and every piece behind its last. In a few strings: a row object for each would cost more than ranking. */
function readRows(sql: Sql, known: Catalogue): Catalogue {
  const batches: { ids: number[]; packed: number[]; times: (number | null)[] }[] = [];
  for (let after = lastId(known); ;) {
    const [row] = sql.all<{ ids: string | null; packed: string; times: string; last: number; count: number }>(
      `SELECT group_concat(id) AS ids, group_concat(packed) AS packed, group_concat(coalesce(at, 'null')) AS times,
        max(id) AS last, count(*) AS count
      FROM (SELECT id, packed, at FROM recall_piece WHERE id > ? ORDER BY id LIMIT ?)`,
      after,
      BATCH_ROWS,
    );
    if (row === undefined || row.ids === null) break;
    batches.push({ ids: parseList(row.ids), packed: parseList(row.packed), times: parseList(row.times) });
    if (row.count < BATCH_ROWS) break;
    after = row.last;
  }
  const speakers = sql.all<{ id: number; name: string; tokens: number }>("SELECT id, name, tokens FROM recall_speaker");
  const added = batches.reduce((sum, { ids }) => sum + ids.length, 0);
  const out = createColumns(known.count + added);
  copyColumns(known, out);
  let to = known.count;
  for (const { ids, packed, times } of batches) {
    for (let at = 0; at < ids.length; at++, to++) {
      const numbers = unpackNumbers(packed[at] ?? 0);
      out.ids[to] = ids[at] ?? 0;
      out.nodes[to] = nodeOf(ids[at] ?? 0);
      out.roles[to] = numbers.role;
      out.speakers[to] = numbers.speaker;
      out.traits[to] = numbers.traits;
      out.words[to] = numbers.words;
      out.tokens[to] = numbers.tokens;
      out.times[to] = (times[at] ?? NaN) * MINUTE_MS;
    }
  }
  return complete(out, new Map(speakers.map(({ id, name, tokens }) => [id, { name, tokens }])));
}

/** A list of numbers as `group_concat` writes it. */
export function parseList<T extends number | null>(list: string): T[] {
  return JSON.parse(`[${list}]`) as T[];
}

function complete(columns: PieceColumns, speakerNames: Catalogue["speakerNames"]): Catalogue {
  return { ...columns, grouping: groupPieces(columns), speakerNames };
}

function createColumns(count: number): PieceColumns {
  return {
    count,
    ids: new Float64Array(count),
    nodes: new Float64Array(count),
    roles: new Uint8Array(count),
    speakers: new Uint8Array(count),
    traits: new Uint16Array(count),
    words: new Uint8Array(count),
    tokens: new Uint16Array(count),
    times: new Float64Array(count),
  };
}

const COLUMNS = ["ids", "nodes", "roles", "speakers", "traits", "words", "tokens", "times"] as const;

function copyColumns(from: PieceColumns, to: PieceColumns): void {
  for (const column of COLUMNS) to[column].set(from[column]);
}

function positionsToUse({ count, nodes }: Catalogue, includes: (node: number) => boolean): Uint32Array {
  const usable = new Uint32Array(count);
  let used = 0;
  let included = false;
  for (let at = 0; at < count; at++) {
    if (nodes[at] !== nodes[at - 1]) included = includes(nodes[at] ?? 0);
    if (included) usable[used++] = at;
  }
  return usable.slice(0, used);
}

function areEqual(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function select(all: Catalogue, usable: Uint32Array): Catalogue {
  const out = createColumns(usable.length);
  for (const column of COLUMNS) {
    const from = all[column];
    const to = out[column];
    for (let at = 0; at < usable.length; at++) to[at] = from[usable[at] ?? 0] ?? 0;
  }
  return complete(out, all.speakerNames);
}
