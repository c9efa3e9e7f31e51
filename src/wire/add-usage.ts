/**
 * The usage of several calls as one: every counter added to the one of its name, at any depth.
 *
 * Works on the upstream's own fields, so that what a client reads is spelled as it always is. What is no counter keeps
 * its newest value.
 */
import { isRecord } from "./read-members.ts";

export type RawUsage = Record<string, unknown>;

export function addUsage(one: RawUsage | null, other: RawUsage | null): RawUsage | null {
  if (one === null || other === null) return one ?? other;
  const sum: RawUsage = { ...one };
  for (const [field, value] of Object.entries(other)) {
    const before = one[field];
    if (typeof before === "number" && typeof value === "number") sum[field] = before + value;
    else if (isRecord(before) && isRecord(value)) sum[field] = addUsage(before, value);
    else if (value !== null) sum[field] = value;
  }
  return sum;
}
