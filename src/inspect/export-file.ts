/**
 * What the file of an export says of itself: its first line, its rows in batches, its last line.
 *
 * The last line names how many lines there are before it and what they hash to, so that a cut or damaged file is known
 * before anything of it counts. It must not know what a row holds.
 */
import type { StrataError } from "../model/errors.ts";
import { IMPORT_BATCH_CHARS, IMPORT_BATCH_LINES } from "../model/transfer-limits.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { EXPORT_FORMAT, EXPORT_VERSION } from "../ports/transfer.ts";
import type { FirstExchange } from "../ports/transfer.ts";
import { parseRecord } from "./parse-record.ts";
import type { ReadLine } from "./read-lines.ts";

/** `line`: number of the first row in the file, counted from 1. */
export interface Batch {
  line: number;
  rows: string[];
}

export function readHeader(read: ReadLine | undefined): Result<FirstExchange | null, StrataError> {
  if (read?.kind === "problem") return fail(unreadable(1, read.problem));
  const header = read?.kind === "line" ? parseRecord(read.text) : null;
  if (header?.["format"] !== EXPORT_FORMAT) return fail(unreadable(1, "not the beginning of an export"));
  if (header["version"] !== EXPORT_VERSION)
    return fail(unreadable(1, `version ${EXPORT_VERSION} of the format is understood, and no other`));
  const exchange = header["first_exchange"];
  if (exchange === null || exchange === undefined) return ok(null);
  const { user, reply } = exchange as Record<string, unknown>;
  if (typeof user !== "string" || typeof reply !== "string") return fail(unreadable(1, "first_exchange is not one"));
  return ok({ user, reply });
}

/** The rows behind the header; ends with the digest of the file, or with what is wrong with it. */
export async function* readBatches(
  lines: AsyncGenerator<ReadLine>,
): AsyncGenerator<Batch, Result<string, StrataError>> {
  let rows: string[] = [];
  let chars = 0;
  let line = 1;
  for await (const read of lines) {
    line++;
    if (read.kind === "end") return fail(unreadable(line, "the file is cut: its last line is missing"));
    if (read.kind === "problem") return fail(unreadable(line, read.problem));
    const { text } = read;
    if (text.startsWith('{"end":')) {
      const sha256 = read.sha256();
      if (rows.length > 0) yield { line: line - rows.length, rows };
      const after = (await lines.next()).value as ReadLine | undefined;
      const problem = checkEnd(parseRecord(text), line - 1, sha256) ?? checkNothing(after);
      return problem === null ? ok(sha256) : fail(unreadable(line, problem));
    }
    rows.push(text);
    chars += text.length;
    if (chars < IMPORT_BATCH_CHARS && rows.length < IMPORT_BATCH_LINES) continue;
    yield { line: line - rows.length + 1, rows };
    rows = [];
    chars = 0;
  }
  return fail(unreadable(line, "the file is cut"));
}

function checkEnd(end: Record<string, unknown> | null, lines: number, sha256: string): string | null {
  if (end?.["end"] === false) return "the session was changed while it was exported; export it again";
  if (end?.["end"] !== true || end["lines"] !== lines) return "the number of lines is not the one that was written";
  return end["sha256"] === sha256 ? null : "the file has been changed: its hash is not the one that was written";
}

function checkNothing(read: ReadLine | undefined): string | null {
  return read === undefined || read.kind === "end" ? null : "there is more behind the last line";
}

function unreadable(line: number, problem: string): StrataError {
  return { code: "unreadable_export", line, problem };
}
