/**
 * Writes one JSON value on one line: `{name:value,...}`, `[a,b]`, and lists of alike objects as
 * `[names|values|values]` with each name written once.
 *
 * Values stand as they were written; a string is quoted only where it could be taken for something else. Whatever
 * hung together in the JSON stands on the one line, so no value can lose its neighbours.
 * This file must not drop, merge or reformat a value, and must never write a line break.
 */
import type { JsonNode, JsonObject } from "./tool-json-tree.ts";
import { sharedShape } from "./tool-shape.ts";
import type { ListShape, RecordShape, Shape } from "./tool-shape.ts";

/** Stands for an object's own name where objects are listed by name. */
const NAME_COLUMN = "(name)";
const NEEDS_QUOTES = /^$|^\s|\s$|[,|{}[\]"\p{Cc}\p{Zl}\p{Zp}]|^(?:null|true|false)$/u;
const KEY_NEEDS_QUOTES = /^$|^\s|\s$|[,|{}[\]":()=\p{Cc}\p{Zl}\p{Zp}]/u;
const BREAKERS = /[\u007f-\u009f\u2028\u2029]/g;

/** Objects listed by name, as one table: the name is the first column, or one of the fields repeats it. */
export interface NamedRows {
  names: string[];
  objects: JsonObject[];
  shape: RecordShape;
  /** The field that equals the name in every row, or null. */
  nameField: string | null;
}

/** Remembers what was written for a value, because the shorter of two forms is sought on every level. */
export type Written = Map<JsonNode, string>;

/** The value on one line, in its shortest form. */
export function writeValue(node: JsonNode, written: Written): string {
  if (node.kind === "scalar") return writeScalar(node.text, node.isString);
  const known = written.get(node);
  if (known !== undefined) return known;
  const plain =
    node.kind === "array"
      ? `[${node.items.map((item) => writeValue(item, written)).join(",")}]`
      : `{${writeMembers(node, written)}}`;
  const table = node.kind === "array" ? inlineTable(node.items, written) : inlineNamed(node, written);
  const text = table !== null && table.length < plain.length ? table : plain;
  written.set(node, text);
  return text;
}

/** The members of an object as `name:value,...` without braces. */
export function writeMembers({ members }: Pick<JsonObject, "members">, written: Written): string {
  return members.map(({ key, value }) => `${writeKey(key)}:${writeValue(value, written)}`).join(",");
}

export function writeKey(key: string): string {
  return KEY_NEEDS_QUOTES.test(key) ? quote(key) : key;
}

function writeScalar(text: string, isString: boolean): string {
  return isString && NEEDS_QUOTES.test(text) ? quote(text) : text;
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    BREAKERS,
    (breaker) => `\\u${breaker.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The names of a shape: `a,b{c,d},e[f,g]`. */
export function writeHead(shape: RecordShape | ListShape): string {
  if (shape.kind === "list") return `[${writeHead(shape.item)}]`;
  return shape.fields.map(({ key, shape }) => writeKey(key) + writeInnerHead(shape)).join(",");
}

function writeInnerHead(shape: Shape): string {
  if (shape.kind === "cell") return "";
  return shape.kind === "record" ? `{${writeHead(shape)}}` : writeHead(shape);
}

/** One row: the values in the order of the names, nothing where a name is missing. */
export function writeRow(node: JsonNode, shape: RecordShape | ListShape, written: Written): string {
  if (shape.kind === "list" || node.kind !== "object") return writeShaped(node, shape, written);
  const values = new Map(node.members.map(({ key, value }) => [key, value]));
  return shape.fields
    .map(({ key, shape }) => {
      const value = values.get(key);
      return value === undefined ? "" : writeShaped(value, shape, written);
    })
    .join(",");
}

function writeShaped(node: JsonNode, shape: Shape, written: Written): string {
  if (shape.kind === "record" && node.kind === "object") return `{${writeRow(node, shape, written)}}`;
  if (shape.kind === "list" && node.kind === "array")
    return `[${node.items.map((item) => writeRow(item, shape.item, written)).join("|")}]`;
  return writeValue(node, written);
}

function inlineTable(items: readonly JsonNode[], written: Written): string | null {
  if (items.length < 2) return null;
  const shape = sharedShape(items);
  if (shape === null) return null;
  return `[${[writeHead(shape), ...items.map((item) => writeRow(item, shape, written))].join("|")}]`;
}

function inlineNamed(object: JsonObject, written: Written): string | null {
  const rows = namedRows(object);
  return rows === null ? null : `{${[writeNamedHead(rows), ...writeNamedRows(rows, written)].join("|")}}`;
}

/** The members as rows of one table, or null when they are not all objects of one shape. */
export function namedRows({ members }: JsonObject): NamedRows | null {
  if (members.length < 2) return null;
  const objects: JsonObject[] = [];
  for (const { value } of members) {
    if (value.kind !== "object") return null;
    objects.push(value);
  }
  const shape = sharedShape(objects);
  if (shape?.kind !== "record") return null;
  const repeated = shape.fields.find(
    (field) =>
      field.shape.kind === "cell" &&
      members.every(({ key, value }) => {
        if (value.kind !== "object") return false;
        const member = value.members.find((member) => member.key === field.key)?.value;
        return member?.kind === "scalar" && member.text === key && member.isString;
      }),
  );
  return { names: members.map(({ key }) => key), objects, shape, nameField: repeated?.key ?? null };
}

export function writeNamedHead({ shape, nameField }: NamedRows): string {
  if (nameField === null) return `${NAME_COLUMN},${writeHead(shape)}`;
  return shape.fields
    .map(({ key, shape }) => writeKey(key) + (key === nameField ? `=${NAME_COLUMN}` : writeInnerHead(shape)))
    .join(",");
}

export function writeNamedRows({ names, objects, shape, nameField }: NamedRows, written: Written): string[] {
  return objects.map((object, index) => {
    const row = writeRow(object, shape, written);
    return nameField === null ? `${writeScalar(names[index] ?? "", true)},${row}` : row;
  });
}
