/**
 * What goes upstream for one turn, and why.
 *
 * `pass`: Strata stood aside and the client's bytes went up. `full`: Strata knows the session and chose the
 * whole history. `brief`: a brief stands for the turns before the cut. Every plan has a reason, so that
 * nothing is ever left unexplained in a header or in the session's record.
 */
export type PlanMode = "pass" | "full" | "brief";

export type PassReason =
  | "mode_off"
  | "unknown_route"
  | "unreadable_body"
  | "body_too_large"
  | "unnamed_session"
  | "session_unavailable"
  /** The reply is made later and fetched by its id. */
  | "background"
  /** The body names state of the upstream that Strata knows nothing of. */
  | "upstream_state";

/** Why a whole history is forwarded although a brief might be cheaper: the must-not-rewrite rules of docs/WIRE.md. */
export type KeepReason =
  /** A compaction, title or classifier call of the client's own. */
  | "side_request"
  /** An output format that the conversation so far did not have. */
  | "forced_format"
  /** The client asked the provider to edit or compact the context itself. */
  | "context_management"
  | "bound_reasoning"
  | "open_tool_call"
  | "media"
  | "system_change"
  | "tool_change"
  | "server_tool"
  | "citation"
  | "reference"
  | "provider_compaction"
  | "unknown_content"
  /** The upstream holds the history itself; only what is new was sent. */
  | "upstream_state"
  /** No text of this conversation is kept. */
  | "zero_content";

export type FullReason =
  | "new_thread"
  | "nothing_to_drop"
  | "rent_not_paid"
  | "session_guard"
  | "tenant_guard"
  | "brief_not_ready"
  | "rewrite_refused"
  | KeepReason;

/** `epoch`: a brief is in force already; the others say why this call compacts. */
export type BriefReason = "epoch" | "cold_cache" | "cheaper_now" | "rent_paid" | "window_full";

export type PlanReason = PassReason | FullReason | BriefReason;
