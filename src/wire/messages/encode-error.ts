/**
 * Strata's own errors in Anthropic's envelope, so that the client's SDK reads them like any other.
 *
 * `x-should-retry` is obeyed by the official SDKs; without it a 409 or 5xx would be sent again several times. An unknown
 * reply is answered as a thread that was lost: the SDK then sends the whole conversation again by itself.
 */
import { describeError } from "../../model/errors.ts";
import type { StrataError } from "../../model/errors.ts";

const TYPES: Record<number, string> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export function encodeError(error: StrataError): Response {
  const described = describeError(error);
  const isLostThread = error.code === "unknown_reply";
  const status = isLostThread ? 404 : described.status;
  const type = TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  const details = { error_code: isLostThread ? "thread_not_found" : described.code };
  return Response.json(
    { type: "error", error: { type, message: described.message, details } },
    { status, headers: { "x-should-retry": String(described.retry) } },
  );
}
