/**
 * What happens now: the turns of a session, or the sessions of a tenant, as server-sent events.
 *
 * Who may follow is asked anew with every question to the object. The events say that something is there and what it
 * cost; what was said is for whoever then looks.
 */
import { Hono } from "hono";
import type { SessionNews, SessionPlace, TenantNews, TenantPlace } from "../ports/live.ts";
import { answerError } from "./answer-error.ts";
import { streamEvents } from "./event-stream.ts";
import type { News } from "./event-stream.ts";
import type { ReadInspection } from "./inspection.ts";

export function liveRoutes(readInspection: ReadInspection) {
  const routes = new Hono<{ Bindings: Cloudflare.Env }>();

  routes.get("/sessions/:id/events", async ({ env, req }) => {
    const inspection = readInspection(env, req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { sessions, tenant, nameSession, clock } = inspection.value;
    const since = req.header("last-event-id");
    const place = since === undefined ? null : readSessionPlace(since);
    if (since !== undefined && place === null) return refusePlace();
    const id = nameSession(req.param("id"));
    const ask = async (from: SessionPlace | null, waitMs: number): Promise<News | null> => {
      const news = await sessions.find(id).watch(tenant, from, waitMs);
      return news && tellSession(news);
    };
    const first = await ask(place, 0);
    if (first === null) return answerError({ code: "not_found" });
    return streamEvents(clock, first, (from, waitMs) => ask(readSessionPlace(from), waitMs));
  });

  routes.get("/events", async ({ env, req }) => {
    const inspection = readInspection(env, req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { tenants, shown, tenant, clock } = inspection.value;
    if (shown === null) return answerError({ code: "not_found" });
    const since = req.header("last-event-id");
    const place = since === undefined ? null : readTenantPlace(since);
    if (since !== undefined && place === null) return refusePlace();
    const ask = async (from: TenantPlace | null, waitMs: number): Promise<News | null> => {
      const news = await tenants.find(shown).watch(from, waitMs);
      return news.isKnown || tenant !== null ? tellTenant(news) : null;
    };
    const first = await ask(place, 0);
    if (first === null) return answerError({ code: "not_found" });
    return streamEvents(clock, first, (from, waitMs) => ask(readTenantPlace(from), waitMs));
  });

  return routes;
}

function refusePlace(): Response {
  const expected = "the id of an event of this stream";
  return answerError({ code: "unreadable_parameter", name: "Last-Event-ID", expected });
}

function tellSession({ place, turns, briefs, epochs }: SessionNews): News {
  return {
    id: [place.turn, place.attempts, place.brief, place.epoch].join("."),
    events: [
      ...turns.map((data) => ({ event: "turn", data })),
      ...briefs.map((data) => ({ event: "brief", data })),
      ...epochs.map((data) => ({ event: "epoch", data })),
    ],
  };
}

function tellTenant({ place, sessions }: TenantNews): News {
  return {
    id: [place.startedAt, place.reports, place.updatedAt].join("."),
    events: sessions.map((data) => ({ event: "session", data })),
  };
}

/** Null: no place of ours. */
function readSessionPlace(id: string): SessionPlace | null {
  const [turn, attempts, brief, epoch, ...more] = readNumbers(id);
  if (turn === undefined || attempts === undefined || brief === undefined || epoch === undefined) return null;
  return more.length > 0 ? null : { turn, attempts, brief, epoch };
}

function readTenantPlace(id: string): TenantPlace | null {
  const [startedAt, reports, updatedAt, ...more] = readNumbers(id);
  if (startedAt === undefined || reports === undefined || updatedAt === undefined) return null;
  return more.length > 0 ? null : { startedAt, reports, updatedAt };
}

function readNumbers(id: string): number[] {
  return /^\d{1,15}(?:\.\d{1,15}){2,3}$/.test(id) ? id.split(".").map(Number) : [];
}
