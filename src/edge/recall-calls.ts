/**
 * The calls of the upstream that follow a turn's first one, because the model has searched: what each has said, what
 * the session answers, which body goes up next, and what it all comes to.
 *
 * Their number is limited; with the last one the model is told to stop, and may call nothing. It must not touch what
 * the client sees.
 */
import {
  RECALL_ANSWER_WAIT_MS_MAX,
  RECALL_CALLS_MAX,
  RECALL_ROUNDS_MAX,
  SESSION_OPEN_WAIT_MS_MAX,
} from "../model/limits.ts";
import { RECALL_NOTES } from "../model/recall-call.ts";
import type { RecallCall } from "../model/recall-call.ts";
import type { Usage } from "../model/usage.ts";
import type { FurtherCall, SearchAnswer } from "../ports/session.ts";
import type { AnsweredCall, NamedCall, ReplyCalls } from "../wire/recall-tool.ts";
import type { ReadReply } from "../wire/wire.ts";
import type { Edge } from "./edge.ts";
import { noSession, withinTime } from "./open-session.ts";
import { nameTurn } from "./note-turn.ts";
import { nameOf } from "../model/name-of.ts";
import { encodePlain } from "./encode-turn.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import type { SentBody } from "./record-bodies.ts";
import { isStream } from "./send-turn.ts";
import type { Answered } from "./send-turn.ts";

/** What the calls of a turn come to, once they are over. */
export interface Searched {
  /** Of the first call. */
  firstUsage: Usage | null;
  further: FurtherCall[];
  /** Bytes that went up with them. */
  bytes: number;
  /** What that was. */
  bodies: SentBody[];
}

/** What one call has said. */
export type Said = ReplyCalls & { reply: ReadReply };

export class RecallCalls {
  readonly searched: Searched = { firstUsage: null, further: [], bytes: 0, bodies: [] };
  readonly #edge: Edge;
  readonly #turn: PlannedTurn;
  readonly #sent: Answered;
  /** The newest body that was answered. */
  #body: string;
  #rounds = 0;

  constructor(edge: Edge, turn: PlannedTurn, sent: Answered) {
    this.#edge = edge;
    this.#turn = turn;
    this.#sent = sent;
    this.#body = turn.outgoing ?? turn.request.text;
  }

  /** Reads what the newest call has answered. */
  read(chunks: readonly Uint8Array[]): Said {
    const { wire } = this.#turn;
    const reply = wire.readReply(chunks, this.#sent.isEventStream);
    const newest = this.searched.further.at(-1);
    if (newest) {
      newest.usage = reply.usage;
      newest.replyChars = reply.messages.reduce((sum, { length }) => sum + length, 0);
    } else this.searched.firstUsage = reply.usage;
    return { ...wire.recallTool.readCalls(reply), reply };
  }

  /** Answers the searches and asks again. Null: there is no further call, or none that was answered. */
  async goOn({ ours, reply }: Said): Promise<Response | null> {
    if (this.#rounds >= RECALL_ROUNDS_MAX) return null;
    this.#rounds++;
    const { texts, mayGoOn } = await this.#search(ours);
    // The money for the first round is spent with the call itself; whether there is another is the session's word.
    const isLast = this.#rounds >= RECALL_ROUNDS_MAX || !mayGoOn;
    const answers = ours.map(({ id }, index): AnsweredCall => ({ id, text: texts[index] ?? RECALL_NOTES.tooMany }));
    const last = answers.at(-1);
    if (isLast && last) last.text = `${last.text}\n\n${RECALL_NOTES.last}`;
    const body = this.#turn.wire.recallTool.continueWith(this.#body, reply, answers, isLast);
    const answer = body === null ? null : await this.#ask(body);
    if (answer === null || answer.ok) return answer;
    await answer.body?.cancel();
    return null;
  }

  /** The turn once more, as if there were no tool. Null: there is no answer. */
  async askPlain(): Promise<Response | null> {
    const body = await encodePlain(this.#edge, this.#turn);
    if (body === null) return null;
    const answer = await this.#ask(body);
    if (answer?.ok) this.#turn.recall = { ...this.#turn.recall, refusal: "refused" };
    return answer;
  }

  async #ask(body: string): Promise<Response | null> {
    const { clock } = this.#edge;
    const asked = this.#sent.ask(body).catch((error: unknown) => {
      const about = nameTurn(this.#turn, this.#turn.identity.session);
      this.#edge.journal.write({ event: "upstream_unreachable", ...about, step: "recall", error: nameOf(error) });
      return null;
    });
    let isLate = false;
    const answer = await Promise.race([
      asked,
      clock.wait(RECALL_ANSWER_WAIT_MS_MAX).then(() => ((isLate = true), null)),
    ]);
    if (isLate) void asked.then((late) => late?.body?.cancel()).catch(() => undefined);
    if (answer !== null) this.searched.bodies.push({ text: body, httpStatus: answer.status });
    if (!answer?.ok) return answer;
    if (isStream(this.#turn, answer) !== this.#sent.isEventStream) {
      // What comes in another form than the reply that has begun cannot be part of it.
      await answer.body?.cancel();
      return null;
    }
    this.searched.further.push({
      usage: null,
      addedChars: Math.max(0, body.length - this.#body.length),
      replyChars: 0,
    });
    this.searched.bytes += new TextEncoder().encode(body).byteLength;
    this.#body = body;
    return answer;
  }

  /** A text for each call, in order. */
  async #search(ours: readonly NamedCall[]): Promise<SearchAnswer> {
    const asked = ours.slice(0, RECALL_CALLS_MAX);
    const readable = asked.flatMap(({ call }) => (call === null ? [] : [call]));
    const answer = readable.length === 0 ? { texts: [], mayGoOn: true } : await this.#askSession(readable);
    const found = answer.texts.values();
    return {
      ...answer,
      texts: asked.map(({ call }) =>
        call === null ? RECALL_NOTES.unreadable : (found.next().value ?? RECALL_NOTES.notFound),
      ),
    };
  }

  async #askSession(calls: RecallCall[]): Promise<SearchAnswer> {
    const { session, ticket, question, plan, cut, now } = this.#turn;
    const all = (text: string): SearchAnswer => ({ texts: calls.map(() => text), mayGoOn: true });
    const known = ticket?.known ?? null;
    if (session === null || known === null || plan.mode !== "brief") return all(RECALL_NOTES.nothingLeft);
    const asked = session.search({ tenant: question.tenant, known, cut, now, calls });
    const answer = await withinTime(this.#edge, asked, SESSION_OPEN_WAIT_MS_MAX, noSession(this.#turn, "recall"));
    return answer ?? all(RECALL_NOTES.unreachable);
  }
}
