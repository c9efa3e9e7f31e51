/**
 * Makes a session of a file: hands its rows over in batches, and has them made one when the file has come to its end.
 *
 * One batch is held at a time. Whatever goes wrong, the session empties itself and the caller hears what it was; a file
 * that is sent again because the answer was lost changes nothing and is answered as before.
 */
import type { StrataError } from "../model/errors.ts";
import type { Hash } from "../model/hash.ts";
import { IMPORT_BYTES_MAX, IMPORT_LINE_BYTES_MAX } from "../model/transfer-limits.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { SessionRpc } from "../ports/session.ts";
import type { ImportedSession, ImportProblem } from "../ports/transfer.ts";
import { readBatches, readHeader } from "./export-file.ts";
import type { Batch } from "./export-file.ts";
import type { Inspection } from "./inspection.ts";
import { readLines } from "./read-lines.ts";

export interface Imported {
  id: string;
  session: ImportedSession;
}

type Batches = AsyncGenerator<Batch, Result<string, StrataError>>;

const LIMITS = { lineBytesMax: IMPORT_LINE_BYTES_MAX, bytesMax: IMPORT_BYTES_MAX };

/** @param names the session's and the user's, as the client will send them; null: not at all */
export async function importFile(
  { sessions, nameImport, newToken }: Inspection,
  tenant: Hash,
  names: { session: string | null; user: string | null },
  file: ReadableStream<Uint8Array>,
): Promise<Result<Imported, StrataError>> {
  const lines = readLines(file, LIMITS);
  try {
    const header = readHeader((await lines.next()).value);
    if (!header.ok) return header;
    const exchange = header.value;
    const id = nameImport({ ...names, exchange });
    const session = sessions.find(id);
    const token = newToken();
    const begun = await session.receive({ step: "begin", start: { token, tenant, session: id, exchange } });
    const batches = readBatches(lines);
    if (!begun.ok && begun.error.code === "exists") return await compareWithEarlier(batches, id, begun.error.imported);
    if (!begun.ok) return fail(explain(begun.error));
    const done = await handOver(session, token, batches);
    return done.ok ? ok({ id, session: done.value }) : done;
  } finally {
    await lines.return(undefined);
  }
}

async function handOver(
  session: SessionRpc,
  token: string,
  batches: Batches,
): Promise<Result<ImportedSession, StrataError>> {
  for (;;) {
    const { done, value } = await batches.next();
    if (!done) {
      const added = await session.receive({ step: "rows", token, line: value.line, lines: value.rows });
      if (!added.ok) return fail(explain(added.error));
    } else if (value.ok) {
      const made = await session.receive({ step: "commit", token, sha256: value.value });
      return made.ok && made.value ? ok(made.value) : fail(explain(made.ok ? { code: "lost" } : made.error));
    } else {
      await session.receive({ step: "abandon", token });
      return value;
    }
  }
}

/** The session is there: because this very file has made it, or for another reason. */
async function compareWithEarlier(
  batches: Batches,
  id: string,
  imported: { sha256: string; session: ImportedSession } | null,
): Promise<Result<Imported, StrataError>> {
  const exists = fail({ code: "session_exists", session: id } as const);
  if (imported === null) return exists;
  let read = await batches.next();
  while (!read.done) read = await batches.next();
  if (!read.value.ok) return read.value;
  return read.value.value === imported.sha256 ? ok({ id, session: imported.session }) : exists;
}

function explain(problem: ImportProblem): StrataError {
  if (problem.code === "unreadable") return { ...problem, code: "unreadable_export" };
  return { code: "import_lost" };
}
