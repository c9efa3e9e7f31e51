/**
 * Content addresses: fingerprints of messages, chains of fingerprints, hashes of bytes.
 *
 * Two messages with one fingerprint are the same message for lineage; a chain names a whole path from the
 * first message on, so a known chain means a known history. 128 bits of SHA-256 are kept: a collision needs
 * 2^64 tries inside one's own session. Synchronous on purpose (`node:crypto`): no await, no interleaving.
 */
import { createHash } from "node:crypto";

/** 22 characters, base64url, 128 bits. */
export type Hash = string;

/** Whether a text has the form of a hash: a message, a chain, a thread or a tenant's key may be meant by it. */
export function isHash(text: string): boolean {
  return /^[\w-]{22}$/.test(text);
}

/** The chain before the first message. */
export const ROOT_CHAIN: Hash = "root";

export function hashText(text: string): Hash {
  return closeHash(openHash().update(text));
}

/** A hash to which text is still added. */
export type OpenHash = ReturnType<typeof createHash>;

export function openHash(): OpenHash {
  return createHash("sha256");
}

export function closeHash(hash: OpenHash): Hash {
  return hash.digest("base64url").slice(0, 22);
}

/** Chain of a path whose last message has this fingerprint. */
export function extendChain(parent: Hash, fingerprint: Hash): Hash {
  return hashText(`${parent}/${fingerprint}`);
}

/** Chains of a whole list of fingerprints, one for each prefix. */
export function chainAll(fingerprints: readonly Hash[], from: Hash = ROOT_CHAIN): Hash[] {
  let chain = from;
  return fingerprints.map((fingerprint) => (chain = extendChain(chain, fingerprint)));
}
