/**
 * Files that nobody's session has written: each row changed in one place, with a last line that fits.
 *
 * Whatever such a file says, it is refused with the line that is wrong, or the session that it makes works: it can be
 * looked at, does its work, and plans and stores the next turn.
 */
import { assert, asyncProperty, nat } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { exportLines, importLines } from "../../fakes/moved-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";
import { answer, say, writeBody } from "./tool-thread.ts";
import type { Item, ToolThread } from "./tool-thread.ts";
import { lookAtAll, playAgent, playDigested, reopen } from "./transfer-fixture.ts";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 300);
const HOSTILE: unknown[] = [
  null,
  -1,
  0,
  1,
  2 ** 31,
  1e308,
  0.5,
  "",
  "x",
  "root",
  "A".repeat(22),
  '{"role":"user"}',
  "x".repeat(300_000),
  true,
  [],
  {},
  [[]],
  [null],
  ["A".repeat(22)],
  { length: 3 },
  { tokens: "many" },
];

interface Played {
  wire: WireName;
  lines: string[];
  items: Item[];
  fields: Item;
  rev: string | null;
}

let all: Played[] = [];
beforeAll(async () => {
  const agents = await Promise.all(
    (["chat-completions", "responses", "messages"] as const).map((wire) => playAgent(wire, 6)),
  );
  const read = async ({ wire, items, fields, rev, conversation }: ToolThread): Promise<Played> => ({
    wire,
    items,
    fields,
    rev,
    lines: await exportLines(conversation.session),
  });
  const digested = await playDigested();
  const lines = await exportLines(digested.session);
  all = [
    ...(await Promise.all(agents.map(read))),
    { wire: "chat-completions", lines, items: [], fields: {}, rev: null },
  ];
});

/** A value somewhere inside another, by the way to it. */
function listPlaces(value: unknown, way: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([key, part]) => listPlaces(part, [...way, key]))];
}

function change(line: string, place: number, how: number): string {
  const value = JSON.parse(line) as Record<string, never>;
  const ways = listPlaces(value).slice(1);
  const way = ways[place % ways.length] ?? [];
  const parent = way.slice(0, -1).reduce<Record<string, never>>((inner, key) => inner[key] as never, value);
  const last = way.at(-1) ?? "";
  const kind = how % (HOSTILE.length + 3);
  if (kind === HOSTILE.length) delete parent[last];
  else if (kind === HOSTILE.length + 1) Object.assign(parent, { further: 1 });
  else if (kind === HOSTILE.length + 2 && typeof parent[last] === "number")
    Object.assign(parent, { [last]: parent[last] + 1 });
  else Object.assign(parent, { [last]: HOSTILE[kind % HOSTILE.length] });
  return JSON.stringify(value);
}

/** Throws where the session does not work. */
async function useIt({ wire, items, fields, rev }: Played, sql: Parameters<typeof reopen>[1]): Promise<void> {
  const there = reopen(wire, sql);
  lookAtAll(there.session);
  await there.work();
  there.pass(3_600 * 24 * 400);
  const fresh = say(wire, "Which boats are left?");
  const reply = answer(wire, "None.");
  const message = (wire === "responses" ? { role: "assistant", content: "", items: [reply] } : reply) as ChatMessage;
  const whole = writeBody(wire, [...items, fresh], fields);
  const planned = await there.plan(whole);
  if (!planned.ok) throw new Error(JSON.stringify(planned.error));
  JSON.parse(planned.value.outgoing ?? whole);
  const delta = rev === null ? null : await there.plan(writeBody(wire, [fresh], fields), { "x-strata-parent": rev });
  if (delta?.ok) JSON.parse(delta.value.outgoing ?? "{}");
  await there.finish(planned.value, whole, { message });
  await there.work();
  lookAtAll(there.session);
}

describe("a file that was changed", () => {
  it("is refused with its line, or makes a session that works", async () => {
    const seen = { refused: 0, taken: 0 };
    await assert(
      asyncProperty(nat(), nat(), nat(), nat(), async (which, line, place, how) => {
        const played = all[which % all.length];
        if (played === undefined) throw new Error("nothing was played");
        const at = 1 + (line % (played.lines.length - 1));
        const lines = played.lines.map((text, index) => (index === at ? change(text, place, how) : text));
        const { sql, answer: imported } = await importLines(lines);
        if (imported.ok) {
          seen.taken++;
          await useIt(played, sql);
        } else {
          seen.refused++;
          expect(imported.error).toMatchObject({ code: "unreadable", line: expect.any(Number) });
          expect(sql.all("SELECT name FROM sqlite_master WHERE name = 'message'")).toEqual([]);
        }
        sql.close();
      }),
      { numRuns: RUNS },
    );
    expect(seen.refused).toBeGreaterThan(RUNS / 4);
    expect(seen.taken).toBeGreaterThan(0);
  }, 600_000);

  it("is refused with lines left out, twice there, or in another order", async () => {
    const [{ lines } = { lines: [] }] = all;
    const [header = "", session = "", ...rows] = lines;
    const nodes = rows.findIndex((line) => line.startsWith('{"table":"node"'));
    const without = (index: number): string[] => rows.filter((_line, place) => place !== index);
    for (const file of [
      [header, ...rows],
      [header, session, session, ...rows],
      [header, session, ...rows.toReversed()],
      [header, session, ...without(nodes)],
      [header, session, ...without(0)],
      [header, session, ...rows.slice(0, nodes + 1), rows[nodes] ?? "", ...rows.slice(nodes + 1)],
      [header, session, ...rows, '{"table":"secrets","row":{}}'],
      [header, session, ...rows, "not JSON"],
      [header.replace(/"user":"[^"]{22}"/, `"user":"${"A".repeat(22)}"`), session, ...rows],
    ])
      expect((await importLines(file)).answer).toMatchObject({ ok: false, error: { code: "unreadable" } });
  });
});
