/**
 * One conversation's memory: opens a turn, closes it, shows what it holds.
 *
 * `open` reads and decides and writes nothing; `close` stores everything of a turn in one transaction, so a turn is
 * there whole or not at all and two turns cannot interleave. A plain class over the Sql port: it runs without
 * workerd. It must not count tokens, distil or await anything: that is the work of `jobs`, after the reply.
 */
import type { Hash } from "../model/hash.ts";
import type { Ask, InspectionKind, View } from "../ports/inspection.ts";
import type { MessageReader } from "../ports/message-reader.ts";
import type { PriceBook } from "../ports/price-book.ts";
import type { RecallNote } from "../ports/prompt-blocks.ts";
import type {
  CloseReply,
  OpenReply,
  SearchAnswer,
  SearchQuestion,
  StoredHistory,
  Ticket,
  TurnRecord,
  TurnRequest,
} from "../ports/session.ts";
import type { Sql } from "../ports/sql.ts";
import { budgetRecall, spareTokens } from "../policy/recall-budget.ts";
import { answerRecall } from "./recall/answer-recall.ts";
import { answerInspection } from "./inspect/answer-inspection.ts";
import { ledgersFor } from "./call-ledgers.ts";
import { withForms } from "./forms/form-store.ts";
import type { PlacedForm } from "./forms/form-store.ts";
import { forecastCall, sameHead } from "./forecast.ts";
import type { Forecast, Foreseen, SessionPolicy, ThreadBase } from "./forecast.ts";
import { locate } from "./lineage.ts";
import type { Position, Question } from "./lineage.ts";
import { estimateTokens } from "./message-store.ts";
import type { TreeNode } from "./message-store.ts";
import { migrate } from "./migrations.ts";
import { recallForTurn } from "./recall/recall-for-turn.ts";
import type { ReleaseAsk } from "../ports/release.ts";
import { surveyRelease } from "./release/release.ts";
import type { Survey } from "./release/release.ts";
import { recordTurn } from "./record-turn.ts";
import { openTables } from "./tables.ts";
import type { SessionTables } from "./tables.ts";
import { LASTING_BLOCKS_MAX, STATE_REFUSALS_MAX } from "../model/limits.ts";
import { describeShortening } from "./forms/describe-shortening.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";
import { WarmHistory } from "./warm-history.ts";
import { blankRecord, goesUpWhole, keepsContent } from "./zero-content.ts";

export interface TurnPorts {
  prices: PriceBook;
  policy: SessionPolicy;
  reader: MessageReader;
}

export class Session {
  readonly #tables: SessionTables;
  readonly #ports: TurnPorts;
  readonly #warm = new WarmHistory();
  /** False until the first turn is stored: looking at a session that does not exist must not create it. */
  #exists: boolean;

  constructor(sql: Sql, ports: TurnPorts) {
    this.#tables = openTables(sql);
    this.#ports = ports;
    this.#exists = sql.all("SELECT 1 FROM sqlite_master WHERE name = 'session'").length > 0;
    if (this.#exists) migrate(sql);
  }

  /** Verdict and plan for a request. */
  open(asked: TurnRequest): OpenReply {
    const { store, log } = this.#tables;
    if (!this.#exists) return this.#openEmpty(asked);
    const session = log.session();
    if (session && session.tenant !== asked.tenant) return { kind: "foreign" };
    const located = locate(store, log, session, asked);
    if (located.kind !== "located") return located;
    const { position } = located;
    const keeps = keepsContent(asked.keepsContent, session, position.known);
    // Only the client has the history.
    if (!keeps && asked.parent !== null) return { kind: "unknown_parent" };
    const request = keeps ? asked : goesUpWhole(asked);
    const foreseen = this.#forecast(session, position, request);
    const { forecast, brief, base } = foreseen;
    const cut = brief?.depth ?? 0;
    const takesAdditions = keeps && !(base.state?.additionsOff ?? false);
    const newest = takesAdditions ? this.#recall(request, position, foreseen, session) : null;
    const forms = this.#tables.forms.read(forecast.mayShorten ? forecast.forms : []);
    const before = this.#before(position.parent);
    const depth = before?.depth ?? 0;
    const { lasting } = foreseen;
    return {
      kind: "opened",
      ticket: {
        ...this.#makeTicket(position, forecast, session),
        recalled: { newest, lasting },
        takesAdditions,
      },
      cut,
      brief: brief?.text ?? null,
      stored: position.parent && this.#read(position.parent, before, cut, forms, lasting.length > 0),
      replaced: forms
        .filter((form) => form.depth > depth)
        .map(({ depth: place, ...form }) => ({ index: place - depth - 1, ...form })),
      shortCount: forms.length,
      shortening: describeShortening(this.#tables, forecast, base, { before, cut }),
      follows: forms.length > 0 || !keeps ? null : this.#follow(request, base),
      recorded: base.rev === null ? [] : this.#tables.recordings.checkpoints(base.rev),
    };
  }

  /** Stores a finished turn. The same record twice changes nothing. */
  close(record: TurnRecord): CloseReply {
    const { sql, store, log } = this.#tables;
    if (!this.#exists) migrate(sql);
    this.#exists = true;
    const ticket = record.ticket ?? this.#ticketFor(record);
    const known = ticket.known === null ? null : store.find(ticket.known);
    const keeps = keepsContent(record.keepsContent, log.session(), known);
    const kept = keeps ? record : blankRecord(record, this.#ports.reader);
    const { reply, grown } = sql.transaction(() => recordTurn(this.#tables, kept, kept.ticket ?? ticket));
    this.#warm.extend(ticket.known, grown?.end ?? null, grown?.texts ?? null);
    return reply;
  }

  /** What the model looks for in its thread. Null: there is no such session for this caller. */
  search(question: SearchQuestion): SearchAnswer | null {
    const session = this.#exists ? this.#tables.log.session() : null;
    if (!session || session.tenant !== question.tenant) return null;
    const { spent, replay } = session.ledger;
    return {
      texts: answerRecall(this.#tables, this.#ports.reader, question),
      mayGoOn: spent <= (1 + this.#ports.policy.agent.sessionSlack) * replay,
    };
  }

  /** Null: there is no such session, or nothing of that kind in it, for this caller; `tenant` null is an administrator. */
  inspect<Kind extends InspectionKind>(tenant: Hash | null, kind: Kind, ask: Ask<Kind>): View<Kind> | null {
    const session = this.#shownTo(tenant);
    return session && answerInspection({ tables: this.#tables, session, reader: this.#ports.reader }, kind, ask);
  }

  /** What a deletion is about. Null: as for `inspect`. */
  survey(tenant: Hash | null, ask: ReleaseAsk): Survey | null {
    const session = this.#shownTo(tenant);
    return session && surveyRelease(this.#tables, session, ask);
  }

  #shownTo(tenant: Hash | null): SessionRow | null {
    const session = this.#exists ? this.#tables.log.session() : null;
    return session && (tenant === null || tenant === session.tenant) ? session : null;
  }

  #openEmpty(asked: TurnRequest): OpenReply {
    const request = asked.keepsContent ? asked : goesUpWhole(asked);
    // A conversation that was only just created has no turn yet; whatever names one that is not there is unknown.
    if (request.parent !== null && request.parent.by !== "newest") return { kind: "unknown_parent" };
    if (request.prior !== null) return { kind: "unknown_prior" };
    const position: Position = { known: null, knownCount: 0, verdict: "new", parent: null };
    const { forecast, base } = this.#forecast(null, position, request);
    const ticket = this.#makeTicket(position, forecast, null);
    const shortening = describeShortening(this.#tables, forecast, base, { before: null, cut: 0 });
    const nothing = { cut: 0, brief: null, stored: null, replaced: [], shortCount: 0, follows: null, recorded: [] };
    return { kind: "opened", ticket, ...nothing, shortening };
  }

  /** What has left the prompt and is about the user's new message; null where nothing is, or money says no. */
  #recall(
    request: TurnRequest,
    { known, knownCount }: Position,
    { forecast, brief, hasTools, lasting }: Foreseen,
    session: SessionRow | null,
  ): RecallNote | null {
    const { query, now, messages } = request;
    if (brief === null || query === null || lasting.length >= LASTING_BLOCKS_MAX) return null;
    const ledgers = ledgersFor(session, forecast.usdPerUnit);
    const { agent, chat } = this.#ports.policy;
    const budget = budgetRecall(forecast.decision, ledgers, forecast.prices, hasTools ? agent : chat);
    const depth = (known?.depth ?? 0) + messages.length - knownCount;
    // Of a question that comes again the last known message is the question itself.
    const before = known?.depth === depth ? this.#tables.store.find(known.parent) : known;
    return recallForTurn(this.#tables, this.#ports.reader, { query, now, brief, before, depth, budget });
  }

  /** For a turn whose session had no name before its reply. */
  #ticketFor(record: TurnRecord): Ticket {
    const { store, log } = this.#tables;
    const session = log.session();
    const messages = record.messages.map((message) => ({ ...message, chars: message.json.length }));
    const question: Question = { parent: null, prior: null, messages, isRetry: record.isRetry };
    const located = locate(store, log, session, question);
    const position: Position =
      located.kind === "located" ? located.position : { known: null, knownCount: 0, verdict: "new", parent: null };
    const { forecast } = this.#forecast(session, position, {
      ...record,
      now: record.at,
      parent: null,
      prior: null,
      messages,
      plain: false,
      keepsTools: true,
    });
    const replay: Forecast = { ...forecast, mode: record.plan.mode, reason: record.plan.reason, adopts: null };
    return { ...this.#makeTicket(position, replay, session), known: null, knownCount: 0 };
  }

  #makeTicket(
    { known, knownCount, verdict, parent }: Position,
    forecast: Forecast,
    session: SessionRow | null,
  ): Ticket {
    const { decision, prices } = forecast;
    return {
      verdict,
      mode: forecast.mode,
      reason: forecast.reason,
      known: known?.chain ?? null,
      knownCount,
      base: forecast.base,
      head: (parent?.record["head"] as Hash[] | undefined) ?? null,
      adopts: forecast.adopts,
      forecast,
      recalled: { newest: null, lasting: [] },
      takesAdditions: true,
      // The bound is the same with tools and without.
      spareTokens:
        session &&
        spareTokens(decision, ledgersFor(session, forecast.usdPerUnit).session, prices, this.#ports.policy.chat),
      tokens: { client: decision.replayTokens, forwarded: decision.promptTokens },
    };
  }

  #forecast(session: SessionRow | null, position: Position, request: Omit<TurnRequest, "rev" | "query">): Foreseen {
    const fresh = request.messages.slice(position.knownCount);
    const freshTokens = fresh.reduce((sum, { chars, keep }) => sum + estimateTokens(chars, keep), 0);
    const last = request.messages.at(-1);
    // Of a whole history every message says for itself: a reply may have come without its reasoning the first time.
    const isWhole = request.parent === null && request.prior === null;
    const said = isWhole ? request.messages : fresh;
    const boundIndex = said.findLastIndex(({ isBound }) => isBound);
    return forecastCall(this.#tables, this.#ports.prices, this.#ports.policy, session, position.known, {
      ...request,
      boundDepth: findBoundDepth(boundIndex, isWhole, position.known),
      isToolExchange: (last?.answersCalls ?? 0) > 0,
      freshTokens,
      isUserTurn: last?.role === "user",
      isAnswered: fresh[0]?.role === "assistant",
    });
  }

  /** The message that a delta goes on from. */
  #before(parent: TurnRow | null): TreeNode | null {
    return parent?.reply ? this.#tables.store.find(parent.reply) : null;
  }

  /** What a delta client did not send: the head of the turn that it continues, and the history from the cut on. */
  #read(
    { record }: TurnRow,
    before: TreeNode | null,
    cut: number,
    forms: readonly PlacedForm[],
    hasBlocks: boolean,
  ): StoredHistory {
    const { store } = this.#tables;
    const head = ((record["head"] as Hash[] | undefined) ?? []).map((hash) => store.body(hash)?.json ?? "");
    const depth = before?.depth ?? 0;
    const texts = before && cut < depth ? this.#readTail(before.chain, cut) : [];
    const [first, ...rest] = forms.length === 0 ? texts : withForms(texts, cut, forms);
    const lengths = hasBlocks ? { lengths: rest.map((text) => text.length) } : {};
    return { head, first: first ?? null, rest: rest.join(","), skip: Math.max(0, cut - depth), ...lengths };
  }

  /** The reply that the request goes on from, where the upstream still holds it and everything before it stands as it was. */
  #follow(request: TurnRequest, base: ThreadBase): { replyId: string; count: number } | null {
    if (base.rev === null || base.state === null || base.end === null || request.parent !== null) return null;
    if (!sameHead(base.state.headHash, request.headHash)) return null;
    if ((base.state.stateRefusals ?? 0) >= STATE_REFUSALS_MAX) return null;
    const { turn } = base;
    // What the upstream holds of a turn that went up with a brief is the brief.
    if (!turn?.replyId || turn.mode === "brief" || turn.record["isHeld"] !== true || turn.reply !== base.end.chain)
      return null;
    return { replyId: turn.replyId, count: base.end.depth };
  }

  #readTail(end: Hash, cut: number): string[] {
    const warm = this.#warm.read(end, cut);
    if (warm) return warm;
    const texts = this.#tables.store.bodiesBelow(end, cut).map(({ json }) => json);
    this.#warm.keep(end, cut, texts);
    return texts;
  }
}

/** @param index of the last message with bound reasoning among those that were looked at, or -1 */
function findBoundDepth(index: number, isWhole: boolean, known: TreeNode | null): number {
  if (isWhole) return index + 1;
  return index < 0 ? (known?.pathBound ?? 0) : (known?.depth ?? 0) + index + 1;
}
