/**
 * Who is looking, from a request to `/_strata`: a credential that it brings, or else a browser that has signed in.
 *
 * A credential goes before the cookie. Everything that may be looked at follows from the answer, so it is given here and
 * nowhere else.
 */
import { readConfig } from "../env.ts";
import type { Inspection, ReadInspection } from "../inspect/inspection.ts";
import { isHash } from "../model/hash.ts";
import { nameOf } from "../model/name-of.ts";
import { ok } from "../model/result.ts";
import { authenticate, hasCredential, isAdmin } from "./authenticate.ts";
import type { AppPorts } from "./edge.ts";
import { findNames, nameImport, nameReply, nameSession } from "./identify-session.ts";
import { nameUser, readPublicName } from "./identify-user.ts";
import { canSignIn, readSignIn, signIn } from "./sign-in.ts";

/** Nobody guesses a name of so many bytes; it is as long as those that are hashes. */
const PUBLIC_ID_BYTES = 32;
const TOKEN_BYTES = 12;

export function readInspectionFrom(readPorts: (env: Cloudflare.Env) => AppPorts): ReadInspection {
  return (env, request) => {
    const config = readConfig(env);
    if (!config.ok) return config;
    const { secret, adminToken, upstreams } = config.value;
    const { headers } = request;
    const { sessions, memories, tenants, replies, clock, entropy, journal } = readPorts(env);
    const now = clock.now();
    const url = new URL(request.url);
    const isKeyed = Boolean(env.STRATA_SECRET);
    const mayUseCookie = canSignIn(url, isKeyed);

    const bringsCredential = hasCredential(headers);
    const signedIn = bringsCredential || !mayUseCookie ? null : readSignIn(headers, now, { secret, adminToken });
    const proof: Inspection["proof"] = bringsCredential ? "credential" : signedIn ? "cookie" : null;
    const isOperator = signedIn ? signedIn.tenant === null : isAdmin(headers, adminToken);
    const tenant = signedIn?.tenant ?? authenticate(headers, secret);
    const named = isOperator ? (url.searchParams.get("tenant") ?? "") : tenant;
    const isShown = isOperator ? isHash(named) : proof !== null;
    // Named by its tenant, an owner's session is found by the operator under the owner's own names.
    const owner = isOperator && isShown ? named : tenant;
    const upstream = url.searchParams.get("upstream") ?? "openai";
    return ok({
      sessions,
      memories,
      tenants,
      clock,
      now,
      proof,
      isKeyed,
      tenant: isOperator ? null : tenant,
      shown: isShown ? named : null,
      nameUser: (id) => (isOperator ? readPublicName(id) : nameUser(id, { secret, tenant })),
      nameSession: (id) => nameSession(id, { secret, tenant: owner, upstream }),
      // Which upstream gave them is not kept.
      forgetReplies: async (of, ids) => {
        const namers = [...upstreams.keys()].map((name) => ({ secret, tenant: of, upstream: name }));
        try {
          await replies.forget(namers.flatMap((namer) => ids.map((id) => nameReply(id, namer))));
        } catch (error) {
          // What they led to has gone: by themselves they lead to nothing, until they are swept out.
          journal.write({ event: "session_unavailable", tenant: of, step: "forget_replies", error: nameOf(error) });
        }
      },
      findNames: (id) =>
        [...upstreams.keys()].flatMap((name) => findNames(id, { secret, tenant: owner, upstream: name })),
      nameImport: (names) => nameImport(names, { secret, tenant, upstream }) ?? `st_${entropy.token(PUBLIC_ID_BYTES)}`,
      indexReply: (reply, session) => replies.remember(nameReply(reply, { secret, tenant, upstream }), session, now),
      newToken: () => entropy.token(TOKEN_BYTES),
      signIn: mayUseCookie ? (header, key) => signIn(header, key, now, { secret, adminToken }) : null,
    });
  };
}
