/**
 * How a request relates to what the session already knows.
 *
 * `new`: nothing of it is known. `continue`: the longest known path is the whole prior history. `retry`: the
 * same messages again, and the client says or shows that it never had the answer. `regenerate`: the same
 * messages again after an answer. `edit`: it diverges at a user message. `fork`: it diverges elsewhere.
 * `client-compacted`: the client has replaced part of its own history. `delta`: only new messages were sent.
 */
export type Verdict = "new" | "continue" | "retry" | "regenerate" | "edit" | "fork" | "client-compacted" | "delta";
