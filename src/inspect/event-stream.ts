/**
 * A stream of server-sent events that asks for news again and again.
 *
 * The Worker holds it, never an object, and it asks only while somebody reads: each part of the stream is one question, which
 * waits at its object until there is something to tell. Every event leads on with the place behind it, so a reader that
 * comes back with `Last-Event-ID` misses nothing. It ends by itself after a while; readers come back.
 */
import { EVENT_PAUSE_MS, EVENT_RETRY_MS, EVENT_STREAM_MS_MAX, EVENT_WAIT_MS } from "../model/inspection-limits.ts";
import type { Clock } from "../ports/clock.ts";

export interface LiveEvent {
  event: string;
  data: unknown;
}

export interface News {
  /** Where to go on behind these events. */
  id: string;
  events: LiveEvent[];
}

/** Null: what is followed is gone, or no longer the asker's. */
export type AskNews = (since: string, waitMs: number) => Promise<News | null>;

export function streamEvents(clock: Clock, first: News, ask: AskNews): Response {
  const encoder = new TextEncoder();
  const endsAt = clock.now() + EVENT_STREAM_MS_MAX;
  let { id } = first;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${EVENT_RETRY_MS}\n\n${write(first)}`));
    },
    async pull(controller) {
      const askedAt = clock.now();
      const news = askedAt < endsAt ? await askOnce(ask, id) : null;
      if (news === null) return controller.close();
      ({ id } = news);
      controller.enqueue(encoder.encode(write(news)));
      // An object at which too many wait answers at once.
      if (news.events.length === 0 && clock.now() - askedAt < EVENT_PAUSE_MS) await clock.wait(EVENT_PAUSE_MS);
    },
  });
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
  return new Response(body, { headers });
}

/** An object that cannot be reached ends the stream: the reader comes back where it was. */
async function askOnce(ask: AskNews, since: string): Promise<News | null> {
  try {
    return await ask(since, EVENT_WAIT_MS);
  } catch {
    return null;
  }
}

/** The place stands with the last event, so that half a part is told again; without events, with a comment that keeps the line open. */
function write({ id, events }: News): string {
  if (events.length === 0) return `: nothing new\nid: ${id}\n\n`;
  return events
    .map(({ event, data }, at) => {
      const place = at === events.length - 1 ? `id: ${id}\n` : "";
      return `event: ${event}\n${place}data: ${JSON.stringify(data)}\n\n`;
    })
    .join("");
}
