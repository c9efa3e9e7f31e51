/**
 * Puts a rendered reply on the wire, event by event, the way a slow model would.
 *
 * Every write is flushed before the next begins, so a reader sees many small packets; on request a packet ends
 * in the middle of a multi-byte character, which a careless relay turns into garbage. It stops when the client
 * goes away and can break off on purpose. It must not change the bytes it is given.
 */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ScriptedReply } from "./scripted-reply.ts";

export interface SendSettings {
  chunkDelayMs: number;
  splitCharacters: boolean;
  /** Cut what is sent into packets of this many bytes, wherever that falls; Infinity: one packet for each event. */
  packetBytes: number;
}

/** A reply under way: where it goes, and every body byte that went there. */
export interface Outgoing {
  response: ServerResponse;
  sent: Buffer[];
  /** The script asked to end it here: not the client's doing. */
  brokenOff: boolean;
}

export async function sendBody(outgoing: Outgoing, body: string, script: ScriptedReply = {}): Promise<void> {
  const bytes = Buffer.from(body);
  outgoing.response.setHeader("content-length", bytes.length);
  if (script.breakAfterChunks !== undefined) {
    await write(outgoing, bytes.subarray(0, bytes.length >> 1));
    breakOff(outgoing);
    return;
  }
  outgoing.sent.push(bytes);
  outgoing.response.end(bytes);
}

/** One event of a stream as bytes on the wire have it; `data` is already JSON. */
export function eventFrame(data: string, event?: string): string {
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`;
}

/** Sends whole frames, one packet each, and ends the reply; which frame is the last is the caller's to say. */
export async function sendEvents(
  outgoing: Outgoing,
  frames: string[],
  script: ScriptedReply,
  settings: SendSettings,
): Promise<void> {
  const { response } = outgoing;
  response.flushHeaders();
  for (const [index, frame] of frames.entries()) {
    if (index === script.breakAfterChunks) {
      breakOff(outgoing);
      return;
    }
    if (index > 0 && settings.chunkDelayMs > 0) await pause(response, settings.chunkDelayMs);
    if (response.destroyed) return;
    for (const packet of packetsOf(Buffer.from(frame), settings)) await write(outgoing, packet);
  }
  response.end();
}

function* packetsOf(bytes: Buffer, { splitCharacters, packetBytes }: SendSettings): Generator<Buffer> {
  const cut = splitCharacters ? insideCharacter(bytes) : 0;
  if (cut > 0) yield bytes.subarray(0, cut);
  for (let at = cut; at < bytes.length; at += packetBytes) yield bytes.subarray(at, at + packetBytes);
}

function breakOff(outgoing: Outgoing): void {
  outgoing.brokenOff = true;
  outgoing.response.destroy();
}

/** Waits, but not for a client that has left. */
export async function pause(response: ServerResponse, milliseconds: number): Promise<void> {
  const left = new AbortController();
  const leave = (): void => left.abort();
  response.once("close", leave);
  try {
    await sleep(milliseconds, undefined, { signal: left.signal });
  } catch {
    // The client left: the caller looks at `destroyed`.
  } finally {
    response.off("close", leave);
  }
}

/** Resolves when the bytes have left for the client, or when there is no client any more. */
async function write({ response, sent }: Outgoing, bytes: Buffer): Promise<void> {
  if (response.destroyed) return;
  sent.push(bytes);
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off("close", done);
      resolve();
    };
    response.once("close", done);
    response.write(bytes, done);
  });
}

/** An index that lies within the first multi-byte character, or 0 if there is none. */
function insideCharacter(bytes: Buffer): number {
  return bytes.findIndex((byte) => byte >= 0x80) + 1;
}
