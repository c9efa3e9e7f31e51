/**
 * What the Messages simulator answers when it will not serve a request: Anthropic's error envelope.
 *
 * Clients match these sentences and codes, so the wording follows messages that users of the real API have
 * published, and the validation errors follow its schema checker. Some errors carry a code in `details`.
 * A refusal is data: nothing here throws, and nothing here decides whether a request deserves one.
 */

export interface MessagesRefusal {
  status: number;
  type: string;
  message: string;
  details?: Record<string, unknown>;
}

export function refuse(message: string, errorCode?: string): MessagesRefusal {
  const refusal = { status: 400, type: "invalid_request_error", message };
  return errorCode === undefined ? refusal : { ...refusal, details: { error_code: errorCode } };
}

export function extraInput(path: string): MessagesRefusal {
  return refuse(`${path}: Extra inputs are not permitted`);
}

export function fieldRequired(path: string): MessagesRefusal {
  return refuse(`${path}: Field required`);
}

export function wrongInput(path: string, expected: string): MessagesRefusal {
  return refuse(`${path}: Input should be ${expected}`);
}

export function unknownTag(path: string, tag: unknown, expected: readonly string[]): MessagesRefusal {
  const tags = expected.map((name) => `'${name}'`).join(", ");
  return refuse(
    `${path}: Input tag '${String(tag)}' found using 'type' does not match any of the expected tags: ${tags}`,
  );
}

export const missingKey: MessagesRefusal = {
  status: 401,
  type: "authentication_error",
  message: "x-api-key header is required",
};

export const wrongKey: MessagesRefusal = { status: 401, type: "authentication_error", message: "invalid x-api-key" };

export function serverError(message = "Internal server error"): MessagesRefusal {
  return { status: 500, type: "api_error", message };
}

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

export function errorTypeOf(status: number): string {
  return TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
}

export function errorBody({ type, message, details }: MessagesRefusal, requestId: string): string {
  const error = { type, message, ...(details && { details }) };
  return JSON.stringify({ type: "error", error, request_id: requestId });
}

export type Kind = "string" | "boolean" | "number" | "array" | "object" | "text or array" | "any";

const EXPECTED: Record<Exclude<Kind, "any">, string> = {
  string: "a valid string",
  boolean: "a valid boolean",
  number: "a valid number",
  array: "a valid array",
  object: "a valid dictionary",
  "text or array": "a valid string or array",
};

export function checkKind(path: string, kind: Kind, value: unknown): MessagesRefusal | null {
  if (kind === "any" || isOfKind(value, kind)) return null;
  return wrongInput(path, EXPECTED[kind]);
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (kind === "text or array") return typeof value === "string" || Array.isArray(value);
  if (kind === "array") return Array.isArray(value);
  if (kind === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === kind;
}
