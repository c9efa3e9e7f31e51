/** Pages of a deployment that does not work: they say so as pages, and under the same policy as every other. */
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { ReadInspection } from "../../../src/inspect/inspection.ts";
import { inspectRoutes } from "../../../src/inspect/routes.ts";

const ROOT = "/_strata";
const faults: Error[] = [];

function get(readInspection: ReadInspection, path: string): Promise<Response> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>().route(ROOT, inspectRoutes(readInspection));
  app.onError((error, { json }) => {
    faults.push(error);
    return json({ error: "for programs" }, 500);
  });
  return Promise.resolve(app.request(ROOT + path));
}

const misconfigured: ReadInspection = () => ({ ok: false, error: ["STRATA_MODE: must be 'on' or 'off'"] });
const broken: ReadInspection = () => {
  throw new Error("secret detail");
};

describe("a deployment that does not work", () => {
  it.each([
    ["names its wrong settings", misconfigured, "STRATA_MODE"],
    ["keeps a fault's words to the log", broken, "The fault is in the log."],
  ])("%s", async (_name, readInspection, words) => {
    for (const path of ["/ui", "/ui/sessions", "/ui/sign-in"]) {
      const answer = await get(readInspection, path);
      const html = await answer.text();
      expect([answer.status, answer.headers.get("content-type")]).toEqual([500, "text/html; charset=UTF-8"]);
      expect(html).toContain(words);
      expect(html).not.toMatch(/secret detail|for programs/);
      expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("tells a fault to whoever writes the log", () => {
    expect(faults.map(({ message }) => message)).toEqual(Array(3).fill("secret detail"));
  });
});
