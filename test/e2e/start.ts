/**
 * Starts an edge with an upstream behind it for one test file, and closes both when the file is done.
 *
 * It offers the real SDK, a raw HTTP client that adds no header of its own, and the inspection that a caller sees.
 * It must not assert anything.
 */
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import OpenAI from "openai";
import { afterAll, vi } from "vitest";
import { startEdge } from "../fakes/edge/start-edge.ts";
import type { EdgeOptions, RunningEdge } from "../fakes/edge/start-edge.ts";
import { pairsOf, startRawUpstream } from "../fakes/edge/raw-upstream.ts";
import type { Exchange, RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { startProvider } from "../fakes/provider/provider.ts";
import type { Provider, ProviderOptions } from "../fakes/provider/provider.ts";

export const KEY = "sk-test-0001";
export const MODEL = "gpt-5.4";

const open: { close(): Promise<void> }[] = [];

afterAll(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** Everything that the edges of this file have logged. */
export const journal: string[] = [];

export async function startEdgeBefore(
  upstreamUrl: string,
  vars: Record<string, string> = {},
  options: Pick<EdgeOptions, "hasMetrics"> = {},
): Promise<RunningEdge> {
  const edge = await startEdge({ upstreamUrl, vars, ...options, onLog: (line) => journal.push(line) });
  open.push(edge);
  return edge;
}

export async function startWithProvider(
  vars: Record<string, string> = {},
  options: ProviderOptions = {},
): Promise<{ edge: RunningEdge; provider: Provider }> {
  const provider = await startProvider(options);
  open.push(provider);
  return { provider, edge: await startEdgeBefore(provider.url, vars) };
}

export async function startUpstream(answer?: (exchange: Exchange) => void): Promise<RawUpstream> {
  const upstream = await startRawUpstream(answer);
  open.push(upstream);
  return upstream;
}

export async function startWithRawUpstream(
  vars: Record<string, string> = {},
  answer?: (exchange: Exchange) => void,
): Promise<{ edge: RunningEdge; upstream: RawUpstream }> {
  const upstream = await startUpstream(answer);
  return { upstream, edge: await startEdgeBefore(upstream.url, vars) };
}

export function sdk(edge: RunningEdge, options: { apiKey?: string; headers?: Record<string, string> } = {}): OpenAI {
  return new OpenAI({
    baseURL: `${edge.url}/v1`,
    apiKey: options.apiKey ?? KEY,
    maxRetries: 0,
    defaultHeaders: options.headers ?? {},
  });
}

export interface RawReply {
  status: number;
  headers: [string, string][];
  body: Buffer;
}

export interface RawRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** Resolves with the response's head; its body is still to come. */
export function openRaw(edge: RunningEdge, { method, path, headers, body }: RawRequest): Promise<IncomingMessage> {
  const { hostname, port } = new URL(edge.url);
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      hostname,
      port,
      method: method ?? "GET",
      path: path ?? "/",
      headers: { ...length, ...headers },
      agent: false,
    });
    request.once("response", resolve);
    request.once("error", reject);
    request.end(body);
  });
}

export async function sendRaw(edge: RunningEdge, request: RawRequest): Promise<RawReply> {
  const response = await openRaw(edge, request);
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { status: response.statusCode ?? 0, headers: pairsOf(response.rawHeaders), body: Buffer.concat(pieces) };
}

/** A chat completion over plain HTTP. */
export function chat(
  edge: RunningEdge,
  body: object | string | Buffer,
  headers: Record<string, string> = {},
): Promise<RawReply> {
  return sendRaw(edge, chatRequest(body, headers));
}

export function chatRequest(body: object | string | Buffer, headers: Record<string, string> = {}): RawRequest {
  return {
    method: "POST",
    path: "/v1/chat/completions",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}`, ...headers },
    body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  };
}

export function header(reply: { headers: [string, string][] }, wanted: string): string | null {
  return reply.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}

export interface SessionView {
  id: string;
  counts: { turns: number; messages: number; threads: number };
  ledger: {
    calls: number;
    compactions: number;
    input_token_units: { spent: number; replay: number };
    distiller: { calls: number; tokens: { prompt: number }; usd: number | null; priced_calls: number } | null;
  };
  turns: TurnView[];
  epochs: { id: number; brief: number; reason: string; opened_by: string }[];
  segments: { state: string; attempts: number; digest: { gists: { text: string }[] } | null; checks: unknown }[];
  briefs: { id: number; state: string; covers_messages: number; text: string }[];
  pending: { uncounted_messages: number; turns: number; digests: number };
  tenant: { key: string; is_told: boolean };
}

export interface TurnView {
  rev: string;
  status: string;
  attempts: number;
  verdict: string;
  plan: string;
  reason: string;
  identity: string;
  http_status: number;
  rewrite_refused: boolean;
  epoch: number | null;
  bytes: { client: number; forwarded: number; reply: number };
  usage: { promptTokens: number } | null;
}

/** The session as its owner sees it. Throws where the edge answers anything but 200. */
export async function inspect(edge: RunningEdge, session: string, key = KEY): Promise<SessionView> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${edge.url}/_strata/sessions/${encodeURIComponent(session)}`, { headers });
  if (response.status !== 200) throw new Error(`inspection of ${session}: ${response.status}`);
  return (await response.json()) as SessionView;
}

/** Waits until everything a session does behind its replies is done. */
export async function whenIdle(edge: RunningEdge, session: string): Promise<SessionView> {
  return vi.waitFor(
    async () => {
      const view = await inspect(edge, session);
      const { turns, uncounted_messages: uncounted, digests } = view.pending;
      if (turns + uncounted + digests > 0 || !view.tenant.is_told) throw new Error("still at work");
      return view;
    },
    { timeout: 10_000, interval: 5 },
  );
}

/** Waits until a session has a turn that fits; for turns that are stored behind the client's back. */
export async function whenTurn(
  edge: RunningEdge,
  session: string,
  fits: (turn: TurnView) => boolean,
): Promise<TurnView> {
  return vi.waitFor(
    async () => {
      const turn = (await inspect(edge, session)).turns.find(fits);
      if (!turn) throw new Error("no such turn yet");
      return turn;
    },
    { timeout: 10_000, interval: 10 },
  );
}
