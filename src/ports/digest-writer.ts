/**
 * A model that writes: one prompt in, one JSON text out.
 *
 * Only a transport. What is asked and what is made of the answer is the business of `distil/digests/write-digest`, so every
 * provider is asked the same and trusted alike. It is called off the request path, answers within its own time limit,
 * and whatever goes wrong is data: it never throws and never asks twice.
 */
import type { Result } from "../model/result.ts";
import type { Usage } from "../model/usage.ts";

export interface WriterPrompt {
  /** The task; the text that it is about stands in `material` alone. */
  task: string;
  material: string;
  /** Name and JSON schema of the answer. */
  schemaName: string;
  schema: Readonly<Record<string, unknown>>;
  /** Whether the provider is to hold the model to the schema; without it the task alone asks for JSON. */
  isStructured: boolean;
  outputTokensMax: number;
}

export type WriterFailure =
  | { code: "unreachable" }
  | { code: "timed_out" }
  /** The provider answered with an error. */
  | { code: "refused"; status: number }
  /** The same, to a structured request: asking in plain words may help. */
  | { code: "format_refused"; status: number }
  | { code: "reply_too_large" }
  /** No reply of the provider's known shape. */
  | { code: "unreadable" }
  /** The model reached its limit before the end. */
  | { code: "cut_short" }
  /** The provider or the model would not write this. */
  | { code: "declined" };

export interface WriterReply {
  text: Result<string, WriterFailure>;
  /** What the provider bills, where it says so; a reply that cannot be used may have cost something too. */
  usage: Usage | null;
}

export interface DigestWriter {
  /** Recorded with everything it writes, e.g. `openai:gpt-5.4-mini`. */
  readonly method: string;
  /** Name under which the price book knows the model. */
  readonly model: string;
  write(prompt: WriterPrompt): Promise<WriterReply>;
}
