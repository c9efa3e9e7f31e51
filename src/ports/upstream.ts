/**
 * Sends a request to an LLM API and answers with its response, headers first, body as a stream.
 *
 * Redirects are not followed and nothing is retried: that is the client's business. Throws when there is no answer.
 */
export interface Upstream {
  send(request: UpstreamRequest): Promise<Response>;
}

export interface UpstreamRequest {
  url: string;
  method: string;
  headers: Headers;
  body: BodyInit | null;
  /** Fires when the client has gone. */
  signal: AbortSignal | null;
}
