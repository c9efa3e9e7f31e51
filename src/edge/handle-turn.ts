/**
 * The way of a request: authenticate → read → decode → identify → session.open → encode → send → stream back →
 * session.close. One function, read from top to bottom; each step may end it.
 *
 * Fail open: whatever goes wrong on our side, the client's own bytes go up and the upstream's own come down. Only a
 * delta, which would mean something else without its history, is answered with an error.
 */
import { REQUEST_BODY_BYTES_MAX } from "../model/limits.ts";
import { fail } from "../model/result.ts";
import { encodeError } from "../wire/chat-completions/encode-error.ts";
import { authenticate } from "./authenticate.ts";
import type { Edge, Route } from "./edge.ts";
import { finishTurn } from "./finish-turn.ts";
import type { Sent } from "./finish-turn.ts";
import { headersForClient, headersForUpstream } from "./forward-headers.ts";
import { nameOf, passThrough } from "./pass-through.ts";
import { encodePlain, planTurn } from "./plan-turn.ts";
import type { Incoming, PlannedTurn } from "./plan-turn.ts";
import { readBody } from "./read-body.ts";
import { describeTurn } from "./response-headers.ts";
import { streamBack } from "./stream-back.ts";

/** Statuses with which an upstream says that it does not like the body: worth one try with the client's own. */
const BODY_REFUSED = new Set([400, 413, 422]);

export async function handleTurn(edge: Edge, request: Request, route: Route): Promise<Response> {
  const startedAt = edge.clock.now();
  const isDelta = request.headers.has("x-strata-parent");
  const tenant = authenticate(request.headers, edge.config.secret);
  const body = await readBody(request, REQUEST_BODY_BYTES_MAX);
  if (body.kind === "too_large") {
    if (!isDelta) return passThrough(edge, request, route, body.stream, "body_too_large");
    // Answered before it is sent to its end, a client would see a broken connection instead of the answer.
    await body.stream.pipeTo(new WritableStream());
    return encodeError({ code: "body_too_large", bytesMax: REQUEST_BODY_BYTES_MAX });
  }

  const namer = { secret: edge.config.secret, tenant, upstream: route.upstream };
  const incoming = { headers: request.headers, text: body.text, namer, now: readNow(edge, request) };
  const planned = await planSafely(edge, incoming, isDelta);
  if (!planned.ok)
    return planned.error.kind === "error"
      ? encodeError(planned.error.error)
      : passThrough(edge, request, route, body.bytes, planned.error.reason);

  const turn = planned.value;
  const plannedAt = edge.clock.now();
  const sent = await send(edge, request, route, turn, body.bytes);
  if (sent === null) {
    edge.waitUntil(abandon(edge, turn));
    return encodeError({ code: "upstream_unreachable", detail: route.upstream });
  }
  const { answer } = sent;
  const timings = { plan: plannedAt - startedAt, upstream: edge.clock.now() - plannedAt };
  const headers = headersForClient(answer.headers);
  describeTurn(headers, turn, timings);
  const status = { status: answer.status, statusText: answer.statusText, headers };
  const facts: Sent = {
    httpStatus: answer.status,
    isEventStream: (answer.headers.get("content-type") ?? "").startsWith("text/event-stream"),
    rewriteRefused: sent.rewriteRefused,
    bytes: { client: body.bytes.byteLength, forwarded: sent.forwardedBytes },
    timings,
  };
  if (answer.body === null) {
    edge.waitUntil(finishTurn(edge, turn, facts, { chunks: [], bytes: 0, isWhole: true, end: "complete" }));
    return new Response(null, status);
  }
  const options = {
    isEventStream: facts.isEventStream,
    length: readLength(answer.headers),
    clientGone: () => request.signal.aborted,
    wait: (ms: number) => edge.clock.wait(ms),
  };
  const relay = streamBack(answer.body, options, (reply) => finishTurn(edge, turn, facts, reply));
  edge.waitUntil(relay.done);
  return new Response(relay.body, status);
}

/** A fault of ours must not become the client's: it is noted, and the request goes its way without us. */
async function planSafely(edge: Edge, incoming: Incoming, isDelta: boolean): ReturnType<typeof planTurn> {
  try {
    return await planTurn(edge, incoming);
  } catch (error) {
    edge.journal.write({ event: "fault", step: "plan", error: nameOf(error) });
    return isDelta
      ? fail({ kind: "error", error: { code: "session_unavailable" } })
      : fail({ kind: "pass", reason: "session_unavailable" });
  }
}

interface Answered {
  answer: Response;
  rewriteRefused: boolean;
  forwardedBytes: number;
}

/** Sends the turn; where a body with a brief is refused, sends the whole history once, as if Strata were not there. */
async function send(
  edge: Edge,
  request: Request,
  route: Route,
  turn: PlannedTurn,
  original: Uint8Array<ArrayBuffer>,
): Promise<Answered | null> {
  const url = route.base + route.path;
  const sendBody = (body: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const headers = headersForUpstream(request.headers);
    return edge.upstream.send({ url, method: request.method, headers, body, signal: request.signal });
  };
  const outgoing = turn.outgoing === null ? original : encodeText(turn.outgoing);
  try {
    const answer = await sendBody(outgoing);
    if (turn.plan.mode !== "brief" || !BODY_REFUSED.has(answer.status))
      return { answer, rewriteRefused: false, forwardedBytes: outgoing.byteLength };
    const plain = await encodePlain(edge, turn);
    if (plain === null) return { answer, rewriteRefused: false, forwardedBytes: outgoing.byteLength };
    await answer.body?.cancel();
    const whole = turn.question.parent === null ? original : encodeText(plain);
    const second = await sendBody(whole);
    // Refused both ways: the request itself was at fault, not the brief.
    if (second.ok) turn.plan = { mode: "full", reason: "rewrite_refused" };
    return { answer: second, rewriteRefused: second.ok, forwardedBytes: whole.byteLength };
  } catch (error) {
    edge.journal.write({ event: "upstream_unreachable", upstream: route.upstream, error: nameOf(error) });
    return null;
  }
}

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

async function abandon(edge: Edge, turn: PlannedTurn): Promise<void> {
  try {
    await turn.session?.abandon(turn.rev);
  } catch (error) {
    edge.journal.write({ event: "session_unavailable", step: "abandon", error: nameOf(error) });
  }
}

/** In tests a request may say what time it is, so that a night can pass in a second. */
function readNow(edge: Edge, request: Request): number {
  const claimed = edge.config.takesTestClock ? Number(request.headers.get("x-strata-test-clock-ms") ?? NaN) : NaN;
  return Number.isFinite(claimed) ? claimed : edge.clock.now();
}

function readLength(headers: Headers): number | null {
  const length = headers.get("content-length");
  // A body that the runtime decodes on the way no longer has the length that the header names.
  return length === null || headers.has("content-encoding") ? null : Number(length);
}
