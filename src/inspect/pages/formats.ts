/**
 * Numbers as the pages write them: one way for each kind, so that two columns can be compared by eye.
 *
 * Pure. A minus sign is the typographic one, and what is unknown is never written as a zero.
 */
import { DAY_MS } from "../../model/day.ts";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

export function formatCount(count: number): string {
  return WHOLE.format(count).replace("-", "−");
}

/** Three digits and a unit: 61.3K. */
export function formatShort(count: number): string {
  return Math.abs(count) < 1_000 ? formatCount(count) : SHORT.format(count).replace("-", "−");
}

/** Cents from a dollar on, four figures below that. */
export function formatUsd(usd: number): string {
  const size = Math.abs(usd);
  const sign = usd < 0 ? "−" : "";
  if (size === 0) return "$0";
  if (size < 0.0001) return `${sign}<$0.0001`;
  if (size < 1) return `${sign}$${size.toFixed(4)}`;
  return `${sign}$${size.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export function formatShare(share: number): string {
  const percent = share * 100;
  const digits = Math.abs(percent) < 10 && percent !== 0 ? 1 : 0;
  return `${percent.toFixed(digits).replace("-", "−")}%`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}

const SPANS: readonly [name: string, ms: number][] = [
  ["d", DAY_MS],
  ["h", 3_600_000],
  ["min", 60_000],
];
/** A date says more than a count of days from here on. */
const AGE_MS_MAX = 14 * DAY_MS;

/** How long ago, or the day where that is long. */
export function formatAge(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  if (age > AGE_MS_MAX) return iso.slice(0, 10);
  const [name, ms] = SPANS.find(([, ms]) => age >= ms) ?? [];
  return ms === undefined ? "just now" : `${Math.floor(age / ms)} ${name} ago`;
}
