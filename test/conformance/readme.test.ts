/**
 * The page beside this suite tells the truth: its table is the one that the drivers themselves make.
 *
 * When a driver or a conversation changes, the expected table stands in the failure, to be copied. It must play nothing.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderTable } from "./table.ts";

it("names every client, every conversation and every reason for a gap", () => {
  const page = readFileSync(new URL("README.md", import.meta.url), "utf8");
  const [, table] = /<!-- table -->\n\n([^]*?)\n\n<!-- end of table -->/.exec(page) ?? [];
  expect(table).toBe(renderTable());
});
