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

/** Headers by which Azure, Google and gateways take a key. */
const OTHER_CREDENTIALS = ["api-key", "x-goog-api-key", "cf-aig-authorization"];

export function authenticate(headers: Headers, secret: string): Hash {
  const given = readCredentials(headers);
  // All that are given count: one of them may be a gateway's that many callers share.
  const credential = given.length > 0 ? [...new Set(given)].join("\n") : NO_CREDENTIAL;
  return hmac(secret, `tenant\n${credential}`).slice(0, 22);
}

/** Callers without a credential are one tenant to the ledger, but strangers to each other. */
export function hasCredential(headers: Headers): boolean {
  return readCredentials(headers).length > 0;
}

function readCredentials(headers: Headers): string[] {
  const key = headers.get("x-api-key");
  return [
    headers.get("authorization"),
    // One key is one tenant, whichever of the two headers brings it: SDKs have changed from one to the other.
    key && `Bearer ${key}`,
    ...OTHER_CREDENTIALS.map((name) => headers.get(name)),
  ].filter((credential): credential is string => Boolean(credential));
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
