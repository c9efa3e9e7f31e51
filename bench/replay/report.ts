/**
 * What a replay shows: each turn as it was recorded, as it would have been, and the totals beside the cached replay.
 *
 * Costs are in uncached input tokens of the session's model, and in USD where its price is known. It adds up and lays
 * out; it must not judge.
 */
import type { ReplayedTurn } from "./play-again.ts";

export interface Side {
  plan: string;
  reason: string;
  cut: number;
  prompt_tokens: number | null;
  cached_tokens: number | null;
  spent: number | null;
  usd: number | null;
}

export interface TurnLine {
  number: number;
  at: string;
  recorded: Side;
  /** Null: the turn could not be played. */
  replayed: Side | null;
  /** The same call as a full replay through the provider's cache, at the prices of this run. */
  cached_replay: number | null;
  cached_replay_usd: number | null;
  is_same_plan: boolean;
  is_same_body: boolean | null;
}

interface Sums {
  recorded: number;
  replayed: number;
  cached_replay: number;
}

export interface ReplayReport {
  turns: TurnLine[];
  totals: {
    turns: number;
    not_played: number;
    other_plans: number;
    compactions: { recorded: number; replayed: number };
    spent: Sums;
    /** Of the turns that have a price; null without any. */
    usd: (Sums & { turns: number }) | null;
  };
}

export function makeReport(played: readonly ReplayedTurn[]): ReplayReport {
  const turns = played.map(makeLine);
  const sum = (read: (line: TurnLine) => number | null | undefined): number =>
    turns.reduce((total, line) => total + (read(line) ?? 0), 0);
  const priced = turns.filter(({ replayed }) => (replayed?.usd ?? null) !== null).length;
  return {
    turns,
    totals: {
      turns: turns.length,
      not_played: turns.filter(({ replayed }) => replayed === null).length,
      other_plans: turns.filter(({ replayed, is_same_plan }) => replayed !== null && !is_same_plan).length,
      compactions: {
        recorded: turns.filter(({ recorded }) => isCompaction(recorded)).length,
        replayed: turns.filter(({ replayed }) => replayed !== null && isCompaction(replayed)).length,
      },
      spent: {
        recorded: sum(({ recorded }) => recorded.spent),
        replayed: sum(({ replayed }) => replayed?.spent),
        cached_replay: sum(({ cached_replay: replay }) => replay),
      },
      usd:
        priced === 0
          ? null
          : {
              turns: priced,
              recorded: sum(({ recorded }) => recorded.usd),
              replayed: sum(({ replayed }) => replayed?.usd),
              cached_replay: sum(({ cached_replay_usd: replay }) => replay),
            },
    },
  };
}

export function renderReport({ turns, totals }: ReplayReport): string {
  const header = row("turn", ["recorded", "prompt", "spent", "replayed", "prompt", "spent", "cached replay"]);
  const lines = turns.map(({ number, recorded, replayed, cached_replay: replay, is_same_plan: isSame }) =>
    row(`${number}${isSame ? "" : " *"}`, [
      ...cells(recorded),
      ...(replayed ? cells(replayed) : ["-", "", ""]),
      count(replay),
    ]),
  );
  const { spent, usd, compactions } = totals;
  const dollars = (cost: number): string => `$${cost.toFixed(4)}`;
  const share = (cost: number): string =>
    spent.cached_replay > 0 ? `${((100 * cost) / spent.cached_replay).toFixed(1)} %` : "-";
  return [
    header,
    ...lines,
    "",
    `${totals.turns} turns, ${totals.other_plans} planned otherwise (*), ${totals.not_played} not played`,
    `compactions: ${compactions.recorded} recorded, ${compactions.replayed} replayed`,
    `spent, in uncached input tokens: ${count(spent.recorded)} recorded, ${count(spent.replayed)} replayed, ${count(spent.cached_replay)} as a cached replay`,
    ...(usd === null
      ? []
      : [
          `paid: ${dollars(usd.recorded)} recorded, ${dollars(usd.replayed)} replayed, ${dollars(usd.cached_replay)} as a cached replay (${usd.turns} turns with a price)`,
        ]),
    `of the cached replay: ${share(spent.recorded)} recorded, ${share(spent.replayed)} replayed`,
  ].join("\n");
}

function makeLine({ recorded, replayed }: ReplayedTurn): TurnLine {
  const { row, bill, cut } = recorded;
  return {
    number: row.seq,
    at: new Date(row.at).toISOString(),
    recorded: viewSide(row.mode, row.reason, cut, bill),
    replayed: replayed && viewSide(replayed.mode, replayed.reason, replayed.cut, replayed.bill),
    cached_replay: replayed?.bill?.replay ?? null,
    cached_replay_usd: usdOf(replayed?.bill ?? null, "replay"),
    is_same_plan:
      replayed !== null && replayed.mode === row.mode && replayed.reason === row.reason && replayed.cut === cut,
    is_same_body: replayed?.isSameBody ?? null,
  };
}

type Bill = NonNullable<ReplayedTurn["replayed"]>["bill"];

function viewSide(plan: string, reason: string, cut: number, bill: Bill): Side {
  const tokens = { prompt_tokens: bill?.promptTokens ?? null, cached_tokens: bill?.cachedTokens ?? null };
  return { plan, reason, cut, ...tokens, spent: bill?.spent ?? null, usd: usdOf(bill, "spent") };
}

function usdOf(bill: Bill, cost: "spent" | "replay"): number | null {
  return bill === null || bill.usdPerUnit === null ? null : bill[cost] * bill.usdPerUnit;
}

function isCompaction({ plan, reason }: Side): boolean {
  return plan === "brief" && reason !== "epoch";
}

function cells({ plan, reason, cut, prompt_tokens: prompt, spent }: Side): string[] {
  const name = plan === "brief" ? `${reason} -${cut}` : reason;
  return [name, count(prompt), count(spent)];
}

function count(value: number | null): string {
  return value === null ? "-" : Math.round(value).toString();
}

function row(name: string, parts: readonly string[]): string {
  return name.padEnd(8) + parts.map((part) => part.padStart(18)).join("");
}
