/**
 * A tenant's sessions, and what they cost together and day by day.
 *
 * A caller sees the tenant of its own credential, the operator the one that `?tenant=` names. Whoever sends no credential
 * shares a tenant with everybody else who sends none, and is shown nothing of it. A tenant without sessions has an
 * empty list; it reads only.
 */
import { Hono } from "hono";
import { FIRST_DAY, LAST_DAY } from "../model/day.ts";
import { LISTED_SESSIONS_DEFAULT, LISTED_SESSIONS_MAX } from "../model/inspection-limits.ts";
import { answerError } from "./answer-error.ts";
import type { Bound } from "./ask-session.ts";
import { readCursor, writeCursor } from "./entry-cursor.ts";
import type { ReadInspection } from "./inspection.ts";
import { readCount } from "./read-parameters.ts";
import { readDays, readTimes } from "./read-times.ts";

const A_DAY = "a day: 2026-11-23";
const A_TIME = "a day or a time with its zone: 2026-11-23 or 2026-11-23T18:05:00Z";

const LISTED = { min: 1, max: LISTED_SESSIONS_MAX, otherwise: LISTED_SESSIONS_DEFAULT };

export function tenantRoutes(readInspection: ReadInspection) {
  const routes = new Hono<Bound>();

  routes.get("/sessions", async (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { tenants, shown, tenant, findNames } = inspection.value;
    if (shown === null) return answerError({ code: "not_found" });
    const limit = readCount((name) => context.req.query(name), "limit", LISTED);
    if (!limit.ok) return answerError(limit.error);
    const times = readTimes(context.req.query("since"), context.req.query("until"));
    if (!times.ok) return answerError({ code: "unreadable_parameter", name: times.error, expected: A_TIME });
    const cursor = context.req.query("cursor");
    const after = cursor === undefined ? null : readCursor(cursor);
    if (cursor !== undefined && after === null) return answerError({ code: "unknown_cursor" });
    const text = context.req.query("q")?.trim() || null;
    const { first: since, last: until } = times.value;
    const search = { text, names: text === null ? [] : findNames(text), since, until };
    const page = await tenants.find(shown).list(after, limit.value, search);
    if (page === null && tenant === null) return answerError({ code: "not_found" });
    const { sessions, next } = page ?? { sessions: [], next: null };
    return context.json({ tenant: shown, sessions, next_cursor: next && writeCursor(next) });
  });

  routes.get("/ledger", async (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { tenants, shown, tenant } = inspection.value;
    if (shown === null) return answerError({ code: "not_found" });
    const view = await tenants.find(shown).ledger();
    if (view === null && tenant === null) return answerError({ code: "not_found" });
    return context.json({ tenant: shown, ...(view ?? { sessions: 0, updated_at: null, ledger: null }) });
  });

  routes.get("/ledger/days", async (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { tenants, shown, tenant } = inspection.value;
    if (shown === null) return answerError({ code: "not_found" });
    const span = readDays(context.req.query("from"), context.req.query("to"));
    if (!span.ok) return answerError({ code: "unreadable_parameter", name: span.error, expected: A_DAY });
    const { first, last } = span.value;
    const days = await tenants.find(shown).days(first ?? FIRST_DAY, last ?? LAST_DAY);
    if (days === null && tenant === null) return answerError({ code: "not_found" });
    return context.json({ tenant: shown, days: days ?? [] });
  });

  return routes;
}
