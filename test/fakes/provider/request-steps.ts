/**
 * The steps that every API's way through the simulator shares: headers and key, body, script, and a plain answer.
 *
 * Each check returns a refusal or null, in OpenAI's words; an API with another error envelope takes the status and
 * the sentence from it. Nothing here may know what a request of one particular API looks like.
 */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import type { RecordedRequest } from "./recorded-request.ts";
import { missingKey, refusalBody, refuse, serverError, unreadableJson, wrongKey, type Refusal } from "./refusal.ts";
import type { Api, RequestBody, ScriptedReply } from "./scripted-reply.ts";
import { pause, sendBody, type Outgoing } from "./send-reply.ts";
import type { Simulator } from "./simulator.ts";

/** The name a proxy would put before its own headers: none of them may get this far. */
const PROXY_HEADER_PREFIX = "x-strata-";

const DECODERS: Record<string, (body: Buffer) => Buffer> = {
  gzip: (body) => gunzipSync(body),
  deflate: (body) => inflateSync(body),
  br: (body) => brotliDecompressSync(body),
  zstd: (body) => zstdDecompressSync(body),
};

export function checkHeaders({ apiKeys }: Simulator, record: RecordedRequest): Refusal | null {
  const leaked = record.headers.find(([name]) => name.toLowerCase().startsWith(PROXY_HEADER_PREFIX));
  if (leaked) return refuse(`Unrecognized request header supplied: ${leaked[0]}`);
  if (apiKeys === undefined) return null;
  const key = keyOf(record);
  if (key === "") return missingKey;
  return apiKeys.includes(key) ? null : wrongKey(key);
}

/** An encoded body counts as readable only when the provider was told to accept its encoding. */
export function checkEncoding({ acceptEncodings }: Simulator, record: RecordedRequest): Refusal | null {
  const encoding = encodingOf(record);
  if (encoding === "" || encoding === "identity" || acceptEncodings.includes(encoding)) return null;
  return refuse(`Unsupported content encoding: '${encoding}'.`, null, "unsupported_content_encoding");
}

export function checkJson(record: RecordedRequest): Refusal | null {
  return record.json === undefined ? unreadableJson : null;
}

/** Strict about bytes too: a body that is not UTF-8, or is not encoded as it says, is not JSON. */
export function parseBody({ acceptEncodings }: Simulator, record: RecordedRequest): unknown {
  const encoding = encodingOf(record);
  const decode = acceptEncodings.includes(encoding) ? DECODERS[encoding] : undefined;
  try {
    const bytes = decode ? decode(record.body) : record.body;
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function encodingOf(record: RecordedRequest): string {
  return headerOf(record, "content-encoding").trim().toLowerCase();
}

/** The credential, whichever of the two usual headers carries it. */
export function keyOf(record: RecordedRequest): string {
  return headerOf(record, "authorization").replace(/^Bearer\s+/i, "") || headerOf(record, "x-api-key");
}

export function headerOf(record: RecordedRequest, wanted: string): string {
  return record.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
}

/** Asks the script, sets its headers and waits as long as it says; null when the client has left by then. */
export async function askScript(
  simulator: Simulator,
  { response }: Outgoing,
  api: Api,
  body: unknown,
): Promise<ScriptedReply | null> {
  const requestIndex = simulator.requestIndex;
  simulator.requestIndex += 1;
  const script = await simulator.reply(body as RequestBody, { requestIndex, api });
  for (const [name, value] of Object.entries(script.extraHeaders ?? {})) response.setHeader(name, value);
  if (script.delayMs !== undefined) await pause(response, script.delayMs);
  return response.destroyed ? null : script;
}

/** The error a script asks for, or null when it asks for a reply. */
export function scriptedRefusal(script: ScriptedReply): Refusal | null {
  if (script.status === undefined || script.status < 400) return null;
  const fallback = script.status >= 500 ? serverError() : refuse("The request was refused by a script.");
  return { ...fallback, ...script.error, status: script.status };
}

export async function sendRefusal(
  outgoing: Outgoing,
  record: RecordedRequest,
  refusal: Refusal,
  script: ScriptedReply = {},
): Promise<void> {
  await sendJson(outgoing, record, refusalBody(refusal), { ...script, status: refusal.status });
}

export async function sendJson(
  outgoing: Outgoing,
  record: RecordedRequest,
  body: string,
  script: ScriptedReply = {},
): Promise<void> {
  record.status = script.status ?? 200;
  outgoing.response.statusCode = record.status;
  outgoing.response.setHeader("content-type", "application/json");
  await sendBody(outgoing, body, script);
}

/** What comes before the first event of a stream. */
export function openStream(outgoing: Outgoing, record: RecordedRequest, script: ScriptedReply): void {
  record.status = script.status ?? 200;
  outgoing.response.statusCode = record.status;
  outgoing.response.setHeader("content-type", "text/event-stream; charset=utf-8");
}
