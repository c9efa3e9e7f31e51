/**
 * Writes the brief for a cut: quotes from the messages that leave, tables of what tools answered in them, and over them
 * what a model has written.
 *
 * Never waits for a model: it takes the digests that are there. A brief whose written part does not pass the gate is
 * committed without it, and one that does not pass at all stands for nothing. Briefs that no thread uses are let go.
 */
import { nameOf } from "../../model/name-of.ts";
import { checkBrief } from "../../distil/check-brief.ts";
import { layerBrief } from "../../distil/digests/layer-brief.ts";
import { putTables } from "../../distil/tools/result-tables.ts";
import { RETIRED_BRIEF_MS_MAX } from "../../model/limits.ts";
import { fail } from "../../model/result.ts";
import type { Result } from "../../model/result.ts";
import { briefBudget } from "../../plan/brief-budget.ts";
import type { Cut } from "../../plan/choose-cut.ts";
import type { Brief, DistilError, DistilInput, Distiller } from "../../ports/distiller.ts";
import type { BriefRow } from "./brief-store.ts";
import type { DigestPorts } from "../digests/digest-ports.ts";
import { distilBeside } from "./distil-beside.ts";
import { findBase } from "../forecast.ts";
import { extendRanges } from "../recall/node-ranges.ts";
import { readAnswers } from "./read-answers.ts";
import { readSpan } from "./read-span.ts";
import type { SessionTables } from "../tables.ts";
import { countDigests, digestsOf } from "../digests/thread-segments.ts";
import type { ThreadSegments } from "../digests/thread-segments.ts";

/** Answers the id of a committed brief, or null when it was refused. */
export async function writeBrief(
  tables: SessionTables,
  { counter, reader, distiller }: Pick<DigestPorts, "counter" | "reader" | "distiller">,
  cut: Cut,
  inForce: BriefRow | null,
  thread: ThreadSegments,
  now: number,
): Promise<number | null> {
  const { store, briefs } = tables;
  const bodies = store.bodiesBelow(cut.chain, inForce?.depth ?? 0);
  const input: DistilInput = {
    kept: inForce?.pieces ?? [],
    span: readSpan(bodies, reader),
    digests: digestsOf(thread),
    budgetTokens: briefBudget(cut.pathTokens - (inForce?.pathTokens ?? 0), inForce?.tokens ?? 0),
    countTokens: (text) => counter.countTokens(text),
  };
  const answers = readAnswers([...store.bodiesAmong(cut.chain, inForce?.tables ?? []), ...bodies], reader);
  const {
    written: quoted,
    rest,
    tables: answered,
  } = await distilBeside(answers, input, (part) => distil(distiller, part));
  const layersOf = (brief: Brief) =>
    listLayers(answered === null ? brief : putTables(brief, answered, rest.countTokens));
  const place = {
    cut: cut.chain,
    depth: cut.depth,
    pathTokens: cut.pathTokens,
    method: distiller.method,
    digests: countDigests(thread),
    createdAt: now,
    nodes: extendRanges(
      inForce?.nodes ?? [],
      bodies.map(({ node }) => node.id),
    ),
    tables: answered?.nodes ?? [],
  };
  if (!quoted.ok) {
    const nothing = { tokens: 0, text: "", pieces: [], written: [] };
    briefs.add({ ...place, ...nothing, state: "rejected", checks: quoted.error });
    return null;
  }
  const layered = layerBrief(quoted.value, rest);
  const checked = checkBrief(layered, rest);
  if (checked.ok) return briefs.add({ ...place, ...layersOf(layered), state: "committed", checks: { code: "passed" } });
  briefs.add({ ...place, ...layersOf(layered), state: "rejected", checks: checked.error });
  if (layered === quoted.value || !checkBrief(quoted.value, rest).ok) return null;
  return briefs.add({ ...place, ...layersOf(quoted.value), state: "committed", checks: { code: "passed" } });
}

function listLayers({
  text,
  tokens,
  pieces,
  written = [],
}: Brief): Pick<BriefRow, "text" | "tokens" | "pieces" | "written"> {
  return { text, tokens, pieces, written };
}

/** A distiller is somebody else's code or model: whatever it throws is one more way of refusing. */
async function distil(distiller: Distiller, input: DistilInput): Promise<Result<Brief, DistilError>> {
  try {
    return await distiller.distil(input);
  } catch (error) {
    return fail({ code: "distiller_failed", detail: nameOf(error) });
  }
}

/** Lets go of the briefs that no thread of the session can adopt any more. */
export function pruneBriefs(tables: SessionTables, now: number): void {
  const { store, log, briefs } = tables;
  const prepared = (log.session()?.recent.tips ?? []).flatMap(
    (tip) => findBase(tables, store.find(tip), true).state?.prepared ?? [],
  );
  briefs.prune(prepared, now, RETIRED_BRIEF_MS_MAX);
}
