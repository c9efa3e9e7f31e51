/**
 * Plays one long session with a delta client and measures every turn beside the same request through a bare Worker.
 *
 * Both go to the same upstream in the same run, one after the other and in changing order, so that whatever else the
 * machine does falls on both. What Strata adds is the difference; it should not grow with the session.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startBareWorker, startEdge } from "../../test/fakes/edge/start-edge.ts";
import { startFixedUpstream } from "./fixed-upstream.ts";
import type { FixedUpstream } from "./fixed-upstream.ts";
import { TimedClient } from "./timed-client.ts";

export interface SessionBenchOptions {
  turns: number;
  /** Stored on disk, or only in memory. */
  onDisk: boolean;
  onProgress?: (turn: number) => void;
}

interface Clients {
  strata: TimedClient;
  bare: TimedClient;
}

interface Turn {
  bareMs: number;
  strataMs: number;
  /** As the edge says: before the upstream was called. */
  planMs: number;
  plan: string;
  reason: string;
  bytesSent: number;
  bytesForwarded: number;
}

/** Medians over some turns, in milliseconds and bytes. */
export interface Window {
  fromTurn: number;
  toTurn: number;
  bareMs: number;
  strataMs: number;
  addedMs: number;
  planMs: number;
  bytesSent: number;
  bytesForwarded: number;
}

export interface SessionBenchResult {
  turns: number;
  onDisk: boolean;
  windows: Window[];
  early: Window;
  late: Window;
  /** Turns 40 to 60 of fresh sessions, each played beside a turn of the late window. */
  young: Window;
  /** What a late turn adds over what an early turn of the same session added. */
  ratio: number;
  /** What a late turn adds over what a young session's turn adds in the same minute: free of a machine's moods. */
  ratioSideBySide: number;
  compactions: number;
  /** Rows in each table at the end, per turn; null without a disk. */
  rowsPerTurn: Record<string, number> | null;
  databaseBytesPerTurn: number | null;
}

const MODEL = "gpt-5.4";
const WARM_UP_REQUESTS = 20;
const WINDOWS = 10;
/** The late window begins here: turn 900 of 1,000. */
const LATE_SHARE = 0.9;
const YOUNG_FROM_TURN = 40;
const YOUNG_TO_TURN = 60;
const KEY = { authorization: "Bearer sk-bench" };

export async function runSessionBench({ turns, onDisk, onProgress }: SessionBenchOptions): Promise<SessionBenchResult> {
  const folder = onDisk ? await mkdtemp(join(tmpdir(), "strata-bench-")) : null;
  const upstream = await startFixedUpstream();
  const place = folder === null ? {} : { persistTo: folder };
  const edge = await startEdge({ upstreamUrl: upstream.url, onLog: () => undefined, ...place });
  const bare = await startBareWorker(upstream.url);
  const clients = { strata: new TimedClient(edge.url), bare: new TimedClient(bare.url) };
  const long: Turn[] = [];
  const young: Turn[] = [];
  try {
    await warmUp(clients);
    const post = (session: string) => new Player(session, clients, upstream);
    const player = post("long");
    const rivals = youngPlayers(post);
    for (let turn = 0; turn < turns; turn++) {
      const isLate = turn >= Math.round(LATE_SHARE * turns);
      // Played up to its window first, so that the late turn and the young one stand next to each other.
      const rival = isLate ? (await rivals.next()).value : undefined;
      long.push(await player.play());
      if (rival) young.push(await rival.play());
      if (turn % 100 === 99) onProgress?.(turn + 1);
    }
  } finally {
    clients.strata.close();
    clients.bare.close();
    await Promise.all([edge.close(), bare.close(), upstream.close()]);
  }
  const storage = folder === null ? null : await readStorage(folder, turns);
  if (folder !== null) await rm(folder, { recursive: true, force: true });
  return { ...summarise(long, young), turns, onDisk, ...perTurn(storage, turns) };
}

/** One delta client, each of whose turns is measured beside the same request through the bare Worker. */
class Player {
  readonly #session: string;
  readonly #clients: Clients;
  readonly #upstream: FixedUpstream;
  #turn = 0;
  #rev: string | null = null;

  constructor(session: string, clients: Clients, upstream: FixedUpstream) {
    this.#session = session;
    this.#clients = clients;
    this.#upstream = upstream;
  }

  async play(): Promise<Turn> {
    const turn = this.#turn++;
    const body = JSON.stringify({ model: MODEL, messages: say(turn) });
    const measureBare = async (): Promise<number> => expectAnswer(await this.#clients.bare.post(body, KEY)).ms;
    const before = turn % 2 === 0 ? await measureBare() : null;
    const parent: Record<string, string> = this.#rev === null ? {} : { "x-strata-parent": this.#rev };
    const headers = { ...KEY, "x-strata-session": this.#session, ...parent };
    const reply = expectAnswer(await this.#clients.strata.post(body, headers));
    const bytesForwarded = this.#upstream.lastBodyBytes();
    this.#rev = String(reply.headers["x-strata-rev"]);
    return {
      bareMs: before ?? (await measureBare()),
      strataMs: reply.ms,
      planMs: Number(/strata;dur=(\d+)/.exec(String(reply.headers["server-timing"]))?.[1]),
      plan: String(reply.headers["x-strata-plan"]),
      reason: String(reply.headers["x-strata-reason"]),
      bytesSent: Buffer.byteLength(body),
      bytesForwarded,
    };
  }
}

/** Hands out players that are at turns 40 to 60 of a session, a fresh one whenever one gets older. */
async function* youngPlayers(start: (session: string) => Player): AsyncGenerator<Player, never> {
  for (let index = 0; ; index++) {
    const player = start(`young-${index}`);
    for (let turn = 0; turn < YOUNG_FROM_TURN; turn++) await player.play();
    for (let turn = YOUNG_FROM_TURN; turn < YOUNG_TO_TURN; turn++) yield player;
  }
}

/** Each system message but the first would make another head: only the first turn has one. */
function say(turn: number): { role: string; content: string }[] {
  const report = `The crane on pier ${turn} lifted ${turn * 13} containers on March ${1 + (turn % 28)}, as agreed with Ms Lind. `;
  const question = { role: "user", content: `${report.repeat(4)}What is due for pier ${turn}?` };
  return turn === 0 ? [{ role: "system", content: "You keep the harbour's books." }, question] : [question];
}

/** Both isolates have run hot before anything is measured. */
async function warmUp(clients: Clients): Promise<void> {
  const body = JSON.stringify({ model: MODEL, messages: say(0) });
  for (let index = 0; index < WARM_UP_REQUESTS; index++) {
    expectAnswer(await clients.strata.post(body, { ...KEY, "x-strata-session": `warm-up-${index}` }));
    expectAnswer(await clients.bare.post(body, KEY));
  }
}

function expectAnswer<Reply extends { status: number }>(reply: Reply): Reply {
  if (reply.status !== 200) throw new Error(`answered with ${reply.status}`);
  return reply;
}

function summarise(played: Turn[], rivals: Turn[]) {
  const count = played.length;
  const at = (share: number): number => Math.round(share * count);
  const early = measureWindow(played, at(0.04), Math.max(at(0.06), at(0.04) + 1));
  const late = measureWindow(played, at(LATE_SHARE), count);
  const windows = Array.from({ length: WINDOWS }, (_, index) =>
    measureWindow(played, at(index / WINDOWS), at((index + 1) / WINDOWS)),
  );
  const compactions = played.filter(({ plan, reason }) => plan === "brief" && reason !== "epoch").length;
  const young = { ...measureWindow(rivals, 0, rivals.length), fromTurn: YOUNG_FROM_TURN, toTurn: YOUNG_TO_TURN };
  const ratio = late.addedMs / early.addedMs;
  return { windows, early, late, young, ratio, ratioSideBySide: late.addedMs / young.addedMs, compactions };
}

function measureWindow(played: Turn[], from: number, to: number): Window {
  const turns = played.slice(from, to);
  const over = (read: (turn: Turn) => number): number => median(turns.map(read));
  return {
    fromTurn: from,
    toTurn: to,
    bareMs: over((turn) => turn.bareMs),
    strataMs: over((turn) => turn.strataMs),
    addedMs: over((turn) => turn.strataMs - turn.bareMs),
    planMs: over((turn) => turn.planMs),
    bytesSent: over((turn) => turn.bytesSent),
    bytesForwarded: over((turn) => turn.bytesForwarded),
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

interface Storage {
  rows: Record<string, number>;
  bytes: number;
}

/** The long session's database among those of the warm-up and the young ones: it holds this many turns. */
async function readStorage(folder: string, turns: number): Promise<Storage | null> {
  const names = await readdir(folder, { recursive: true });
  const storages = names
    .filter((name) => /SessionObject\/[0-9a-f]{64}\.sqlite$/.test(name))
    .map((name) => readDatabase(join(folder, name)));
  return storages.find(({ rows }) => rows["turn"] === turns) ?? null;
}

function readDatabase(file: string): Storage {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all()
      .map((row) => String(row["name"]))
      .filter((name) => !name.startsWith("_cf") && !name.startsWith("sqlite_"));
    const count = (table: string): number =>
      Number(database.prepare(`SELECT count(*) AS count FROM "${table}"`).get()?.["count"]);
    const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
    const pageBytes = Number(database.prepare("PRAGMA page_size").get()?.["page_size"]);
    return { rows: Object.fromEntries(tables.map((table) => [table, count(table)])), bytes: pages * pageBytes };
  } finally {
    database.close();
  }
}

function perTurn(storage: Storage | null, turns: number) {
  if (storage === null) return { rowsPerTurn: null, databaseBytesPerTurn: null };
  const rows = Object.entries(storage.rows).map(([table, count]) => [table, Number((count / turns).toFixed(3))]);
  return {
    rowsPerTurn: Object.fromEntries(rows) as Record<string, number>,
    databaseBytesPerTurn: Math.round(storage.bytes / turns),
  };
}
