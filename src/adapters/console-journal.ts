/**
 * The journal on the console: one JSON line an event, which `wrangler tail` and Workers Logs read as fields.
 */
import type { Journal } from "../ports/journal.ts";

export const consoleJournal: Journal = {
  // oxlint-disable-next-line no-console -- this is where the log goes out
  write: (event) => console.log(JSON.stringify(event)),
};
