/**
 * Fills the pages that a database has free with zeros, and writes over its log.
 *
 * A deleted row or a dropped table leaves its bytes on pages that nothing uses any more, and an object's SQLite cannot be
 * told to wipe them. So they are taken, written over and given back. What stands between the rows of a page in use is
 * out of reach: that page's table has to be written anew before. Part of a deletion on demand, never of a turn.
 */
import type { Sql } from "../ports/sql.ts";

/** A value of this size fills one page of 4,096 bytes with its row and 240 more to the brim: what a row leaves free is not wiped. */
const SCRUB_BYTES = 986_137;
/** Free pages are kept in bundles of 1,016 and the newest bundles used first: older pages lie among ours in one of them. */
const SCRUB_SPARE_BYTES = 1017 * 4096;

/** The log through which everything is written is begun anew once it has 1,000 pages and they stand in the database. */
const LOG_BYTES = 1100 * 4096;

/** @param bytes that may have been given back since the pages were last scrubbed, at most */
export function scrubFreePages(sql: Sql, bytes: number): void {
  sql.transaction(() => {
    sql.run("CREATE TABLE scrub (zeros BLOB NOT NULL)");
    for (let left = bytes + SCRUB_SPARE_BYTES; left > 0; left -= SCRUB_BYTES)
      sql.run("INSERT INTO scrub (zeros) VALUES (zeroblob(?))", SCRUB_BYTES);
    sql.run("DROP TABLE scrub");
  });
}

/**
 * Writes over the log: it still holds pages as they were before they were wiped. First it is made long enough to be begun
 * anew, then written over from its start.
 *
 * @param sync resolves when everything is on disk
 * @param bytes of the largest transaction that the log may hold
 */
export async function wipeLog(sql: Sql, sync: () => Promise<void>, bytes: number): Promise<void> {
  await sync();
  scrubFreePages(sql, LOG_BYTES);
  await sync();
  scrubFreePages(sql, bytes + LOG_BYTES);
  await sync();
}
