/**
 * What a browser carries after signing in: a statement of who it is, signed, with an end.
 *
 * The statement holds the tenant's key or says that it is the operator's, never a credential. Its key hangs on the
 * deployment's secret and on the admin token, so that changing either signs everyone out. It must not tell why a statement
 * does not hold.
 */
import { timingSafeEqual } from "node:crypto";
import { parse } from "hono/utils/cookie";
import type { Hash } from "../model/hash.ts";
import { SIGN_IN_SECONDS_MAX } from "../model/inspection-limits.ts";
import { SIGN_IN_COOKIE } from "../inspect/inspection.ts";
import type { KeyHeader } from "../inspect/inspection.ts";
import { authenticate, hmac, isAdmin } from "./authenticate.ts";

export interface SignInKeys {
  secret: string;
  adminToken: string | null;
}

/** Null as the tenant: the operator. */
export interface SignedIn {
  tenant: Hash | null;
}

const OPERATOR = "operator";
const STATEMENT = /^v1\.(?<who>operator|[\w-]{22})\.(?<end>\d{1,12})\.(?<mac>[\w-]{43})$/;

/** The statement for whoever sends this key. */
export function signIn(header: KeyHeader, key: string, now: number, keys: SignInKeys): string {
  const headers = new Headers({ [header]: header === "authorization" ? `Bearer ${key}` : key });
  const who = isAdmin(headers, keys.adminToken) ? OPERATOR : authenticate(headers, keys.secret);
  const stated = `v1.${who}.${Math.floor(now / 1000) + SIGN_IN_SECONDS_MAX}`;
  return `${stated}.${sign(stated, keys)}`;
}

/** Null: nobody has signed in, or it no longer counts. */
export function readSignIn(headers: Headers, now: number, keys: SignInKeys): SignedIn | null {
  const statement = parse(headers.get("cookie") ?? "", SIGN_IN_COOKIE)[SIGN_IN_COOKIE] ?? "";
  const { who, end, mac } = STATEMENT.exec(statement)?.groups ?? {};
  if (who === undefined || end === undefined || mac === undefined) return null;
  const expected = sign(`v1.${who}.${end}`, keys);
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected)) || Number(end) * 1000 <= now) return null;
  if (who !== OPERATOR) return { tenant: who };
  return keys.adminToken === null ? null : { tenant: null };
}

/**
 * Without a secret of this deployment anyone could sign a statement of their own, so nobody can sign in there; on the
 * developer's own machine, which a deployed Worker never is, that does no harm.
 */
export function canSignIn(url: URL, isKeyed: boolean): boolean {
  return isKeyed || /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
}

function sign(stated: string, { secret, adminToken }: SignInKeys): string {
  return hmac(hmac(secret, `cookie\n${adminToken ?? ""}`), stated);
}
