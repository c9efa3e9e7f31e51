/**
 * The description of the API and the routes name the same things.
 */
import { expect, it } from "vitest";
import { inspectRoutes } from "../../../src/inspect/routes.ts";
import { DESCRIPTION, OPERATIONS } from "../../e2e/operations.ts";
import { NOT_YET } from "../../e2e/not-yet.ts";

/** Names of parameters are the route's own business. */
const bare = (method: string, path: string): string => `${method} ${path.replace(/:\w+(?:\{[^/]*\})?|\{\w+\}/g, "{}")}`;

const routes = inspectRoutes(() => ({ ok: false, error: [] })).routes;
/** What is no page and no check before others. */
const served = routes
  .filter(({ method, path }) => method !== "ALL" && path !== "/" && !path.startsWith("/ui"))
  .map(({ method, path }) => bare(method, path));

it("every route is described, and every operation is served", () => {
  const described = OPERATIONS.filter(({ id }) => !NOT_YET.includes(id)).map(({ method, path }) => bare(method, path));
  expect(served.length).toBeGreaterThan(15);
  expect(described.toSorted()).toEqual([...new Set(served)].toSorted());
});

it("what is put off is really not there yet, and described", () => {
  const late = OPERATIONS.filter(({ id }) => NOT_YET.includes(id));
  expect(late).toHaveLength(NOT_YET.length);
  for (const { method, path } of late) expect(served).not.toContain(bare(method, path));
});

it("each operation has a name of its own, and its path's parameters", () => {
  expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
  for (const [path, methods] of Object.entries(DESCRIPTION.paths))
    for (const operation of Object.values(methods)) {
      const text = JSON.stringify(operation);
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
        const shared = name === "id" ? "session" : name;
        expect(text.includes(`"name":"${name}"`) || text.includes(`#/components/parameters/${shared}"`)).toBe(true);
      }
    }
});

it("every reference leads somewhere, and every part is used", () => {
  const text = JSON.stringify(DESCRIPTION);
  const used = new Set([...text.matchAll(/"#\/components\/(\w+\/\w+)"/g)].map(([, name]) => name));
  const parts = Object.entries(DESCRIPTION.components).flatMap(([kind, named]) =>
    kind === "securitySchemes" ? [] : Object.keys(named).map((name) => `${kind}/${name}`),
  );
  // Events are described in words, with their data by name.
  const told = parts.filter((part) => text.includes(`\`${part.split("/")[1]}\``));
  expect(parts.filter((part) => !used.has(part) && !told.includes(part))).toEqual([]);
  expect([...used].filter((name) => !parts.includes(name ?? ""))).toEqual([]);
});
