/**
 * The routes that generate nothing of their own: models, embeddings, and an echo for byte-exactness tests.
 *
 * A proxy passes all of these through untouched, so they only need to look real and to depend on nothing but
 * the request. The echo answers with the digest of the body it received, not with the body.
 * A path that is not here gets the provider's 404; these routes must not bill and must not touch the cache.
 */
import { createHash } from "node:crypto";
import { isObject } from "./chat-request.ts";
import type { CountTokens } from "./count-tokens.ts";
import { listModels, modelInfo } from "./messages/models.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { missingParameter, refuse, unknownUrl, type Refusal } from "./refusal.ts";
import { headerOf } from "./request-steps.ts";

const MODELS = ["gpt-4o-mini", "gpt-5.4", "gpt-6-luna", "gpt-6.1-sol", "text-embedding-3-small"];
const MODELS_CREATED_SECONDS = 1_735_689_600;
const EMBEDDING_DIMENSIONS = 8;

export type Answer = { ok: true; body: object } | { ok: false; refusal: Refusal };

export function answerOther(record: RecordedRequest, pathname: string, countTokens: CountTokens): Answer {
  if (pathname === "/v1/echo") return { ok: true, body: echo(record) };
  const claude =
    record.method === "GET" && headerOf(record, "anthropic-version") !== "" ? claudeModels(pathname) : null;
  if (claude) return { ok: true, body: claude };
  if (record.method === "GET" && pathname === "/v1/models") {
    return { ok: true, body: { object: "list", data: MODELS.map((id) => model(id)) } };
  }
  if (record.method === "GET" && pathname.startsWith("/v1/models/")) {
    return oneModel(decodeURIComponent(pathname.slice("/v1/models/".length)));
  }
  if (record.method === "POST" && pathname === "/v1/embeddings") return embeddings(record.json, countTokens);
  return { ok: false, refusal: unknownUrl(record.method, record.path) };
}

function echo({ method, path, headers, body }: RecordedRequest): object {
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { method, path, headers, body_sha256: sha256, body_bytes: body.length };
}

/** The same routes in the other vendor's shape, for who speaks its protocol. */
function claudeModels(pathname: string): object | null {
  if (pathname === "/v1/models") return listModels();
  return pathname.startsWith("/v1/models/")
    ? modelInfo(decodeURIComponent(pathname.slice("/v1/models/".length)))
    : null;
}

function model(id: string): object {
  return { id, object: "model", created: MODELS_CREATED_SECONDS, owned_by: "system" };
}

function oneModel(id: string): Answer {
  if (MODELS.includes(id)) return { ok: true, body: model(id) };
  const message = `The model '${id}' does not exist`;
  return { ok: false, refusal: { ...refuse(message, "model", "model_not_found"), status: 404 } };
}

function embeddings(json: unknown, countTokens: CountTokens): Answer {
  if (!isObject(json) || json["input"] === undefined) return { ok: false, refusal: missingParameter("input") };
  if (typeof json["model"] !== "string") return { ok: false, refusal: refuse("you must provide a model parameter") };
  const inputs = Array.isArray(json["input"]) ? json["input"] : [json["input"]];
  const texts = inputs.map((input) => (typeof input === "string" ? input : JSON.stringify(input)));
  const dimensions = typeof json["dimensions"] === "number" ? json["dimensions"] : EMBEDDING_DIMENSIONS;
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    const embedding =
      json["encoding_format"] === "base64" ? Buffer.from(vector.buffer).toString("base64") : [...vector];
    return { object: "embedding", index, embedding };
  });
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { ok: true, body: { object: "list", data, model: json["model"], usage } };
}

/** A unit vector that is always the same for the same text. */
function vectorOf(text: string, dimensions: number): Float32Array {
  const values = Array.from({ length: dimensions }, (_, index) => {
    return createHash("sha256").update(`${index} ${text}`).digest().readInt32BE(0) / 2 ** 31;
  });
  const length = Math.hypot(...values) || 1;
  return Float32Array.from(values, (value) => value / length);
}
