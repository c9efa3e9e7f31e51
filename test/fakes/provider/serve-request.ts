/**
 * The way of one request into the simulator: its body, its headers and key, and then the route that answers it.
 *
 * Each API has a file that takes a request from here to the last byte of its reply; other-routes.ts has the rest.
 * It must not keep state of its own: what lasts belongs to the Simulator or to the record.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { completeChat } from "./complete-chat.ts";
import { serveMessages } from "./messages/serve-messages.ts";
import { answerOther } from "./other-routes.ts";
import type { RecordedRequest, Recording } from "./recorded-request.ts";
import { refuse, serverError } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { identifier } from "./render-reply.ts";
import { checkHeaders, headerOf, parseBody, sendJson, sendRefusal } from "./request-steps.ts";
import { serveResponses } from "./responses/serve-responses.ts";
import type { Api } from "./scripted-reply.ts";
import type { Outgoing } from "./send-reply.ts";
import type { Simulator } from "./simulator.ts";

const API_OF_ROUTE: Record<string, Api> = {
  "/v1/chat/completions": "chat-completions",
  "/v1/responses": "responses",
};

export async function serveRequest(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  { record, sent }: Recording,
): Promise<void> {
  const outgoing: Outgoing = { response, sent, brokenOff: false };
  const serial = (simulator.serial += 1);
  response.once("close", () => {
    record.aborted = !response.writableFinished && !outgoing.brokenOff;
    record.finished = true;
  });
  try {
    record.body = await readBody(request);
    record.json = parseBody(simulator, record);
    await route(simulator, outgoing, record, serial);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else await sendRefusal(outgoing, record, serverError(String(error)));
  }
}

/** Messages has headers and errors of its own, so its routes part from the others before anything is judged. */
async function route(simulator: Simulator, outgoing: Outgoing, record: RecordedRequest, serial: number): Promise<void> {
  const [pathname = "", query = ""] = record.path.split("?");
  if (record.method === "POST" && (pathname === "/v1/messages" || pathname === "/v1/messages/count_tokens")) {
    return serveMessages(simulator, outgoing, record, serial);
  }
  if (record.method === "POST") record.api = API_OF_ROUTE[pathname] ?? null;
  setOpenAiHeaders(outgoing.response, serial, simulator.now() - record.at);
  const refusal = checkHeaders(simulator, record) ?? checkUpgrade(record);
  if (refusal) return sendRefusal(outgoing, record, refusal);
  if (record.api === "chat-completions") return completeChat(simulator, outgoing, record, serial);
  if (/^\/v1\/(?:responses|conversations)(?:\/|$)/.test(pathname)) {
    const place = { pathname, query: new URLSearchParams(query) };
    return serveResponses(simulator, outgoing, record, serial, place);
  }
  const answer = answerOther(record, pathname, simulator.countTokens);
  if (!answer.ok) return sendRefusal(outgoing, record, answer.refusal);
  return sendJson(outgoing, record, `${JSON.stringify(answer.body, null, 2)}\n`);
}

/** There are no WebSockets here; clients that try one first take this as the word to use POST. */
function checkUpgrade(record: RecordedRequest): Refusal | null {
  return headerOf(record, "upgrade") === "" ? null : { ...refuse("WebSockets are not served here."), status: 426 };
}

function setOpenAiHeaders(response: ServerResponse, serial: number, processingMs: number): void {
  response.setHeader("openai-organization", "simulated-org");
  response.setHeader("openai-processing-ms", Math.max(1, Math.round(processingMs)));
  response.setHeader("openai-version", "2020-10-01");
  response.setHeader("x-ratelimit-limit-requests", "10000");
  response.setHeader("x-ratelimit-remaining-requests", "9999");
  response.setHeader("x-ratelimit-reset-requests", "6ms");
  response.setHeader("x-request-id", identifier("req_", 32, `${serial}`).toLowerCase());
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
