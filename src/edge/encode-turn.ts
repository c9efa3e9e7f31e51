/**
 * The body that goes upstream, from what the session has decided.
 *
 * Several bodies are possible for one turn: the planned one, the same without recalled blocks where they have no place,
 * and one without any brief or tool for an upstream that has refused the other. Null always means that an edit has no place;
 * what then goes up is the caller's to decide.
 */
import { SESSION_OPEN_WAIT_MS_MAX } from "../model/limits.ts";
import type { RecalledBlocks } from "../ports/prompt-blocks.ts";
import type { OpenReply, Ticket } from "../ports/session.ts";
import type { RecalledFacts } from "../ports/user-memory.ts";
import type { Edit } from "../wire/wire.ts";
import type { Edge } from "./edge.ts";
import { noSession, withinTime } from "./open-session.ts";
import type { PlannedTurn } from "./plan-turn.ts";
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
  lasting: [],
  replaced: [],
};

interface Encoded extends Pick<PlannedTurn, "outgoing" | "isHeldDelta" | "sentOnly"> {
  /** With the recalled blocks that found their place. */
  ticket: Ticket;
  /** Whether the facts about the user found theirs. */
  hasFacts: boolean;
}

export const NO_BLOCKS: RecalledBlocks = { newest: null, lasting: [] };

/** The body of the plan. Null: the edit has no place in it. */
export function encodeTurn(turn: PlannedTurn, reply: Opened, facts: RecalledFacts | null): Encoded | null {
  const { wire, request, found, route } = turn;
  const bare: Ticket = { ...reply.ticket, recalled: NO_BLOCKS };
  // The upstream knows what the references mean, and its memory is the one that counts.
  if (found.isHeldUpstream)
    return {
      outgoing: null,
      isHeldDelta: found.parent !== null,
      sentOnly: found.parent === null ? null : request.history.length,
      ticket: bare,
      hasFacts: false,
    };
  const { follows } = reply;
  const isWhole = reply.brief === null && turn.shortCount === 0;
  if (route.state === "delta" && follows !== null && isWhole && request.repliesById) {
    const heldBy = { id: follows.replyId, from: follows.count };
    const outgoing = wire.encode(request, { ...UNCHANGED, heldBy });
    const sentOnly = request.history.length - follows.count;
    if (outgoing !== null) return { outgoing, isHeldDelta: true, sentOnly, ticket: bare, hasFacts: false };
  }
  const { offersTool } = turn.recall;
  const { newest, lasting } = reply.ticket.recalled;
  const all = newest || facts || lasting.length > 0 ? [{ recalled: reply.ticket.recalled, facts }] : [];
  const earlier = lasting.length > 0 ? [{ recalled: { newest: null, lasting }, facts: null }] : [];
  for (const { recalled, facts: own } of [...all, ...earlier, { recalled: NO_BLOCKS, facts: null }]) {
    const ticket = { ...reply.ticket, recalled };
    const body = encodeReply(turn, { ...reply, ticket }, own, offersTool);
    const outgoing = body === request.text ? null : body;
    if (body !== null) return { outgoing, isHeldDelta: false, sentOnly: null, ticket, hasFacts: own !== null };
  }
  return null;
}

/**
 * Where each block stands; facts and what is recalled behind the same words are one.
 *
 * @param skipped messages of the thread that stand before those in which the blocks are placed
 */
export function placeBlocks(
  { newest, lasting }: RecalledBlocks,
  facts: RecalledFacts | null,
  skipped: number,
): Pick<Edit, "recalled" | "lasting"> {
  const texts = [newest?.text ?? null, facts?.text ?? null].filter((text) => text !== null);
  return {
    recalled: texts.length === 0 ? null : texts.join("\n\n"),
    lasting: lasting.map(({ depth, text }) => ({ index: depth - 1 - skipped, text })),
  };
}

function encodeReply(
  { wire, request, found, identity, route, short }: PlannedTurn,
  reply: Opened,
  facts: RecalledFacts | null,
  offersRecall: boolean,
): string | null {
  return wire.encode(request, {
    ...UNCHANGED,
    ...placeBlocks(reply.ticket.recalled, facts, reply.stored === null ? 0 : reply.cut),
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
  const reply = await withinTime(edge, plain, SESSION_OPEN_WAIT_MS_MAX, noSession(turn, "open"));
  return reply?.kind === "opened" ? encodeReply({ ...turn, short: WHOLE_RESULTS }, reply, null, false) : null;
}
