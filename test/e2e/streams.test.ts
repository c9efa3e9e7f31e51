/**
 * Streams arrive as they are sent: the upstream writes a piece and waits until the test has seen it at the client.
 *
 * A relay that holds a piece back would wait for ever, so nothing here is timed. And what is stored at the end is the
 * message that the pieces make up, however they were cut.
 */
import type { IncomingMessage } from "node:http";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { chat, chatRequest, inspect, MODEL, openRaw, startWithRawUpstream } from "./start.ts";

let edge: RunningEdge;
let upstream: RawUpstream;

beforeAll(async () => {
  ({ edge, upstream } = await startWithRawUpstream());
});

const QUESTION = { model: MODEL, stream: true, messages: [{ role: "user", content: "Hi" }] };

function event(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

async function read(response: IncomingMessage, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let missing = length;
  while (missing > 0) {
    const piece = response.read(Math.min(missing, response.readableLength || missing)) as Buffer | null;
    if (piece === null) {
      await new Promise((resolve) => response.once("readable", resolve));
      continue;
    }
    pieces.push(piece);
    missing -= piece.length;
  }
  return Buffer.concat(pieces);
}

async function rest(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Plays pieces one by one, each seen at the client before the next is written; then the last, then the end. */
async function relay(opening: Promise<IncomingMessage>, pieces: Buffer[], last: string, type: string): Promise<void> {
  const { response: sending } = await upstream.next();
  sending.writeHead(200, { "content-type": type });
  sending.flushHeaders();
  const response = await opening;
  for (const [index, piece] of pieces.entries()) {
    sending.write(piece);
    expect((await read(response, piece.length)).equals(piece), `piece ${index}`).toBe(true);
  }
  sending.end(last);
  expect((await rest(response)).toString()).toBe(last);
}

/** A delta on the turn shows what was stored: the upstream gets it as history. */
async function storedReply(session: string): Promise<unknown> {
  const { turns } = await inspect(edge, session);
  expect(turns.at(-1)?.status).toBe("complete");
  const rev = turns.at(-1)?.rev ?? "";
  const headers = { "x-strata-session": session, "x-strata-parent": rev };
  const asking = chat(edge, { model: MODEL, messages: [{ role: "user", content: "And?" }] }, headers);
  const { body, response } = await upstream.next();
  response.end("{}");
  await asking;
  const { messages } = JSON.parse(body.toString()) as { messages: { content: unknown }[] };
  expect(messages).toHaveLength(3);
  return messages[1];
}

const TEXT = "Grüße 🌦️ 你好";
const DONE = "data: [DONE]\n\n";

describe("a streamed turn", () => {
  it.each<[string, string, string]>([
    ["plain", event({ role: "assistant", content: TEXT }) + event({}, "stop"), DONE],
    ["with comments", `: keep-alive\n\n${event({ content: TEXT })}:\n\n: x\n${event({}, "stop")}`, DONE],
    ["with CRLF", (event({ content: TEXT }) + event({}, "stop")).replaceAll("\n", "\r\n"), "data: [DONE]\r\n\r\n"],
    [
      "with ids and event names",
      `id: 1\nevent: message\nretry: 5\n${event({ content: TEXT })}${event({}, "stop")}`,
      DONE,
    ],
    [
      "with fields on several lines",
      `data: {"choices":[{"index":0,\ndata: "delta":{"content":"${TEXT}"},"finish_reason":"stop"}]}\n\n`,
      DONE,
    ],
    ["without a terminator", event({ content: TEXT }) + event({}, "stop"), ""],
    ["with a terminator and no space", event({ content: TEXT }) + event({}, "stop"), "data:[DONE]\n\n"],
    ["with words behind the terminator", event({ content: TEXT }) + event({}, "stop"), `${DONE}: bye\n\n`],
  ])("%s, byte by byte", async (name, stream, last) => {
    const session = `bytes: ${name}`;
    const opening = openRaw(edge, chatRequest(QUESTION, { "x-strata-session": session }));
    const pieces = Array.from(Buffer.from(stream), (byte) => Buffer.from([byte]));
    await relay(opening, pieces, last, "text/event-stream; charset=utf-8");
    expect(await storedReply(session)).toEqual({ role: "assistant", content: TEXT });
  });

  it("that says [DONE] in its text is not taken for finished", async () => {
    const stream = `${event({ content: "data: [DONE]" })}${event({ content: "\n\ndata: [DONE]\n\n" })}`;
    const opening = openRaw(edge, chatRequest(QUESTION, { "x-strata-session": "says done" }));
    const pieces = [stream, event({ content: "!" }), event({}, "stop")].map((text) => Buffer.from(text));
    await relay(opening, pieces, DONE, "text/event-stream");
    expect(await storedReply("says done")).toEqual({
      role: "assistant",
      content: "data: [DONE]\n\ndata: [DONE]\n\n!",
    });
  });

  it("puts tool calls together from their pieces", async () => {
    const call = { index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "" } };
    const piece = (text: string) => event({ tool_calls: [{ index: 0, function: { arguments: text } }] });
    const events = [
      event({ role: "assistant", content: null }),
      event({ tool_calls: [call] }),
      piece('{"a"'),
      piece(":1}"),
    ];
    const opening = openRaw(edge, chatRequest(QUESTION, { "x-strata-session": "calls" }));
    const pieces = [...events, event({}, "tool_calls")].map((text) => Buffer.from(text));
    await relay(opening, pieces, DONE, "text/event-stream");
    expect(await storedReply("calls")).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    });
  });

  it("may be long: 20,000 events come through and are stored whole", async () => {
    const word = "0123456789";
    const stream = event({ content: word }).repeat(20_000) + event({}, "stop") + DONE;
    const opening = openRaw(edge, chatRequest(QUESTION, { "x-strata-session": "long" }));
    const { response: sending } = await upstream.next();
    sending.writeHead(200, { "content-type": "text/event-stream" });
    sending.end(stream);
    expect((await rest(await opening)).toString()).toBe(stream);
    expect(await storedReply("long")).toEqual({ role: "assistant", content: word.repeat(20_000) });
  });
});

describe("a stream that is no turn", () => {
  it.each([
    ["events", "text/event-stream"],
    ["bytes", "application/octet-stream"],
  ])("of %s arrives byte by byte", async (_, type) => {
    const opening = openRaw(edge, { method: "POST", path: "/v1/responses", body: "{}" });
    await relay(
      opening,
      Array.from(Buffer.from(TEXT), (byte) => Buffer.from([byte])),
      "end",
      type,
    );
  });
});
