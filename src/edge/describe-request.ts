/** What a session is told of a request: hashes, sizes and facts, never the text. */
import type { Config } from "../env.ts";
import { hashText } from "../model/hash.ts";
import type { HeadHash, TurnRequest } from "../ports/session.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import type { Found } from "./find-session.ts";
import type { Namer } from "./identify-session.ts";
import type { History } from "./read-history.ts";

export interface Described {
  wire: Wire;
  namer: Namer;
  found: Found;
  rev: string;
  now: number;
  request: DecodedRequest;
  history: History;
}

export function describeRequest(
  { wire, namer, found, rev, now, request, history }: Described,
  headers: Headers,
  query: string | null,
  { keepTools, keepsContent }: Pick<Config, "keepTools" | "keepsContent">,
): TurnRequest {
  const { binding, bindsReply } = request;
  const leaveAlone = found.isHeldUpstream ? "upstream_state" : keepsContent ? request.leaveAlone : "zero_content";
  return {
    tenant: namer.tenant,
    wire: wire.name,
    rev,
    now,
    model: request.model,
    hasTools: request.hasTools,
    headHash: hashHead(request, found.parent !== null, wire),
    headTokensEstimate: request.headTokensEstimate,
    parent: found.parent,
    prior: history.prior,
    messages: describeMessages(history),
    isRetry: Number(headers.get("x-stainless-retry-count") ?? 0) > 0,
    rewrite: { leaveAlone, binding, bindsReply },
    cacheLifetime: request.cacheLifetime,
    plain: false,
    query,
    keepsTools: keepTools.has("*") || headers.get("x-strata-tools")?.toLowerCase() === "keep",
    keepsContent,
  };
}

/** A request may ask that nothing be kept of it, never that more is kept than the operator allows. */
export function asksToKeep(headers: Headers, { keepsContent }: Pick<Config, "keepsContent">): boolean {
  return keepsContent && headers.get("x-strata-content")?.trim().toLowerCase() !== "none";
}

export function describeMessages(history: History): TurnRequest["messages"] {
  return history.messages.map(({ json, ...facts }) => ({ ...facts, chars: json.length }));
}

/** A delta that leaves out its head means that of the turn before; only Messages clients leave out the tools, too. */
function hashHead({ tools, system, format, headTexts }: DecodedRequest, isDelta: boolean, { name }: Wire): HeadHash {
  const leavesTools = isDelta && name === "messages" && tools === "";
  const leavesSystem = isDelta && (headTexts.length === 0 || system === "");
  return {
    tools: leavesTools ? null : hashText(tools),
    system: leavesSystem ? null : hashText(system),
    format: format === "" ? null : hashText(format),
  };
}
