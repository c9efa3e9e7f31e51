/**
 * Why a piece of a conversation went up as it did. A code for each; docs/INSPECT.md has a sentence for each.
 */
export type PieceReason =
  | "as_sent"
  | "nothing_left_out"
  | "behind_the_cut"
  | "before_the_cut"
  | "upstream_refused"
  | "passed_through"
  | "supplied"
  | "held_upstream"
  | "shortened_now"
  | "stays_short"
  | "brief_adopted"
  | "brief_in_force"
  | "about_the_question"
  | "tools_used_behind"
  | "known_of_the_user"
  | "for_searches"
  | "keeps_the_cache"
  | "names_the_cache"
  | "whole_reply"
  | "no_whole_reply";
