/**
 * The pages about one session, in a real browser, over a conversation that had everything in it: no page scrolls sideways,
 * nothing that was said is ever more than text, and what a page says was sent is what the provider received.
 *
 * Where there is no browser on the machine its tests are skipped; who may see a page is asked without one.
 */
import { createHash } from "node:crypto";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser } from "../fakes/browser.ts";
import { LONG_KEY, raiseLongSession } from "../fakes/long-session/raise.ts";
import type { LongSession } from "../fakes/long-session/raise.ts";
import type { Answer } from "../fakes/long-session/talk.ts";

const TURNS = 60;
/** So little stays verbatim that a conversation of this length compacts several times. */
const POLICY = { guardTokens: 1_500, guardItems: 1, briefTokens: 500, minimumShrinkTokens: 400 };
const VARS = { STRATA_SECRET: "a secret", STRATA_POLICY: JSON.stringify(POLICY) };

let long: LongSession;
let root: string;

beforeAll(async () => {
  long = await raiseLongSession({ turns: TURNS, vars: VARS });
  root = `/_strata/ui/sessions/${long.session}`;
});

afterAll(() => long?.close());

async function api<View>(path: string): Promise<View> {
  const headers = { authorization: `Bearer ${LONG_KEY}` };
  const response = await fetch(`${long.edge.url}/_strata/sessions/${long.session}${path}`, { headers });
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as View;
}

interface Hit {
  depth: number;
  hash: string;
  thread: string;
}

async function search(words: string): Promise<Hit> {
  const { hits } = await api<{ hits: Hit[] }>(`/search?q=${words}`);
  const [hit] = hits;
  if (!hit) throw new Error(`nothing says ${words}`);
  return hit;
}

/** Every kind of page, by what is on it. */
async function listPages(): Promise<Record<string, string>> {
  const { found } = long;
  const odd = await search("oddimage");
  const line = await search("oddnull");
  const { epochs } = await api<{ epochs: { brief: number }[] }>("/briefs");
  return {
    session: "",
    older: "?before=30",
    "odd texts": `?thread=${odd.thread}`,
    "a turn that compacts": `/turns/${found.compacted?.rev}`,
    "a turn with something recalled": `/turns/${found.recalled?.rev}`,
    "a turn with a large result": `/turns/${found.large.rev}`,
    "a refused rewrite": `/turns/${found.refused.rev}`,
    "the first turn": "/turns/1",
    brief: `/briefs/${epochs.at(-1)?.brief}`,
    search: "/search?q=odd",
    "an empty search": "/search",
    "an odd message": `/messages/${odd.hash}`,
    "a message with a null byte": `/messages/${line.hash}`,
  };
}

describe("who may see a page", () => {
  it("is whoever may see the session: everyone else gets the page of a session that is not there", async () => {
    const look = async (session: string, page: string) => {
      const url = `${long.edge.url}/_strata/ui/sessions/${session}${page}`;
      const response = await fetch(url, { headers: { authorization: "Bearer sk-somebody-else" } });
      return { status: response.status, text: (await response.text()).replaceAll(session, "") };
    };
    const publicId = (await api<{ id: string }>("")).id;
    const nobody = `st_${"A".repeat(43)}`;
    for (const page of Object.values(await listPages())) {
      const answer = await look(publicId, page);
      expect(answer.status, page).toBe(404);
      expect(answer, page).toEqual(await look(nobody, page));
    }
  });

  it("is nobody who has not signed in", async () => {
    for (const page of Object.values(await listPages())) {
      const response = await fetch(`${long.edge.url}${root}${page}`, { redirect: "manual" });
      expect(response.status, page).toBe(303);
      expect(response.headers.get("location")).toContain("/_strata/ui/sign-in?next=");
    }
  });
});

describe("a large result", () => {
  it("is counted as it came and as it went up", async () => {
    interface Piece {
      fate: string;
      tokens: number;
      whole_tokens?: number;
    }
    const { pieces } = await api<{ pieces: Piece[] }>(`/turns/${long.found.large.rev}`);
    const short = pieces.filter(({ fate }) => fate === "short_form");
    expect(short.length).toBeGreaterThan(0);
    for (const { tokens, whole_tokens: whole = 0 } of short) expect(whole).toBeGreaterThan(tokens);
    expect(pieces.filter(({ fate, whole_tokens: whole }) => fate !== "short_form" && whole !== undefined)).toEqual([]);
  });
});

describe("an address that cannot be meant", () => {
  it.each([
    ["?thread=<b>", 400],
    ["?before=-1", 400],
    ["/turns?turn=abc", 400],
    ["/turns/0", 404],
    ["/turns/99999", 404],
    [`/turns/${"x".repeat(300)}`, 404],
    ["/turns/%00", 404],
    ["/briefs/0", 404],
    ["/briefs/99999", 404],
    ["/messages/nothing", 404],
    [`/search?q=${"a".repeat(500)}`, 400],
    ["/search?q=%22%20OR%20*", 200],
  ])("%s is answered with %i", async (path, status) => {
    const headers = { authorization: `Bearer ${LONG_KEY}` };
    const response = await fetch(`${long.edge.url}${root}${path}`, { headers });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});

describe.skipIf(!hasBrowser)("a session's pages in Chromium (skipped where there is none: see CHROMIUM_BIN)", () => {
  let browser: Browser;
  let pages: Record<string, string>;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    pages = await listPages();
  });

  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });

  afterAll(() => browser?.close());

  /** A page that has been signed in, with everything that goes wrong on it. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; problems: string[] }> {
    const context = await browser.newContext(options);
    contexts.push(context);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("console", (message) => message.type() !== "log" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== long.edge.url) problems.push(`asked ${url.href}`);
    });
    await page.goto(long.edge.url + path);
    await page.getByLabel("API key or admin token").fill(LONG_KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    return { page, problems };
  }

  it.each([
    [360, "light"],
    [1_600, "dark"],
  ] as const)("fit into %i pixels, in %s, and break no rule of their own", async (width, colorScheme) => {
    const { page, problems } = await open(root, { viewport: { width, height: 800 }, colorScheme });
    for (const [name, path] of Object.entries(pages)) {
      const response = await page.goto(long.edge.url + root + path);
      expect(response?.status(), name).toBe(200);
      for (const details of await page.locator("details").all())
        await details.evaluate((element) => element.setAttribute("open", ""));
      expect(await page.evaluate(() => document.scrollingElement?.scrollWidth), name).toBeLessThanOrEqual(width);
      expect(await page.title(), name).toMatch(/ · Strata$/);
    }
    expect(problems).toEqual([]);
  });

  it("lead by keyboard alone from the list to what was sent on a turn", async () => {
    const { page, problems } = await open("/_strata/ui/sessions");
    await tabTo(
      page,
      () => document.activeElement?.closest("main a")?.getAttribute("href")?.includes("/sessions/st_") ?? false,
    );
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Turn by turn" }).waitFor();
    await tabTo(page, () => document.activeElement?.id === "go-to");
    await page.keyboard.type("12");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Turn 12" }).waitFor();
    expect(await page.locator(".lead", { hasText: /^Sent / }).count()).toBeGreaterThan(0);
    await page.goBack();
    await tabTo(page, () => document.activeElement?.closest("svg a") !== null);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /^Turn \d+$/ }).waitFor();
    expect(problems).toEqual([]);
  });

  it("show markup that was said as text", async () => {
    const { page, problems } = await open(root + pages["odd texts"]);
    const said = await page.locator("main").innerText();
    expect(said).toContain(`<img src=x onerror="document.title='owned'">`);
    expect(said).toContain("</script><script>");
    expect(said).toContain("javascript:alert(1)");
    expect(await page.locator("main img, main script, main iframe, [href^='javascript:']").count()).toBe(0);
    for (const name of ["search", "an odd message", "a message with a null byte"]) {
      await page.goto(long.edge.url + root + pages[name]);
      expect(await page.title(), name).not.toContain("owned");
    }
    expect(problems).toEqual([]);
  });

  it("name the very bytes that the provider received", async () => {
    const { page } = await open(root);
    const { compacted, recalled, large, refused, edited } = long.found;
    const known = [compacted, recalled, large, refused, edited].filter((answer): answer is Answer => answer !== null);
    expect(known).toHaveLength(5);
    for (const { rev, request } of known) {
      await page.goto(`${long.edge.url}${root}/turns/${rev}`);
      const sent = long.provider.requests[request]?.body ?? Buffer.alloc(0);
      const body = page.locator(".body", { has: page.getByRole("heading", { name: "Sent upstream" }) });
      expect(await body.locator("code").first().innerText()).toBe(createHash("sha256").update(sent).digest("hex"));
      const shown = await body.locator("pre").evaluate((element) => element.textContent);
      expect(shown).toBe(sent.toString().slice(0, 200_000));
    }
  });

  it("leave the focus on the link that has it, though others lead to the same turn", async () => {
    const { page, problems } = await open(root, { viewport: { width: 360, height: 800 } });
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator(".chart-narrow a").first().focus();
    const turns = (): Promise<string> => page.locator(".stat", { hasText: "Turns" }).locator("dd").first().innerText();
    const before = Number(await turns());
    const headers = { authorization: `Bearer ${LONG_KEY}`, "x-strata-session": long.session };
    const body = JSON.stringify({ model: "gpt-5.4", messages: [{ role: "user", content: "And one thing beside." }] });
    await fetch(`${long.edge.url}/v1/chat/completions`, { method: "POST", headers, body });
    await expect.poll(turns).toBe(String(before + 1));
    expect(await page.evaluate(() => document.activeElement?.closest("svg")?.getAttribute("class"))).toBe(
      "chart-narrow",
    );
    expect(problems).toEqual([]);
  });

  it("can be read without any script", async () => {
    const { page } = await open(root, { javaScriptEnabled: false });
    for (const path of Object.values(pages)) {
      const response = await page.goto(long.edge.url + root + path);
      expect(response?.status()).toBe(200);
      expect((await page.locator("main").innerText()).length).toBeGreaterThan(100);
    }
  });
});

/** Presses Tab until the focus is where it should be. */
async function tabTo(page: Page, isThere: () => boolean): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(isThere)) return;
  }
  throw new Error("the keyboard does not lead there");
}
