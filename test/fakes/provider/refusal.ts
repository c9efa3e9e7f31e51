/**
 * What the simulator answers when it will not serve a request: OpenAI's error object with its HTTP status.
 *
 * Clients, and proxies that fall back on an error, read these fields, so the wording follows messages that
 * users of the real API have published. Each constructor is one sentence of that API, filled with a path.
 * A refusal is data: nothing here throws, and nothing here decides whether a request deserves one.
 */

export interface Refusal {
  status: number;
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

export function refuse(message: string, param: string | null = null, code: string | null = null): Refusal {
  return { status: 400, message, type: "invalid_request_error", param, code };
}

export function missingParameter(path: string): Refusal {
  return refuse(`Missing required parameter: '${path}'.`, path, "missing_required_parameter");
}

export function unknownParameter(path: string): Refusal {
  return refuse(`Unknown parameter: '${path}'.`, path, "unknown_parameter");
}

export function unknownArguments(names: string[]): Refusal {
  return refuse(`Unrecognized request argument${names.length > 1 ? "s" : ""} supplied: ${names.join(", ")}`);
}

export function invalidType(path: string, expected: string, value: unknown): Refusal {
  const message = `Invalid type for '${path}': expected ${expected}, but got ${kindOf(value)} instead.`;
  return refuse(message, path, "invalid_type");
}

export function emptyArray(path: string): Refusal {
  const rest = "empty array. Expected an array with minimum length 1, but got an empty array instead.";
  return refuse(`Invalid '${path}': ${rest}`, path, "empty_array");
}

export function invalidValue(path: string, value: unknown, supported: readonly string[]): Refusal {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  const quoted = supported.map((name) => `'${name}'`);
  const last = quoted.at(-1) ?? "";
  const others = quoted.slice(0, -1).join(", ");
  const list = quoted.length > 1 ? `${others}${quoted.length > 2 ? "," : ""} and ${last}` : last;
  return refuse(`Invalid value: '${shown}'. Supported values are: ${list}.`, path, "invalid_value");
}

const BREAKPOINTS_MAX = 4;

export function tooManyBreakpoints(path: string, found: number): Refusal | null {
  if (found <= BREAKPOINTS_MAX) return null;
  const rest = `too many prompt cache breakpoints. Expected at most ${BREAKPOINTS_MAX}, but got ${found} instead.`;
  return refuse(`Invalid '${path}': ${rest}`, path, "invalid_value");
}

export const unreadableJson: Refusal = refuse(
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library " +
    "correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble " +
    "figuring out how to fix this, please contact us through our help center at help.openai.com.)",
);

export const missingKey: Refusal = {
  ...refuse(
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
      "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the " +
      "API from your browser and are prompted for a username and password. You can obtain an API key from " +
      "https://platform.openai.com/account/api-keys.",
  ),
  status: 401,
};

export function wrongKey(key: string): Refusal {
  const shown = key.length > 8 ? `${key.slice(0, 4)}${"*".repeat(key.length - 8)}${key.slice(-4)}` : key;
  const message = `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  return { ...refuse(message, null, "invalid_api_key"), status: 401 };
}

export function unknownUrl(method: string, path: string): Refusal {
  return { ...refuse(`Invalid URL (${method} ${path})`), status: 404 };
}

/** A failure on the provider's own side; `detail` tells a test author what went wrong in a script. */
export function serverError(detail = ""): Refusal {
  const message = `The server had an error while processing your request. Sorry about that!${detail && ` (${detail})`}`;
  return { status: 500, message, type: "server_error", param: null, code: null };
}

export function refusalBody({ message, type, param, code }: Refusal): string {
  return `${JSON.stringify({ error: { message, type, param, code } }, null, 2)}\n`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal number";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
