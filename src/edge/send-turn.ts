/**
 * Sends a turn upstream, and once more where the upstream does not take what we made of it.
 *
 * A body with a brief, short results or a tool of ours that is refused is followed by the whole history, as if Strata
 * were not there; a body that builds on state which the upstream has lost is followed by one that says everything
 * itself. Never more than two requests, and what the client sent untouched is never sent twice.
 */
import { withdrawTool } from "./choose-recall.ts";
import type { Edge } from "./edge.ts";
import { headersForUpstream } from "./forward-headers.ts";
import { nameTurn } from "./note-turn.ts";
import { nameOf } from "../model/name-of.ts";
import { encodePlain, NO_BLOCKS } from "./encode-turn.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import type { SentBody } from "./record-bodies.ts";
import { WHOLE_RESULTS } from "./shorten-results.ts";

/** Statuses with which an upstream says that it does not like the body: worth one try with the client's own. */
const BODY_REFUSED = new Set([400, 413, 422]);
/** Statuses with which an upstream says that it does not know what a body builds on. */
const STATE_REFUSED = new Set([400, 404]);
/** How providers say it: OpenAI `previous_response_not_found`, Anthropic `thread_not_found`, and their sentences. */
const STATE_MISSING =
  /previous_response_not_found|conversation_not_found|thread_(?:not_found|already_continued|fingerprint_mismatch)|(?:previous response|conversation|thread)\b[^"]{0,600}\bnot found/i;

export interface Answered {
  answer: Response;
  isEventStream: boolean;
  /** The upstream refused the body with a brief and took the whole history. */
  rewriteRefused: boolean;
  /** What it refused held additions of ours, and it took the request without. */
  additionsRefused: boolean;
  /** The upstream did not know what the body built on, and took the whole history. */
  stateRefused: boolean;
  forwardedBytes: number;
  /** What went up and was answered so, and what was turned down before it. */
  forwarded: SentBody;
  refused: SentBody | null;
  /** Sends one more body of this turn, in the same way. Rejects where there is no answer. */
  ask: (body: string) => Promise<Response>;
}

interface ClientBody {
  bytes: Uint8Array<ArrayBuffer>;
  /** The bytes are no longer in the content encoding that the headers name. */
  isDecoded: boolean;
}

/** Null: there is no answer. */
export async function sendTurn(
  edge: Edge,
  request: Request,
  turn: PlannedTurn,
  original: ClientBody,
): Promise<Answered | null> {
  const { route, wire, found } = turn;
  const send = (body: Uint8Array<ArrayBuffer>, standsAlone: boolean): Promise<Response> => {
    const headers = headersForUpstream(request.headers);
    if (original.isDecoded) headers.delete("content-encoding");
    if (standsAlone) wire.dropStateHeaders(headers);
    return edge.upstream.send({
      url: route.base + route.path,
      method: request.method,
      headers,
      body,
      signal: request.signal,
    });
  };
  const outgoing = turn.outgoing === null ? original.bytes : encodeText(turn.outgoing);
  try {
    const first = await send(outgoing, found.emulates);
    const given = await judgeAnswer(turn, first);
    const plain = given.isRefused ? await encodePlain(edge, turn) : null;
    const ask = (body: string): Promise<Response> => send(encodeText(body), found.emulates);
    const sent = { text: turn.outgoing, httpStatus: given.answer.status };
    if (plain === null)
      return describe(turn, given.answer, { forwardedBytes: outgoing.byteLength, forwarded: sent, refused: null, ask });
    await given.answer.body?.cancel();
    const isOriginal = turn.question.parent === null && !found.emulates;
    const whole = isOriginal ? original.bytes : encodeText(plain);
    const second = await send(whole, found.emulates);
    const rewriteRefused = second.ok && isRewritten(turn);
    const additionsRefused = second.ok && isExtended(turn);
    turn.short = WHOLE_RESULTS;
    turn.shortCount = 0;
    turn.recall = withdrawTool(turn.recall);
    // Refused both ways: the request itself was at fault, not what we made of it.
    if (rewriteRefused) turn.plan = { mode: "full", reason: "rewrite_refused" };
    if (turn.ticket) turn.ticket = { ...turn.ticket, recalled: NO_BLOCKS };
    if (turn.memory) turn.memory = { ...turn.memory, facts: [], tokens: 0 };
    const stateRefused = second.ok && turn.isHeldDelta;
    const forwarded = { text: isOriginal ? null : plain, httpStatus: second.status };
    const described = describe(turn, second, { forwardedBytes: whole.byteLength, forwarded, refused: sent, ask });
    return { ...described, rewriteRefused, additionsRefused, stateRefused };
  } catch (error) {
    const about = nameTurn(turn, turn.identity.session);
    edge.journal.write({ event: "upstream_unreachable", ...about, step: "send", error: nameOf(error) });
    return null;
  }
}

type Sent = Pick<Answered, "forwardedBytes" | "forwarded" | "refused" | "ask">;

function describe(turn: PlannedTurn, answer: Response, sent: Sent): Answered {
  const refused = { rewriteRefused: false, additionsRefused: false, stateRefused: false };
  return { answer, isEventStream: isStream(turn, answer), ...refused, ...sent };
}

/** Some servers stream under another name; what was asked for as a stream and is no JSON is one. */
export function isStream({ request }: PlannedTurn, { headers }: Response): boolean {
  const type = headers.get("content-type") ?? "";
  if (/^text\/event-stream\b/i.test(type)) return true;
  const { text, members } = request;
  const asked = members.find(({ key }) => key === "stream")?.value;
  return asked !== undefined && text.slice(asked.start, asked.end) === "true" && !/json|html/i.test(type);
}

/** Whether the answer turns down what we made of the request, as far as another body could help. */
async function judgeAnswer(turn: PlannedTurn, answer: Response): Promise<{ answer: Response; isRefused: boolean }> {
  if (isRewritten(turn) || isExtended(turn)) return { answer, isRefused: BODY_REFUSED.has(answer.status) };
  if (!turn.isHeldDelta || !STATE_REFUSED.has(answer.status)) return { answer, isRefused: false };
  // What a conversation held before it came here is not ours to know.
  if (turn.request.held?.kind === "conversation") return { answer, isRefused: false };
  // The reference that we put in ourselves is always ours to take back.
  if (!turn.found.isHeldUpstream) return { answer, isRefused: true };
  const { status, statusText, headers } = answer;
  const text = await answer.text();
  return { answer: new Response(text, { status, statusText, headers }), isRefused: STATE_MISSING.test(text) };
}

/** Whether what went up says something of the history in other words than the client. */
function isRewritten({ plan, shortCount }: PlannedTurn): boolean {
  return plan.mode === "brief" || shortCount > 0;
}

/** Whether it says more than the client did. */
function isExtended({ recall, memory, ticket }: PlannedTurn): boolean {
  const { newest, lasting } = ticket?.recalled ?? NO_BLOCKS;
  return recall.offersTool || (memory?.tokens ?? 0) > 0 || newest !== null || lasting.length > 0;
}

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
