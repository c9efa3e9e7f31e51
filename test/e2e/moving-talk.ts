/**
 * A conversation over plain HTTP on any of the three APIs, whose client can go over to another edge under another key.
 *
 * It keeps its history as the API gave it and sends all of it, or only what is new. It must not assert anything.
 */
import { createHash } from "node:crypto";
import type { WireName } from "../../src/model/wire.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { KEY, sendRaw } from "./start.ts";
import type { RawReply } from "./start.ts";
import { header } from "./start.ts";

type Item = Record<string, unknown>;

const PATHS = { "chat-completions": "/v1/chat/completions", responses: "/v1/responses", messages: "/v1/messages" };
const MODELS = { "chat-completions": "gpt-5.4", responses: "gpt-4.1", messages: "claude-sonnet-5" };
const SYSTEM = "You keep the harbour's books.";
const START_MS = Date.parse("2026-11-02T08:00:00Z");
const NIGHT_MS = 9 * 3_600_000;

export interface Heard {
  status: number;
  verdict: string | null;
  plan: string | null;
  reason: string | null;
  /** What the client sent. */
  sent: string;
}

export class MovingTalk {
  readonly wire: WireName;
  readonly session: string | null;
  edge: RunningEdge;
  key = KEY;
  items: Item[] = [];
  rev = "";
  id = "";
  /** The upstream's id of the last reply. */
  reply = "";
  nowMs: number;

  constructor(edge: RunningEdge, wire: WireName, session: string | null, startMs = START_MS) {
    this.nowMs = startMs;
    this.edge = edge;
    this.wire = wire;
    this.session = session;
  }

  /** @param way what the client sends: everything, what is new behind our rev, or what is new behind the reply's id */
  async ask(text: string, way: "whole" | "rev" | "reply" = "whole"): Promise<Heard> {
    const asked = { role: "user", content: text };
    const sent = JSON.stringify(this.#body(way === "whole" ? [...this.items, asked] : [asked], way));
    const reply = await this.#post(sent, way === "rev" ? { "x-strata-parent": this.rev } : {});
    const heard = {
      status: reply.status,
      verdict: header(reply, "x-strata-verdict"),
      plan: header(reply, "x-strata-plan"),
      reason: header(reply, "x-strata-reason"),
      sent,
    };
    if (reply.status !== 200) return heard;
    this.items.push(asked, ...readItems(this.wire, reply));
    this.rev = header(reply, "x-strata-rev") ?? "";
    this.id = header(reply, "x-strata-session") ?? this.id;
    this.reply = String((JSON.parse(reply.body.toString()) as Item)["id"]);
    return heard;
  }

  sleep(): void {
    this.nowMs += NIGHT_MS;
  }

  #body(items: Item[], way: string): Item {
    const model = MODELS[this.wire];
    switch (this.wire) {
      case "chat-completions":
        return { model, messages: way === "rev" ? items : [{ role: "system", content: SYSTEM }, ...items] };
      case "responses":
        return { model, input: items, ...(way === "reply" && { previous_response_id: this.reply }) };
      case "messages":
        return { model, max_tokens: 2000, ...(way === "whole" && { system: SYSTEM }), messages: items };
    }
  }

  #post(body: string, headers: Record<string, string>): Promise<RawReply> {
    this.nowMs += 30_000;
    return sendRaw(this.edge, {
      method: "POST",
      path: PATHS[this.wire],
      body,
      headers: {
        "content-type": "application/json",
        ...(this.wire === "messages" ? { "x-api-key": this.key, "anthropic-version": "2026-10-21" } : {}),
        ...(this.wire === "messages" ? {} : { authorization: `Bearer ${this.key}` }),
        ...(this.session === null ? {} : { "x-strata-session": this.session }),
        "x-strata-test-clock-ms": String(this.nowMs),
        ...headers,
      },
    });
  }
}

function readItems(wire: WireName, { body }: RawReply): Item[] {
  const reply = JSON.parse(body.toString()) as Item & { choices?: { message: Item }[]; output?: Item[] };
  if (wire === "responses") return reply.output ?? [];
  if (wire === "messages") return [{ role: "assistant", content: reply["content"] }];
  return [{ role: "assistant", content: reply.choices?.[0]?.message["content"] }];
}

export interface Exported {
  status: number;
  text: string;
}

export async function exportSession(edge: RunningEdge, id: string, key = KEY, query = ""): Promise<Exported> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${edge.url}/_strata/sessions/${encodeURIComponent(id)}/export${query}`, { headers });
  return { status: response.status, text: await response.text() };
}

export interface ImportReply {
  status: number;
  body: {
    id?: string;
    counts?: { turns: number; messages: number; briefs: number };
    error?: { code: string; message: string };
  };
}

export async function importSession(
  edge: RunningEdge,
  file: string | Uint8Array<ArrayBuffer>,
  { key = KEY, query = "", headers = {} }: { key?: string; query?: string; headers?: Record<string, string> } = {},
): Promise<ImportReply> {
  const response = await fetch(`${edge.url}/_strata/import${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: file,
  });
  return { status: response.status, body: (await response.json()) as ImportReply["body"] };
}

/** A file with other lines and a last line that fits them. */
export function seal(lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join("");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return `${text}${JSON.stringify({ end: true, lines: lines.length, sha256 })}\n`;
}

/** The lines of a file without the last one. */
export function linesOf(file: string): string[] {
  return file.split("\n").slice(0, -2);
}
