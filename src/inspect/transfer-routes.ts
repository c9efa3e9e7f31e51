/**
 * The way out and the way in: a session as a file, a thread as the body of a request, and a session from a file.
 *
 * An export is for whoever may look at the session. An import makes a session of the caller's own; the operator's token is
 * no tenant and cannot. Both are streams from end to end.
 */
import { Hono } from "hono";
import { answerError } from "./answer-error.ts";
import { streamExport, streamHistory } from "./export-stream.ts";
import { importFile } from "./import-file.ts";
import type { Inspection, ReadInspection } from "./inspection.ts";
import { readThread } from "./read-parameters.ts";

export function transferRoutes(readInspection: ReadInspection) {
  const routes = new Hono<{ Bindings: Cloudflare.Env }>();

  routes.get("/sessions/:id/export", async ({ env, req }) => {
    const inspection = readInspection(env, req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { sessions, tenant, nameSession, now } = inspection.value;
    const id = nameSession(req.param("id"));
    const session = sessions.find(id);
    const format = req.query("format") ?? "jsonl";
    if (format !== "jsonl" && format !== "messages")
      return answerError({ code: "unreadable_parameter", name: "format", expected: "'jsonl' or 'messages'" });
    const thread = readThread((name) => req.query(name));
    if (!thread.ok) return answerError(thread.error);
    if (format === "messages") {
      const history = await session.inspect(tenant, "history", { thread: thread.value });
      if (history === null) return answerError({ code: "not_found" });
      return answerFile(streamHistory(session, tenant, history), "application/json", `${id}.json`);
    }
    const ask = { id, now };
    const first = await session.inspect(tenant, "export", { ...ask, cursor: null });
    if (first === null) return answerError({ code: "not_found" });
    return answerFile(streamExport(session, tenant, ask, first), "application/x-ndjson", `${id}.jsonl`);
  });

  routes.post("/import", async ({ env, req }) => {
    const inspection = readInspection(env, req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { tenant } = inspection.value;
    if (tenant === null) return answerError({ code: "not_found" });
    const file = unpack(req.raw);
    if (file === null) return answerError({ code: "unreadable_export", line: 1, problem: "there is no file" });
    const names = { session: req.query("session") ?? null, user: req.query("user") ?? null };
    const imported = await importFile(inspection.value, tenant, names, file);
    if (!imported.ok) return answerError(imported.error);
    const { id, session } = imported.value;
    await indexReplies(inspection.value, session.replies, id);
    return Response.json({ id, counts: session.counts, replies: session.replies.length }, { status: 201 });
  });

  return routes;
}

/** Whoever goes on from a reply by its id alone finds the session here as well. */
async function indexReplies({ indexReply }: Inspection, replies: readonly string[], id: string): Promise<void> {
  await Promise.all(replies.map((reply) => indexReply(reply, id)));
}

function unpack({ body, headers }: Request): ReadableStream<Uint8Array> | null {
  const isPacked = headers.get("content-encoding")?.toLowerCase() === "gzip";
  return body !== null && isPacked ? body.pipeThrough(new DecompressionStream("gzip")) : body;
}

function answerFile(body: ReadableStream<Uint8Array>, type: string, name: string): Response {
  return new Response(body, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${name}"`,
    },
  });
}
