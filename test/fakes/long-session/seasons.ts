/**
 * The demo's recorded conversation told again and again, a year later each time: as many different turns as are asked for.
 *
 * Years, booking codes and call ids differ from season to season, so no two messages are the same. The same number gives
 * the same text. It must not know who plays it.
 */
import { readFileSync } from "node:fs";
import { readTranscript } from "../../../bench/demo/read-transcript.ts";
import type { Transcript, Turn } from "../../../bench/demo/transcript.ts";

const RECORDED = new URL("../../../bench/demo/conversation.json", import.meta.url);
const FIRST_YEAR = 2026;
/** From one season to the next; nobody's prompt cache lives so long. */
const BETWEEN_SEASONS_SECONDS = 14 * 3_600;

export type Opening = Pick<Transcript, "system" | "tools">;

export function readSeasons(): { opening: Opening; seasons: () => Generator<Turn> } {
  const text = readFileSync(RECORDED, "utf8");
  const { system, tools, turns } = readTranscript(text, 0);
  return {
    opening: { system, tools },
    *seasons() {
      for (let season = 0; ; season++)
        for (const [index, turn] of turns.entries()) {
          const told = tellAgain(turn, season);
          yield index === 0 && season > 0 ? { ...told, pauseSeconds: BETWEEN_SEASONS_SECONDS } : told;
        }
    },
  };
}

function tellAgain(turn: Turn, season: number): Turn {
  if (season === 0) return turn;
  const text = JSON.stringify(turn)
    .replaceAll(String(FIRST_YEAR), String(FIRST_YEAR + season))
    .replaceAll(
      /\b([A-Z]{3})-(\d{5})\b/g,
      (_code, letters: string, digits: string) => `${letters}-${Number(digits) + season * 111}`,
    )
    .replaceAll(/\bcall_(\w+)/g, `call_${season}$1`);
  return JSON.parse(text) as Turn;
}
