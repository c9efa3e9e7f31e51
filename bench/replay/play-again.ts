/**
 * Plays a recorded session again: the same requests at the same times and the same replies, through the edge's own steps
 * and a session of its own, under other settings.
 *
 * A reply is taken as it was; what the upstream would have billed for another prompt is its own bill, changed by the
 * difference of the two plans, with the cache as the price table says it works. It must not decide anything itself.
 */
import { gptTokenCounter } from "../../src/adapters/gpt-token-counter.ts";
import { wireMessageReader } from "../../src/adapters/wire-message-reader.ts";
import { createExtractiveDistiller } from "../../src/distil/extract-brief.ts";
import { shortenMessage } from "../../src/distil/tools/shorten-message.ts";
import type { Edge } from "../../src/edge/edge.ts";
import { finishTurn } from "../../src/edge/finish-turn.ts";
import { planTurn } from "../../src/edge/plan-turn.ts";
import type { PlannedTurn } from "../../src/edge/plan-turn.ts";
import { StepTimes } from "../../src/edge/step-times.ts";
import { TurnRecorder } from "../../src/edge/turn-recorder.ts";
import type { Config } from "../../src/env.ts";
import type { Usage } from "../../src/model/usage.ts";
import type { PriceBook } from "../../src/ports/price-book.ts";
import type { RecallNote } from "../../src/ports/prompt-blocks.ts";
import type { TokenCounter } from "../../src/ports/token-counter.ts";
import type { Decision } from "../../src/policy/ski-rental.ts";
import type { Forecast, SessionPolicy } from "../../src/session/forecast.ts";
import { runJobs } from "../../src/session/jobs.ts";
import type { CallBill } from "../../src/session/session-ledger.ts";
import { Session } from "../../src/session/session.ts";
import { openTables } from "../../src/session/tables.ts";
import type { ReadReply, Wire } from "../../src/wire/wire.ts";
import { wires } from "../../src/wire/wires.ts";
import { openNodeSql } from "../../test/fakes/sql/node-sql.ts";
import { REPLAYER } from "./read-export.ts";
import type { RecordedTurn } from "./recorded-turn.ts";

export interface ReplaySettings {
  config: Config;
  prices: PriceBook;
  policy: SessionPolicy;
  counter?: TokenCounter;
}

export interface ReplayedTurn {
  recorded: RecordedTurn;
  /** Null: nothing is left of its request, or the edge would not have taken part in it. */
  replayed: {
    mode: string;
    reason: string;
    cut: number;
    bill: CallBill | null;
    decision: Decision | null;
    /** Whether the very bytes went up that did; null where those are not kept. */
    isSameBody: boolean | null;
  } | null;
}

/** Signals that a session is named by where its client has no name for it. */
const UNNAMED = new Set(["first_exchange", "reply", "conversation"]);
const UNUSED = (): Promise<never> => Promise.reject(new Error("no part of a replay"));
const NO_MEMORY = {
  recall: UNUSED,
  note: UNUSED,
  list: UNUSED,
  add: UNUSED,
  amend: UNUSED,
  forget: UNUSED,
  forgetSource: UNUSED,
};

export async function playAgain(turns: readonly RecordedTurn[], settings: ReplaySettings): Promise<ReplayedTurn[]> {
  const player = new Player(settings);
  const played: ReplayedTurn[] = [];
  for (const recorded of turns) played.push({ recorded, replayed: await player.play(recorded) });
  return played;
}

class Player {
  readonly #settings: ReplaySettings;
  readonly #sql = openNodeSql();
  readonly #tables = openTables(this.#sql);
  readonly #ports;
  readonly #edge: Edge;
  #now = 0;
  #rev = "";
  /** False from the first prompt on that is not the recorded one: the provider's cache then holds something else. */
  #isSameSoFar = true;

  constructor(settings: ReplaySettings) {
    this.#settings = settings;
    const { prices, policy, config } = settings;
    this.#ports = {
      prices,
      policy,
      counter: settings.counter ?? gptTokenCounter,
      reader: wireMessageReader,
      distiller: createExtractiveDistiller(),
      writer: null,
      keepTools: config.keepTools,
      journal: { write: () => undefined },
    };
    this.#edge = this.#openEdge(new Session(this.#sql, this.#ports));
  }

  async play(recorded: RecordedTurn): Promise<ReplayedTurn["replayed"]> {
    const { client, row, rev } = recorded;
    if (client === null) return null;
    this.#now = row.at;
    this.#rev = rev;
    let reply: ReadReply = { messages: [], complete: false, usage: null, finishReason: null, id: null };
    const wire: Wire = { ...wires[recorded.wire], readReply: () => reply };
    const planned = await this.#plan(recorded, wire, client);
    if (planned === null) return null;
    const sent = planned.outgoing ?? client;
    const isSameBody = recorded.forwarded === null ? null : sent === recorded.forwarded;
    this.#isSameSoFar &&= isSameBody ?? isSamePlan(planned, recorded);
    reply = {
      messages: recorded.reply,
      complete: row.status === "complete",
      usage: this.#bill(planned, recorded),
      finishReason: null,
      id: row.replyId,
    };
    await this.#finish(planned, recorded, sent);
    await this.#work();
    return { ...this.#readBack(), isSameBody };
  }

  async #plan(recorded: RecordedTurn, wire: Wire, text: string): Promise<PlannedTurn | null> {
    const { row, parent, offersTool, isOwnBody } = recorded;
    const isNamed = !isOwnBody || parent !== null || !UNNAMED.has(String(row.record["identity"]));
    const headers = new Headers({
      ...(isNamed && { "x-strata-session": "replay" }),
      ...(parent !== null && { "x-strata-parent": parent }),
      ...(offersTool && { "x-strata-recall": "both" }),
    });
    const state = row.record["isHeld"] === true ? "holds" : "none";
    const planned = await planTurn(this.#edge, {
      route: { upstream: "openai", base: "", path: "/", state },
      wire,
      headers,
      text,
      namer: { secret: "replay", tenant: REPLAYER, upstream: "openai" },
      now: this.#now,
      times: new StepTimes(this.#edge.clock),
    });
    return planned.ok ? planned.value : null;
  }

  /** What the upstream would have said that the prompt was. */
  #bill(planned: PlannedTurn, { usage, decision, row }: RecordedTurn): Usage | null {
    const now = decisionOf(planned);
    if (usage === null || this.#isSameSoFar || now === null || decision === null) return usage;
    const blocks = tokensOf(planned.ticket?.recalled.newest) - tokensOf(row.record["recalled"]);
    const promptTokens = Math.max(0, usage.promptTokens + now.promptTokens - decision.promptTokens + blocks);
    return { promptTokens, completionTokens: usage.completionTokens, cachedTokens: null, cacheWriteTokens: null };
  }

  async #finish(planned: PlannedTurn, { row, client, further, usage }: RecordedTurn, sent: string): Promise<void> {
    const { record, status } = row;
    const httpStatus = Number(record["httpStatus"]);
    const rewriteRefused = record["rewriteRefused"] === true && planned.outgoing !== null;
    const bytes = Buffer.byteLength(sent);
    await finishTurn(
      this.#edge,
      planned,
      {
        httpStatus,
        isEventStream: false,
        rewriteRefused,
        additionsRefused: rewriteRefused && record["additionsRefused"] === true,
        stateRefused: false,
        bytes: { client: Buffer.byteLength(client ?? ""), forwarded: bytes },
        times: new StepTimes(this.#edge.clock),
        searched: {
          firstUsage: usage,
          further: further.map((one) => ({ usage: one, addedChars: 0, replyChars: 0 })),
          bytes: 0,
          bodies: [],
        },
        bodies: { refused: null, forwarded: [{ text: planned.outgoing, httpStatus }] },
        recorder: new TurnRecorder(this.#edge, planned),
      },
      { chunks: [], bytes: 0, isWhole: true, end: status === "refused" ? "complete" : status },
    );
  }

  /** What an alarm does, all of it before the next request. */
  async #work(): Promise<void> {
    if (this.#sql.all("SELECT 1 FROM sqlite_master WHERE name = 'session'").length === 0) return;
    while ((await runJobs(this.#tables, this.#ports, this.#now)) !== null);
  }

  #readBack() {
    const turn = this.#tables.log.turnOf(this.#rev);
    const { bill = null, decision = null, prompt } = turn?.record ?? {};
    return {
      mode: turn?.mode ?? "pass",
      reason: turn?.reason ?? "unnamed_session",
      cut: (prompt as { cut: number } | undefined)?.cut ?? 0,
      bill: bill as CallBill | null,
      decision: decision as Decision | null,
    };
  }

  #openEdge(session: Session): Edge {
    const replies = new Map<string, string>();
    return {
      config: this.#settings.config,
      clock: { now: () => this.#now, wait: () => new Promise<void>(() => undefined) },
      entropy: { token: () => this.#rev },
      journal: { write: () => undefined },
      sessions: {
        find: () => ({
          open: async (request) => session.open(structuredClone(request)),
          close: async (record) => session.close(structuredClone(record)),
          abandon: async () => undefined,
          search: async (question) => session.search(question),
          inspect: async (tenant, kind, ask) => session.inspect(tenant, kind, ask),
          watch: UNUSED,
          receive: UNUSED,
          release: UNUSED,
        }),
      },
      replies: {
        remember: async (key, name) => void replies.set(key, name),
        find: async (key) => replies.get(key) ?? null,
        forget: UNUSED,
      },
      memories: { find: () => NO_MEMORY },
      shorten: shortenMessage,
      upstream: { send: UNUSED },
      waitUntil: () => undefined,
    };
  }
}

function decisionOf({ ticket }: PlannedTurn): Decision | null {
  return (ticket?.forecast as Forecast | undefined)?.decision ?? null;
}

function isSamePlan(planned: PlannedTurn, { row, decision }: RecordedTurn): boolean {
  return planned.plan.mode === row.mode && decisionOf(planned)?.promptTokens === decision?.promptTokens;
}

function tokensOf(note: unknown): number {
  return (note as RecallNote | null | undefined)?.tokens ?? 0;
}
