/**
 * An error of ours in the caller's own form, and a note of it.
 *
 * What an upstream refuses is no refusal of ours: that is a turn. It must not note what the caller sent.
 */
import type { StrataError } from "../model/errors.ts";
import type { Journal, JournalEvent } from "../ports/journal.ts";
import type { Wire } from "../wire/wire.ts";

export function refuse(
  journal: Journal,
  wire: Pick<Wire, "name" | "encodeError">,
  error: StrataError,
  about: Pick<JournalEvent, "tenant" | "upstream"> = {},
): Response {
  const response = wire.encodeError(error);
  journal.write({ event: "refusal", wire: wire.name, reason: error.code, http_status: response.status, ...about });
  return response;
}
