/**
 * Has a model condense the next segment of a thread, pays for it, and renews the brief that waits for it.
 *
 * One call a run, after everything else is done, and only when the guards afford the dearest it can get: that
 * is entered before the call and settled after it, so that no crash makes a call free. While the model writes, requests
 * are served; everything is read again afterwards. A failure ends the round: whoever has just failed is not asked
 * again at once.
 */
import { askForDigest, shorten } from "../../distil/digests/digest-prompt.ts";
import type { DigestSource } from "../../distil/digests/digest-prompt.ts";
import { ownRanges, dayOf, speakerOf } from "../../distil/record.ts";
import { writeDigest } from "../../distil/digests/write-digest.ts";
import type { WrittenDigest } from "../../distil/digests/write-digest.ts";
import type { Hash } from "../../model/hash.ts";
import { DIGEST_ATTEMPTS_MAX, DIGEST_OUTPUT_TOKENS_MAX, DIGEST_SOURCE_CHARS_MAX } from "../../model/limits.ts";
import type { Usage } from "../../model/usage.ts";
import { sessionAffords, tenantAffords } from "../../policy/guards.ts";
import type { DigestWriter } from "../../ports/digest-writer.ts";
import type { Digest } from "../../ports/distiller.ts";
import type { SpanMessage } from "../../ports/distiller.ts";
import { ledgersFor } from "../call-ledgers.ts";
import type { DigestPorts } from "./digest-ports.ts";
import { indexNotes } from "../recall/index-archive.ts";
import { addBills, billWriter, NO_DISTILLER_BILL, usageOf } from "./distiller-bill.ts";
import type { DistillerBill } from "./distiller-bill.ts";
import { findBase } from "../forecast.ts";
import { renewBrief } from "../briefs/prepare-brief.ts";
import { readSpan } from "../briefs/read-span.ts";
import type { SegmentRow } from "./segment-store.ts";
import { addDistillation } from "../session-ledger.ts";
import type { SessionTables } from "../tables.ts";
import { usdPerUnitOf } from "../thread-state.ts";
import { dueSegments, findSegments } from "./thread-segments.ts";
import type { ThreadSegments } from "./thread-segments.ts";
import { withLedger } from "../turn-log.ts";
import type { TurnRow } from "../turn-log.ts";

/** Condenses one segment of the thread that goes through `chain`; answers whether another one should follow at once. */
export async function digestNext(
  tables: SessionTables,
  ports: DigestPorts,
  chain: Hash,
  now: number,
): Promise<boolean> {
  const turn = findNewestBehind(tables, chain);
  const thread = findSegments(tables, chain);
  const segment = dueSegments(thread)[0];
  if (!ports.writer || !turn?.state || turn.state.rewriteOff || !segment) return false;
  const isPlain = [...thread.segments, ...thread.rollUps].some(isFormatRefused);
  const isRollUp = segment.level === 2;
  const sources = isRollUp ? readSegments(tables, ports, segment, thread) : readMessages(tables, ports, segment);
  if (sources.length === 0) {
    tables.segments.save({ ...segment, state: "failed", checks: { code: "nothing_to_condense" } });
    return true;
  }
  const countTokens = (text: string): number => ports.counter.countTokens(text);
  const prompt = askForDigest(sources, isRollUp, !isPlain, countTokens);
  const promptTokens = countTokens(prompt.task) + countTokens(prompt.material);
  const price = (usage: Usage): DistillerBill => billWriter(ports, turn.state?.model ?? null, usage);
  const reserved = price(usageOf(promptTokens, DIGEST_OUTPUT_TOKENS_MAX));
  const { model } = turn.state;
  const usdPerUnit = usdPerUnitOf(model === null ? null : ports.prices.lookUp(model));
  if (!reserve(tables, ports, turn, segment, reserved, usdPerUnit)) return false;

  const written = await writeDigest(ports.writer, prompt, sources, isRollUp);

  const bill = price(written.usage ?? estimateUsage(written, promptTokens, countTokens));
  settle(tables, ports.writer, segment, { written, bill, reserved, usdPerUnit, isPlain });
  noteCall(tables, ports, written, bill);
  if (written.outcome.ok) noteFacts(tables, segment, written.outcome.value.digest, countTokens);
  const latest = findNewestBehind(tables, chain);
  if (written.outcome.ok && latest) await renewBrief(tables, ports, latest, now);
  return written.outcome.ok || (written.outcome.error.code === "format_refused" && !isPlain);
}

/** The newest answered turn of a thread that still goes through `chain`, or null when there is none. */
function findNewestBehind(tables: SessionTables, chain: Hash): TurnRow | null {
  const { store, log } = tables;
  const depth = store.find(chain)?.depth ?? Infinity;
  for (const tip of (log.session()?.recent.tips ?? []).toReversed())
    for (const node of store.walkUp(tip)) {
      if (node.chain === chain) return findBase(tables, store.find(tip), true).turn;
      if (node.depth <= depth) break;
    }
  return null;
}

/** The messages of a segment, without the briefs that a client has sent back in them. */
function readMessages({ store }: SessionTables, { reader }: DigestPorts, segment: SegmentRow): DigestSource[] {
  return readSpan(store.bodiesBelow(segment.endChain, segment.fromDepth), reader).flatMap((message) => {
    const text = ownTextOf(message);
    const source = { nodes: [message.node], speaker: speakerOf(message), day: dayOf(message.at) };
    return text.trim() === "" ? [] : [{ ...source, text, evidence: text }];
  });
}

/** What was written of the segments that are rolled up, each line with the messages that it rests on. */
function readSegments(
  { store }: SessionTables,
  { reader }: DigestPorts,
  rollUp: SegmentRow,
  { segments }: ThreadSegments,
): DigestSource[] {
  const originals = new Map<number, string>();
  for (const message of readSpan(store.bodiesBelow(rollUp.endChain, rollUp.fromDepth), reader))
    originals.set(message.node, `${originals.get(message.node) ?? ""}\n${ownTextOf(message)}`);
  return segments
    .filter(({ fromDepth, toDepth }) => fromDepth >= rollUp.fromDepth && toDepth <= rollUp.toDepth)
    .flatMap(({ at, digest }) =>
      [...(digest?.gists ?? []), ...(digest?.facts ?? [])].map(({ text, sources }) => ({
        nodes: sources,
        speaker: null,
        day: dayOf(at),
        text,
        evidence: sources.map((node) => originals.get(node) ?? "").join("\n"),
      })),
    );
}

/** What its author said: no brief that came back in it, and of a very long one no more than could ever be shown. */
function ownTextOf({ text }: SpanMessage): string {
  const own = ownRanges(text).map(({ start, end }) => text.slice(start, end));
  return shorten(own.join("\n"), DIGEST_SOURCE_CHARS_MAX);
}

/** What a call without a bill has probably cost: nothing where it was refused, else at least what was sent. */
function estimateUsage(
  { outcome, answer }: WrittenDigest,
  promptTokens: number,
  countTokens: (text: string) => number,
): Usage {
  const code = outcome.ok ? "" : outcome.error.code;
  const isFree = code === "refused" || code === "format_refused" || code === "unreachable";
  return isFree ? usageOf(0, 0) : usageOf(promptTokens, countTokens(answer));
}

/** Enters the dearest that the call can get, if the session and, as far as it is known, its tenant afford it. */
function reserve(
  { sql, log, segments }: SessionTables,
  { policy }: DigestPorts,
  { state }: TurnRow,
  segment: SegmentRow,
  bill: DistillerBill,
  usdPerUnit: number | null,
): boolean {
  return sql.transaction(() => {
    const session = log.session();
    const { sessionSlack, tenantSlack } = state?.hasTools ? policy.agent : policy.chat;
    const entry = { spent: bill.spent, replay: 0 };
    const { session: own, tenant } = ledgersFor(session, usdPerUnit);
    if (!session || !sessionAffords(own, entry, sessionSlack)) return false;
    if (tenant !== null && !tenantAffords(tenant, own, entry, tenantSlack)) return false;
    log.saveSession(withLedger(session, addDistillation(session.ledger, bill, usdPerUnit)));
    segments.save({ ...segment, attempts: segment.attempts + 1 });
    return true;
  });
}

/** Facts help to find the messages that they rest on; the originals are what is forwarded. */
function noteFacts(
  tables: SessionTables,
  { at }: SegmentRow,
  { facts }: Digest,
  countTokens: (text: string) => number,
): void {
  const notes = facts.flatMap(({ text, sources: [node] }) => (node === undefined ? [] : [{ node, text, at }]));
  indexNotes(tables, notes, countTokens);
}

interface Attempt {
  written: WrittenDigest;
  bill: DistillerBill;
  reserved: DistillerBill;
  usdPerUnit: number | null;
  isPlain: boolean;
}

/** Stores what came of a call, and its real price in place of what was reserved. */
function settle(
  { sql, log, segments }: SessionTables,
  writer: DigestWriter,
  segment: SegmentRow,
  { written: { outcome }, bill, reserved, usdPerUnit, isPlain }: Attempt,
): void {
  const attempts = segment.attempts + 1;
  const cost = addBills(segment.cost ?? NO_DISTILLER_BILL, bill);
  const tried = { ...segment, attempts, cost, method: writer.method };
  sql.transaction(() => {
    const session = log.session();
    const difference = addBills(bill, reserved, -1);
    if (session) log.saveSession(withLedger(session, addDistillation(session.ledger, difference, usdPerUnit)));
    if (outcome.ok) {
      const { digest, lines, leftOut } = outcome.value;
      segments.save({ ...tried, state: "digested", digest, checks: { code: "passed", lines, leftOut, isPlain } });
    } else {
      const state = attempts < DIGEST_ATTEMPTS_MAX ? "due" : "failed";
      segments.save({ ...tried, state, checks: { ...outcome.error, isPlain } });
    }
  });
}

function noteCall(
  { log }: SessionTables,
  { journal }: DigestPorts,
  { outcome }: WrittenDigest,
  bill: DistillerBill,
): void {
  const session = log.session();
  const failed = outcome.ok ? {} : { error: outcome.error.code };
  journal.write({
    event: outcome.ok ? "job" : "job_failed",
    tenant: session?.tenant ?? null,
    session: session?.report.id ?? null,
    step: "digest",
    ...failed,
    units_spent: bill.spent,
    usd_spent: bill.pricedCalls > 0 ? bill.usd : null,
  });
}

/** Whether the model's provider has refused to be held to a schema. */
function isFormatRefused({ checks }: SegmentRow): boolean {
  const { code, isPlain } = (checks ?? {}) as { code?: string; isPlain?: boolean };
  return code === "format_refused" || isPlain === true;
}
