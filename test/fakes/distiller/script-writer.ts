/**
 * A digest writer in memory that answers as a test tells it to and remembers what it was asked.
 */
import type { Usage } from "../../../src/model/usage.ts";
import type { DigestWriter, WriterFailure, WriterPrompt } from "../../../src/ports/digest-writer.ts";
import { fail, ok } from "../../../src/model/result.ts";
import { answerIn } from "./answers.ts";
import type { Manner } from "./answers.ts";

export interface ScriptedWriter extends DigestWriter {
  prompts: WriterPrompt[];
  answer: Manner | WriterFailure;
  usage: Usage | null;
  /** Runs while the model writes. */
  meanwhile: () => Promise<void>;
}

export function scriptWriter(answer: Manner | WriterFailure = "well"): ScriptedWriter {
  const writer: ScriptedWriter = {
    method: "scripted",
    model: "scripted",
    prompts: [],
    answer,
    usage: { promptTokens: 6000, completionTokens: 500, cachedTokens: null, cacheWriteTokens: null },
    meanwhile: async () => undefined,
    async write(prompt) {
      writer.prompts.push(prompt);
      await writer.meanwhile();
      const { answer, usage } = writer;
      if (typeof answer !== "string") return { text: fail(answer), usage: null };
      return { text: ok(answerIn(answer, prompt.material)), usage };
    },
  };
  return writer;
}
