/**
 * What the edge hands over of a turn's bodies, so that they can be put together again byte for byte.
 *
 * A body is a stored prefix with something behind it. Prompts only grow, so the session names what it has (checkpoints)
 * and the edge sends what is new. Types only; everything here crosses an RPC.
 */
import type { BodyPart } from "../model/body-part.ts";
import type { Hash } from "../model/hash.ts";

/** The beginning of a recorded body: hash of its text, and how long it is. */
export interface Checkpoint {
  hash: Hash;
  chars: number;
}

/** A longer beginning: another one, and what comes behind it. */
export interface BodyPrefix extends Checkpoint {
  parent: Hash | null;
  parts: BodyPart[];
}

export interface RecordedBody {
  side: "client" | "forwarded" | "refused";
  bytes: number;
  /** Of the bytes, in hex. */
  sha256: string;
  /** Of the answer to it; null for what the client sent. */
  httpStatus: number | null;
  /** The very bytes of the client; what they are stands with the client's body. */
  isClient: boolean;
  /** Null: only hash and size are kept. */
  text: { prefix: Hash | null; closing: BodyPart[] } | null;
}

export interface Recording {
  bodies: RecordedBody[];
  /** New beginnings, those that build on another behind it. */
  prefixes: BodyPrefix[];
  /** Texts that no message of the turn's record is. */
  pieces: { hash: Hash; text: string }[];
}
