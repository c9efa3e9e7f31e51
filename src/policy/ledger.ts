/**
 * Two running totals side by side: what was spent, and what a full replay through the provider's own cache would have
 * cost. Sessions and tenants both keep one; the guards read them.
 * An entry may come from the cost model or from the provider's bill; the ledger does not care which.
 * It must not decide anything, and never changes a ledger in place.
 */

/** Totals in the unit of the prices used. `spent` includes the distiller's bill. */
export interface Ledger {
  readonly spent: number;
  readonly replay: number;
}

export const EMPTY_LEDGER: Ledger = { spent: 0, replay: 0 };

/**
 * The ledger after one more entry: a call (its cost, and the same call under full replay), a distillation
 * (`replay: 0`, since a replay needs none), or a whole session added to its tenant's ledger.
 */
export function addToLedger(ledger: Ledger, entry: Ledger): Ledger {
  return { spent: ledger.spent + entry.spent, replay: ledger.replay + entry.replay };
}
