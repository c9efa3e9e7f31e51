/**
 * The stream of events by itself: what it says when nothing happens, how it ends, and that nobody is asked once the
 * reader has left.
 *
 * Time is the test's own; what the objects answer is tested with the objects.
 */
import { describe, expect, it } from "vitest";
import { streamEvents } from "../../../src/inspect/event-stream.ts";
import type { News } from "../../../src/inspect/event-stream.ts";
import { EVENT_PAUSE_MS, EVENT_STREAM_MS_MAX, EVENT_WAIT_MS } from "../../../src/model/inspection-limits.ts";

const NOTHING: News = { id: "0", events: [] };
const turn = (number: number) => ({ event: "turn", data: { number } });

/** Every question takes as long as it may, unless the answer says otherwise. */
function play(answer: (asked: number) => { news: News | null; tookMs?: number }) {
  const asked: string[] = [];
  const pauses: number[] = [];
  let now = 1_000;
  const clock = {
    now: () => now,
    wait: async (ms: number) => {
      pauses.push(ms);
      now += ms;
    },
  };
  const response = streamEvents(clock, NOTHING, async (since, waitMs) => {
    asked.push(since);
    const { news, tookMs = waitMs } = answer(asked.length);
    now += tookMs;
    return news;
  });
  return { asked, pauses, response };
}

describe("a stream of events", () => {
  it("begins with the place where it stands, and says when to come back", async () => {
    const { response } = play(() => ({ news: null }));
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe("retry: 2000\n\n: nothing new\nid: 0\n\n");
  });

  it("asks on from each answer, and names the place with the last event of a part", async () => {
    const parts: (News | null)[] = [{ id: "2", events: [turn(1), turn(2)] }, { id: "2", events: [] }, null];
    const { asked, response } = play((count) => ({ news: parts[count - 1] ?? null }));
    const text = await response.text();
    expect(text.split("\n\n").slice(2, -1)).toEqual([
      'event: turn\ndata: {"number":1}',
      'event: turn\nid: 2\ndata: {"number":2}',
      ": nothing new\nid: 2",
    ]);
    expect(asked).toEqual(["0", "2", "2"]);
  });

  it("ends by itself after a while", async () => {
    const { asked, pauses, response } = play(() => ({ news: NOTHING }));
    await response.text();
    expect(asked).toHaveLength(EVENT_STREAM_MS_MAX / EVENT_WAIT_MS);
    expect(pauses).toEqual([]);
  });

  it("ends where an object cannot be reached, so that the reader comes back", async () => {
    const { response } = play((count) => {
      if (count === 2) throw new Error("object is gone");
      return { news: { id: "1", events: [turn(1)] } };
    });
    expect(await response.text()).toContain('"number":1');
  });

  it("pauses where it is answered at once with nothing, and only there", async () => {
    const parts = [{ news: NOTHING, tookMs: 0 }, { news: { id: "1", events: [turn(1)] }, tookMs: 0 }, { news: null }];
    const { pauses, response } = play((count) => parts[count - 1] ?? { news: null });
    await response.text();
    expect(pauses).toEqual([EVENT_PAUSE_MS]);
  });

  it("asks nobody once the reader has left", async () => {
    const { asked, response } = play((count) => ({ news: { id: String(count), events: [turn(count)] } }));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    const count = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toHaveLength(count);
    expect(count).toBeLessThan(4);
  });
});
