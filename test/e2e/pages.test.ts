/**
 * The pages in a real browser: the way in by keyboard, what the first two pages say, both schemes, both ends of the range
 * of screens, and that nothing on them is code of someone else's.
 *
 * Where there is no browser on the machine these tests are skipped; what needs none stands in `sign-in.test.ts`.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser } from "../fakes/browser.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { LONG_VARS, LongTalk } from "./play.ts";
import { chat, KEY, startWithProvider, whenIdle } from "./start.ts";

const ADMIN = "admin-token-0001";
const ODD_NAME = `<img src=x onerror="document.title='owned'">`;
/** Models whose price nobody knows. */
const ODD_MODEL = `</td><script>document.title='owned'</script>&amp;`;

/** A page with everything that went wrong on it. */
interface Watched {
  page: Page;
  context: BrowserContext;
  problems: string[];
}

describe.skipIf(!hasBrowser)("the pages in Chromium (skipped where there is none: see CHROMIUM_BIN)", () => {
  let edge: RunningEdge;
  let browser: Browser;
  let sessions: string[];
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const vars = { ...LONG_VARS, STRATA_SECRET: "a secret", STRATA_ADMIN_TOKEN: ADMIN };
    ({ edge } = await startWithProvider(vars));
    const talk = new LongTalk(edge, "long");
    talk.nowMs = Date.now() - 26 * 3_600_000;
    await talk.playUntilNight();
    await talk.take(await talk.ask());
    for (let index = 0; index < 26; index++) await say(index === 0 ? ODD_NAME : `short ${index}`, ODD_MODEL);
    const answer = await fetch(`${edge.url}/_strata/sessions`, { headers: { authorization: `Bearer ${KEY}` } });
    const list = (await answer.json()) as { sessions: { id: string }[] };
    sessions = list.sessions.map(({ id }) => id);
  });

  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });

  afterAll(() => browser?.close());

  async function say(session: string, model: string): Promise<void> {
    const body = { model, messages: [{ role: "user", content: `Hello from ${session}` }] };
    await chat(edge, body, { "x-strata-session": session });
    await whenIdle(edge, session);
  }

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    contexts.push(context);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("console", (message) => message.type() !== "log" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== edge.url) problems.push(`asked ${url.href}`);
    });
    await page.goto(edge.url + path);
    return { page, context, problems };
  }

  async function openSignedIn(path: string, options: BrowserContextOptions = {}, key = KEY): Promise<Watched> {
    const watched = await open(path, options);
    await watched.page.getByLabel("API key or admin token").fill(key);
    await watched.page.getByRole("button", { name: "Sign in" }).click();
    await watched.page.getByRole("navigation", { name: "Main" }).waitFor();
    return watched;
  }

  it("let a reader in by keyboard alone, to where they wanted to go, and out again", async () => {
    const { page, context, problems } = await open("/_strata/ui/sessions?q=short");
    expect(page.url()).toContain("/_strata/ui/sign-in?next=");
    await page.keyboard.type(KEY);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sessions", exact: true }).waitFor();
    expect(page.url()).toBe(`${edge.url}/_strata/ui/sessions?q=short`);
    const [cookie, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({
      name: "strata",
      httpOnly: true,
      sameSite: "Strict",
      path: "/_strata",
      secure: false,
    });
    expect(cookie?.value).not.toContain(KEY);
    expect((cookie?.expires ?? 0) - Date.now() / 1000).toBeLessThan(12 * 3_600 + 1);
    expect(await page.evaluate(() => document.cookie)).toBe("");

    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    await tabTo(page, "Sign out");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await context.cookies()).toEqual([]);
    await page.goto(`${edge.url}/_strata/ui`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(problems).toEqual([]);
  });

  it("say on the overview what the ledger says", async () => {
    const { page, problems } = await openSignedIn("/_strata/ui");
    const answer = await fetch(`${edge.url}/_strata/ledger`, { headers: { authorization: `Bearer ${KEY}` } });
    const { ledger, sessions } = (await answer.json()) as {
      sessions: number;
      ledger: { calls: number; compactions: number; usd: { spent: number; replay: number; priced_calls: number } };
    };
    expect(ledger.compactions).toBeGreaterThan(0);
    const text = await page.locator("#ledger").innerText();
    const saved = ledger.usd.replay - ledger.usd.spent;
    expect(text).toContain(`${saved < 0 ? "−" : ""}$${Math.abs(saved).toFixed(4)}`);
    expect(text).toContain(saved < 0 ? "more than the same calls" : "less than the same calls");
    expect(text).toContain(`${ledger.calls - ledger.usd.priced_calls} of ${ledger.calls} calls have no known price`);
    const stat = (label: string): Promise<string> =>
      page.locator(".stat", { hasText: label }).locator("dd").first().innerText();
    expect([await stat("Sessions"), await stat("Compactions")]).toEqual([String(sessions), String(ledger.compactions)]);
    await page.getByText("The same as a table").first().click();
    expect(await page.locator("#money-table tbody tr").count()).toBe(
      await page.locator(".chart:has(#money-table) .day").count(),
    );
    expect(problems).toEqual([]);
  });

  it("page through the list, search it, and lead to a session", async () => {
    const { page, problems } = await openSignedIn("/_strata/ui/sessions");
    const ids = (): Promise<(string | null)[]> =>
      page.locator("tbody th a span").evaluateAll((spans) => spans.map((span) => span.getAttribute("title")));
    expect(await ids()).toEqual(sessions.slice(0, 25));
    await page.getByRole("link", { name: "Older" }).click();
    await page.getByRole("link", { name: "Newest" }).waitFor();
    expect(await ids()).toEqual(sessions.slice(25));
    await page.getByRole("searchbox").fill("long");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=long/);
    expect(await ids()).toEqual(sessions.slice(-1));
    await page.getByRole("searchbox").fill(`"'<nothing>`);
    await page.keyboard.press("Enter");
    await page.getByText("No session fits.").waitFor();
    expect(problems).toEqual([]);
  });

  it("show markup in names as text", async () => {
    for (const path of ["/_strata/ui", "/_strata/ui/sessions"]) {
      const { page, problems } = await openSignedIn(path);
      expect(await page.locator("td.wide").first().innerText()).toBe(ODD_MODEL);
      expect(await page.locator("main img, main script").count()).toBe(0);
      expect(await page.title()).not.toBe("owned");
      expect(problems).toEqual([]);
    }
  });

  it.each([
    [360, "light"],
    [360, "dark"],
    [1600, "light"],
    [1600, "dark"],
  ] as const)("fit %i pixels in %s colours, and read well", async (width, colorScheme) => {
    const { page, problems } = await open("/_strata/ui", { viewport: { width, height: 800 }, colorScheme });
    await expectToFit(page);
    await page.getByLabel("API key or admin token").fill(KEY);
    await page.keyboard.press("Enter");
    for (const path of ["/_strata/ui", "/_strata/ui?days=364", "/_strata/ui/sessions"]) {
      await page.getByRole("navigation", { name: "Main" }).waitFor();
      await page.goto(edge.url + path);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await expectToFit(page);
    }
    const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(brightness(ground) > 0.5).toBe(colorScheme === "light");
    expect(problems).toEqual([]);
  });

  it("keep the colours that the reader has chosen", async () => {
    const { page } = await openSignedIn("/_strata/ui/sessions", { colorScheme: "light" });
    const theme = (): Promise<string | null> => page.locator("html").getAttribute("data-theme");
    const seen = [await theme()];
    for (let click = 0; click < 3; click++) {
      await page.getByRole("button", { name: "Colours" }).click();
      await page.waitForLoadState();
      expect(page.url()).toBe(`${edge.url}/_strata/ui/sessions`);
      seen.push(await theme());
    }
    expect(seen).toEqual([null, "light", "dark", null]);
  });

  it("work without JavaScript", async () => {
    const { page, problems } = await openSignedIn("/_strata/ui", { javaScriptEnabled: false });
    await page.getByRole("heading", { name: "Saved against the cached replay" }).waitFor();
    await page.getByText("The same as a table").first().click();
    expect(await page.locator("#money-table tbody tr").first().isVisible()).toBe(true);
    await page.getByRole("link", { name: "All sessions" }).click();
    await page.getByRole("link", { name: "Older" }).click();
    await page.getByRole("link", { name: "Newest" }).waitFor();
    expect(problems).toEqual([]);
  });

  it("draw anew what has changed, and leave the reader where they were", async () => {
    const { page, problems } = await openSignedIn("/_strata/ui");
    await page.getByText("Live", { exact: true }).waitFor();
    const calls = (): Promise<string> => page.locator(".stat", { hasText: "Calls" }).locator("dd").first().innerText();
    const before = Number(await calls());
    await page.getByText("The same as a table").first().click();
    await page.locator("#newest tbody a").first().focus();
    await page.evaluate(() => window.scrollTo(0, 200));
    const focused = (): Promise<string | null | undefined> =>
      page.evaluate(() => document.activeElement?.getAttribute("href"));
    const link = await focused();
    await say("short 3", ODD_MODEL);
    await page.waitForFunction(
      (count) => document.querySelector("#ledger")?.textContent?.includes(count),
      `Calls${before + 1}`,
    );
    expect(await page.locator("#money-table").getAttribute("open")).toBe("");
    expect(await focused()).toBe(link);
    expect(await page.evaluate(() => window.scrollY)).toBe(200);
    expect(problems).toEqual([]);
  });

  it("come back to a stream that was refused, and to what they have missed", async () => {
    const { page } = await openSignedIn("/_strata/ui");
    await page.clock.install();
    await page.route("**/_strata/events", (route) => route.fulfill({ status: 503 }));
    await page.reload();
    await page.getByText("Not live").waitFor();
    const calls = (): Promise<string> => page.locator(".stat", { hasText: "Calls" }).locator("dd").first().innerText();
    const before = Number(await calls());
    await say("short 3", ODD_MODEL);
    await page.unroute("**/_strata/events");
    await page.clock.fastForward(10_000);
    await page.getByText("Live", { exact: true }).waitFor();
    await expect.poll(calls).toBe(String(before + 1));
  });

  it("tell a newcomer how to begin, and let the operator choose", async () => {
    const newcomer = await openSignedIn("/_strata/ui", {}, "sk-newcomer");
    await newcomer.page.getByText("No session belongs to this key yet").waitFor();
    const { page, problems } = await openSignedIn("/_strata/ui", {}, ADMIN);
    expect(await page.locator(".card").count()).toBe(0);
    const answer = await fetch(`${edge.url}/_strata/ledger`, { headers: { authorization: `Bearer ${KEY}` } });
    const { tenant } = (await answer.json()) as { tenant: string };
    await page.getByLabel("Tenant key").fill(tenant);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Saved against the cached replay" }).waitFor();
    await page.getByRole("link", { name: "All sessions" }).click();
    await page.getByRole("link", { name: "Older" }).waitFor();
    expect(page.url()).toContain(`tenant=${tenant}`);
    await page.getByLabel("Tenant key").fill("nobody-nobody-nobody-0");
    await page.keyboard.press("Enter");
    await page.getByText("There is no tenant with this key.").waitFor();
    expect(problems).toEqual([]);
  });
});

async function tabTo(page: Page, name: string): Promise<void> {
  for (let press = 0; press < 30; press++) {
    if ((await page.evaluate(() => document.activeElement?.textContent)) === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`'${name}' cannot be reached with the Tab key`);
}

async function expectToFit(page: Page): Promise<void> {
  const [wide, room] = await page.evaluate(() => [document.scrollingElement?.scrollWidth ?? 0, window.innerWidth]);
  expect(wide, page.url()).toBeLessThanOrEqual(room ?? 0);
}

function brightness(color: string): number {
  const parts = [...color.matchAll(/\d+/g)].map(([part]) => Number(part));
  return parts.slice(0, 3).reduce((sum, part) => sum + part, 0) / 765;
}
