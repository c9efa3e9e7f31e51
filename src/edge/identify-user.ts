/**
 * Whose turn it is, where that person is remembered beyond the session.
 *
 * Only where the operator has switched it on and the client names its end user. The name of a memory is an HMAC over
 * tenant and end user, so no caller can name another tenant's. An id that changes with every session would be nobody's:
 * of a compound one the part that stays counts, or nothing.
 */
import type { Config } from "../env.ts";
import type { DecodedRequest } from "../wire/wire.ts";
import { hmac } from "./authenticate.ts";
import { readId } from "./identify-session.ts";
import type { Namer } from "./identify-session.ts";

/** Public name of the user's memory, `us_` and 43 characters. Null: nobody is remembered by this request. */
export function identifyUser(
  { memory }: Pick<Config, "memory">,
  headers: Headers,
  { endUser, bodySignals }: Pick<DecodedRequest, "endUser" | "bodySignals">,
  namer: Pick<Namer, "secret" | "tenant">,
): string | null {
  const asked = headers.get("x-strata-memory")?.toLowerCase();
  if (memory.mode === "off" || asked === "off" || (memory.mode === "request" && asked !== "on")) return null;
  const named = headers.get("x-strata-user") || endUser || bodySignals.metadataUser;
  const id = named && readStablePart(named);
  return id ? nameUser(id, namer) : null;
}

export function nameUser(id: string, { secret, tenant }: Pick<Namer, "secret" | "tenant">): string {
  return `us_${hmac(secret, `user\n${tenant}\n${readId(id) ?? ""}`)}`;
}

/** The operator, who has no tenant, knows a memory only by its public name. */
export function readPublicName(id: string): string | null {
  return PUBLIC_NAME.test(id) ? id : null;
}

const PUBLIC_NAME = /^us_[A-Za-z0-9_-]{43}$/;
/** How an agent joins account and session in one id. */
const JOINED = /^user_(?<device>[0-9a-f]+)_account_(?<account>[0-9a-f-]*)_session_/;
/** Fields of an id in JSON that name a person, or else an installation. */
const PERSON_FIELDS = ["user_id", "account_uuid", "device_id"];

function readStablePart(id: string): string | null {
  const joined = JOINED.exec(id)?.groups;
  if (joined) return joined["account"] || joined["device"] || null;
  if (id.startsWith("{")) return readPerson(id);
  return /session|conversation|thread/i.test(id) ? null : id;
}

function readPerson(json: string): string | null {
  try {
    const value: unknown = JSON.parse(json);
    const fields = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
    const [person] = PERSON_FIELDS.map((name) => fields.get(name)).filter(
      (field) => typeof field === "string" && field,
    );
    return typeof person === "string" ? person : null;
  } catch {
    return null;
  }
}
