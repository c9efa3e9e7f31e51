/**
 * Who is calling: the tenant behind a credential, and whether the caller is the operator.
 *
 * Credentials are hashed with the deployment's key here and never travel further, except to the upstream that they
 * belong to. Nothing in this file may be logged.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Hash } from "../model/hash.ts";

/** Tenant of callers that send no credential at all, as to an inference server of one's own. */
const NO_CREDENTIAL = "anonymous";

export function authenticate(headers: Headers, secret: string): Hash {
  const key = headers.get("x-api-key");
  // One key is one tenant, whichever of the two headers brings it: SDKs have changed from one to the other.
  const credential = headers.get("authorization") ?? (key === null ? NO_CREDENTIAL : `Bearer ${key}`);
  return hmac(secret, `tenant\n${credential}`).slice(0, 22);
}

/** 43 characters, base64url, 256 bits. */
export function hmac(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

export function isAdmin(headers: Headers, adminToken: string | null): boolean {
  if (adminToken === null) return false;
  const given = (headers.get("authorization") ?? "").replace(/^Bearer /, "");
  const key = "admin";
  return timingSafeEqual(Buffer.from(hmac(key, given)), Buffer.from(hmac(key, adminToken)));
}
