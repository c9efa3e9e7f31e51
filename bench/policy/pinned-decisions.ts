/**
 * Decisions written down once by the reference implementation, on synthetic traces, so that the rule can be checked
 * where the reference is not at hand.
 * One mark per call, one string per session, for every price table, alone and with the tenant guard.
 * Only `--pin` with `--reference` may write the file: pins made by our own rule would prove nothing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { PRICE_TABLES } from "./price-tables.ts";
import { referenceMarks, type Reference } from "./reference.ts";
import { synthesiseTraces, SYNTHETIC_SEED } from "./synthetic-traces.ts";
import type { Trace } from "./traces.ts";

const PINNED_SESSIONS_PER_KIND = 8;
const FIXTURE = new URL("../../test/fixtures/policy-decisions.json", import.meta.url);

/** Marks of one price table, one string per session, without and with the tenant guard. */
export interface TableMarks {
  readonly alone: readonly string[];
  readonly withTenant: readonly string[];
}

interface PinnedDecisions {
  readonly seed: number;
  readonly sessionsPerKind: number;
  readonly marks: Readonly<Record<string, TableMarks>>;
}

/** The traces that the pinned decisions belong to. */
export function pinnedTraces(): Trace[] {
  return synthesiseTraces(SYNTHETIC_SEED, PINNED_SESSIONS_PER_KIND);
}

export function readPinnedMarks(): Readonly<Record<string, TableMarks>> {
  const pinned = JSON.parse(readFileSync(FIXTURE, "utf8")) as PinnedDecisions;
  if (pinned.seed !== SYNTHETIC_SEED || pinned.sessionsPerKind !== PINNED_SESSIONS_PER_KIND) {
    throw new Error("the pinned decisions belong to other synthetic traces; renew them with --pin --reference FILE");
  }
  return pinned.marks;
}

/** Lets the reference decide anew and replaces the file. */
export function pinDecisions(reference: Reference): void {
  const traces = pinnedTraces();
  const marks = Object.fromEntries(
    PRICE_TABLES.map((prices) => [prices.name, marksByReference(reference, traces, prices)]),
  );
  const pinned: PinnedDecisions = {
    seed: SYNTHETIC_SEED,
    sessionsPerKind: PINNED_SESSIONS_PER_KIND,
    marks,
  };
  writeFileSync(FIXTURE, `${JSON.stringify(pinned, null, 1)}\n`);
}

/** The reference's marks for one price table. */
export function marksByReference(
  reference: Reference,
  traces: readonly Trace[],
  prices: (typeof PRICE_TABLES)[number],
): TableMarks {
  return {
    alone: referenceMarks(reference, traces, prices, false),
    withTenant: referenceMarks(reference, traces, prices, true),
  };
}
