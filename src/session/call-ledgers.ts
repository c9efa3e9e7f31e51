/**
 * The money that a call is weighed against, in the unit of the call: one uncached input token of its model.
 *
 * Sessions of one tenant use different models, and so may the turns of one session; what can be added up is USD. So a
 * call whose model has a price is weighed against all calls that have one, converted by its own price, and a call without
 * a price against the others without, in tokens. Each pot within its bound keeps the whole within it.
 */
import type { Ledger } from "../policy/ledger.ts";
import type { Ledgers } from "../policy/ski-rental.ts";
import { EMPTY_SESSION_LEDGER, hasPrice } from "./session-ledger.ts";
import type { SessionRow } from "./turn-log.ts";

export function ledgersFor(session: SessionRow | null, usdPerUnit: number | null): Ledgers {
  const { usd, unpriced } = (session?.ledger ?? EMPTY_SESSION_LEDGER).money;
  const others = session?.report.others ?? null;
  if (!hasPrice(usdPerUnit)) return { session: unpriced, tenant: others && others.unpriced };
  const toUnits = ({ spent, replay }: Ledger): Ledger => ({ spent: spent / usdPerUnit, replay: replay / usdPerUnit });
  return { session: toUnits(usd), tenant: others && toUnits(others.usd) };
}
