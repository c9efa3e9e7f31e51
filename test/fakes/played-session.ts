/**
 * A client, an edge and an upstream in one process: requests go through the real decoding, planning, encoding and
 * storing, over Node's SQLite and without HTTP.
 *
 * For property tests that need thousands of turns. What the upstream would have received is in `sent`; the reply is
 * whatever the test says. Nothing here may decide anything that the edge decides.
 */
import { createExtractiveDistiller } from "../../src/distil/extract-brief.ts";
import { shortenMessage } from "../../src/distil/tools/shorten-message.ts";
import { finishTurn } from "../../src/edge/finish-turn.ts";
import type { Edge } from "../../src/edge/edge.ts";
import { planTurn } from "../../src/edge/plan-turn.ts";
import type { PlannedTurn } from "../../src/edge/plan-turn.ts";
import { StepTimes } from "../../src/edge/step-times.ts";
import { TurnRecorder } from "../../src/edge/turn-recorder.ts";
import { readConfig } from "../../src/env.ts";
import type { MemoryMode, Settings, UpstreamState } from "../../src/env.ts";
import type { DigestWriter } from "../../src/ports/digest-writer.ts";
import type { ModelPrice } from "../../src/ports/price-book.ts";
import type { TurnStatus } from "../../src/ports/session.ts";
import type { RecalledFacts, UserMemoryRpc } from "../../src/ports/user-memory.ts";
import { DEFAULT_POLICY_OPTIONS } from "../../src/policy/ski-rental.ts";
import { release } from "../../src/session/release/release.ts";
import type { PartAsk } from "../../src/session/release/release.ts";
import { runJobs } from "../../src/session/jobs.ts";
import { Session } from "../../src/session/session.ts";
import { openTables } from "../../src/session/tables.ts";
import { wireMessageReader } from "../../src/adapters/wire-message-reader.ts";
import type { WireName } from "../../src/model/wire.ts";
import { wires } from "../../src/wire/wires.ts";
import { openNodeSql } from "./sql/node-sql.ts";

export interface ChatMessage {
  role: string;
  content: unknown;
  [field: string]: unknown;
}

export interface Answer {
  message: ChatMessage;
  end?: "complete" | "aborted" | "broken";
  httpStatus?: number;
  usage?: Record<string, unknown>;
  rewriteRefused?: boolean;
}

export interface SentTurn {
  plan: { mode: string; reason: string };
  verdict: string | null;
  rev: string;
  /** The body that the upstream received. */
  body: string;
  messages: ChatMessage[];
}

/** Cheap to compact: reads cost half, so rent is soon paid. */
const PRICE: ModelPrice = {
  input: 1,
  read: 0.5,
  write: 1,
  output: 4,
  ttlSeconds: 300,
  minimumTokens: 0,
  granuleTokens: 1,
  windowTokens: null,
};

const EAGER = {
  ...DEFAULT_POLICY_OPTIONS,
  guardTokens: 60,
  guardItems: 1,
  rereadShare: 0,
  recallTokens: 0,
  distillerPriceShare: 0,
  sessionSlack: 1,
};

export const COUNTER = { countTokens: (text: string): number => Math.ceil(text.length / 4) };

const unused = (): Promise<never> => Promise.reject(new Error("not part of a turn"));
const NO_MEMORY: UserMemoryRpc = {
  recall: unused,
  note: unused,
  list: unused,
  add: unused,
  amend: unused,
  forget: unused,
  forgetSource: unused,
};

export interface Scene {
  /** Whether the end user is remembered. */
  memory?: MemoryMode;
  /** What is known of every user, whatever is asked. */
  known?: RecalledFacts | null;
  wire?: WireName;
  state?: UpstreamState;
  /** A model that condenses finished segments. */
  writer?: DigestWriter | null;
  /** Its price; null where nobody knows it. */
  writerPrice?: ModelPrice | null;
  settings?: Settings;
  /** A database with a session in it; an empty one when absent. */
  sql?: ReturnType<typeof openNodeSql>;
}

export function startConversation(
  policy: Partial<typeof EAGER> = {},
  price: Partial<ModelPrice> = {},
  {
    wire = "chat-completions",
    state = "none",
    memory = "off",
    known = null,
    writer = null,
    writerPrice,
    settings = {},
    sql = openNodeSql(),
  }: Scene = {},
) {
  const config = readConfig({ STRATA_TEST_CLOCK: "1", STRATA_MEMORY: memory, ...settings });
  if (!config.ok) throw new Error("settings");
  const options = { ...EAGER, ...policy };
  const ports = {
    prices: {
      lookUp: (model: string) =>
        writerPrice !== undefined && model === writer?.model ? writerPrice : { ...PRICE, ...price },
    },
    policy: { agent: options, chat: options },
    counter: COUNTER,
    reader: wireMessageReader,
    distiller: createExtractiveDistiller(),
    writer,
    keepTools: new Set(config.value.keepTools),
    journal: { write: () => undefined },
  };
  let session = new Session(sql, ports);
  const opens: string[] = [];
  const exchanges: { rev: string; client: string; forwarded: string }[] = [];
  const replies = new Map<string, string>();
  let revs = 0;
  let now = Date.UTC(2026, 0, 1);
  let fault: Error | null = null;
  const edge: Edge = {
    config: config.value,
    clock: { now: () => now, wait: () => new Promise<void>(() => undefined) },
    entropy: { token: () => `rev-${revs++}` },
    journal: {
      write: (event) => {
        if (event.event === "turn") return;
        // What is thrown here is noted once more on its way out: the first fault is the one to tell.
        fault ??= new Error(JSON.stringify(event));
        throw fault;
      },
    },
    sessions: {
      find: () => ({
        open: async (request) => {
          const reply = session.open(structuredClone(request));
          opens.push(reply.kind);
          return structuredClone(reply);
        },
        close: async (record) => session.close(structuredClone(record)),
        abandon: async () => undefined,
        search: async (question) => session.search(question),
        release: unused,
        inspect: async (tenant, kind, ask) => session.inspect(tenant, kind, ask),
        watch: async (tenant, since) => session.inspect(tenant, "news", { since }),
        receive: unused,
      }),
    },
    replies: {
      remember: async (key, name) => void replies.set(key, name),
      find: async (key) => replies.get(key) ?? null,
      forget: async (keys) => keys.forEach((key) => replies.delete(key)),
    },
    memories: { find: () => ({ ...NO_MEMORY, recall: async () => known }) },
    shorten: shortenMessage,
    upstream: { send: () => Promise.reject(new Error("no network here")) },
    waitUntil: () => undefined,
  };

  async function plan(text: string, headers: Record<string, string> = {}, tenant = "tenant") {
    const namer = { secret: "s", tenant, upstream: "openai" };
    return planTurn(edge, {
      route: { upstream: "openai", base: "http://upstream", path: "/", state },
      wire: wires[wire],
      headers: new Headers({ "x-strata-session": "c", ...headers }),
      text,
      namer,
      now,
      times: new StepTimes(edge.clock),
    });
  }

  async function finish(turn: PlannedTurn, text: string, answer: Answer): Promise<SentTurn> {
    const body = turn.outgoing ?? text;
    exchanges.push({ rev: turn.rev, client: text, forwarded: body });
    const status = answer.httpStatus ?? 200;
    const reply = {
      ...renderReply(wire, answer, `reply-${replies.size}-${revs}`),
      ...(answer.usage ? { usage: answer.usage } : {}),
    };
    fault = null;
    await finishTurn(
      edge,
      turn,
      {
        httpStatus: status,
        isEventStream: false,
        rewriteRefused: answer.rewriteRefused ?? false,
        additionsRefused: false,
        stateRefused: false,
        bytes: { client: text.length, forwarded: body.length },
        times: new StepTimes(edge.clock),
        searched: { firstUsage: null, further: [], bytes: 0, bodies: [] },
        bodies: { refused: null, forwarded: [{ text: turn.outgoing, httpStatus: status }] },
        recorder: new TurnRecorder(edge, turn),
      },
      {
        chunks: [new TextEncoder().encode(JSON.stringify(reply))],
        bytes: 1,
        isWhole: true,
        end: answer.end ?? "complete",
      },
    );
    const { messages = [] } = JSON.parse(body) as { messages?: ChatMessage[] };
    return { plan: { ...turn.plan }, verdict: turn.ticket?.verdict ?? null, rev: turn.rev, body, messages };
  }

  return {
    sql,
    edge,
    ports,
    get session() {
      return session;
    },
    tables: openTables(sql),
    /** As the object does it, without the other objects. */
    release(ask: PartAsk) {
      const released = release(openTables(sql), wireMessageReader, ask);
      session = new Session(sql, ports);
      return released;
    },
    opens,
    /** What came in and what went up, for each turn that was answered. */
    exchanges,
    plan,
    finish,
    pass: (seconds: number) => void (now += seconds * 1000),
    async send(text: string, answer: Answer, headers: Record<string, string> = {}): Promise<SentTurn> {
      const planned = await plan(text, headers);
      if (!planned.ok) throw new Error(JSON.stringify(planned.error));
      return finish(planned.value, text, answer);
    },
    async work(): Promise<void> {
      // An alarm is only ever set by a stored turn.
      if (session.inspect(null, "session", { turns: 0 }) === null) return;
      while (await runJobs(openTables(sql), ports, now));
    },
    turns: () => openTables(sql).log.newest(10_000),
    statuses: (): TurnStatus[] =>
      openTables(sql)
        .log.newest(10_000)
        .map((turn) => turn.status),
  };
}

/** A reply in the wire's own shape; on Responses the message is one output item, or a list of them under `items`. */
function renderReply(wire: WireName, { message }: Answer, id: string): Record<string, unknown> {
  switch (wire) {
    case "chat-completions":
      return { choices: [{ index: 0, message, finish_reason: "stop" }] };
    case "messages":
      return { id, type: "message", role: "assistant", content: message.content, stop_reason: "end_turn" };
    case "responses":
      return { id, object: "response", status: "completed", output: message["items"] ?? [message] };
  }
}

export type Conversation = ReturnType<typeof startConversation>;
