/**
 * The limits of what leaves a deployment as a file and comes back in as one.
 *
 * As in `limits.ts`: the unit is in the name, the reason beside it. What is beyond them is refused with a sentence, and
 * nothing of it is kept.
 */

/** Text of one page of an export: what crosses one RPC and is held by the Worker at a time. A page ends with the rows that reach it. */
export const EXPORT_PAGE_CHARS = 1_000_000;

/** One line of an imported file: a row holds 2 MB at most, and escaping makes 3 of them. */
export const IMPORT_LINE_BYTES_MAX = 4 * 1024 * 1024;

/** Lines handed to the session in one RPC: checked and stored in one transaction. */
export const IMPORT_BATCH_CHARS = 1_000_000;

/** The same in lines: a few packed kilobytes of line breaks are millions of lines without a character. */
export const IMPORT_BATCH_LINES = 10_000;

/** A whole file, unpacked: more than any window that was talked through for a year. It must end somewhere. */
export const IMPORT_BYTES_MAX = 512 * 1024 * 1024;

/** Messages of an imported session: they wait in one row of 2 MB to be counted, 25 bytes each. */
export const IMPORT_MESSAGES_MAX = 60_000;

/** An import that has not gone on for so long is swept out. */
export const IMPORT_PAUSE_MS_MAX = 5 * 60 * 1000;

/** Newest replies of an imported session that can be continued by their id alone: each is a call of another object, and a Worker has 1,000. */
export const IMPORT_REPLIES_INDEXED_MAX = 200;

/** Bytes of a row, and so characters of a text in it: the platform refuses 2 MB. */
export const TEXT_COLUMN_CHARS_MAX = 1_900_000;
