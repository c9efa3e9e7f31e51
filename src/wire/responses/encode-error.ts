/**
 * Strata's own errors in OpenAI's envelope, so that the client's SDK reads them like any other.
 *
 * `x-should-retry` is obeyed by the official SDKs; without it a 409 or 5xx would be sent again several times. A reply
 * that is not known is answered as OpenAI answers it, field included: clients then send their whole history.
 */
import { describeError } from "../../model/errors.ts";
import type { StrataError } from "../../model/errors.ts";

export function encodeError(error: StrataError): Response {
  const { status, code, message, retry } = describeError(error);
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  const param = code === "previous_response_not_found" ? "previous_response_id" : null;
  return Response.json(
    { error: { message, type, param, code } },
    { status, headers: { "x-should-retry": String(retry) } },
  );
}
