/**
 * A provider's prompt cache: what part of a prompt was read before, by the same key and model, not too long ago.
 *
 * Prompts are kept as paths in a tree of pieces, so billing a turn costs one look-up per piece and tokens are
 * counted once per distinct piece, however long the session. A hit is the longest live path, plus the common
 * beginning of the first piece that differs, in whole granules; using a path keeps it alive (sliding lifetime,
 * counted from request start to request start). It must not read a clock: the time comes in with each prompt.
 */
import { endOfCharacter, type CountTokens } from "./count-tokens.ts";
import type { Piece } from "./prompt-pieces.ts";

export interface CacheSettings {
  ttlSeconds: number;
  /** A shorter prefix than this is neither read nor written. */
  minimumTokens: number;
  /** Prefixes are cached in steps of this many tokens. */
  granuleTokens: number;
}

export interface PromptBill {
  promptTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
}

/** A piece seen before; there is one object per distinct piece, so identity stands for equality. */
interface KnownPiece extends Piece {
  tokens: number;
}

interface PathNode {
  usedAt: number;
  next: Map<KnownPiece, PathNode>;
}

export class PrefixCache {
  readonly #settings: CacheSettings;
  readonly #countTokens: CountTokens;
  readonly #known = new Map<string, KnownPiece>();
  readonly #roots = new Map<string, PathNode>();

  constructor(settings: CacheSettings, countTokens: CountTokens) {
    this.#settings = settings;
    this.#countTokens = countTokens;
  }

  /** Reads what it can, writes the rest, and says how much of each. */
  bill(owner: string, pieces: Piece[], nowMs: number): PromptBill {
    let node = this.#root(owner);
    let promptTokens = 0;
    let sharedTokens = 0;
    let sharing = true;
    for (const piece of pieces) {
      const known = this.#know(piece);
      const step = this.#liveStep(node, known, nowMs);
      if (sharing) sharedTokens += step ? known.tokens : this.#sharedWithin(node, known, nowMs);
      sharing &&= step !== undefined;
      node = step ?? addStep(node, known);
      node.usedAt = Math.max(node.usedAt, nowMs);
      promptTokens += known.tokens;
    }
    return this.#settle(promptTokens, sharedTokens);
  }

  forget(): void {
    this.#known.clear();
    this.#roots.clear();
  }

  #settle(promptTokens: number, sharedTokens: number): PromptBill {
    const { minimumTokens, granuleTokens } = this.#settings;
    const inGranules = (tokens: number): number => Math.floor(tokens / granuleTokens) * granuleTokens;
    // The last token of a prompt is always computed: its output is what generation starts from.
    const readable = inGranules(Math.min(sharedTokens, promptTokens - 1));
    const cachedTokens = readable >= minimumTokens ? Math.max(readable, 0) : 0;
    const writable = promptTokens >= minimumTokens ? inGranules(promptTokens) : 0;
    return { promptTokens, cachedTokens, cacheWriteTokens: Math.max(0, writable - cachedTokens) };
  }

  /** The most that `piece` has in common with the beginning of any live piece in the same place, in tokens. */
  #sharedWithin(node: PathNode, piece: KnownPiece, nowMs: number): number {
    let longest = 0;
    for (const [other, path] of node.next) {
      if (!this.#isLive(path, nowMs)) node.next.delete(other);
      else if (other.head === piece.head) longest = Math.max(longest, commonLength(other.text, piece.text));
    }
    if (longest === 0) return 0;
    const common = piece.text.slice(0, endOfCharacter(piece.text, longest));
    return Math.min(piece.tokens, piece.extraTokens + this.#countTokens(common));
  }

  /** A path that expired is as good as absent; whatever lay behind it is older still. */
  #liveStep(node: PathNode, piece: KnownPiece, nowMs: number): PathNode | undefined {
    const step = node.next.get(piece);
    return step && this.#isLive(step, nowMs) ? step : undefined;
  }

  #isLive(node: PathNode, nowMs: number): boolean {
    return nowMs - node.usedAt <= this.#settings.ttlSeconds * 1000;
  }

  #know(piece: Piece): KnownPiece {
    const name = `${piece.head.length} ${piece.head}${piece.text}`;
    let known = this.#known.get(name);
    if (!known) {
      known = { ...piece, tokens: piece.extraTokens + this.#countTokens(piece.text) };
      this.#known.set(name, known);
    }
    return known;
  }

  #root(owner: string): PathNode {
    let root = this.#roots.get(owner);
    if (!root) {
      root = { usedAt: 0, next: new Map() };
      this.#roots.set(owner, root);
    }
    return root;
  }
}

function addStep(node: PathNode, piece: KnownPiece): PathNode {
  const step: PathNode = { usedAt: 0, next: new Map() };
  node.next.set(piece, step);
  return step;
}

function commonLength(one: string, other: string): number {
  const end = Math.min(one.length, other.length);
  let index = 0;
  while (index < end && one.charCodeAt(index) === other.charCodeAt(index)) index += 1;
  return index;
}
