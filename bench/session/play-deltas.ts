/**
 * A delta client's long session, each turn measured beside the same request through a bare Worker.
 *
 * Both Workers stand before the same upstream, which answers at once with a fixed reply, so that the difference is what
 * Strata adds. The two are asked in turns, never at the same time. It must not judge: it returns the measurements.
 */
import { createServer, request as httpRequest, Agent } from "node:http";
import type { AddressInfo } from "node:net";
import { startBareWorker, startEdge } from "../../test/fakes/edge/start-edge.ts";

export interface MeasuredTurn {
  /** Milliseconds from sending the request to the first byte of the reply, and to its end. */
  strataMs: number;
  strataEndMs: number;
  bareMs: number;
  bareEndMs: number;
  /** Body that the upstream received for this turn. */
  forwardedBytes: number;
  plan: string;
}

export interface SessionRun {
  turns: MeasuredTurn[];
  session: { counts: Record<string, number>; ledger: Record<string, unknown> };
}

/** About 60 tokens, like a line of ordinary work; or a word or two, so that a tail holds many messages. */
function say(turn: number, isShort: boolean): string {
  if (isShort) return `And number ${turn}?`;
  const facts = `order ${4000 + turn}, shelf ${turn % 37}, ${(turn * 7) % 90} boxes, due 2026-03-${1 + (turn % 28)}`;
  return `Please note ${facts}. Tell me what is left to do for that one before the truck leaves at ${turn % 24}:30, and who signs for it.`;
}

const REPLY = `Noted. Two things are left: the label and the seal. Mara signs; she is at gate 4 until five. I will remind you an hour before.`;

/** Any model without a listed price would do; this one has one. */
const MODEL = "gpt-5.4";

export async function playDeltas(
  turns: number,
  { persistTo, isShort = false, onTurn }: { persistTo?: string; isShort?: boolean; onTurn?: (turn: number) => void },
): Promise<SessionRun> {
  const received: number[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => (bytes += chunk.length));
    request.on("end", () => {
      received.push(bytes);
      const promptTokens = Math.ceil(bytes / 4);
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          choices: [
            { index: 0, message: { role: "assistant", content: isShort ? "Fine." : REPLY }, finish_reason: "stop" },
          ],
          usage: { prompt_tokens: promptTokens, completion_tokens: 32 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const upstreamUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const edge = await startEdge({ upstreamUrl, onLog: () => undefined, ...(persistTo ? { persistTo } : {}) });
  const bare = await startBareWorker(upstreamUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  try {
    const measured: MeasuredTurn[] = [];
    let rev: string | null = null;
    for (let turn = 0; turn < turns; turn++) {
      const body = JSON.stringify({ model: MODEL, messages: [{ role: "user", content: say(turn, isShort) }] });
      const headers: Record<string, string> = { "x-strata-session": "bench" };
      if (rev !== null) headers["x-strata-parent"] = rev;
      const strata = await post(agent, edge.url, body, headers);
      const forwardedBytes = received.at(-1) ?? 0;
      if (strata.status !== 200) throw new Error(`turn ${turn} was answered with ${strata.status}`);
      rev = strata.headers["x-strata-rev"] ?? null;
      const same = await post(agent, bare.url, body, {});
      measured.push({
        strataMs: strata.firstByteMs,
        strataEndMs: strata.endMs,
        bareMs: same.firstByteMs,
        bareEndMs: same.endMs,
        forwardedBytes,
        plan: strata.headers["x-strata-plan"] ?? "",
      });
      onTurn?.(turn);
    }
    const view = await fetch(`${edge.url}/_strata/sessions/bench?turns=0`, { headers: { authorization: KEY } });
    return { turns: measured, session: (await view.json()) as SessionRun["session"] };
  } finally {
    agent.destroy();
    await edge.close();
    await bare.close();
    server.close();
  }
}

const KEY = "Bearer bench";

interface Posted {
  status: number;
  headers: Record<string, string | undefined>;
  firstByteMs: number;
  endMs: number;
}

function post(agent: Agent, url: string, body: string, headers: Record<string, string>): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const request = httpRequest(
      `${url}/v1/chat/completions`,
      {
        method: "POST",
        agent,
        headers: {
          authorization: KEY,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          ...headers,
        },
      },
      (response) => {
        const firstByteMs = performance.now() - startedAt;
        response.resume();
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            firstByteMs,
            endMs: performance.now() - startedAt,
          }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
