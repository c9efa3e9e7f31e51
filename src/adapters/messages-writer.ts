/**
 * Writes over Anthropic Messages.
 *
 * A structured request gives the model one tool and makes it call that: the call's input is the answer. Some models
 * cannot be made to; the plain request then asks in words. It must not read the answer's content.
 */
import type { DistillerSetting } from "../env.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { Usage } from "../model/usage.ts";
import type { DigestWriter, WriterFailure, WriterPrompt } from "../ports/digest-writer.ts";
import { isObject, numberIn, postJson } from "./post-json.ts";
import type { JsonObject } from "./post-json.ts";

const VERSION = "2023-06-01";

export function createMessagesWriter({ base, key, model, timeoutMs }: DistillerSetting): DigestWriter {
  return {
    method: `anthropic:${model}`,
    model,
    async write(prompt) {
      const reply = await postJson({
        url: `${base}/v1/messages`,
        headers: { "anthropic-version": VERSION, ...(key === null ? {} : { "x-api-key": key }) },
        body: { model, ...messagesFields(prompt) },
        isStructured: prompt.isStructured,
        timeoutMs,
      });
      if (!reply.ok) return { text: reply, usage: null };
      return { text: readText(reply.value), usage: readUsage(reply.value["usage"]) };
    },
  };
}

function messagesFields({
  task,
  material,
  schemaName,
  schema,
  isStructured,
  outputTokensMax,
}: WriterPrompt): JsonObject {
  return {
    max_tokens: outputTokensMax,
    system: task,
    messages: [{ role: "user", content: material }],
    ...(isStructured
      ? {
          tools: [{ name: schemaName, description: "Takes the notes.", input_schema: schema }],
          tool_choice: { type: "tool", name: schemaName },
        }
      : {}),
  };
}

function readText({ content, stop_reason: stop }: JsonObject): Result<string, WriterFailure> {
  if (stop === "max_tokens") return fail({ code: "cut_short" });
  if (stop === "refusal") return fail({ code: "declined" });
  if (!Array.isArray(content)) return fail({ code: "unreadable" });
  const blocks = content.filter(isObject);
  const call = blocks.find(({ type }) => type === "tool_use");
  if (call) return ok(JSON.stringify(call["input"] ?? null));
  const texts = blocks.flatMap(({ text }) => (typeof text === "string" ? [text] : []));
  return texts.length > 0 ? ok(texts.join("")) : fail({ code: "unreadable" });
}

/** Anthropic counts what was read from the cache, and what was written to it, beside the rest of the prompt. */
function readUsage(usage: unknown): Usage | null {
  const fresh = numberIn(usage, "input_tokens");
  const completionTokens = numberIn(usage, "output_tokens");
  if (fresh === null || completionTokens === null) return null;
  const cachedTokens = numberIn(usage, "cache_read_input_tokens");
  const cacheWriteTokens = numberIn(usage, "cache_creation_input_tokens");
  const promptTokens = fresh + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0);
  return { promptTokens, completionTokens, cachedTokens, cacheWriteTokens };
}
