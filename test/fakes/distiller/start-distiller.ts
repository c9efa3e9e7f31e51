/**
 * A Chat Completions endpoint that writes digests, in the manner that a test asks for: also with an error, an error's
 * text under a status of 200, or not at all.
 *
 * It must not know what becomes of its answers.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerIn } from "./answers.ts";
import type { Manner } from "./answers.ts";

export type ServerManner =
  | Manner
  | "fails"
  | "reports an error with 200"
  | "sends no JSON"
  | "stalls"
  | "knows no schema";

export interface DistillerCall {
  headers: IncomingMessage["headers"];
  path: string;
  body: Record<string, unknown>;
}

export interface FakeDistiller {
  url: string;
  calls: DistillerCall[];
  manner: ServerManner;
  close(): Promise<void>;
}

export const DISTILLER_USAGE = { prompt_tokens: 5000, completion_tokens: 400, total_tokens: 5400 };

export async function startDistiller(manner: ServerManner = "well"): Promise<FakeDistiller> {
  const calls: DistillerCall[] = [];
  const server = createServer((request, response) => void take(request, response));
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>;
    calls.push({ headers: request.headers, path: request.url ?? "", body });
    respond(distiller.manner, body, response);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const distiller: FakeDistiller = {
    url: `http://127.0.0.1:${port}`,
    calls,
    manner,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return distiller;
}

function respond(manner: ServerManner, body: Record<string, unknown>, response: ServerResponse): void {
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof value === "string" ? value : JSON.stringify(value));
  };
  switch (manner) {
    case "stalls":
      return;
    case "fails":
      return send(503, { error: { message: "Overloaded" } });
    case "reports an error with 200":
      return send(200, { error: { type: "overloaded_error", message: "Overloaded" } });
    case "sends no JSON":
      return send(200, "<html><body>It works!</body></html>");
    case "knows no schema":
      if (body["response_format"]) return send(400, { error: { message: "Unknown parameter: 'response_format'." } });
      return send(200, completion(answerIn("well", materialOf(body))));
    default:
      return send(200, completion(answerIn(manner, materialOf(body))));
  }
}

function materialOf(body: Record<string, unknown>): string {
  const messages = body["messages"] as { role: string; content: string }[];
  return messages.at(-1)?.content ?? "";
}

function completion(content: string): object {
  const message = { role: "assistant", content, refusal: null };
  return { choices: [{ index: 0, message, finish_reason: "stop" }], usage: DISTILLER_USAGE };
}
