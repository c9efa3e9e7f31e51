/**
 * Shapes of foreign JSON: small predicates that are put together, so that nothing is stored that later code cannot read.
 *
 * A record has all of its fields and no other; `openRecord` leaves room for more. Every text and list has a bound. They
 * only judge; nothing is changed or converted.
 */
import { isHash as hasHashForm } from "../../model/hash.ts";

export type Shape = (value: unknown) => boolean;

type Fields = Readonly<Record<string, Shape>>;

/** Beyond it a sum of numbers is no longer exact. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
/** A record of ours is nested a few levels deep; a walk that calls itself must end. */
const NESTING_MAX = 64;

export const isBoolean: Shape = (value) => typeof value === "boolean";

/** A finite number that can be added to others. */
export const isNumber: Shape = (value) => typeof value === "number" && Math.abs(value) <= NUMBER_MAX;

export const isCount: Shape = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

/** What a JavaScript date can hold. */
export const isTime: Shape = (value) => isCount(value) && (value as number) <= 8.64e15;

export const isHash: Shape = (value) => typeof value === "string" && hasHashForm(value);

/** A turn's or an attempt's. */
export const isRev: Shape = (value) => typeof value === "string" && /^[\w-]{1,64}$/.test(value);

/** Row ids are multiplied to make numbers of pieces. */
export const isRowId: Shape = (value) => isCount(value) && (value as number) > 0 && (value as number) < 2 ** 32;

export function isText(charsMax: number): Shape {
  return (value) => typeof value === "string" && value.length <= charsMax;
}

export function isOneOf(...values: readonly unknown[]): Shape {
  return (value) => values.includes(value);
}

export function isNullOr(shape: Shape): Shape {
  return (value) => value === null || shape(value);
}

/** Of a field: it may be left out. */
export function isAbsentOr(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

export function isListOf(shape: Shape, lengthMax: number): Shape {
  return (value) => Array.isArray(value) && value.length <= lengthMax && value.every(shape);
}

/** A record with the fields of a type: one that the type has and the list has not does not compile. */
export function isRecordOf<T>(fields: Readonly<Record<keyof T & string, Shape>>): Shape {
  const listed: Fields = fields;
  const isOpen = isOpenRecord(listed);
  return (value) => isOpen(value) && Object.keys(value as object).every((key) => Object.hasOwn(listed, key));
}

/** A record that may have further fields. */
export function isOpenRecord(fields: Fields): Shape {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const record = value as Record<string, unknown>;
    return Object.entries(fields).every(([key, shape]) => shape(Object.hasOwn(record, key) ? record[key] : undefined));
  };
}

/** Names of the caller's own, each with a number. */
export const isNumbersByName: Shape = (value) =>
  isOpenRecord({})(value) && Object.values(value as object).every(isNumber);

/** Any JSON that is not nested so deep that walking it fails. */
export const isJson: Shape = (value) => value !== undefined && isShallow(value, NESTING_MAX);

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((part) => isShallow(part, depth - 1));
}
