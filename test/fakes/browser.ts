/**
 * A real browser for tests of the pages: Chromium where the machine has one.
 *
 * `CHROMIUM_BIN` names it, or it is looked for where Debian puts it. It must not fetch one.
 */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const BINARY = process.env["CHROMIUM_BIN"] ?? "/usr/bin/chromium";

/** Where this is false, tests that need a browser are skipped. */
export const hasBrowser = existsSync(BINARY);

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: BINARY, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
