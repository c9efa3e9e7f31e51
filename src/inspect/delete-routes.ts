/**
 * What an owner, or the operator, deletes: a session, a branch of it, the words of one message, or everything.
 *
 * Who may not see a thing gets the same 404 as for one that does not exist. Answers say how much has gone, never what. A
 * tenant's sessions go one after another behind the answer; how far that is can be looked at.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import { DELETED_REPLIES_MAX } from "../model/limits.ts";
import type { ReleaseAsk } from "../ports/release.ts";
import type { DeletionView } from "../ports/tenant-directory.ts";
import { answerError } from "./answer-error.ts";
import type { Bound } from "./ask-session.ts";
import type { ReadInspection } from "./inspection.ts";

const NO_DELETION: DeletionView = {
  state: "none",
  asked_at: null,
  finished_at: null,
  deleted: { sessions: 0, messages: 0, facts: 0 },
  sessions_left: 0,
};

export function deleteRoutes(readInspection: ReadInspection) {
  const routes = new Hono<Bound>();

  const release = async (context: Context<Bound, string>, ask: ReleaseAsk): Promise<Response> => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { sessions, tenant, nameSession, forgetReplies } = inspection.value;
    const id = nameSession(context.req.param("id") ?? "");
    const reply = await sessions.find(id).release(tenant, ask);
    if (reply === null) return answerError({ code: "not_found" });
    await forgetReplies(reply.tenant, reply.replyIds.slice(-DELETED_REPLIES_MAX));
    return Response.json(reply.released);
  };

  routes.delete("/sessions/:id", (context) => release(context, { kind: "session" }));

  routes.delete("/sessions/:id/branches/:thread", (context) =>
    release(context, { kind: "branch", thread: context.req.param("thread") }),
  );

  routes.delete("/sessions/:id/messages/:chain", (context) =>
    release(context, { kind: "message", chain: context.req.param("chain") }),
  );

  routes.delete("/tenant", async (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { tenants, shown } = inspection.value;
    const view = shown === null ? null : await tenants.find(shown).deleteAll(shown);
    return view === null ? answerError({ code: "not_found" }) : context.json({ tenant: shown, ...view }, 202);
  });

  routes.get("/tenant/deletion", async (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { tenants, shown, tenant } = inspection.value;
    if (shown === null) return answerError({ code: "not_found" });
    const object = tenants.find(shown);
    const view = await object.deletion();
    const isThere = view !== null || tenant !== null || (await object.ledger()) !== null;
    return isThere ? context.json({ tenant: shown, ...(view ?? NO_DELETION) }) : answerError({ code: "not_found" });
  });

  return routes;
}
