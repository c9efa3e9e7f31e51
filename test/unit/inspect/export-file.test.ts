/**
 * How the lines of a file are handed over: little is held at a time, whatever the lines are like.
 */
import { expect, it } from "vitest";
import { readBatches } from "../../../src/inspect/export-file.ts";
import { readLines } from "../../../src/inspect/read-lines.ts";
import { IMPORT_BATCH_LINES } from "../../../src/model/transfer-limits.ts";

it("lines without a character are handed over before they are many", async () => {
  const file = new Blob([new Uint8Array(3 * IMPORT_BATCH_LINES).fill(10)]).stream();
  const batches = readBatches(readLines(file, { lineBytesMax: 100, bytesMax: 1_000_000 }));
  expect((await batches.next()).value).toMatchObject({ line: 2, rows: { length: IMPORT_BATCH_LINES } });
  expect((await batches.next()).value).toMatchObject({ line: 2 + IMPORT_BATCH_LINES });
});
