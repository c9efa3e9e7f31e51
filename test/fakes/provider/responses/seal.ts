/**
 * `encrypted_content`: what the provider wants back unread and unchanged, sealed under a key that only it has.
 *
 * A seal opens to exactly what was put in or not at all, so a proxy that cuts, re-encodes or invents one is found
 * out, whether or not anything was stored. The same content always seals to the same text, so that a run repeats.
 * All simulators share one key, as all servers of one provider do.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";

export interface Sealed {
  kind: "reasoning" | "compaction";
  /** The item it was issued in. */
  id: string;
  /** What the model thought, or what stands for the compacted items. */
  text: string;
  model: string;
  /** The digest of the prompt that came before it. */
  prefix: string;
}

const LOOK = "gAAAAA";
const KEY = createHash("sha256").update("the simulator's seal").digest();
const IV_BYTES = 12;
const TAG_BYTES = 16;

export function seal(content: Sealed): string {
  const text = JSON.stringify(content);
  const iv = createHash("sha256").update(text).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", KEY, iv);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return LOOK + Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
}

/** Null when it was altered, cut, or never ours. */
export function openSeal(text: string): Sealed | null {
  const bytes = Buffer.from(text.slice(LOOK.length), "base64");
  const isWhole = text.startsWith(LOOK) && LOOK + bytes.toString("base64") === text;
  if (!isWhole || bytes.length < IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", KEY, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const body = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(body.toString("utf8")) as Sealed;
  } catch {
    return null;
  }
}
