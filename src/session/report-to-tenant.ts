/**
 * Tells the tenant what the session has cost so far, and keeps what the tenant's other sessions have cost.
 *
 * The last work behind a reply, and the only one that another object takes part in. Numbers are absolute and numbered, so
 * a report may come twice or late; one that fails is made up for after the next turn. It must not send a word of
 * the conversation.
 */
import type { Journal } from "../ports/journal.ts";
import type { LedgerSums, SessionReport, Money, Tenants } from "../ports/tenant-directory.ts";
import { nameOf } from "../model/name-of.ts";
import type { SessionLedger } from "./session-ledger.ts";
import type { SessionTables } from "./tables.ts";
import { importedAt } from "./transfer/imported-at.ts";
import type { SessionRow } from "./turn-log.ts";

export interface ReportPorts {
  tenants: Tenants;
  journal: Journal;
}

export async function reportToTenant({ sql, log }: SessionTables, ports: ReportPorts): Promise<void> {
  const session = log.session();
  // A session of an older version has no name until its next turn.
  if (!session || session.report.id === "" || session.report.sent === session.report.seq) return;
  const report = makeReport(session, importedAt(sql));
  const others = await send(ports, session.tenant, report);
  if (others === null) return;
  sql.transaction(() => {
    // The session may have gone on meanwhile, and a later report may have come back first.
    const row = log.session();
    if (!row || row.report.sent >= report.seq) return;
    log.saveSession({ ...row, report: { ...row.report, sent: report.seq, others } });
  });
}

async function send({ tenants, journal }: ReportPorts, tenant: string, report: SessionReport): Promise<Money | null> {
  try {
    return await tenants.find(tenant).report(report);
  } catch (error) {
    const about = { tenant, session: report.id, step: "report" };
    journal.write({ event: "tenant_not_told", ...about, error: nameOf(error) });
    return null;
  }
}

/** @param importedAt the tenant tells an id's lives apart by it, and what it had deleted from what has come since */
function makeReport(session: SessionRow, importedAt: number | null): SessionReport {
  const { createdAt, updatedAt, turns, ledger, report } = session;
  const { id, seq, model } = report;
  return { id, seq, createdAt: importedAt ?? createdAt, updatedAt, turns, model, sums: sumUp(ledger) };
}

function sumUp({ usd, money, tokens, ...ledger }: SessionLedger): LedgerSums {
  return {
    calls: ledger.calls,
    compactions: ledger.compactions,
    spent: ledger.spent,
    replay: ledger.replay,
    uncachedReplay: ledger.uncachedReplay,
    pricedCalls: usd.turns,
    usdSpent: usd.spent,
    usdReplay: usd.replay,
    usdUncachedReplay: usd.uncachedReplay,
    weighedUsdSpent: money.usd.spent,
    weighedUsdReplay: money.usd.replay,
    unpricedSpent: money.unpriced.spent,
    unpricedReplay: money.unpriced.replay,
    clientTokens: tokens.client,
    forwardedTokens: tokens.forwarded,
    cachedTokens: tokens.cached,
    outputTokens: tokens.output,
    distillerCalls: ledger.distiller?.calls ?? 0,
    distillerPricedCalls: ledger.distiller?.pricedCalls ?? 0,
    distillerUsd: ledger.distiller?.usd ?? 0,
  };
}
