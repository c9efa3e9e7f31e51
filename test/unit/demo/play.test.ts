/**
 * The demo's run on a small case, once as a client of each API, so that none can rot: the longest turns of the recording
 * and a night before the last, which is enough for tools in every one and for a compaction.
 *
 * The run itself throws where a reply differs, a request is refused or the Worker reports a fault.
 */
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { chooseClient } from "../../../bench/demo/clients/choose-client.ts";
import { readOptions } from "../../../bench/demo/options.ts";
import { readTranscript } from "../../../bench/demo/read-transcript.ts";
import { runSimulated, type Audience } from "../../../bench/demo/run.ts";
import type { Stage } from "../../../bench/demo/stage.ts";
import type { Transcript } from "../../../bench/demo/transcript.ts";

const TURNS = 12;
const NIGHT_SECONDS = 9 * 3600;
/** The first start builds the Worker. */
const TIMEOUT_MS = 60_000;

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});

async function shortTranscript(): Promise<Transcript> {
  const path = new URL("../../../bench/demo/conversation.json", import.meta.url);
  const transcript = readTranscript(await readFile(path, "utf8"), 0);
  const sizes = transcript.turns.map((turn) => JSON.stringify(turn).length);
  const least = sizes.toSorted((one, other) => other - one)[TURNS - 1] ?? 0;
  const turns = transcript.turns.filter((_turn, index) => (sizes[index] ?? 0) >= least);
  const last = turns.at(-1);
  if (last) turns[turns.length - 1] = { ...last, pauseSeconds: NIGHT_SECONDS };
  return { ...transcript, turns, probes: [] };
}

describe("the demo", () => {
  it.each([
    ["chat", "gpt-5.4", "continue"],
    ["responses", "gpt-5.4", "continue"],
    ["responses-delta", "gpt-5.4", "delta"],
    ["messages", "claude-sonnet-5", "continue"],
  ] as const)(
    "plays as a client of %s",
    async (api, model, verdict) => {
      const transcript = await shortTranscript();
      const client = chooseClient(api);
      expect(client.modelFor(transcript.model)).toBe(model);
      const verdicts: (string | undefined)[] = [];
      const audience: Audience = {
        step: () => {},
        turn: ({ calls }) => verdicts.push(...calls.map(({ strata }) => strata["verdict"])),
      };
      const outcome = await runSimulated(transcript, client, model, audience, (running) => {
        stage = running;
      });

      const calls = transcript.turns.reduce((sum, { steps }) => sum + steps.length, 0);
      expect(outcome.calls).toBe(calls);
      expect(verdicts).toEqual(["new", ...Array.from({ length: calls - 1 }, () => verdict)]);
      expect(outcome.prefix).toEqual({ pairs: calls - 1, kept: calls - 2, compactions: 1, broken: [] });
      const { strata, replay, uncached, ledger } = outcome;
      expect(strata.promptTokens).toBeLessThan(replay?.promptTokens ?? 0);
      expect(strata.usd).toBeLessThan(replay?.usd ?? 0);
      expect(replay?.usd).toBeLessThan(uncached.usd ?? 0);
      expect(Math.abs(ledger.spentOffPercent ?? 100)).toBeLessThan(0.1);
      expect(Math.abs(ledger.replayOffPercent ?? 100)).toBeLessThan(1);
    },
    TIMEOUT_MS,
  );
});

describe("readOptions", () => {
  it("takes an API by its name, and chat without one", () => {
    expect(readOptions([])).toMatchObject({ api: "chat", upstream: null });
    expect(readOptions(["--api", "responses-delta"])).toMatchObject({ api: "responses-delta" });
    expect(() => readOptions(["--api", "completions"])).toThrow("--api needs one of chat, responses,");
  });
});
