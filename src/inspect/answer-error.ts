/** An error of our own routes: the same code and sentence as on every wire, in one plain envelope. */
import { describeError } from "../model/errors.ts";
import type { StrataError } from "../model/errors.ts";

export function answerError(error: StrataError): Response {
  const { status, code, message } = describeError(error);
  return Response.json({ error: { code, message } }, { status });
}
