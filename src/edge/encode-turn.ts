/**
 * The body that goes upstream, from what the session has decided.
 *
 * Three bodies are possible for one turn: the planned one, the same without a recalled block where that has no place,
 * and one without any brief or tool for an upstream that has refused the other. Null always means that an edit has no place;
 * what then goes up is the caller's to decide.
 */
import { SESSION_OPEN_WAIT_MS_MAX } from "../model/limits.ts";
import type { OpenReply } from "../ports/session.ts";
import type { Edit } from "../wire/wire.ts";
import type { Edge } from "./edge.ts";
import { withinTime } from "./open-session.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import type { UserFacts } from "./recall-user-facts.ts";
import { WHOLE_RESULTS } from "./shorten-results.ts";

export type Opened = Extract<OpenReply, { kind: "opened" }>;

/** The upstream that is known to take a name for the prompt cache; a server of one's own may refuse an unknown field. */
const KEYED_CACHE_UPSTREAM = "openai";

/** The edit that changes nothing. */
export const UNCHANGED: Edit = {
  cut: 0,
  brief: null,
  stored: null,
  standsAlone: false,
  cacheKey: null,
  heldBy: null,
  recalled: null,
  recalledBehind: null,
  replaced: [],
};

interface Encoded extends Pick<PlannedTurn, "outgoing" | "isHeldDelta"> {
  /** Whether what is recalled found its place. */
  isRecalled: boolean;
}

/** The body of the plan. Null: the edit has no place in it. */
export function encodeTurn(turn: PlannedTurn, reply: Opened, facts: UserFacts | null): Encoded | null {
  const { wire, request, found, route } = turn;
  // The upstream knows what the references mean, and its memory is the one that counts.
  if (found.isHeldUpstream) return { outgoing: null, isHeldDelta: found.parent !== null, isRecalled: false };
  const { follows } = reply;
  const isWhole = reply.brief === null && turn.shortCount === 0;
  if (route.state === "delta" && follows !== null && isWhole && request.repliesById) {
    const heldBy = { id: follows.replyId, from: follows.count };
    const outgoing = wire.encode(request, { ...UNCHANGED, heldBy });
    if (outgoing !== null) return { outgoing, isHeldDelta: true, isRecalled: false };
  }
  const { offersTool } = turn.recall;
  const recalled = joinBlocks(reply.recalled, facts);
  const withBlock = recalled === null ? null : encodeReply(turn, { ...reply, recalled }, offersTool);
  const outgoing = withBlock ?? encodeReply(turn, { ...reply, recalled: null }, offersTool);
  if (outgoing === null) return null;
  const isChanged = outgoing !== request.text;
  return { outgoing: isChanged ? outgoing : null, isHeldDelta: false, isRecalled: withBlock !== null };
}

/** Both blocks stand behind the same words of the user's. */
function joinBlocks(recalled: Opened["recalled"], facts: UserFacts | null): Opened["recalled"] {
  if (recalled === null || facts === null) return recalled ?? facts;
  return { ...recalled, text: `${recalled.text}\n\n${facts.text}` };
}

function encodeReply(turn: PlannedTurn, reply: Opened, offersRecall: boolean): string | null {
  const { wire, request, found, identity, route, short } = turn;
  return wire.encode(request, {
    ...UNCHANGED,
    recalled: reply.recalled && reply.recalled.text,
    recalledBehind: reply.recalled && reply.recalled.index,
    offersRecall,
    cut: reply.stored === null ? reply.cut : 0,
    brief: reply.brief,
    stored: reply.stored,
    replaced: short.replaced,
    standsAlone: found.emulates || found.isHeldUpstream,
    isHeldAnew: found.isHeldUpstream,
    cacheKey: route.upstream === KEYED_CACHE_UPSTREAM ? identity.session : null,
  });
}

/**
 * The body that says everything by itself and holds nothing of ours, for an upstream that refused another one. Null:
 * there is none to be had, and what the upstream answered stands.
 */
export async function encodePlain(edge: Edge, turn: PlannedTurn): Promise<string | null> {
  const { question, request, wire, found } = turn;
  if (question.parent === null)
    return found.emulates ? wire.encode(request, { ...UNCHANGED, standsAlone: true }) : request.text;
  if (turn.session === null) return null;
  const plain = turn.session.open({ ...question, plain: true });
  const reply = await withinTime(edge, plain, SESSION_OPEN_WAIT_MS_MAX);
  return reply?.kind === "opened" ? encodeReply({ ...turn, short: WHOLE_RESULTS }, reply, false) : null;
}
