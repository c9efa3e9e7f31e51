/**
 * Lays a JSON tool result out as lines: one line for the scalars of the whole, then a table for every long list.
 *
 * A row is one object with all that is nested in it, so a reader, or a budget, can take or leave rows without
 * tearing an object apart. Short lists stay on the line of the object they belong to; long ones that are reached
 * from the top by names alone get lines of their own below it.
 * This file must not drop a value or decide whether the result is worth it.
 */
import type { JsonArray, JsonNode, JsonObject } from "./tool-json-tree.ts";
import { namedRows, writeHead, writeKey, writeMembers, writeNamedHead } from "./tool-cell.ts";
import { writeNamedRows, writeRow, writeValue } from "./tool-cell.ts";
import type { Written } from "./tool-cell.ts";
import { sharedShape } from "./tool-shape.ts";

/** A nested value up to this many characters stays on the line of the object that holds it. */
const INLINE_CHARS_MAX = 600;

/** Lines that belong together: rows under the head that names their fields, or lines that need none. */
export interface Block {
  head: string | null;
  lines: string[];
}

/** All blocks of a result, in order. */
export function writeBlocks(root: JsonNode): Block[] {
  const blocks: Block[] = [];
  writeBlock("", root, blocks, new Map());
  return blocks;
}

export function blockLines(blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ head, lines }) => (head === null ? lines : [head, ...lines]));
}

function writeBlock(path: string, node: JsonNode, blocks: Block[], written: Written): void {
  if (node.kind === "array") writeList(path, node, blocks, written);
  else if (node.kind === "object") writeObject(path, node, blocks, written);
  else blocks.push({ head: null, lines: [lead(path) + writeValue(node, written)] });
}

function writeList(path: string, { items }: JsonArray, blocks: Block[], written: Written): void {
  const plain = items.map((item) => writeValue(item, written));
  if (items.every((item) => item.kind === "scalar")) {
    blocks.push({ head: null, lines: [`${lead(path)}[${plain.join(",")}]`] });
    return;
  }
  const shape = items.length > 1 ? sharedShape(items) : null;
  const rows = shape === null ? [] : items.map((item) => writeRow(item, shape, written));
  const head = shape === null ? "" : writeHead(shape);
  if (shape !== null && lengthOf(rows) + head.length < lengthOf(plain)) {
    blocks.push({ head: lead(path) + head, lines: rows });
    return;
  }
  blocks.push({ head: path === "" ? null : `${path}:`, lines: plain });
}

function writeObject(path: string, node: JsonObject, blocks: Block[], written: Written): void {
  const rows = namedRows(node);
  if (rows !== null) {
    const table = writeNamedRows(rows, written);
    const head = writeNamedHead(rows);
    if (lengthOf(table) + head.length < writeMembers(node, written).length) {
      blocks.push({ head: lead(path) + head, lines: table });
      return;
    }
  }
  const long = node.members.filter(
    ({ value }) => value.kind !== "scalar" && writeValue(value, written).length > INLINE_CHARS_MAX,
  );
  const short = node.members.filter((member) => !long.includes(member));
  if (short.length > 0) blocks.push({ head: null, lines: [lead(path) + writeMembers({ members: short }, written)] });
  for (const { key, value } of long) {
    writeBlock(path === "" ? writeKey(key) : `${path}.${writeKey(key)}`, value, blocks, written);
  }
}

function lead(path: string): string {
  return path === "" ? "" : `${path}: `;
}

function lengthOf(lines: readonly string[]): number {
  let length = 0;
  for (const line of lines) length += line.length + 1;
  return length;
}
