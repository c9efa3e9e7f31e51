/**
 * Has a model condense one segment: asks, reads, checks.
 *
 * The one way from a model's words into the store. A digest that does not come, or does not pass the gate, is a
 * failure as data: the segment is then told by quotes. It asks once; whether to ask again is the caller's question.
 */
import { fail } from "../../model/result.ts";
import type { Result } from "../../model/result.ts";
import type { Usage } from "../../model/usage.ts";
import type { DigestWriter, WriterFailure, WriterPrompt } from "../../ports/digest-writer.ts";
import { checkDigest } from "./check-digest.ts";
import type { CheckedDigest, DigestFailure } from "./check-digest.ts";
import type { DigestSource } from "./digest-prompt.ts";
import { readDigest } from "./read-digest.ts";

export interface WrittenDigest {
  outcome: Result<CheckedDigest, DigestFailure | WriterFailure | { code: "no_digest" }>;
  /** As billed; null where the provider says nothing. */
  usage: Usage | null;
  /** Text that came back, for an estimate of what it cost. */
  answer: string;
}

export async function writeDigest(
  writer: DigestWriter,
  prompt: WriterPrompt,
  sources: readonly DigestSource[],
  isRollUp: boolean,
): Promise<WrittenDigest> {
  const { text, usage } = await writer.write(prompt);
  if (!text.ok) return { outcome: text, usage, answer: "" };
  const read = readDigest(text.value);
  if (read === null) return { outcome: fail({ code: "no_digest" }), usage, answer: text.value };
  // Facts are taken from messages alone, and what was open in the middle of a roll-up is so no more.
  const lines = isRollUp ? { ...read, threads: [], facts: [] } : read;
  return { outcome: checkDigest(lines, sources), usage, answer: text.value };
}
