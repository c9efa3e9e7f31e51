/**
 * The bodies of a turn as the session stores them: what it has already by its hash, the rest piece by piece.
 *
 * Done when the reply is over, never before the request has gone up. One hash runs over each body and finds on its way
 * the longest beginning that the session knows; only what comes behind that is cut and sent. The newest messages are no
 * part of a beginning, because clients still change them. Whatever is too much leaves its hash and its size.
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

interface Recorder {
  wire: Wire;
  /** What the session has of earlier turns, shortest first. */
  checkpoints: readonly Checkpoint[];
  /** Texts that go to the session with the turn as it is. */
  sent: ReadonlySet<string>;
  keepsText: boolean;
}

export function recordBodies({ client, refused, forwarded }: TurnBodies, recorder: Recorder): Recording {
  const writer = new BodyWriter(recorder);
  const own = writer.write(client, { side: "client", httpStatus: null, isClient: false, grows: true });
  const bodies = [own];
  if (refused !== null) bodies.push(writer.writeSent(refused, own, "refused", false));
  for (const [call, body] of forwarded.entries()) bodies.push(writer.writeSent(body, own, "forwarded", call === 0));
  return writer.finish(bodies);
}

interface Place {
  side: RecordedBody["side"];
  httpStatus: number | null;
  isClient: boolean;
  /** Whether a later body may begin as this one does. */
  grows: boolean;
}

class BodyWriter {
  readonly #recorder: Recorder;
  readonly #checkpoints: Checkpoint[];
  readonly #prefixes: Recording["prefixes"] = [];
  readonly #texts = new Map<Hash, string>();
  #chars = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#checkpoints = recorder.keepsText ? [...recorder.checkpoints] : [];
    for (const text of recorder.sent) this.#chars += text.length;
  }

  writeSent(
    { text, httpStatus }: SentBody,
    own: RecordedBody,
    side: RecordedBody["side"],
    grows: boolean,
  ): RecordedBody {
    return text === null
      ? { ...own, side, httpStatus, isClient: true }
      : this.write(text, { side, httpStatus, isClient: false, grows });
  }

  write(text: string, { grows, ...place }: Place): RecordedBody {
    const { keepsText, wire } = this.#recorder;
    const { base, hash: whole } = this.#findBase(text);
    const { opening, messages } = keepsText ? wire.sliceBody(text, base?.chars ?? 0) : { opening: [], messages: [] };
    const settled = grows ? messages.at(-1 - MOVING_MESSAGES) : undefined;
    const at = base?.chars ?? 0;
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
    return {
      ...place,
      bytes: Buffer.byteLength(text),
      sha256: whole.digest("hex"),
      text: keepsText ? { prefix, closing: this.#cut(text, from, text.length, rest) } : null,
    };
  }

  /** Without the texts, where they are too many for one call. */
  finish(bodies: RecordedBody[]): Recording {
    if (this.#chars > RECORDED_CHARS_MAX)
      return { bodies: bodies.map((body) => ({ ...body, text: null })), prefixes: [], pieces: [] };
    return { bodies, prefixes: this.#prefixes, pieces: [...this.#texts].map(([hash, text]) => ({ hash, text })) };
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
    if (!this.#texts.has(hash) && !this.#recorder.sent.has(text)) {
      this.#texts.set(hash, text);
      this.#chars += text.length;
    }
    return hash;
  }
}
