/**
 * Reads the file of an export into a database of this process, through the checks of an import.
 *
 * A file that an import would refuse is refused here, with the same words. Nothing is sent anywhere.
 */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { gptTokenCounter } from "../../src/adapters/gpt-token-counter.ts";
import { wireMessageReader } from "../../src/adapters/wire-message-reader.ts";
import { readBatches, readHeader } from "../../src/inspect/export-file.ts";
import { readLines } from "../../src/inspect/read-lines.ts";
import { describeError } from "../../src/model/errors.ts";
import type { StrataError } from "../../src/model/errors.ts";
import { IMPORT_BYTES_MAX, IMPORT_LINE_BYTES_MAX } from "../../src/model/transfer-limits.ts";
import { fail, ok } from "../../src/model/result.ts";
import type { Result } from "../../src/model/result.ts";
import type { ImportStep } from "../../src/ports/transfer.ts";
import { openTables } from "../../src/session/tables.ts";
import type { SessionTables } from "../../src/session/tables.ts";
import { SessionImport } from "../../src/session/transfer/session-import.ts";
import { openNodeSql } from "../../test/fakes/sql/node-sql.ts";

/** Whose session it is here; everything is somebody's. */
export const REPLAYER = "replay";

const TOKEN = "replay";
const LIMITS = { lineBytesMax: IMPORT_LINE_BYTES_MAX, bytesMax: IMPORT_BYTES_MAX };

/** Fails with a sentence. */
export async function readExport(path: string): Promise<Result<SessionTables, string>> {
  const stream = createReadStream(path);
  const isThere = await new Promise<boolean>((resolve) => {
    stream.once("open", () => resolve(true));
    stream.once("error", () => resolve(false));
  });
  if (!isThere) return fail(`there is no file ${path}`);
  // Two declarations of one thing: Node's own and the platform's.
  return readSession(Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>);
}

export async function readSession(file: ReadableStream<Uint8Array>): Promise<Result<SessionTables, string>> {
  const sql = openNodeSql();
  const ports = { reader: wireMessageReader, counter: gptTokenCounter, keepsContent: true };
  const desk = new SessionImport(sql, ports, async () => sql.close());
  const lines = readLines(file, LIMITS);
  const header = readHeader((await lines.next()).value);
  if (!header.ok) return fail(explain(header.error));
  const start = { token: TOKEN, tenant: REPLAYER, session: "", exchange: header.value };
  const take = async (step: ImportStep): Promise<string | null> => {
    const answer = await desk.take(step, 0);
    if (answer.ok) return null;
    const { error } = answer;
    return error.code === "unreadable" ? explain({ ...error, code: "unreadable_export" }) : error.code;
  };
  await take({ step: "begin", start });
  const batches = readBatches(lines);
  for (;;) {
    const { done, value } = await batches.next();
    if (done && !value.ok) return fail(explain(value.error));
    const problem = await take(
      done
        ? { step: "commit", token: TOKEN, sha256: value.ok ? value.value : "" }
        : { step: "rows", token: TOKEN, line: value.line, lines: value.rows },
    );
    if (problem !== null) return fail(problem);
    if (done) return ok(openTables(sql));
  }
}

function explain(error: StrataError): string {
  return describeError(error).message;
}
