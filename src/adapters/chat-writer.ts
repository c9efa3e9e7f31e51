/**
 * Writes over Chat Completions, as OpenAI and most servers of open models speak it.
 *
 * A structured request holds the model to the schema; a plain one asks in words and uses the parameters that every
 * server knows. It must not read the answer's content.
 */
import type { DistillerSetting } from "../env.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { Usage } from "../model/usage.ts";
import type { DigestWriter, WriterFailure, WriterPrompt } from "../ports/digest-writer.ts";
import { firstOf, isObject, numberIn, postJson } from "./post-json.ts";
import type { JsonObject } from "./post-json.ts";

export function createChatWriter({ base, key, model, timeoutMs }: DistillerSetting): DigestWriter {
  return {
    method: `openai:${model}`,
    model,
    async write(prompt) {
      const reply = await postJson({
        url: `${base}/v1/chat/completions`,
        headers: key === null ? {} : { authorization: `Bearer ${key}` },
        body: { model, ...chatFields(prompt) },
        isStructured: prompt.isStructured,
        timeoutMs,
      });
      if (!reply.ok) return { text: reply, usage: null };
      return { text: readText(reply.value), usage: readUsage(reply.value["usage"]) };
    },
  };
}

function chatFields({ task, material, schemaName, schema, isStructured, outputTokensMax }: WriterPrompt): JsonObject {
  return {
    messages: [
      { role: "system", content: task },
      { role: "user", content: material },
    ],
    ...(isStructured
      ? {
          max_completion_tokens: outputTokensMax,
          response_format: { type: "json_schema", json_schema: { name: schemaName, strict: true, schema } },
        }
      : { max_tokens: outputTokensMax }),
  };
}

/** The answer of a completion. */
export function readText(reply: JsonObject): Result<string, WriterFailure> {
  const { message, finish_reason: finish } = firstOf(reply["choices"]);
  if (finish === "length") return fail({ code: "cut_short" });
  if (!isObject(message)) return fail({ code: "unreadable" });
  if (finish === "content_filter" || typeof message["refusal"] === "string") return fail({ code: "declined" });
  const { content } = message;
  return typeof content === "string" ? ok(content) : fail({ code: "unreadable" });
}

export function readUsage(usage: unknown): Usage | null {
  const promptTokens = numberIn(usage, "prompt_tokens");
  const completionTokens = numberIn(usage, "completion_tokens");
  if (promptTokens === null || completionTokens === null) return null;
  const details = isObject(usage) ? usage["prompt_tokens_details"] : null;
  return { promptTokens, completionTokens, cachedTokens: numberIn(details, "cached_tokens"), cacheWriteTokens: null };
}
