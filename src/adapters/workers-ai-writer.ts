/**
 * Writes with a model on Workers AI, through the Worker's own binding: no key, no address.
 *
 * The binding takes no signal that every runtime honours, so the wait is raced against a timer; a reply that comes
 * later is dropped. It must not read the answer's content.
 */
import type { DistillerSetting } from "../env.ts";
import { DIGEST_REPLY_BYTES_MAX } from "../model/limits.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { DigestWriter, WriterFailure, WriterPrompt } from "../ports/digest-writer.ts";
import { readText, readUsage } from "./chat-writer.ts";
import { failureOf, isObject } from "./post-json.ts";
import type { JsonObject } from "./post-json.ts";

/** The part of the `AI` binding that is used. */
export interface AiBinding {
  run(model: string, inputs: JsonObject, options: { signal: AbortSignal }): Promise<unknown>;
}

export function createWorkersAiWriter(ai: AiBinding, { model, timeoutMs }: DistillerSetting): DigestWriter {
  return {
    method: `workers-ai:${model}`,
    model,
    async write(prompt) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const reply = await Promise.race([ai.run(model, inputsOf(prompt), { signal }), whenAborted(signal)]);
        const usage = isObject(reply) ? readUsage(reply["usage"]) : null;
        return { text: readReply(reply), usage };
      } catch (error) {
        const failure = failureOf(error);
        const isForm = prompt.isStructured && failure.code !== "timed_out" && /json|schema|format/i.test(String(error));
        return { text: fail(isForm ? { code: "format_refused", status: 400 } : failure), usage: null };
      }
    },
  };
}

function inputsOf({ task, material, schema, isStructured, outputTokensMax }: WriterPrompt): JsonObject {
  return {
    messages: [
      { role: "system", content: task },
      { role: "user", content: material },
    ],
    max_tokens: outputTokensMax,
    ...(isStructured ? { response_format: { type: "json_schema", json_schema: schema } } : {}),
  };
}

/** Newer models answer as Chat Completions do, older ones under `response`: as text or, in JSON mode, as an object. */
function readReply(reply: unknown): Result<string, WriterFailure> {
  if (!isObject(reply)) return fail({ code: "unreadable" });
  const said = reply["response"];
  if (said === undefined) return bounded(readText(reply));
  const text = isObject(said) ? JSON.stringify(said) : said;
  return typeof text === "string" ? bounded(ok(text)) : fail({ code: "unreadable" });
}

function bounded(text: Result<string, WriterFailure>): Result<string, WriterFailure> {
  return text.ok && text.value.length > DIGEST_REPLY_BYTES_MAX ? fail({ code: "reply_too_large" }) : text;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
