/**
 * Finds what the objects of a list have in common, so that their names need to be written only once.
 *
 * A shape is the head of a table: fields in the order in which they first occur, with shapes of their own where the
 * values are objects or lists of objects throughout. Objects that share too little have no common shape; a table of
 * holes is harder to read than the objects themselves.
 * This file must not write text and must not change values.
 */
import type { JsonNode, JsonObject } from "./tool-json-tree.ts";

/** `cell`: any value. `record`: an object of these fields. `list`: a list whose items all have one shape. */
export type Shape = { kind: "cell" } | RecordShape | { kind: "list"; item: RecordShape | ListShape };
export type ListShape = Extract<Shape, { kind: "list" }>;

export interface RecordShape {
  kind: "record";
  fields: Field[];
}

export interface Field {
  key: string;
  shape: Shape;
}

/** Share of a table's cells that must hold a value. */
const FILLED_SHARE_MIN = 0.5;
/** Columns beyond this cannot be told apart by counting. */
const FIELDS_MAX = 60;
const CELL: Shape = { kind: "cell" };

/** The shape that all these values share, or null when they are not all objects (or all lists of objects). */
export function sharedShape(values: readonly JsonNode[]): RecordShape | ListShape | null {
  if (values.length === 0) return null;
  const objects = values.filter((value) => value.kind === "object");
  if (objects.length === values.length) return sharedRecord(objects);
  const items: JsonNode[] = [];
  for (const value of values) {
    if (value.kind !== "array") return null;
    for (const item of value.items) items.push(item);
  }
  const item = sharedShape(items);
  return item === null ? null : { kind: "list", item };
}

function sharedRecord(objects: readonly JsonObject[]): RecordShape | null {
  const columns = new Map<string, JsonNode[]>();
  let filled = 0;
  for (const { members } of objects) {
    if (new Set(members.map(({ key }) => key)).size < members.length) return null;
    filled += members.length;
    for (const { key, value } of members) {
      const column = columns.get(key);
      if (column === undefined) columns.set(key, [value]);
      else column.push(value);
    }
    if (columns.size > FIELDS_MAX) return null;
  }
  if (filled === 0 || filled < columns.size * objects.length * FILLED_SHARE_MIN) return null;
  const fields = [...columns].map(([key, values]): Field => ({ key, shape: columnShape(values) }));
  return { kind: "record", fields };
}

/** Nulls do not stand in the way of a nested shape; a column that is always one value short of it does. */
function columnShape(values: readonly JsonNode[]): Shape {
  const present = values.filter((value) => value.kind !== "scalar" || value.isString || value.text !== "null");
  return sharedShape(present) ?? CELL;
}
