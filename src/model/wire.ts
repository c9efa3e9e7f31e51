/**
 * The APIs that Strata understands, by name. A message belongs to one of them: its JSON means nothing in another.
 */
export type WireName = "chat-completions" | "responses" | "messages";
