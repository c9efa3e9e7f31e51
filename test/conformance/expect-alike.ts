/**
 * What must hold of any conversation that was played directly and through the edge.
 *
 * The app saw what the script says and saw it on both sides; the provider was asked as often and refused nothing it was not
 * told to refuse; no header of ours came through. It must not demand that prompts are equal: an edge may shorten them.
 */
import { expect } from "vitest";
import type { RecordedRequest } from "../fakes/provider/provider.ts";
import type { Conversation } from "./conversation.ts";
import type { Seen } from "./driver.ts";
import { recordsOf } from "./stage.ts";
import type { Casting, Castings, Side, Stage } from "./stage.ts";

interface Allowance {
  /** Prompts may be shorter through the edge. */
  compacts?: boolean;
  /** The edge answers for what the provider lacks: only requests for replies are compared. */
  standsIn?: boolean;
}

export function expectAlike(
  stage: Stage,
  conversation: Conversation,
  { direct, edge }: Castings,
  { compacts = false, standsIn = false }: Allowance = {},
): void {
  expectScript(conversation, direct.play.seen);
  const pick = (seen: Seen): object => (compacts ? { ...seen, usage: seen.usage.map(([, output]) => output) } : seen);
  expect(edge.play.seen.map(pick)).toEqual(direct.play.seen.map(pick));

  const [alone, behind] = [recordsOf(stage.direct, direct.key), recordsOf(stage.edge, edge.key)].map((records) =>
    records.filter(({ path }) => !standsIn || ASKS_FOR_REPLY.test(path)),
  ) as [RecordedRequest[], RecordedRequest[]];
  const outline = ({ method, path, status }: RecordedRequest): string => `${method} ${path} ${status}`;
  expect(behind.map(outline)).toEqual(alone.map(outline));
  const failures = conversation.turns.reduce((sum, turn) => sum + (turn.failures ?? 0), 0);
  expect(behind.filter(({ status }) => status >= 400)).toHaveLength(failures);
  for (const { headers } of behind) expect(headers.filter(([name]) => /^x-strata-/i.test(name))).toEqual([]);
}

const ASKS_FOR_REPLY = /\/(?:chat\/completions|responses|messages)$/;

/** The app saw everything that the script says, so that two equal failures are no success. */
export function expectScript({ turns }: Conversation, seen: Seen[]): void {
  for (const [index, turn] of turns.entries()) {
    const saw = seen[index];
    expect(saw?.error, `turn ${index}`).toBeNull();
    expect(saw?.left, `turn ${index}`).toBe(turn.leave ?? false);
    if (turn.leave) continue;
    const text = turn.steps.at(-1)?.text ?? "";
    if (turn.form) expect(saw?.form, `turn ${index}`).toEqual(JSON.parse(text));
    else expect(saw?.text, `turn ${index}`).toBe(text);
    const looks = turn.steps.flatMap(({ look }) => look ?? []);
    expect(saw?.calls.map(({ arguments: said }) => (said as { pier: string }).pier)).toEqual(looks);
    expect(saw?.thought.length !== 0, `turn ${index}`).toBe(turn.steps.some(({ thought }) => thought !== undefined));
    if (turn.stream) expect(saw?.pieces, `turn ${index}`).toBeGreaterThan(0);
  }
}

/** The one thing that an edge may add to a body that it leaves alone: a name for the provider's prompt cache. */
const CACHE_KEY = /,"prompt_cache_key":"st_[\w-]{43}"/;

/** What went up is, byte for byte, what the app had sent. */
export function expectUntouched(side: Side, { key, place }: Casting): void {
  const forwarded = recordsOf(side, key).map(({ body }) => body.toString());
  for (const [index, { body }] of place.sent.entries()) {
    const wasNamed = body.includes('"prompt_cache_key"');
    expect(wasNamed ? forwarded[index] : forwarded[index]?.replace(CACHE_KEY, "")).toBe(body);
  }
}
