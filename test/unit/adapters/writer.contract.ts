/**
 * What every digest writer must do, whichever API it speaks: hand on the answer and its bill, and turn each way of
 * failing into data within its time.
 */
import { describe, expect, it } from "vitest";
import type { DistillerSetting } from "../../../src/env.ts";
import { checkDigest } from "../../../src/distil/digests/check-digest.ts";
import { askForDigest } from "../../../src/distil/digests/digest-prompt.ts";
import type { DigestSource } from "../../../src/distil/digests/digest-prompt.ts";
import { readDigest } from "../../../src/distil/digests/read-digest.ts";
import { DIGEST_REPLY_BYTES_MAX } from "../../../src/model/limits.ts";
import type { DigestWriter } from "../../../src/ports/digest-writer.ts";
import { answerIn } from "../../fakes/distiller/answers.ts";

/** What the API behind the writer is to do. */
export type Deed =
  | { does: "answer"; text: string }
  /** Refuses to be held to a schema. */
  | { does: "refuse form"; text: string }
  | { does: "cut" }
  | { does: "decline" }
  | { does: "fail" }
  | { does: "stall" }
  | { does: "babble"; body: string };

export interface Bench {
  /** What the next calls meet. */
  deed: Deed;
  open(setting: Pick<DistillerSetting, "model" | "timeoutMs">): DigestWriter;
  /** A writer for which nobody is there. */
  openNowhere(): DigestWriter | null;
}

const texts = ["Please move the release to 2026-03-14.", "I moved the release in deploy/plan.yaml."];
const SOURCES: DigestSource[] = texts.map((text, index) => ({
  nodes: [index + 1],
  speaker: index === 0 ? "user" : "assistant",
  day: "2026-03-02",
  text,
  evidence: text,
}));
const prompt = (isStructured: boolean) => askForDigest(SOURCES, false, isStructured, (text) => text.length / 4);
const ANSWER = answerIn("well", prompt(true).material);

export function describeWriter(name: string, start: () => Promise<Bench>): void {
  describe(`a writer on ${name}`, async () => {
    const bench = await start();
    const write = (deed: Deed, isStructured = true, timeoutMs = 5_000) => {
      bench.deed = deed;
      return bench.open({ model: "some-model", timeoutMs }).write(prompt(isStructured));
    };

    it.each([true, false])("hands on an answer that passes the gate, structured: %s", async (isStructured) => {
      const { text, usage } = await write({ does: "answer", text: ANSWER }, isStructured);
      expect(text.ok).toBe(true);
      const read = readDigest(text.ok ? text.value : "");
      expect(read && checkDigest(read, SOURCES)).toMatchObject({ ok: true });
      expect(usage?.promptTokens).toBeGreaterThan(0);
      expect(usage?.completionTokens).toBeGreaterThan(0);
    });

    it("names its model for the price book", () => {
      const writer = bench.open({ model: "some-model", timeoutMs: 1 });
      expect(writer.model).toBe("some-model");
      expect(writer.method).toContain("some-model");
    });

    it("tells a refused form from a refusal", async () => {
      const deed: Deed = { does: "refuse form", text: ANSWER };
      expect((await write(deed)).text).toMatchObject({ ok: false, error: { code: "format_refused" } });
      expect((await write(deed, false)).text).toMatchObject({ ok: true });
    });

    it.each<[Deed, string]>([
      [{ does: "cut" }, "cut_short"],
      [{ does: "decline" }, "declined"],
      [{ does: "babble", body: "{}" }, "unreadable"],
      [{ does: "babble", body: "[1]" }, "unreadable"],
      [{ does: "babble", body: JSON.stringify({ choices: [{}], content: 7, response: 7 }) }, "unreadable"],
    ])("tells what has gone wrong: %j", async (deed, code) => {
      expect((await write(deed)).text).toMatchObject({ ok: false, error: { code } });
    });

    it("gives up on an error, in its time, and where nobody answers", async () => {
      const failed = await write({ does: "fail" });
      expect(failed).toMatchObject({ text: { ok: false }, usage: null });
      const started = performance.now();
      const late = await write({ does: "stall" }, true, 60);
      expect(late).toEqual({ text: { ok: false, error: { code: "timed_out" } }, usage: null });
      expect(performance.now() - started).toBeLessThan(3_000);
      const nowhere = await bench.openNowhere()?.write(prompt(true));
      if (nowhere) expect(nowhere.text).toEqual({ ok: false, error: { code: "unreachable" } });
    });

    it("reads no reply without end", async () => {
      const { text } = await write({ does: "answer", text: "x".repeat(DIGEST_REPLY_BYTES_MAX + 1) });
      expect(text).toMatchObject({ ok: false, error: { code: "reply_too_large" } });
    });
  });
}
