/**
 * The upstream over `fetch`.
 *
 * `accept-encoding: identity`: the runtime would otherwise offer gzip in the client's name, and a client that did not
 * ask for it would get it; and an event stream must not wait in a compressor.
 */
import type { Upstream } from "../ports/upstream.ts";

export const fetchUpstream: Upstream = {
  send({ url, method, headers, body, signal }) {
    headers.set("accept-encoding", "identity");
    return fetch(url, { method, headers, body, redirect: "manual", ...(signal ? { signal } : {}) });
  },
};
