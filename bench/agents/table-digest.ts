/**
 * The reference: a plain digest of tool JSON, as it is usually written in an afternoon.
 *
 * Nested objects are flattened into `path=value`, every list of objects becomes a header and rows, and text that is
 * not JSON stays as it is. This file must not get better: it is what the product is measured against.
 */

/** The lines of a tool result. */
export function digestResult(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [text];
  }
  const lines: string[] = [];
  writeBlock("", value, lines);
  return lines;
}

function writeBlock(path: string, value: unknown, lines: string[]): void {
  const pairs: string[] = [];
  const lists: [string, unknown[]][] = [];
  flatten(path, value, pairs, lists);
  if (pairs.length > 0) lines.push(pairs.join("; "));
  for (const [name, items] of lists) {
    const rows = items.filter((item) => typeof item === "object" && item !== null && !Array.isArray(item));
    if (rows.length === items.length) writeTable(name, rows as object[], lines);
    else for (const [index, item] of items.entries()) writeBlock(`${name}[${index}]`, item, lines);
  }
}

function writeTable(name: string, rows: readonly object[], lines: string[]): void {
  const inner: [string, unknown[]][] = [];
  const cells = rows.map((row, index) => {
    const pairs: string[] = [];
    const lists: [string, unknown[]][] = [];
    flatten("", row, pairs, lists);
    for (const [path, items] of lists) inner.push([`${name}[${index}].${path}`, items]);
    return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  });
  const columns = [...new Set(cells.flatMap((row) => [...row.keys()]))];
  lines.push(`${name}: ${columns.join(" | ")}`);
  for (const row of cells) lines.push(columns.map((column) => row.get(column) ?? "").join(" | "));
  for (const [path, items] of inner) writeBlock(path, items, lines);
}

function flatten(path: string, value: unknown, pairs: string[], lists: [string, unknown[]][]): void {
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item === "object" && item !== null)) lists.push([path, value]);
    else pairs.push(`${path}=${value.join(",")}`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value))
      flatten(path === "" ? key : `${path}.${key}`, member, pairs, lists);
  } else {
    pairs.push(`${path}=${String(value)}`);
  }
}
