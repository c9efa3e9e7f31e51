/**
 * The way of a request: authenticate → read → decode → identify → session.open → encode → send → stream back →
 * session.close. One function, read from top to bottom; each step may end it.
 *
 * Fail open: whatever goes wrong on our side, the client's own bytes go up and the upstream's own come down. Only a
 * delta, which would mean something else without its history, is answered with an error.
 */
import { REQUEST_BODY_BYTES_MAX } from "../model/limits.ts";
import type { StrataError } from "../model/errors.ts";
import { fail } from "../model/result.ts";
import type { Wire } from "../wire/wire.ts";
import { answerRecallCalls } from "./answer-recall-calls.ts";
import { authenticate } from "./authenticate.ts";
import type { Edge, Route } from "./edge.ts";
import { finishTurn } from "./finish-turn.ts";
import type { Sent } from "./finish-turn.ts";
import { headersForClient } from "./forward-headers.ts";
import { noSession } from "./open-session.ts";
import { nameOf } from "../model/name-of.ts";
import { passThrough } from "./pass-through.ts";
import { planTurn } from "./plan-turn.ts";
import type { Incoming, PlannedTurn } from "./plan-turn.ts";
import { readBody } from "./read-body.ts";
import { refuse } from "./refuse.ts";
import { describeTurn } from "./response-headers.ts";
import { sendTurn } from "./send-turn.ts";
import { StepTimes } from "./step-times.ts";
import { streamBack } from "./stream-back.ts";
import { TurnRecorder } from "./turn-recorder.ts";

export async function handleTurn(edge: Edge, request: Request, route: Route, wire: Wire): Promise<Response> {
  const times = new StepTimes(edge.clock);
  const isDelta = request.headers.has("x-strata-parent");
  const tenant = authenticate(request.headers, edge.config.secret);
  const refused = (error: StrataError): Response =>
    refuse(edge.journal, wire, error, { tenant, upstream: route.upstream });
  const body = await readBody(request, REQUEST_BODY_BYTES_MAX);
  if (body.kind === "cut") return refused({ code: "request_cut" });
  if (body.kind === "too_large") {
    if (!isDelta) return passThrough(edge, request, route, body.stream, "body_too_large");
    // Answered before it is sent to its end, a client would see a broken connection instead of the answer.
    await body.stream.pipeTo(new WritableStream());
    return refused({ code: "body_too_large", bytesMax: REQUEST_BODY_BYTES_MAX });
  }

  times.end("read");
  const namer = { secret: edge.config.secret, tenant, upstream: route.upstream };
  const { headers } = request;
  const incoming = { route, wire, headers, text: body.text, namer, now: readNow(edge, request), times };
  const planned = await planSafely(edge, incoming, isDelta);
  if (!planned.ok)
    return planned.error.kind === "error"
      ? refused(planned.error.error)
      : passThrough(edge, request, route, body.raw, planned.error.reason);

  const turn = planned.value;
  const recorder = new TurnRecorder(edge, turn);
  void recorder.readAhead();
  const sent = await answerRecallCalls(edge, turn, await sendTurn(edge, request, turn, body));
  if (sent === null) {
    edge.waitUntil(abandon(edge, turn));
    return refused({ code: "upstream_unreachable", detail: route.upstream });
  }
  const { answer } = sent;
  times.end("upstream");
  const replyHeaders = headersForClient(answer.headers);
  describeTurn(replyHeaders, turn, times);
  const status = { status: answer.status, statusText: answer.statusText, headers: replyHeaders };
  const facts: Sent = {
    httpStatus: answer.status,
    isEventStream: sent.isEventStream,
    rewriteRefused: sent.rewriteRefused,
    additionsRefused: sent.additionsRefused,
    stateRefused: sent.stateRefused,
    bytes: { client: body.bytes.byteLength, forwarded: sent.forwardedBytes },
    times,
    searched: sent.searched,
    bodies: { refused: sent.refused, forwarded: [sent.forwarded] },
    recorder,
  };
  if (answer.body === null) {
    edge.waitUntil(finishTurn(edge, turn, facts, { chunks: [], bytes: 0, isWhole: true, end: "complete" }));
    return new Response(null, status);
  }
  const options = {
    terminator: facts.isEventStream ? wire.terminator : null,
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
    const { namer, route } = incoming;
    const about = { tenant: namer.tenant, upstream: route.upstream };
    edge.journal.write({ event: "fault", ...about, step: "plan", error: nameOf(error) });
    return isDelta
      ? fail({ kind: "error", error: { code: "session_unavailable" } })
      : fail({ kind: "pass", reason: "session_unavailable" });
  }
}

async function abandon(edge: Edge, turn: PlannedTurn): Promise<void> {
  try {
    await turn.session?.abandon(turn.rev);
  } catch (error) {
    edge.journal.write({ ...noSession(turn, "abandon"), error: nameOf(error) });
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
