/**
 * Recorded bodies that came from a file: each beginning is hashed along the way on which it was made.
 *
 * Later bodies build on these beginnings, so one that is not what its hash says would falsify what is recorded from now
 * on. What has a part missing belongs to turns that are not in the file, and goes. Time grows with the text that is stored,
 * not with the bodies that are made of it.
 */
import type { BodyPart } from "../../model/body-part.ts";
import { closeHash, hashText, openHash } from "../../model/hash.ts";
import type { Hash, OpenHash } from "../../model/hash.ts";
import type { SessionTables } from "../tables.ts";

interface Beginning {
  hash: Hash;
  hashing: OpenHash;
  chars: number;
}

/** Null: they are what they say. */
export function settleBodies(tables: SessionTables): string | null {
  const { sql, recordings } = tables;
  for (const { hash } of sql.all<{ hash: Hash }>("SELECT DISTINCT hash FROM body_piece"))
    if (hashText(recordings.join([hash]) ?? "") !== hash) return "body_piece: wrong hash";

  const longer = Map.groupBy(
    sql.all<{ hash: Hash; parent: Hash | null }>("SELECT hash, parent FROM body_prefix"),
    ({ parent }) => parent ?? "",
  );
  const whole = new Set<Hash>();
  const open: Beginning[] = [{ hash: "", hashing: openHash(), chars: 0 }];
  for (let from = open.pop(); from !== undefined; from = open.pop())
    for (const { hash } of longer.get(from.hash) ?? []) {
      const [row] = sql.all<{ chars: number; parts: string }>(
        "SELECT chars, parts FROM body_prefix WHERE hash = ?",
        hash,
      );
      const text = recordings.join(JSON.parse(row?.parts ?? "[]") as BodyPart[]);
      if (text === null) continue;
      const hashing = from.hashing.copy().update(text);
      const chars = from.chars + text.length;
      if (closeHash(hashing.copy()) !== hash || row?.chars !== chars) return "body_prefix: wrong hash";
      whole.add(hash);
      open.push({ hash, hashing, chars });
    }
  sql.run("DELETE FROM body_prefix WHERE hash NOT IN (SELECT value FROM json_each(?))", JSON.stringify([...whole]));
  const torn = sql.all<{ rev: string }>(
    `SELECT DISTINCT rev FROM recording, json_each(recording.bodies) AS body
     WHERE body.value ->> '$.text.prefix' NOT IN (SELECT hash FROM body_prefix)`,
  );
  recordings.forget(torn.map(({ rev }) => rev));
  recordings.collect();
  return null;
}
