/**
 * What the demo prints: a line for each turn, the final table, what was proved on the way, and a look inside the session.
 *
 * Text only, the same on a terminal and in a file; colours add nothing that the words do not say. It must not compute
 * anything but sums and shares of what it is given.
 */
import { styleText } from "node:util";
import { percentAbove, type Bill } from "./figures.ts";
import type { Call, PlayedTurn } from "./play.ts";
import { isCompaction, type Outcome } from "./run.ts";
import type { SessionJson } from "./session-view.ts";

type Format = Parameters<typeof styleText>[0];

/** Node leaves the colours out where the stream is no terminal, or NO_COLOR is set. */
function paint(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

/** Pauses worth a line of their own: longer than most prompt caches live. */
const LONG_PAUSE_SECONDS = 600;
const HEADINGS =
  "turn  time            verdict   plan   reason            calls  prompt tokens: client → sent    from cache";

export function turnHeadings(): string {
  return paint("dim", HEADINGS);
}

export function turnLines(
  { index, at, pauseSeconds, calls }: PlayedTurn,
  alone: Call[],
  session: SessionJson | null,
): string[] {
  const lines: string[] = [];
  if (pauseSeconds >= LONG_PAUSE_SECONDS) lines.push(paint("blue", `      ·· ${describePause(pauseSeconds)} later ··`));
  const compaction = calls.find(isCompaction);
  if (compaction)
    lines.push(paint(["bold", "yellow"], `      ══ compaction (${describeCompaction(compaction, session)}) ══`));
  const shown = compaction ?? calls[0];
  const sent = sumOf(calls, "promptTokens");
  const cached = sumOf(calls, "cachedTokens");
  const { verdict = "", plan = "", reason = "" } = shown?.strata ?? {};
  const columns = [
    String(index + 1).padStart(4),
    at.padEnd(14),
    verdict.padEnd(8),
    plan.padEnd(5),
    reason.padEnd(16),
    String(calls.length).padStart(5),
    `${clientTokens(calls, alone).padStart(18)} → ${number(sent).padEnd(8)}`,
    `${number(cached).padStart(7)} ${share(cached, sent)}`,
  ];
  lines.push(columns.join("  "));
  return lines;
}

/** As measured without Strata; else as Strata estimates it, which is marked. */
function clientTokens(calls: Call[], alone: Call[]): string {
  if (alone.length > 0) return number(sumOf(alone, "promptTokens"));
  const estimates = calls.map(({ strata, usage }) => Number(strata["tokens"]?.split("->")[0] ?? usage.promptTokens));
  return `~${number(estimates.reduce((sum, tokens) => sum + tokens, 0))}`;
}

function describeCompaction({ strata }: Call, session: SessionJson | null): string {
  const reason = strata["reason"] ?? "";
  const epoch = session?.epochs.at(-1);
  const brief = session?.briefs.find(({ id }) => id === epoch?.brief);
  if (!brief) return reason;
  const { covers_messages: messages, covers_tokens: covered, tokens } = brief;
  return `${reason}: a brief of ${number(tokens)} tokens stands for ${messages} messages, ${number(covered)} tokens`;
}

export function tableLines(outcome: Outcome): string[] {
  const { uncached, replay, strata, ledger, session } = outcome;
  const measured = replay?.usd ?? ledger.replayUsd;
  const rows: [string, Bill | null][] = [
    ["full replay, no cache", uncached],
    ["full replay, provider's cache", replay ?? replayOf(session)],
    ["Strata", strata],
  ];
  const headings = ["", "prompt tokens", "from cache", "output", "cost", "against cached replay"];
  const lines = [paint("dim", cells(headings))];
  for (const [name, bill] of rows) {
    if (!bill) continue;
    const against = percentAbove(bill.usd, measured);
    const row = cells([
      name,
      number(bill.promptTokens),
      bill.cachedTokens < 0 ? "" : number(bill.cachedTokens),
      number(bill.outputTokens),
      usd(bill.usd),
      name === "full replay, provider's cache" ? "—" : against === null ? "unknown" : percent(against),
    ]);
    lines.push(name === "Strata" ? paint("bold", row) : row);
  }
  return lines;
}

/** With a real upstream only the ledger knows what a replay would have cost. */
function replayOf(session: SessionJson | null): Bill | null {
  if (!session) return null;
  const { tokens, usd: money } = session.ledger;
  return { promptTokens: tokens.client, cachedTokens: -1, outputTokens: tokens.output, usd: money?.replay ?? null };
}

function cells([name = "", ...rest]: string[]): string {
  const widths = [15, 12, 10, 11, 24];
  return `  ${name.padEnd(30)}${rest.map((text, column) => text.padStart(widths[column] ?? 12)).join("")}`;
}

export function proofLines({ ledger, prefix, facts, strata, uncached, replay }: Outcome): string[] {
  const lines: string[] = [];
  const fewer = percentAbove(strata.promptTokens, (replay ?? uncached).promptTokens);
  const cheaper = percentAbove(strata.usd, replay?.usd ?? ledger.replayUsd);
  const sameBill = fewer === 0 && (cheaper ?? 0) === 0;
  if (sameBill) lines.push("Strata sent what the client sent, and cost the same: nothing was worth compacting here.");
  else if (fewer !== null && cheaper !== null)
    lines.push(
      paint(
        cheaper < 0 ? "green" : "yellow",
        `Strata sent ${moreOrLess(fewer, "fewer")} prompt tokens and cost ${moreOrLess(cheaper, "less")} than a full replay ` +
          "through the provider's cache.",
      ),
    );
  if (cheaper === null) lines.push("The price of this model is not known: tokens only.");
  if (ledger.spentUsd !== null && replay)
    lines.push(
      `Its own ledger: spent ${usd(ledger.spentUsd)} (${percent(ledger.spentOffPercent ?? 0)} from the bill above), ` +
        `a replay would have cost ${usd(ledger.replayUsd)} (${percent(ledger.replayOffPercent ?? 0)} from the measured one).`,
    );
  else if (ledger.spentUsd !== null)
    lines.push(`The replay is the ledger's estimate (${usd(ledger.replayUsd)}), made from the upstream's own usage.`);
  if (prefix)
    lines.push(
      `prefix kept on ${prefix.kept} of ${prefix.pairs} calls, ${prefix.compactions} compactions` +
        (prefix.broken.length > 0 ? `; BROKEN at calls ${prefix.broken.map((index) => index + 1).join(", ")}` : ""),
    );
  if (facts) {
    const present = facts.inTail + facts.inBrief + facts.recalled;
    lines.push(
      `${present} of ${facts.asked} early facts were in the prompt, letter by letter, when they were asked for again ` +
        `(${facts.inTail} in the verbatim tail, ${facts.inBrief} in the brief, ${facts.recalled} recalled).`,
    );
    if (facts.missing.length > 0)
      lines.push(
        `  Not there: ${facts.missing.map(({ fact, turn }) => `${JSON.stringify(fact)} (turn ${turn + 1})`).join(", ")}.`,
      );
  }
  return lines;
}

/** The parts of the session's JSON that say most. */
export function sessionLines(session: SessionJson): string[] {
  const epoch = session.epochs.at(-1);
  const brief = session.briefs.find(({ id }) => id === epoch?.brief);
  const lines = [
    paint("dim", `From GET /_strata/sessions/${session.id}:`),
    `  counts       ${JSON.stringify(session.counts)}`,
    `  ledger.usd   ${JSON.stringify(session.ledger.usd, roundNumbers)}`,
    `  tokens       ${JSON.stringify(session.ledger.tokens)}`,
    `  last epoch   ${epoch ? JSON.stringify(epoch) : "none: nothing was compacted"}`,
  ];
  if (!brief) return lines;
  const { id, method, covers_messages: messages, covers_tokens: covered, tokens } = brief;
  lines.push(
    `  its brief    ${JSON.stringify({ id, method, covers_messages: messages, covers_tokens: covered, tokens })}`,
  );
  const text = brief.text.trimEnd().split("\n");
  for (const line of text.slice(0, EXCERPT_LINES))
    lines.push(`    │ ${line.length > 110 ? `${line.slice(0, 109)}…` : line}`);
  if (text.length > EXCERPT_LINES) lines.push(`    │ … ${text.length - EXCERPT_LINES} more lines`);
  return lines;
}

/**
 * Where to look while the servers run.
 *
 * @param key as a person types it: the key itself, or the variable that holds it
 */
export function insideLines({ id, epochs, counts }: SessionJson, edgeUrl: string, key: string): string[] {
  const page = `${edgeUrl}/_strata/ui/sessions/${id}`;
  const compaction = epochs.at(-1);
  return [
    "Running until Ctrl-C. Look inside:",
    `  sign in      ${edgeUrl}/_strata with the key ${key}`,
    `  the session  ${page}`,
    ...(compaction
      ? [`  a turn       ${page}/turns/${compaction.opened_by} is the last compaction: what was sent, and why`]
      : []),
    `  as JSON      curl -H "Authorization: Bearer ${key}" ${edgeUrl}/_strata/sessions/${id}`,
    paint("dim", `There every call is a turn: ${number(counts.turns)} of them.`),
  ];
}

const EXCERPT_LINES = 10;

function roundNumbers(_name: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toFixed(6)) : value;
}

function sumOf(calls: Call[], kind: "promptTokens" | "cachedTokens"): number {
  return calls.reduce((sum, { usage }) => sum + usage[kind], 0);
}

function describePause(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? "" : `(${Math.round((100 * part) / whole)} %)`.padStart(7);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function usd(value: number | null): string {
  return value === null ? "unknown" : `$${value.toFixed(4)}`;
}

function moreOrLess(value: number, less: string): string {
  return `${Math.abs(value).toFixed(1)} % ${value > 0 ? "more" : less}`;
}

function percent(value: number): string {
  const rounded = value.toFixed(1);
  return `${value >= 0 ? "+" : "−"}${rounded.replace("-", "")} %`;
}
