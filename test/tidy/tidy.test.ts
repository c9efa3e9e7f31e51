/**
 * The house rules, held by reading the source: who may import whom, how long a file may be, what stands at its top,
 * and which calls belong to the adapters alone.
 *
 * The table of rooms is the one of docs/ARCHITECTURE.md. A rule that needs an exception is changed here, in sight.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BLOBS, DOUBLES } from "../../src/adapters/data-point.ts";
import { SETTINGS } from "../../src/env.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Which rooms a room may import; a room may always import itself. */
const ROOMS: Record<string, readonly string[]> = {
  model: [],
  ports: ["model"],
  wire: ["model"],
  policy: ["model"],
  plan: ["model", "ports", "policy"],
  distil: ["model", "ports", "policy"],
  session: ["model", "ports", "policy", "plan", "distil", "recall", "env"],
  recall: ["model", "ports", "policy"],
  tenant: ["model", "ports", "distil", "recall", "env"],
  adapters: ["model", "ports", "wire", "env"],
  inspect: ["model", "ports", "env"],
  edge: ["model", "ports", "wire", "inspect", "env"],
  env: ["model", "ports"],
};

/** Packages and platform modules that only these rooms may import. */
const PACKAGES: Record<string, readonly string[]> = {
  hono: ["edge", "inspect", "index"],
  "cloudflare:workers": ["session", "tenant", "index"],
  "gpt-tokenizer": ["adapters"],
  "eventsource-parser": ["wire"],
  "node:crypto": ["model", "edge"],
  "node:zlib": ["edge"],
};

/** Sources of time and chance, which come in as arguments everywhere else. */
const ADAPTERS_ONLY = /\b(?:Date\.now|Math\.random|new Date\(\)|crypto\.getRandomValues|performance\.now)\b/;

interface SourceFile {
  path: string;
  text: string;
}

function sources(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, "utf8") }));
}

/** `src/edge/app.ts` → `edge`; `src/env.ts` → `env`. */
function roomOf(path: string): string {
  return path.split("/")[1]?.replace(/\.tsx?$/, "") ?? "";
}

function importsOf({ text }: SourceFile): string[] {
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from\s+"([^"]+)"/gms)].map((match) => match[1] ?? "");
}

const src = sources("src");
const everything = [...src, ...sources("test"), ...sources("bench")];

describe("rooms", () => {
  it("import only what the table allows", () => {
    const wrong = src.flatMap((file) => {
      const room = roomOf(file.path);
      if (room === "index") return [];
      const allowed = ROOMS[room];
      return importsOf(file).flatMap((target) => {
        if (target.startsWith(".")) {
          const other = roomOf(relative(ROOT, join(ROOT, dirname(file.path), target)));
          return other === room || allowed?.includes(other) ? [] : [`${file.path} imports ${other}`];
        }
        const rooms = PACKAGES[target.split("/")[0] ?? ""] ?? PACKAGES[target];
        return rooms?.includes(room) ? [] : [`${file.path} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it("are all in the table", () => {
    const rooms = new Set(src.map((file) => roomOf(file.path)));
    expect([...rooms].filter((room) => room !== "index" && !(room in ROOMS))).toEqual([]);
  });
});

describe("files", () => {
  it("have at most 300 lines", () => {
    expect(everything.filter((file) => file.text.split("\n").length > 301).map((file) => file.path)).toEqual([]);
  });

  it("open with a comment that says what they are for", () => {
    const bare = everything.filter((file) => !file.text.startsWith("/**") && file.path !== "vitest.config.ts");
    expect(bare.map((file) => file.path)).toEqual([]);
  });

  it("read time and chance only in adapters", () => {
    const wrong = src.filter((file) => roomOf(file.path) !== "adapters" && ADAPTERS_ONLY.test(file.text));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it("never hold a private member that RPC could call", () => {
    const wrong = src.filter((file) => /^\s+(?:private|protected) /m.test(file.text));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it("put no value into the text of a query", () => {
    const wrong = src.filter((file) => /`[^`]*\b(?:VALUES|WHERE)\b[^`]*\$\{(?!(?:[A-Z]+_)*COLUMNS\b)/.test(file.text));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });
});

describe("documents", () => {
  it("explain every setting", () => {
    const operating = readFileSync(join(ROOT, "docs/OPERATING.md"), "utf8");
    expect(SETTINGS.filter((setting) => !operating.includes(`\`${setting}\``))).toEqual([]);
  });

  it("explain every table of the store", () => {
    const storage = readFileSync(join(ROOT, "docs/STORAGE.md"), "utf8");
    const stores = src.filter(({ path }) => path === "src/session/migrations.ts" || roomOf(path) === "tenant");
    const tables = stores.flatMap(({ text }) =>
      [...text.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map((match) => match[1] ?? ""),
    );
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.filter((table) => !storage.includes(`\`${table}\``))).toEqual([]);
  });

  it("explain every error of the API", () => {
    const errors = readFileSync(join(ROOT, "docs/INSPECT.md"), "utf8").split("\n## Errors")[1]?.split("\n## ")[0] ?? "";
    const known = readFileSync(join(ROOT, "src/model/errors.ts"), "utf8").matchAll(/^ {2}\| \{ code: "(\w+)"/gm);
    const inspect = src.filter(({ path }) => roomOf(path) === "inspect");
    const codes = [...known]
      .map((match) => match[1] ?? "")
      .filter((code) => inspect.some(({ text }) => text.includes(`code: "${code}"`)));
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !errors.includes(`\`${code}\``))).toEqual([]);
  });

  it("explain why a piece went up as it did", () => {
    const inspect = readFileSync(join(ROOT, "docs/INSPECT.md"), "utf8");
    const codes = readFileSync(join(ROOT, "src/model/piece.ts"), "utf8").matchAll(/^ {2}\| "(\w+)"/gm);
    const reasons = [...codes].map((match) => match[1] ?? "");
    expect(reasons.length).toBeGreaterThan(15);
    expect(reasons.filter((reason) => !inspect.includes(`\`${reason}\``))).toEqual([]);
  });

  it("explain every field of the journal, and where it stands in a data point", () => {
    const operating = readFileSync(join(ROOT, "docs/OPERATING.md"), "utf8");
    const port = readFileSync(join(ROOT, "src/ports/journal.ts"), "utf8");
    const fields = [...port.matchAll(/^ {2}(\w+)\??:/gm)].map((match) => match[1] ?? "");
    expect(fields.length).toBeGreaterThan(30);
    const places = new Map<string, string>([
      ...BLOBS.map((name, place) => [name, `blob${place + 1}`] as const),
      ...DOUBLES.map((name, place) => [name, `double${place + 1}`] as const),
      ["tenant", "index1"],
    ]);
    expect(fields.filter((field) => !places.has(field))).toEqual([]);
    const rows = operating.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    const isThere = ([field, place]: [string, string]): boolean =>
      rows.some(([, name, column]) => name === `\`${field}\`` && column === `\`${place}\``);
    expect([...places].filter((entry) => !isThere(entry))).toEqual([]);
  });

  it("explain every reason", () => {
    const operating = readFileSync(join(ROOT, "docs/OPERATING.md"), "utf8");
    const plan = readFileSync(join(ROOT, "src/model/plan.ts"), "utf8");
    const reasons = [...plan.matchAll(/^ {2}\| "(\w+)"/gm)].map((match) => match[1] ?? "");
    expect(reasons.length).toBeGreaterThan(20);
    expect(reasons.filter((reason) => !operating.includes(`\`${reason}\``))).toEqual([]);
  });

  it("name a test for every rule of the wire, and each is there", () => {
    const rules = readFileSync(join(ROOT, "docs/WIRE.md"), "utf8").split("## Rules")[1]?.split("\n## ")[0] ?? "";
    const rows = rules.split("\n").filter((line) => line.startsWith("| ") && !/^\| (?:what|-)/.test(line));
    const files = new Set(
      sources("test").map(({ path }) =>
        path
          .split("/")
          .at(-1)
          ?.replace(/(?:\.test)?\.ts$/, ""),
      ),
    );
    const named = rows.map((row) =>
      [...(row.split("|").at(-2) ?? "").matchAll(/`([\w.-]+)`/g)].map((match) => match[1]),
    );
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((_row, index) => named[index]?.length === 0 && !/conformance/.test(rows[index] ?? ""))).toEqual(
      [],
    );
    expect(named.flat().filter((name) => !files.has(name))).toEqual([]);
  });
});
