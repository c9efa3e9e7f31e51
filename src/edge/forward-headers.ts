/**
 * Which headers cross the edge, in both directions.
 *
 * Everything but hop-by-hop headers, our own, and what the platform adds on the way: the upstream should see the
 * client's request, not ours.
 */

/** RFC 9110 §7.6.1, and fields that describe one connection only. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Set anew for the next hop, by the runtime. */
const PER_REQUEST = new Set(["host", "content-length", "accept-encoding"]);

/** Added between the client and us. */
const PLATFORM = /^(?:cf-|x-forwarded-|x-real-ip$|cdn-loop$|true-client-ip$|mf-)/;

const OURS = "x-strata-";

/** A copy with fields taken out: the values stay the client's bytes, which reading and setting them again would not keep. */
export function headersForUpstream(headers: Headers): Headers {
  const forwarded = new Headers(headers);
  for (const name of [...HOP_BY_HOP, ...PER_REQUEST, ...connectionFields(headers)]) forwarded.delete(name);
  for (const [name] of headers) if (name.startsWith(OURS) || PLATFORM.test(name)) forwarded.delete(name);
  return forwarded;
}

export function headersForClient(headers: Headers): Headers {
  const forwarded = new Headers(headers);
  for (const name of [...HOP_BY_HOP, ...connectionFields(headers)]) forwarded.delete(name);
  for (const [name] of headers) if (name.startsWith(OURS)) forwarded.delete(name);
  return forwarded;
}

/** Fields that the sender declares hop-by-hop by naming them in `connection`. */
function connectionFields(headers: Headers): Set<string> {
  return new Set(
    (headers.get("connection") ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean),
  );
}
