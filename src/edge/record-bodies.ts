/**
 * The bodies of a turn as the session stores them: what it has already by its hash, the rest piece by piece.
 *
 * One hash runs over each body and finds on its way the longest beginning that the session knows; only what comes behind
 * that is cut and sent. The newest messages are no part of a beginning, because clients still change them. A body is read
 * once, as soon as somebody has time for it. Whatever is too much leaves its hash and its size.
 */
import { isGlue } from "../model/body-part.ts";
import type { BodyPart } from "../model/body-part.ts";
import { closeHash, hashText, openHash } from "../model/hash.ts";
import type { Hash, OpenHash } from "../model/hash.ts";
import { MOVING_MESSAGES, RECORDED_CHARS_MAX } from "../model/limits.ts";
import type { Checkpoint, RecordedBody, Recording } from "../ports/recording.ts";
import type { Slice } from "../wire/json-slices.ts";
import type { Wire } from "../wire/wire.ts";

/** A body that went up; `text` null: the client's own bytes. */
export interface SentBody {
  text: string | null;
  httpStatus: number;
}

export interface TurnBodies {
  client: string;
  refused: SentBody | null;
  forwarded: SentBody[];
}

type BodyText = Pick<RecordedBody, "bytes" | "sha256" | "text">;

export class BodyRecorder {
  readonly #wire: Wire;
  /** Beginnings that the session has, shortest first; then those of this turn's own bodies as well. */
  readonly #checkpoints: Checkpoint[];
  readonly #keepsText: boolean;
  readonly #read = new Map<string, BodyText>();
  readonly #prefixes: Recording["prefixes"] = [];
  readonly #pieces = new Map<Hash, string>();

  constructor(wire: Wire, checkpoints: readonly Checkpoint[], keepsText: boolean) {
    this.#wire = wire;
    this.#checkpoints = keepsText ? [...checkpoints] : [];
    this.#keepsText = keepsText;
  }

  /**
   * Hashes and cuts a body, the first time that it comes.
   *
   * @param grows whether a later body may begin as this one does
   */
  read(text: string, grows = true): BodyText {
    const known = this.#read.get(text);
    if (known) return known;
    const { base, hash: whole } = this.#findBase(text);
    const at = base?.chars ?? 0;
    const { opening, messages } = this.#keepsText ? this.#wire.sliceBody(text, at) : { opening: [], messages: [] };
    const settled = grows ? messages.at(-1 - MOVING_MESSAGES) : undefined;
    let prefix = base?.hash ?? null;
    if (settled !== undefined) {
      whole.update(text.slice(at, settled.end));
      const node = { hash: closeHash(whole.copy()), parent: prefix, chars: settled.end };
      const kept = messages.slice(0, -MOVING_MESSAGES);
      this.#prefixes.push({ ...node, parts: this.#cut(text, at, settled.end, [...opening, ...kept]) });
      this.#checkpoints.push({ hash: node.hash, chars: node.chars });
      this.#checkpoints.sort((one, other) => one.chars - other.chars);
      prefix = node.hash;
    }
    const from = settled?.end ?? at;
    whole.update(text.slice(from));
    const rest = settled === undefined ? [...opening, ...messages] : messages.slice(-MOVING_MESSAGES);
    const read = {
      bytes: Buffer.byteLength(text),
      sha256: whole.digest("hex"),
      text: this.#keepsText ? { prefix, closing: this.#cut(text, from, text.length, rest) } : null,
    };
    this.#read.set(text, read);
    return read;
  }

  /** @param sent texts that go to the session with the turn as it is */
  finish({ client, refused, forwarded }: TurnBodies, sent: ReadonlySet<string>): Recording {
    const own = this.read(client);
    const name = (side: RecordedBody["side"], { text, httpStatus }: SentBody, grows: boolean): RecordedBody => ({
      side,
      httpStatus,
      isClient: text === null,
      ...(text === null ? own : this.read(text, grows)),
    });
    const bodies: RecordedBody[] = [{ side: "client", httpStatus: null, isClient: false, ...own }];
    if (refused !== null) bodies.push(name("refused", refused, true));
    for (const [call, body] of forwarded.entries()) bodies.push(name("forwarded", body, call === 0));
    const pieces = [...this.#pieces].filter(([, text]) => !sent.has(text));
    // Without the texts, where they are too many for one call.
    if (countChars(sent) + countChars(pieces.map(([, text]) => text)) > RECORDED_CHARS_MAX)
      return { bodies: bodies.map((body) => ({ ...body, text: null })), prefixes: [], pieces: [] };
    return { bodies, prefixes: this.#prefixes, pieces: pieces.map(([hash, text]) => ({ hash, text })) };
  }

  /** The longest beginning that is known, and the hash of it, still open. */
  #findBase(text: string): { base: Checkpoint | null; hash: OpenHash } {
    let found: { base: Checkpoint | null; hash: OpenHash } = { base: null, hash: openHash() };
    const open = openHash();
    let at = 0;
    for (const point of this.#checkpoints) {
      if (point.chars > text.length) break;
      open.update(text.slice(at, point.chars));
      at = point.chars;
      if (closeHash(open.copy()) === point.hash) found = { base: point, hash: open.copy() };
    }
    return found;
  }

  /** The text between two places as parts: slices, and what stands between them. */
  #cut(text: string, from: number, to: number, slices: readonly Slice[]): BodyPart[] {
    const parts: BodyPart[] = [];
    let at = from;
    const add = (start: number, end: number): void => {
      if (start < end) parts.push(this.#name(text.slice(start, end)));
    };
    for (const { start, end } of slices) {
      add(at, start);
      add(start, end);
      at = end;
    }
    add(at, to);
    return parts;
  }

  #name(text: string): BodyPart {
    if (isGlue(text)) return text;
    const hash = hashText(text);
    this.#pieces.set(hash, text);
    return hash;
  }
}

function countChars(texts: Iterable<string>): number {
  let chars = 0;
  for (const { length } of texts) chars += length;
  return chars;
}
