/**
 * Replays traces through a reference implementation of the rule, loaded from a file that is not part of this
 * repository, and writes its decisions down in the same marks as ours.
 * The reference is a module that exports `EdgePolicy(prices, headTokens, options, tenant)` with `decide` and `settle`,
 * and `TenantLedger`. It must stay an oracle: nothing of ours is passed into it but prices and trace.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CachePrices } from "../../src/policy/cache-model.ts";
import { decisionMark } from "./rule-session.ts";
import type { Trace } from "./traces.ts";

interface ReferencePolicy {
  decide(nowSeconds: number, newTokens: number, isUserTurn: boolean): { compact: boolean; retrieve: boolean };
  settle(outputTokens: number): void;
  close(): void;
}

export interface Reference {
  readonly EdgePolicy: new (
    prices: object,
    headTokens: number,
    options: object,
    tenant: object | null,
  ) => ReferencePolicy;
  readonly TenantLedger: new () => object;
}

export async function loadReference(path: string): Promise<Reference> {
  const module = (await import(pathToFileURL(path).href)) as Partial<Reference>;
  const { EdgePolicy, TenantLedger } = module;
  if (!EdgePolicy || !TenantLedger) throw new Error(`${path}: exports no EdgePolicy and TenantLedger`);
  return { EdgePolicy, TenantLedger };
}

/** The reference's marks, one string per trace. With `withTenant`, the traces are one tenant's sessions in a row. */
export function referenceMarks(
  reference: Reference,
  traces: readonly Trace[],
  prices: CachePrices,
  withTenant: boolean,
): string[] {
  const tenant = withTenant ? new reference.TenantLedger() : null;
  return traces.map((trace) => {
    const policy = new reference.EdgePolicy(referencePrices(prices), trace.headTokens, {}, tenant);
    let marks = "";
    for (const { atSeconds, newTokens, outputTokens, isUserTurn } of trace.calls) {
      const { compact, retrieve } = policy.decide(atSeconds, newTokens, isUserTurn);
      policy.settle(outputTokens);
      marks += decisionMark(compact, retrieve);
    }
    policy.close();
    return marks;
  });
}

/** A path given on the command line: relative to where the command was typed, which npm keeps in INIT_CWD. */
export function commandLinePath(path: string): string {
  const fromCaller = resolve(process.env["INIT_CWD"] ?? ".", path);
  return existsSync(fromCaller) ? fromCaller : resolve(path);
}

function referencePrices(prices: CachePrices): object {
  return {
    pin: prices.input,
    pw: prices.write,
    pr: prices.read,
    pout: prices.output,
    ttl: prices.ttlSeconds,
    min: prices.minimumTokens,
    gran: prices.granuleTokens,
  };
}
