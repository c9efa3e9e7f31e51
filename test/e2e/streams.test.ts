/**
 * Streams: every chunk reaches the client before the next is sent, and what happens when one of the three sides leaves.
 *
 * The upstream waits for the test before it goes on, so nothing here is a matter of time.
 */
import type { IncomingMessage } from "node:http";
import { describe, expect, it, vi } from "vitest";
import type { Exchange } from "../fakes/edge/raw-upstream.ts";
import {
  chat,
  chatRequest,
  header,
  inspect,
  openRaw,
  startEdgeBefore,
  startWithRawUpstream,
  whenTurn,
} from "./start.ts";

const { edge, upstream } = await startWithRawUpstream();

const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
const DONE = "data: [DONE]\n\n";

const ask = (content: string): object => ({ model: "m", stream: true, messages: [{ role: "user", content }] });

/** Opens a streamed turn: the client's side of the response, and the upstream's. */
async function open(session: string, headers: Record<string, string> = {}) {
  const taken = upstream.next();
  const response = openRaw(edge, chatRequest(ask("question"), { "x-strata-session": session, ...headers }));
  response.catch(() => undefined);
  const exchange = await taken;
  exchange.response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  exchange.response.flushHeaders();
  return { response: await response, exchange };
}

/** Reads until the text received ends with `wanted`. */
async function readTo(response: IncomingMessage, wanted: Buffer | string): Promise<void> {
  const target = Buffer.from(wanted);
  let received = Buffer.alloc(0);
  while (!received.subarray(-target.length).equals(target)) {
    const piece = response.read() as Buffer | null;
    if (piece) received = Buffer.concat([received, piece]);
    else await new Promise((resolve) => response.once("readable", resolve));
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

const revOf = (response: IncomingMessage): string => String(response.headers["x-strata-rev"]);

describe("a stream", () => {
  it("arrives chunk by chunk, split characters and comments included", async () => {
    const { response, exchange } = await open("chunks");
    const bytes = Buffer.from(chunk("世界"));
    const pieces = [
      bytes.subarray(0, bytes.indexOf(0xe4) + 1),
      bytes.subarray(bytes.indexOf(0xe4) + 1),
      ": still here\n\n",
      chunk("!", "stop"),
    ];
    for (const piece of pieces) {
      exchange.response.write(piece);
      await readTo(response, piece);
    }
    exchange.response.end(DONE);
    expect(await readAll(response)).toBe(DONE);
    const turn = await whenTurn(edge, "chunks", ({ rev }) => rev === revOf(response));
    expect(turn).toMatchObject({ status: "complete", attempts: 1 });
  });

  it("is stored by the time its end is seen", async () => {
    const { response, exchange } = await open("stored");
    exchange.response.end(chunk("a", "stop") + DONE);
    await readAll(response);
    const view = await inspect(edge, "stored");
    expect(view.counts).toMatchObject({ turns: 1, messages: 2 });
  });

  it("without a terminator still ends, and is complete by its finish reason", async () => {
    const { response, exchange } = await open("unterminated");
    exchange.response.end(chunk("a", "stop"));
    expect(await readAll(response)).toBe(chunk("a", "stop"));
    expect((await inspect(edge, "unterminated")).turns[0]?.status).toBe("complete");
  });

  it("that says the terminator in its text is not held back", async () => {
    const { response, exchange } = await open("said");
    const said = chunk("\ndata: [DONE]\n\n");
    exchange.response.write(said);
    await readTo(response, said);
    exchange.response.end(chunk("", "stop") + DONE);
    expect(await readAll(response)).toContain(DONE);
  });
});

describe("an upstream that dies in mid-stream", () => {
  it("breaks the client's stream, and a delta on that turn asks for the full history", async () => {
    const { response, exchange } = await open("dies");
    exchange.response.write(chunk("half"));
    await readTo(response, chunk("half"));
    exchange.response.destroy();
    await expect(readAll(response)).rejects.toThrow();
    await whenTurn(edge, "dies", ({ status }) => status === "broken");
    const delta = await chat(edge, ask("next"), { "x-strata-session": "dies", "x-strata-parent": revOf(response) });
    expect([delta.status, header(delta, "x-should-retry")]).toEqual([412, "false"]);
    expect(JSON.parse(delta.body.toString())).toMatchObject({
      error: { code: "full_history_required", type: "invalid_request_error", param: null },
    });
  });
});

describe("a client that leaves in mid-stream", () => {
  it("ends the upstream's call, and its turn is kept as aborted", async () => {
    const { response, exchange } = await open("leaves");
    exchange.response.write(chunk("half"));
    await readTo(response, chunk("half"));
    response.destroy();
    await leftBehind(exchange);
    const turn = await whenTurn(edge, "leaves", ({ status }) => status === "aborted");
    expect(turn.attempts).toBe(1);
    expect((await inspect(edge, "leaves")).counts.messages).toBe(1);
  });
});

/** Writes now and then until the upstream notices that nobody listens any more. */
async function leftBehind(exchange: Exchange): Promise<void> {
  const writer = setInterval(() => exchange.response.write(": still here\n\n"), 20);
  try {
    expect(await exchange.closed).toEqual({ whole: false });
  } finally {
    clearInterval(writer);
  }
}

describe("a delta whose parent is still streaming", () => {
  it("waits for it, and then continues it", async () => {
    const { response, exchange } = await open("waits");
    exchange.response.write(chunk("first answer", "stop"));
    await readTo(response, chunk("first answer", "stop"));
    const taken = upstream.next();
    const next = openRaw(
      edge,
      chatRequest(ask("second"), { "x-strata-session": "waits", "x-strata-parent": revOf(response) }),
    );
    exchange.response.end(DONE);
    await readAll(response);
    const second = await taken;
    expect(JSON.parse(second.body.toString())).toMatchObject({
      messages: [{ content: "question" }, { content: "first answer" }, { content: "second" }],
    });
    second.response.writeHead(200, { "content-type": "text/event-stream" }).end(chunk("b", "stop") + DONE);
    expect(
      header({ headers: Object.entries((await next).headers as Record<string, string>) }, "x-strata-verdict"),
    ).toBe("delta");
    await readAll(await next);
  });
});

describe("two turns of one session at once", () => {
  it("do not mix", async () => {
    const left = await open("both", { "x-strata-mode": "on" });
    const right = await open("both");
    right.exchange.response.end(chunk("right", "stop") + DONE);
    await readAll(right.response);
    left.exchange.response.end(chunk("left", "stop") + DONE);
    await readAll(left.response);
    const view = await inspect(edge, "both");
    expect(view.counts).toMatchObject({ turns: 2, messages: 3 });
    for (const [side, rev] of [
      ["left", revOf(left.response)],
      ["right", revOf(right.response)],
    ] as const) {
      const taken = upstream.next();
      const reply = chat(edge, ask("next"), { "x-strata-session": "both", "x-strata-parent": rev });
      const exchange = await taken;
      exchange.response.writeHead(200, { "content-type": "text/event-stream" }).end(chunk("x", "stop") + DONE);
      await reply;
      const { messages } = JSON.parse(exchange.body.toString()) as { messages: { content: string }[] };
      expect(messages.map(({ content }) => content)).toEqual(["question", side, "next"]);
    }
  });
});

describe("an upstream that is not there", () => {
  it("is an error in the caller's own form, and the session is none the worse", async () => {
    const nowhere = await startEdgeBefore("http://127.0.0.1:9");
    const reply = await vi.waitFor(() => chat(nowhere, ask("x"), { "x-strata-session": "n" }));
    expect([reply.status, header(reply, "x-should-retry")]).toEqual([502, "true"]);
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      error: { code: "upstream_unreachable", type: "server_error" },
    });
  });
});
