/**
 * Recorded bodies: what came in and what went up, put together from what is stored once.
 *
 * A body is a chain of prefixes and a few parts behind it; a part is glue or the hash of a text, which is a message of
 * the conversation, its short form, or else a piece. Whoever takes a message out takes it out of the bodies as well: what cannot be put
 * together whole is not shown at all. It must not look into a text.
 */
import { isGlue } from "../../model/body-part.ts";
import type { BodyPart } from "../../model/body-part.ts";
import { hashText } from "../../model/hash.ts";
import type { Hash } from "../../model/hash.ts";
import { CHECKPOINTS_MAX } from "../../model/limits.ts";
import type { BodyPrefix, Checkpoint, RecordedBody, Recording } from "../../ports/recording.ts";
import type { Sql } from "../../ports/sql.ts";
import { cutIntoChunks } from "../message-store.ts";
import type { MessageStore } from "../message-store.ts";

/** One attempt of a turn, with its bodies. */
export interface RecordedAttempt {
  /** The attempt's own. */
  rev: string;
  bodies: RecordedBody[];
}

export class RecordingStore {
  readonly #sql: Sql;
  readonly #messages: MessageStore;

  constructor(sql: Sql, messages: MessageStore) {
    this.#sql = sql;
    this.#messages = messages;
  }

  /**
   * Stores the bodies of one attempt. Where a part of them is missing, hashes and sizes are all that is kept.
   *
   * @param own further texts of the turn, which may be stored under other bytes; null: no text is to be kept
   */
  keep(rev: string, { bodies, prefixes, pieces }: Recording, own: readonly string[] | null): void {
    const isKept = own !== null && this.#keepTexts(bodies, prefixes, pieces, own);
    if (isKept)
      for (const { hash, parent, chars, parts } of prefixes)
        this.#sql.run(
          "INSERT OR IGNORE INTO body_prefix (hash, parent, chars, parts) VALUES (?, ?, ?, ?)",
          hash,
          parent,
          chars,
          JSON.stringify(parts),
        );
    const kept = isKept ? bodies : bodies.map((body) => ({ ...body, text: null }));
    this.#sql.run("INSERT OR IGNORE INTO recording (rev, bodies) VALUES (?, ?)", rev, JSON.stringify(kept));
  }

  find(rev: string): RecordedAttempt | null {
    const [row] = this.#sql.all<{ bodies: string }>("SELECT bodies FROM recording WHERE rev = ?", rev);
    return row ? { rev, bodies: JSON.parse(row.bodies) as RecordedBody[] } : null;
  }

  /** The newest prefixes of an attempt's bodies: those of the next request begin with one of them, as a rule. */
  checkpoints(rev: string): Checkpoint[] {
    return this.#sql.all<Checkpoint & Record<string, unknown>>(
      `WITH RECURSIVE path (hash, parent, chars, step) AS (
         SELECT prefix.hash, prefix.parent, prefix.chars, 1
         FROM recording, json_each(recording.bodies) AS body
         JOIN body_prefix AS prefix ON prefix.hash = body.value ->> '$.text.prefix'
         WHERE recording.rev = ?1 AND body.value ->> '$.side' <> 'refused'
         UNION
         SELECT prefix.hash, prefix.parent, prefix.chars, step + 1
         FROM path JOIN body_prefix AS prefix ON prefix.hash = path.parent WHERE step < ?2
       )
       SELECT DISTINCT hash, chars FROM path ORDER BY chars`,
      rev,
      CHECKPOINTS_MAX,
    );
  }

  /** Whether everything is there that the body is made of. */
  holds(body: RecordedBody): boolean {
    const parts = this.#readParts(body);
    return parts !== null && this.#findMissing(parts).length === 0;
  }

  /** Null: it is not kept, or part of it is gone. */
  text(body: RecordedBody): string | null {
    const parts = this.#readParts(body);
    return parts && this.join(parts);
  }

  /** The text of some parts. Null: one of them is not stored. */
  join(parts: readonly BodyPart[]): string | null {
    const texts = this.#readTexts(parts);
    const read = parts.map((part) => (isGlue(part) ? part : (texts.get(part) ?? null)));
    return read.every((text) => text !== null) ? read.join("") : null;
  }

  /** Leaves hashes and sizes of these attempts; `collect` then drops what nothing else needs. */
  forget(revs: readonly string[]): void {
    for (const rev of revs) {
      const found = this.find(rev);
      if (!found) continue;
      const bodies = found.bodies.map((body) => ({ ...body, text: null }));
      this.#sql.run("UPDATE recording SET bodies = ? WHERE rev = ?", JSON.stringify(bodies), rev);
    }
  }

  isEmpty(): boolean {
    return this.#sql.all("SELECT 1 FROM recording LIMIT 1").length === 0;
  }

  /** Attempts of turns up to this time whose bodies still have text. Reads every recording. */
  withTextUntil(at: number): string[] {
    return this.#sql
      .all<{ rev: string }>(
        `SELECT recording.rev AS rev FROM recording LEFT JOIN attempt ON attempt.rev = recording.rev
         JOIN turn ON turn.rev = coalesce(attempt.turn, recording.rev)
         WHERE turn.at <= ? AND EXISTS (
           SELECT 1 FROM json_each(recording.bodies) AS body WHERE body.value ->> '$.text' IS NOT NULL)`,
        at,
      )
      .map(({ rev }) => rev);
  }

  /** Time of the oldest turn whose bodies have text; null: none has. Reads every recording. */
  oldestWithText(): number | null {
    const [row] = this.#sql.all<{ at: number | null }>(
      `SELECT min(turn.at) AS at FROM recording LEFT JOIN attempt ON attempt.rev = recording.rev
       JOIN turn ON turn.rev = coalesce(attempt.turn, recording.rev)
       WHERE EXISTS (SELECT 1 FROM json_each(recording.bodies) AS body WHERE body.value ->> '$.text' IS NOT NULL)`,
    );
    return row?.at ?? null;
  }

  /** Leaves nothing of these attempts. */
  remove(revs: readonly string[]): void {
    this.#sql.run("DELETE FROM recording WHERE rev IN (SELECT value FROM json_each(?))", JSON.stringify(revs));
  }

  /** Drops the prefixes and pieces that no recorded body is made of. Reads every recording. */
  collect(): void {
    this.#sql.run(
      `DELETE FROM body_prefix WHERE hash NOT IN (
         WITH RECURSIVE reached (hash) AS (
           SELECT body.value ->> '$.text.prefix' FROM recording, json_each(recording.bodies) AS body
           WHERE body.value ->> '$.text.prefix' IS NOT NULL
           UNION
           SELECT parent FROM body_prefix JOIN reached USING (hash) WHERE parent IS NOT NULL
         )
         SELECT hash FROM reached
       )`,
    );
    this.#sql.run(
      `DELETE FROM body_piece WHERE hash NOT IN (
         SELECT part.value FROM body_prefix, json_each(body_prefix.parts) AS part
         UNION
         SELECT part.value FROM recording, json_each(recording.bodies) AS body,
           json_each(body.value, '$.text.closing') AS part
       )`,
    );
  }

  /** False: a text or a beginning that the bodies are made of is not there. */
  #keepTexts(
    bodies: readonly RecordedBody[],
    prefixes: readonly BodyPrefix[],
    pieces: Recording["pieces"],
    own: readonly string[],
  ): boolean {
    const made = new Set(prefixes.map(({ hash }) => hash));
    const bases = [...prefixes.map(({ parent }) => parent), ...bodies.map(({ text }) => text?.prefix ?? null)];
    for (const base of new Set(bases)) if (base !== null && !made.has(base) && !this.#hasPrefix(base)) return false;
    const parts = [...prefixes.flatMap((prefix) => prefix.parts), ...bodies.flatMap(({ text }) => text?.closing ?? [])];
    const missing = this.#findMissing(parts);
    if (missing.length === 0) return true;
    const given = new Map(pieces.map(({ hash, text }) => [hash, text]));
    if (missing.some((hash) => !given.has(hash))) for (const text of own) given.set(hashText(text), text);
    if (!missing.every((hash) => given.has(hash))) return false;
    for (const hash of missing)
      cutIntoChunks(given.get(hash) ?? "").forEach((text, seq) =>
        this.#sql.run("INSERT INTO body_piece (hash, seq, text) VALUES (?, ?, ?)", hash, seq, text),
      );
    return true;
  }

  #readParts({ text }: RecordedBody): BodyPart[] | null {
    if (text === null) return null;
    const path = text.prefix === null ? [] : this.#readPath(text.prefix);
    return path && [...path.flat(), ...text.closing];
  }

  #hasPrefix(hash: Hash): boolean {
    return this.#sql.all("SELECT 1 FROM body_prefix WHERE hash = ?", hash).length > 0;
  }

  #findMissing(parts: readonly BodyPart[]): Hash[] {
    const hashes = [...new Set(parts.filter((part) => !isGlue(part)))];
    if (hashes.length === 0) return [];
    const known = this.#sql.all<{ hash: Hash }>(
      `SELECT value AS hash FROM json_each(?) WHERE EXISTS (SELECT 1 FROM message WHERE message.hash = value)
         OR EXISTS (SELECT 1 FROM form WHERE form.hash = value)
         OR EXISTS (SELECT 1 FROM body_piece WHERE body_piece.hash = value)`,
      JSON.stringify(hashes),
    );
    const stored = new Set(known.map(({ hash }) => hash));
    return hashes.filter((hash) => !stored.has(hash));
  }

  /** The parts of a beginning, from the first on. Null: one is gone. */
  #readPath(hash: Hash): BodyPart[][] | null {
    const rows = this.#sql.all<{ parent: Hash | null; parts: string }>(
      `WITH RECURSIVE path (parent, parts, step) AS (
         SELECT parent, parts, 0 FROM body_prefix WHERE hash = ?
         UNION ALL
         SELECT prefix.parent, prefix.parts, step + 1
         FROM path JOIN body_prefix AS prefix ON prefix.hash = path.parent
       )
       SELECT parent, parts FROM path ORDER BY step DESC`,
      hash,
    );
    if (rows.length === 0 || rows[0]?.parent !== null) return null;
    return rows.map(({ parts }) => JSON.parse(parts) as BodyPart[]);
  }

  /** The texts that these parts name, as far as they are stored. */
  #readTexts(parts: readonly BodyPart[]): Map<Hash, string> {
    const hashes = JSON.stringify([...new Set(parts.filter((part) => !isGlue(part)))]);
    const texts = new Map<Hash, string>();
    const pieces = this.#sql.all<{ hash: Hash; text: string }>(
      "SELECT hash, text FROM body_piece WHERE hash IN (SELECT value FROM json_each(?)) ORDER BY hash, seq",
      hashes,
    );
    const forms = this.#sql.all<{ hash: Hash; text: string }>(
      "SELECT hash, json AS text FROM form WHERE hash IN (SELECT value FROM json_each(?))",
      hashes,
    );
    for (const { hash, text } of pieces) texts.set(hash, (texts.get(hash) ?? "") + text);
    for (const { hash, text } of forms) texts.set(hash, text);
    for (const [hash, json] of this.#messages.texts(hashes)) texts.set(hash, json);
    return texts;
  }
}
