/**
 * One JSON request to a provider, with a time limit and a bounded reply.
 *
 * Every way of failing is data, in the words of the digest writer's port. It follows no redirect, because the request
 * carries a key, and never asks twice.
 */
import { DIGEST_REPLY_BYTES_MAX } from "../model/limits.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { WriterFailure } from "../ports/digest-writer.ts";

export interface JsonRequest {
  url: string;
  headers: Record<string, string>;
  body: unknown;
  /** Whether a refusal may be about the form that was asked for. */
  isStructured: boolean;
  timeoutMs: number;
}

export type JsonObject = Record<string, unknown>;

export async function postJson({
  url,
  headers,
  body,
  isStructured,
  timeoutMs,
}: JsonRequest): Promise<Result<JsonObject, WriterFailure>> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      const isForm = isStructured && (response.status === 400 || response.status === 422);
      return fail({ code: isForm ? "format_refused" : "refused", status: response.status });
    }
    const text = await readBounded(response);
    return text === null ? fail({ code: "reply_too_large" }) : parseObject(text);
  } catch (error) {
    return fail(failureOf(error));
  }
}

/** What a call that was thrown out of has met: its time limit, or the network. */
export function failureOf(error: unknown): WriterFailure {
  return { code: error instanceof Error && error.name === "TimeoutError" ? "timed_out" : "unreachable" };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numberIn(value: unknown, field: string): number | null {
  const number = isObject(value) ? value[field] : null;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

/** The first of a list, where it is an object. */
export function firstOf(value: unknown): JsonObject {
  const first: unknown = Array.isArray(value) ? value[0] : null;
  return isObject(first) ? first : {};
}

async function readBounded(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > DIGEST_REPLY_BYTES_MAX) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseObject(text: string): Result<JsonObject, WriterFailure> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return ok(value);
  } catch {
    // Not JSON at all is as unreadable as JSON of another shape.
  }
  return fail({ code: "unreadable" });
}
