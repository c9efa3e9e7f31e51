/**
 * What is known of an end user, for the owner of the credential that it was said to: look, add, correct, delete.
 *
 * The owner names the user as their requests do; the operator, who has no credential of that kind, by the public name
 * of the memory. Whoever may not see a memory gets the same 404 as for one that does not exist. It must not show
 * anything of the sessions that the facts come from but their public ids.
 */
import { Hono } from "hono";
import type { StrataError } from "../model/errors.ts";
import type { Hash } from "../model/hash.ts";
import { FACT_BODY_BYTES_MAX } from "../model/limits.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { FactChange, FactProblem, FactView, UserMemoryRpc } from "../ports/user-memory.ts";
import { answerError } from "./answer-error.ts";
import type { ReadInspection } from "./inspection.ts";
import { parseRecord } from "./parse-record.ts";
import { readText } from "./read-text.ts";

interface Named {
  id: string;
  memory: UserMemoryRpc;
  tenant: Hash | null;
}

export function userFactRoutes(readInspection: ReadInspection) {
  const routes = new Hono<{ Bindings: Cloudflare.Env }>();

  const find = (env: Cloudflare.Env, request: Request, user: string): Result<Named, StrataError> => {
    const inspection = readInspection(env, request);
    if (!inspection.ok) return fail({ code: "bad_settings", problems: inspection.error });
    const { memories, tenant, nameUser } = inspection.value;
    const id = nameUser(user);
    return id === null ? fail({ code: "not_found" }) : ok({ id, memory: memories.find(id), tenant });
  };

  routes.get("/:user/facts", async ({ env, req }) => {
    const found = find(env, req.raw, req.param("user"));
    if (!found.ok) return answerError(found.error);
    const { id, memory, tenant } = found.value;
    const facts = await memory.list(tenant);
    return facts === null ? answerError({ code: "not_found" }) : Response.json({ id, facts: facts.map(viewFact) });
  });

  routes.post("/:user/facts", async ({ env, req }) => {
    const found = find(env, req.raw, req.param("user"));
    if (!found.ok) return answerError(found.error);
    const { memory, tenant } = found.value;
    // A fact belongs to a tenant, and the operator is none.
    if (tenant === null) return answerError({ code: "not_found" });
    const change = await readChange(req.raw);
    if (!change.ok) return answerError(change.error);
    const { statement } = change.value;
    if (statement === null) return answerError({ code: "unreadable_fact", problem: "statement is missing" });
    return answerFact(await memory.add(tenant, statement), 201);
  });

  routes.patch("/:user/facts/:fact", async ({ env, req }) => {
    const found = find(env, req.raw, req.param("user"));
    const fact = readFactId(req.param("fact"));
    if (!found.ok) return answerError(found.error);
    if (fact === null) return answerError({ code: "not_found" });
    const change = await readChange(req.raw);
    if (!change.ok) return answerError(change.error);
    return answerFact(await found.value.memory.amend(found.value.tenant, fact, change.value), 200);
  });

  routes.delete("/:user/facts", async ({ env, req }) => {
    const found = find(env, req.raw, req.param("user"));
    return found.ok ? forget(found.value, null) : answerError(found.error);
  });

  routes.delete("/:user/facts/:fact", async ({ env, req }) => {
    const found = find(env, req.raw, req.param("user"));
    const fact = readFactId(req.param("fact"));
    if (!found.ok) return answerError(found.error);
    return fact === null ? answerError({ code: "not_found" }) : forget(found.value, fact);
  });

  return routes;
}

async function forget({ memory, tenant }: Named, fact: number | null): Promise<Response> {
  const gone = await memory.forget(tenant, fact);
  return gone.ok ? Response.json({ deleted: gone.value }) : answerError(gone.error);
}

function answerFact(fact: Result<FactView, FactProblem>, status: number): Response {
  return fact.ok ? Response.json(viewFact(fact.value), { status }) : answerError(fact.error);
}

function readFactId(text: string): number | null {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

async function readChange(request: Request): Promise<Result<FactChange, StrataError>> {
  const text = await readText(request, FACT_BODY_BYTES_MAX);
  if (text === null) return fail({ code: "unreadable_fact", problem: `a body may hold ${FACT_BODY_BYTES_MAX} bytes` });
  const body = parseRecord(text);
  if (body === null) return fail({ code: "unreadable_fact", problem: "the body must be a JSON object" });
  const { statement = null, valid_until: end = null } = body;
  if (statement !== null && typeof statement !== "string")
    return fail({ code: "unreadable_fact", problem: "statement must be a string" });
  const validUntil = end === null ? null : typeof end === "string" ? Date.parse(end) : Number.NaN;
  if (Number.isNaN(validUntil)) return fail({ code: "unreadable_fact", problem: "valid_until must be an ISO date" });
  return ok({ statement, validUntil });
}

function viewFact(fact: FactView): Record<string, unknown> {
  const day = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    id: fact.id,
    state: fact.state,
    kind: fact.kind,
    slot: fact.slot,
    statement: fact.statement,
    quote: fact.quote,
    trust: fact.trust,
    source: { session: fact.session, message: fact.node },
    said_at: day(fact.saidAt),
    valid_from: day(fact.validFrom),
    valid_until: day(fact.validUntil),
    superseded_by: fact.supersededBy,
    created_at: day(fact.createdAt),
  };
}
