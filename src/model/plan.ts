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
  | "session_unavailable";

export type FullReason =
  | "new_thread"
  | "client_compacted"
  | "nothing_to_drop"
  | "rent_not_paid"
  | "session_guard"
  | "tenant_guard"
  | "brief_not_ready"
  | "rewrite_refused";

/** `epoch`: a brief is in force already; the others say why this call compacts. */
export type BriefReason = "epoch" | "cold_cache" | "cheaper_now" | "rent_paid" | "window_full";

export type PlanReason = PassReason | FullReason | BriefReason;
