/**
 * OpenAI's explicit prompt cache: which models have it, what names it, and whether there is room for a breakpoint of ours.
 *
 * Models from GPT-5.6 on write the cache where a breakpoint stands, at most four in a request of which one is the
 * implicit one (developers.openai.com/api/docs/guides/prompt-caching, 2026). Older models reject the field. The
 * client's own breakpoints win: ours is left out when they fill the room, and where it caches explicitly.
 */
import type { CacheLifetime } from "../model/usage.ts";
import type { Member } from "./json-slices.ts";
import { findSlice, isRecord, parseSlice } from "./read-members.ts";
import type { PartMarker } from "./user-content.ts";
import type { DecodedRequest, Edit } from "./wire.ts";

/** Explicit breakpoints that fit beside the implicit one. */
const BREAKPOINTS_MAX = 3;

const MODELS = /^gpt-(?:5\.(?:[6-9]|1\d)|[6-9]|1\d)(?:[.-]|$)/;

/**
 * The conversation's name for the prompt cache, as a member of the body, or none: the client's own name stands, and
 * older models find a prefix without one.
 */
export function nameCache({ model, members }: DecodedRequest, { brief, cacheKey }: Edit): string[] {
  if (brief === null || cacheKey === null || model === null || !MODELS.test(model)) return [];
  const isNamed = members.some(({ key }) => key === "prompt_cache_key");
  return isNamed ? [] : [`"prompt_cache_key":${JSON.stringify(cacheKey)}`];
}

const LIFETIMES = new Map<unknown, number>([
  ["30m", 30 * 60],
  ["12h", 12 * 60 * 60],
  ["24h", 24 * 60 * 60],
]);

/** `prompt_cache_options.ttl`, or `prompt_cache_retention` of older models. */
export function readCacheLifetime(text: string, members: readonly Member[]): CacheLifetime | null {
  const options = parseSlice(text, findSlice(members, "prompt_cache_options"));
  const retention = parseSlice(text, findSlice(members, "prompt_cache_retention"));
  const seconds = LIFETIMES.get(isRecord(options) ? options["ttl"] : retention);
  return seconds === undefined ? null : { seconds, writeFactor: null };
}

/** Whether a breakpoint of ours is understood, and wanted. */
export function takesBreakpoints({
  model,
  text,
  members,
}: Pick<DecodedRequest, "model" | "text" | "members">): boolean {
  if (model === null || !MODELS.test(model)) return false;
  const options = parseSlice(text, findSlice(members, "prompt_cache_options"));
  // The client has taken the cache into its own hands; without breakpoints of its own it wants none written.
  return !(isRecord(options) && options["mode"] === "explicit");
}

/**
 * Whether the brief of this request is to end with a cache breakpoint.
 *
 * @param sent what goes up beside the brief, in pieces
 */
export function marksItsCache(request: DecodedRequest, sent: readonly string[]): boolean {
  if (!takesBreakpoints(request)) return false;
  // One that only looks like a marker costs us ours, never the client theirs.
  const count = sent.reduce((sum, piece) => sum + piece.split('"prompt_cache_breakpoint"').length - 1, 0);
  return count < BREAKPOINTS_MAX;
}

const BREAKPOINT: PartMarker = { key: "prompt_cache_breakpoint", json: '{"mode":"explicit"}' };

/**
 * The breakpoint that ends what the user said where the newest recalled block follows: the implicit one stands behind
 * the block, where the next prompt may differ. Stored messages are not counted, because their markers give way.
 */
export function markerBeforeRecalled(request: DecodedRequest, { cut }: Edit): PartMarker | null {
  return marksItsCache(request, keptPieces(request, cut)) ? BREAKPOINT : null;
}

/** What stays of the body, in pieces, once the first messages have left it. */
export function keptPieces({ text, history }: DecodedRequest, cut: number): string[] {
  const [first, kept] = [history[0], history[cut]];
  return first && kept ? [text.slice(0, first.start), text.slice(kept.start)] : [text];
}
