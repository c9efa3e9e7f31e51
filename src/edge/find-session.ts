/**
 * Which session a request goes on in, and from which of its turns.
 *
 * A full history needs only the session; its place is found by hashes. Whoever sends less says what it goes on from:
 * our own `x-strata-parent`, the upstream's id of a reply, or a conversation. Where the upstream keeps such state
 * itself, the references go up as they came; elsewhere Strata answers for it. Nothing is guessed: what is not known
 * is an error that makes the client send its history, or, where the upstream may know better, no plan at all.
 */
import type { StrataError } from "../model/errors.ts";
import type { PassReason } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { Parent } from "../ports/session.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import { isOwnConversation } from "./conversations.ts";
import type { Edge, Route } from "./edge.ts";
import { identifySession, nameConversation, nameReply } from "./identify-session.ts";
import type { Identity, Namer } from "./identify-session.ts";
import { nameOf } from "../model/name-of.ts";

export interface Found {
  identity: Identity;
  parent: Parent | null;
  /** Strata answers for the state that the request names: the upstream does not have it. */
  emulates: boolean;
  /** The request names state that the upstream has. */
  isHeldUpstream: boolean;
}

export type NoPlan = { kind: "pass"; reason: PassReason } | { kind: "error"; error: StrataError };

export async function findSession(
  edge: Edge,
  route: Route,
  headers: Headers,
  wire: Wire,
  request: DecodedRequest,
  namer: Namer,
): Promise<Result<Found, NoPlan>> {
  const rev = headers.get("x-strata-parent");
  const identity = identifySession(headers, wire, request, namer);
  const { held } = request;
  if (rev !== null && identity.source !== "x-strata-session")
    return fail({ kind: "error", error: { code: "parent_without_session" } });
  if (rev !== null) return ok({ identity, parent: { by: "rev", rev }, emulates: held !== null, isHeldUpstream: false });
  if (held === null) return ok({ identity, parent: null, emulates: false, isHeldUpstream: false });

  const emulates = held.kind === "conversation" ? isOwnConversation(held.id, namer) : route.state === "none";
  const where = { emulates, isHeldUpstream: !emulates };
  if (held.kind === "start") return ok({ identity, parent: null, ...where });
  if (held.kind === "conversation") {
    const session = nameConversation(held.id, namer);
    return ok({ identity: { session, source: "conversation" }, parent: { by: "newest" }, ...where });
  }
  const parent: Parent = { by: "reply", id: held.id };
  if (identity.source !== "first_exchange") return ok({ identity, parent, ...where });
  const session = await findByReply(edge, held.id, namer);
  if (session !== null) return ok({ identity: { session, source: "reply" }, parent, ...where });
  return fail(isUnknown(held.id, where));
}

/** What becomes of a request whose parent is not known. */
export function isUnknown(replyId: string, { isHeldUpstream }: Pick<Found, "isHeldUpstream">): NoPlan {
  return isHeldUpstream
    ? { kind: "pass", reason: "upstream_state" }
    : { kind: "error", error: { code: "unknown_reply", id: replyId } };
}

export async function findByReply(edge: Edge, replyId: string, namer: Namer): Promise<string | null> {
  try {
    return await edge.replies.find(nameReply(replyId, namer));
  } catch (error) {
    const about = { tenant: namer.tenant, upstream: namer.upstream, step: "find_reply" };
    edge.journal.write({ event: "session_unavailable", ...about, error: nameOf(error) });
    return null;
  }
}
