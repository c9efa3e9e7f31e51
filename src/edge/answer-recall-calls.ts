/**
 * Answers the model's own searches, so that the client sees one reply and nothing of them.
 *
 * The upstream is asked again with the call and its answer until it says something else, and what comes is merged into
 * the reply that has begun: every event goes on at once but those of the tool. Fail open: a further call that fails
 * ends the reply where it is, or, while the client has nothing yet, is replaced by the request without the tool. It
 * must not be noticed by a turn in which the model searches for nothing.
 */
import { RECORDED_REPLY_BYTES_MAX } from "../model/limits.ts";
import { createFrameCutter, joinPieces } from "../wire/server-sent-events.ts";
import type { StreamMerger } from "../wire/recall-tool.ts";
import type { Edge } from "./edge.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import { resume } from "./read-body.ts";
import { RecallCalls } from "./recall-calls.ts";
import type { Searched } from "./recall-calls.ts";
import type { Answered } from "./send-turn.ts";

type Settled = Answered & { searched: Searched };

/** Null: there is no answer. */
export async function answerRecallCalls(edge: Edge, turn: PlannedTurn, sent: Answered | null): Promise<Settled | null> {
  if (sent === null) return null;
  const calls = new RecallCalls(edge, turn, sent);
  const { searched } = calls;
  const { body, ok } = sent.answer;
  if (!turn.recall.offersTool || !ok || body === null) return { ...sent, searched };
  if (sent.isEventStream) {
    const { status, statusText, headers } = sent.answer;
    const changed = new Headers(headers);
    // How long the reply will be is not known before the model has stopped searching.
    changed.delete("content-length");
    const answer = new Response(mergeStreams(calls, turn, body), { status, statusText, headers: changed });
    return { ...sent, answer, searched };
  }
  const answer = await mergeBodies(calls, turn, sent.answer, body);
  return answer && { ...sent, answer, searched };
}

async function mergeBodies(
  calls: RecallCalls,
  { wire }: PlannedTurn,
  first: Response,
  body: ReadableStream<Uint8Array>,
): Promise<Response | null> {
  const texts: string[] = [];
  let isPlain = false;
  const whole = await readWhole(body);
  if (whole.text === null) return new Response(whole.rest, first);
  let read = whole;
  for (;;) {
    const said = calls.read([new TextEncoder().encode(read.text)]);
    const isLost = texts.length > 0 && !said.reply.complete;
    if (!isLost) texts.push(read.text);
    const merged = wire.recallTool.mergeBodies(texts);
    if (!isLost && !said.isAwaited) return replaceBody(first, merged.text);
    let answer = said.isAwaited ? await calls.goOn(said) : null;
    if (answer === null && merged.hasContent) return replaceBody(first, merged.text);
    if (answer === null && !isPlain) {
      isPlain = true;
      answer = await calls.askPlain();
    }
    if (!answer?.ok || answer.body === null) return answer;
    read = await readFurther(answer.body);
  }
}

function replaceBody({ status, statusText, headers }: Response, text: string): Response {
  const body = new TextEncoder().encode(text);
  const changed = new Headers(headers);
  if (changed.has("content-length")) changed.set("content-length", String(body.byteLength));
  return new Response(body, { status, statusText, headers: changed });
}

type Whole = { text: string } | { text: null; rest: ReadableStream<Uint8Array> };

/** A further call's body, or nothing where it is too large or breaks off. */
async function readFurther(body: ReadableStream<Uint8Array>): Promise<{ text: string }> {
  const read = await readWhole(body);
  if (read.text !== null) return read;
  await read.rest.cancel().catch(() => undefined);
  return { text: "" };
}

/** What is too large or breaks off goes on as it comes. */
async function readWhole(body: ReadableStream<Uint8Array>): Promise<Whole> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await reader.read().catch(() => null);
    if (next === null) return { text: null, rest: resume(chunks, reader) };
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.byteLength;
    if (size > RECORDED_REPLY_BYTES_MAX) return { text: null, rest: resume(chunks, reader) };
  }
  const decoder = new TextDecoder();
  return { text: chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode() };
}

/** The client pulls, the upstream is read; a client that leaves ends whichever call is under way. */
function mergeStreams(
  calls: RecallCalls,
  { wire }: PlannedTurn,
  first: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> {
  const place: Place = { reader: first.getReader(), isLeft: false };
  const events = relay(calls, wire.recallTool.mergeStreams(), place);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await events.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        place.isLeft = true;
        await place.reader.cancel(reason).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

interface Place {
  reader: ReadableStreamDefaultReader<Uint8Array>;
  /** The client has gone. */
  isLeft: boolean;
}

async function* relay(calls: RecallCalls, merger: StreamMerger, place: Place): AsyncGenerator<Uint8Array, void> {
  let hasShown = false;
  let isPlain = false;
  for (let isFurther = false; ; isFurther = true) {
    merger.begin();
    const chunks: Uint8Array[] = [];
    // Whoever stores the turn does so when the client is handed the end: what the call has cost must be known by then.
    const noteCost = (): void => void (isFurther && calls.read(chunks));
    const isLost = yield* relayCall(merger, place, { chunks, isFurther, noteCost });
    if (place.isLeft) return;
    hasShown ||= merger.hasShown;
    const said = !isLost && (isFurther || merger.isAwaiting) ? calls.read(chunks) : null;
    if (!isLost && !merger.isAwaiting) return;
    let answer = said?.isAwaited ? await calls.goOn(said) : null;
    if (answer === null && hasShown) return yield new TextEncoder().encode(merger.close());
    if (answer === null && !isPlain) {
      isPlain = true;
      answer = await calls.askPlain();
    }
    if (!answer?.ok || answer.body === null) throw new Error("no further answer");
    place.reader = answer.body.getReader();
    if (place.isLeft) return place.reader.cancel().catch(() => undefined);
  }
}

/**
 * One call's events, as the client gets them.
 *
 * `chunks` takes what the call has answered, for whoever goes on from it; `noteCost` is called before its end is given on.
 *
 * @returns true: the call failed before the client had anything of it, and nothing of the failure was given on
 */
async function* relayCall(
  merger: StreamMerger,
  { reader }: Place,
  { chunks, isFurther, noteCost }: { chunks: Uint8Array[]; isFurther: boolean; noteCost: () => void },
): AsyncGenerator<Uint8Array, boolean> {
  const cutter = createFrameCutter();
  let room = RECORDED_REPLY_BYTES_MAX;
  for (;;) {
    const next = await reader.read().catch((error: unknown) => {
      if (isFurther && !merger.hasShown) return null;
      throw error;
    });
    if (next === null) return true;
    const seen: Uint8Array[] = [];
    for (const frame of next.done ? cutter.rest() : cutter.cut(next.value)) {
      const text = frame.data === null ? null : merger.take(frame.data, frame.name);
      if (isFurther && merger.hasFailed && !merger.hasShown) {
        await reader.cancel().catch(() => undefined);
        return true;
      }
      if (text !== "") seen.push(text === null ? frame.bytes : new TextEncoder().encode(text));
    }
    room -= next.value?.byteLength ?? 0;
    if (next.value && room > 0) chunks.push(next.value);
    if (merger.isOver) noteCost();
    if (seen.length > 0) yield joinPieces(seen);
    if (next.done) return isFurther && !merger.hasShown && !merger.hasEnded;
    if (merger.isAwaiting && merger.isOver) {
      await reader.cancel().catch(() => undefined);
      return false;
    }
  }
}
