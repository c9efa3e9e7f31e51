/**
 * What can go wrong for a caller, as data.
 *
 * Only failures that Strata itself must answer are here: an upstream's own errors pass through untouched, and
 * whatever can be passed through instead of failing is no error. Each wire turns these into its own shape with
 * one exhaustive switch.
 */
export type StrataError =
  /** The delta names a turn that is not known, or whose reply was never completed. */
  | { code: "unknown_parent"; parent: string }
  /** A delta without a session to add it to. */
  | { code: "parent_without_session" }
  /** The session cannot be reached, and a delta alone would mean something else upstream. */
  | { code: "session_unavailable" }
  | { code: "unreadable_delta" }
  /** The request goes on from a reply that is not known, or no longer. */
  | { code: "unknown_reply"; id: string }
  /** A conversation that Strata keeps for an upstream without any cannot begin with items. */
  | { code: "conversation_items_unsupported" }
  /** The request's body broke off. */
  | { code: "request_cut" }
  /** A WebSocket was asked for. */
  | { code: "upgrade_required" }
  | { code: "unknown_upstream"; name: string }
  | { code: "upstream_unreachable"; detail: string }
  | { code: "not_found" }
  /** Another site has made a signed-in browser send a change. */
  | { code: "foreign_origin" }
  /** What a caller wants to be remembered cannot be kept as it is. */
  | { code: "unreadable_fact"; problem: string }
  /** Of a recorded body only its hash is left. */
  | { code: "body_not_kept"; sha256: string }
  /** A page was asked for behind something that is no place in the list. */
  | { code: "unknown_cursor" }
  /** A parameter of a query has a value that it cannot have. */
  | { code: "unreadable_parameter"; name: string; expected: string }
  /** An import of a session that is there already. */
  | { code: "session_exists"; session: string }
  | { code: "unreadable_export"; line: number; problem: string }
  /** Another import of the same session has taken this one's place, or the object was restarted. */
  | { code: "import_lost" }
  | { code: "body_too_large"; bytesMax: number }
  | { code: "bad_settings"; problems: string[] }
  /** A bug of ours that nothing caught. */
  | { code: "fault" };

/** Of what a caller sent, an error says back at most so much. */
const NAMED_CHARS_MAX = 128;

export interface ErrorReply {
  status: number;
  /** Machine-readable code in the body. */
  code: string;
  message: string;
  /** Whether sending the same request again can help: official SDKs obey `x-should-retry`. */
  retry: boolean;
}

/** Status, code and sentence for every error; the wire only chooses the envelope. */
export function describeError(error: StrataError): ErrorReply {
  switch (error.code) {
    case "unknown_parent":
      return {
        status: 412,
        code: "full_history_required",
        message: `No stored turn has the rev '${error.parent}' with a complete reply. Send the full message history without x-strata-parent.`,
        retry: false,
      };
    case "parent_without_session":
      return {
        status: 412,
        code: "full_history_required",
        message:
          "x-strata-parent needs x-strata-session beside it. Send the full message history without x-strata-parent.",
        retry: false,
      };
    case "session_unavailable":
      return {
        status: 503,
        code: "session_unavailable",
        message:
          "The stored session cannot be reached at the moment. Retry, or send the full message history without x-strata-parent.",
        retry: true,
      };
    case "unreadable_delta":
      return {
        status: 400,
        code: "unreadable_delta",
        message: "A request that continues a stored turn must be a JSON object that holds only new messages.",
        retry: false,
      };
    case "unknown_reply":
      return {
        status: 400,
        code: "previous_response_not_found",
        message: `Previous response with id '${error.id.slice(0, NAMED_CHARS_MAX)}' not found.`,
        retry: false,
      };
    case "conversation_items_unsupported":
      return {
        status: 400,
        code: "conversation_items_unsupported",
        message: "Conversations are kept by the edge here and begin empty. Send the items with the first response.",
        retry: false,
      };
    case "request_cut":
      return {
        status: 400,
        code: "request_cut",
        message: "The request's body ended before it was complete.",
        retry: true,
      };
    case "upgrade_required":
      return {
        status: 426,
        code: "websocket_unsupported",
        message: "WebSockets are not served here. Send the request with POST.",
        retry: false,
      };
    case "unknown_upstream":
      return {
        status: 404,
        code: "unknown_upstream",
        message: `No upstream is configured under the name '${error.name}'.`,
        retry: false,
      };
    case "upstream_unreachable":
      return {
        status: 502,
        code: "upstream_unreachable",
        message: `The upstream did not answer: ${error.detail}`,
        retry: true,
      };
    case "not_found":
      return { status: 404, code: "not_found", message: "Not found.", retry: false };
    case "foreign_origin":
      return {
        status: 403,
        code: "foreign_origin",
        message: "A change by a signed-in browser must come from the pages of this deployment.",
        retry: false,
      };
    case "unreadable_fact":
      return {
        status: 400,
        code: "unreadable_fact",
        message: `No such fact can be kept: ${error.problem}.`,
        retry: false,
      };
    case "body_not_kept":
      return {
        status: 410,
        code: "body_not_kept",
        message: `The bytes of this body are not kept. Their SHA-256 is ${error.sha256}.`,
        retry: false,
      };
    case "unknown_cursor":
      return {
        status: 400,
        code: "unknown_cursor",
        message: "The cursor is not one that a page of this list has named.",
        retry: false,
      };
    case "unreadable_parameter":
      return {
        status: 400,
        code: "unreadable_parameter",
        message: `The parameter '${error.name}' must be ${error.expected}.`,
        retry: false,
      };
    case "session_exists":
      return {
        status: 409,
        code: "session_exists",
        message: `The session ${error.session} is there already, and an import never changes one. Give it another name with ?session=.`,
        retry: false,
      };
    case "unreadable_export":
      return {
        status: 422,
        code: "unreadable_export",
        message: `Line ${error.line} of the file cannot be imported: ${error.problem}. Nothing was kept.`,
        retry: false,
      };
    case "import_lost":
      return {
        status: 503,
        code: "import_lost",
        message: "The import was interrupted, and nothing of it was kept. Send the file again.",
        retry: true,
      };
    case "body_too_large":
      return {
        status: 413,
        code: "body_too_large",
        message: `With x-strata-parent a body may hold ${error.bytesMax} bytes.`,
        retry: false,
      };
    case "fault":
      return { status: 500, code: "internal_error", message: "Strata failed to handle this request.", retry: true };
    case "bad_settings":
      return {
        status: 500,
        code: "bad_settings",
        message: `Strata is not configured correctly: ${error.problems.join("; ")}`,
        retry: false,
      };
  }
}
