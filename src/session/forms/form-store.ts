/**
 * Short forms of messages: what goes up in place of a message whose tool results were shortened.
 *
 * A form stands under the hash of its own text, so the same form is one row however many threads use it, and it is never
 * changed but for its token count. The message itself stays where it is; which forms are in force is the thread's state.
 */
import { hashText } from "../../model/hash.ts";
import type { Hash } from "../../model/hash.ts";
import type { ShortForm } from "../../ports/result-shortener.ts";
import type { Sql } from "../../ports/sql.ts";

/** The form in which a message of a thread goes up. */
export interface FormRef {
  /** Place of the message in the thread, counted from 1. */
  depth: number;
  form: Hash;
  /** Depth of a message that it points at and that must stay in the prompt with it. */
  refersTo: number | null;
}

export interface FormSize {
  hash: Hash;
  /** Chain of the message, where the form was first used. */
  node: Hash;
  chars: number;
  savedTokens: number;
}

/** A message in short form, at its place in a thread. */
export interface PlacedForm {
  depth: number;
  json: string;
  /** Hash of the message that it was made of. */
  original: Hash;
}

const SIZE_COLUMNS = "hash, node, chars, saved_tokens AS savedTokens";

export class FormStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Stores a form of the message at `node`. `isCounted`: what it saves is counted and no estimate. */
  add({ depth, json, original, savedTokens, refersTo }: ShortForm, node: Hash, isCounted: boolean): FormRef {
    const hash = hashText(json);
    this.#sql.run(
      `INSERT OR IGNORE INTO form (hash, node, original, chars, saved_tokens, is_counted, json)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      hash,
      node,
      original,
      json.length,
      savedTokens,
      isCounted ? 1 : 0,
      json,
    );
    return { depth, form: hash, refersTo };
  }

  sizes(refs: readonly FormRef[]): Map<Hash, FormSize> {
    const rows = this.#sql.all<FormSize>(
      `SELECT ${SIZE_COLUMNS} FROM form WHERE hash IN (SELECT value FROM json_each(?))`,
      listHashes(refs),
    );
    return new Map(rows.map((row) => [row.hash, row]));
  }

  /** The messages in short form, in the order of the list. */
  read(refs: readonly FormRef[]): PlacedForm[] {
    if (refs.length === 0) return [];
    const rows = this.#sql.all<{ hash: Hash; original: Hash; json: string }>(
      "SELECT hash, original, json FROM form WHERE hash IN (SELECT value FROM json_each(?))",
      listHashes(refs),
    );
    const texts = new Map(rows.map(({ hash, ...row }) => [hash, row]));
    return refs.flatMap(({ depth, form }) => {
      const row = texts.get(form);
      return row === undefined ? [] : [{ depth, ...row }];
    });
  }

  uncounted(refs: readonly FormRef[]): FormSize[] {
    if (refs.length === 0) return [];
    return this.#sql.all<FormSize>(
      `SELECT ${SIZE_COLUMNS} FROM form WHERE is_counted = 0 AND hash IN (SELECT value FROM json_each(?))`,
      listHashes(refs),
    );
  }

  setSavedTokens(hash: Hash, tokens: number): void {
    this.#sql.run("UPDATE form SET saved_tokens = ?, is_counted = 1 WHERE hash = ?", tokens, hash);
  }
}

/** The messages of a thread that lie deeper than `cut`, those with a form in it. */
export function withForms(texts: readonly string[], cut: number, forms: readonly PlacedForm[]): string[] {
  const short = new Map(forms.map(({ depth, json }) => [depth - cut - 1, json]));
  return texts.map((text, index) => short.get(index) ?? text);
}

function listHashes(refs: readonly FormRef[]): string {
  return JSON.stringify(refs.map(({ form }) => form));
}
