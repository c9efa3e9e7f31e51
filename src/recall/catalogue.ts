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
/** Of the columns, and of the grouping at most. */
const PIECE_BYTES = 31 + 33;

/** Keeps the catalogue of one archive between queries. */
export class RecallIndex {
  #catalogue = EMPTY;
  #version = -1;

  /** The pieces of the messages that may be used; all when no choice is given. */
  read(sql: Sql, includes?: (node: number) => boolean): Catalogue {
    const catalogue = this.#refresh(sql);
    return includes === undefined ? catalogue : select(catalogue, includes);
  }

  #refresh(sql: Sql): Catalogue {
    const [state] = sql.all<{ version: number; last: number | null }>(
      "SELECT coalesce((SELECT version FROM recall_state), 0) AS version, (SELECT max(id) FROM recall_piece) AS last",
    );
    const version = state?.version ?? 0;
    const last = state?.last ?? -1;
    const known = this.#version === version ? this.#catalogue : EMPTY;
    const knownLast = known.ids[known.count - 1] ?? -1;
    const catalogue =
      last === knownLast ? known : readRows(sql, last < knownLast ? EMPTY : known, last < knownLast ? -1 : knownLast);
    const fits = catalogue.count * PIECE_BYTES <= RECALL_INDEX_BYTES_MAX;
    this.#catalogue = fits ? catalogue : EMPTY;
    this.#version = version;
    return catalogue;
  }
}

/** The catalogue with every piece behind an id. In a few strings: a row object for each would cost more than ranking. */
function readRows(sql: Sql, known: Catalogue, from: number): Catalogue {
  const batches: { ids: number[]; packed: number[]; times: (number | null)[] }[] = [];
  for (let after = from; ;) {
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

/** The catalogue without the messages that may not be used; itself when all may. */
function select(all: Catalogue, includes: (node: number) => boolean): Catalogue {
  const kept = new Uint32Array(all.count);
  let count = 0;
  let included = false;
  for (let at = 0; at < all.count; at++) {
    if (all.nodes[at] !== all.nodes[at - 1]) included = includes(all.nodes[at] ?? 0);
    if (included) kept[count++] = at;
  }
  if (count === all.count) return all;
  const out = createColumns(count);
  for (const column of COLUMNS) {
    const from = all[column];
    const to = out[column];
    for (let at = 0; at < count; at++) to[at] = from[kept[at] ?? 0] ?? 0;
  }
  return complete(out, all.speakerNames);
}
