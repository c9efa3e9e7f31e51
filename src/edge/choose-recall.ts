/**
 * How recall works for one request: as the client asks, else as it is set, and with the tool only where that is safe.
 *
 * Decided before the session is asked, because a tool more is another head, and from the request alone, so that a
 * session keeps the tool from turn to turn and the provider its cache. It must not look at what was said.
 */
import { hashText } from "../model/hash.ts";
import { ESTIMATED_CHARS_PER_TOKEN } from "../model/limits.ts";
import { isRecallMode } from "../model/recall-call.ts";
import type { RecallMode, RecallRefusal } from "../model/recall-call.ts";
import type { TurnRequest } from "../ports/session.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import type { Route } from "./edge.ts";
import type { Found } from "./find-session.ts";

export interface RecallChoice {
  mode: RecallMode;
  /** Whether the recall tool goes up. */
  offersTool: boolean;
  /** Why it does not, where it was asked for. */
  refusal: RecallRefusal | null;
}

/** Where nothing is kept there is nothing to recall. */
export const NO_RECALL: RecallChoice = { mode: "off", offersTool: false, refusal: null };

interface Asked {
  wire: Wire;
  route: Route;
  found: Found;
  request: DecodedRequest;
}

/** @param setting what holds where the request says nothing, or nothing that is known */
export function chooseRecall(headers: Headers, setting: RecallMode, asked: Asked): RecallChoice {
  const wanted = headers.get("x-strata-recall")?.trim().toLowerCase() ?? "";
  const mode = isRecallMode(wanted) ? wanted : setting;
  if (mode !== "tool" && mode !== "both") return { mode, offersTool: false, refusal: null };
  const refusal = judge(asked);
  return { mode, offersTool: refusal === null, refusal };
}

function judge({ wire, route, found, request }: Asked): RecallRefusal | null {
  // What the upstream keeps of a reply would hold a call that its client cannot answer.
  if (found.isHeldUpstream || (request.repliesById && route.state !== "none")) return "upstream_state";
  return wire.recallTool.judge(request);
}

/** The same without the tool, because the upstream has refused it, or may have. */
export function withdrawTool(choice: RecallChoice): RecallChoice {
  return choice.offersTool ? { ...choice, offersTool: false, refusal: "refused" } : choice;
}

/** What goes up with the tool has another head, and a longer one. */
export function withTool(question: TurnRequest, { request, wire }: Asked, { offersTool }: RecallChoice): TurnRequest {
  if (!offersTool) return question;
  const { headHash, headTokensEstimate } = question;
  const tools = headHash.tools === null ? null : hashText(`${request.tools}\n${wire.recallTool.definition}`);
  return {
    ...question,
    headHash: { ...headHash, tools },
    headTokensEstimate: headTokensEstimate + toolTokens(wire),
  };
}

/** What the definition weighs in a prompt, roughly and rather too much. */
export function toolTokens({ recallTool }: Wire): number {
  return Math.ceil(recallTool.definition.length / ESTIMATED_CHARS_PER_TOKEN);
}

/** What the reply's header says: the mode that holds, and why it is not the one that was asked for. */
export function describeRecall({ mode, refusal }: RecallChoice): string {
  return refusal === null ? mode : `${mode === "both" ? "block" : "off"}; tool=${refusal}`;
}
