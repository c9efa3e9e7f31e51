/**
 * Which headers cross the edge, where a path leads, whose request it is.
 *
 * Pure parts only. What the upstream sees must be the client's request; what names a tenant must depend on the
 * credential and on nothing else.
 */
import { describe, expect, it } from "vitest";
import { authenticate, isAdmin } from "../../../src/edge/authenticate.ts";
import type { UpstreamSetting } from "../../../src/env.ts";
import { findRoute } from "../../../src/edge/edge.ts";
import { headersForClient, headersForUpstream } from "../../../src/edge/forward-headers.ts";

describe("headers for the upstream", () => {
  it("are the client's, less what belongs to the hop, to us or to the platform", () => {
    const sent = new Headers({
      authorization: "Bearer k",
      "content-type": "application/json",
      "openai-beta": "x=1",
      "x-stainless-retry-count": "1",
      "x-session-id": "s",
      "cf-connecting-ip": "1.2.3.4",
      "x-forwarded-for": "1.2.3.4",
      "x-real-ip": "1.2.3.4",
      "cdn-loop": "l",
      "x-strata-session": "s",
      "x-strata-parent": "p",
      host: "edge",
      "content-length": "7",
      "accept-encoding": "gzip",
      te: "trailers",
      "proxy-authorization": "p",
      connection: "close, X-Hop",
      "x-hop": "1",
    });
    expect([...headersForUpstream(sent).keys()].toSorted()).toEqual([
      "authorization",
      "content-type",
      "openai-beta",
      "x-session-id",
      "x-stainless-retry-count",
    ]);
  });
});

describe("headers for the client", () => {
  it("are the upstream's, and nobody but us may speak as us", () => {
    const answered = new Headers({
      "x-request-id": "r",
      "retry-after": "3",
      "cf-ray": "1",
      "x-strata-rev": "forged",
      "keep-alive": "timeout=5",
      connection: "x-hop",
      "x-hop": "1",
    });
    answered.append("set-cookie", "a=1");
    answered.append("set-cookie", "b=2");
    const headers = headersForClient(answered);
    expect([...new Set(headers.keys())].toSorted()).toEqual(["cf-ray", "retry-after", "set-cookie", "x-request-id"]);
    expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });
});

describe("a route", () => {
  const upstreams = new Map<string, UpstreamSetting>([
    ["openai", { base: "https://api.openai.com", state: "holds" }],
    ["anthropic", { base: "https://api.anthropic.com", state: "holds" }],
    ["local", { base: "http://127.0.0.1:9/base", state: "none" }],
  ]);
  const find = (path: string, headers = {}) => findRoute(`https://edge${path}`, new Headers(headers), { upstreams });

  it.each([
    ["/v1/chat/completions", "openai", "https://api.openai.com", "/v1/chat/completions"],
    ["/v1/models?limit=1&a=%2F", "openai", "https://api.openai.com", "/v1/models?limit=1&a=%2F"],
    ["/local/v1/chat/completions?x", "local", "http://127.0.0.1:9/base", "/v1/chat/completions?x"],
    ["/local", "local", "http://127.0.0.1:9/base", "/"],
    ["/locals/v1", "openai", "https://api.openai.com", "/locals/v1"],
    ["/v1/local/x", "openai", "https://api.openai.com", "/v1/local/x"],
    ["/", "openai", "https://api.openai.com", "/"],
    ["/v1/messages?beta=true", "anthropic", "https://api.anthropic.com", "/v1/messages?beta=true"],
    ["/v1/messages/count_tokens", "anthropic", "https://api.anthropic.com", "/v1/messages/count_tokens"],
    ["/local/v1/messages", "local", "http://127.0.0.1:9/base", "/v1/messages"],
    ["/anthropic/v1/models", "anthropic", "https://api.anthropic.com", "/v1/models"],
  ])("%s goes to %s", (path, upstream, base, rest) => {
    const state = upstream === "local" ? "none" : "holds";
    expect(find(path)).toEqual({ upstream, base, path: rest, state });
  });

  it("is Anthropic's where the caller says so", () => {
    const headers = { "anthropic-version": "2023-06-01" };
    expect(find("/v1/models", headers)?.upstream).toBe("anthropic");
    expect(find("/local/v1/models", headers)?.upstream).toBe("local");
  });

  it("without a default leads nowhere", () => {
    expect(findRoute("https://edge/v1", new Headers(), { upstreams: new Map() })).toBeNull();
  });
});

describe("a tenant", () => {
  const tenant = (headers: Record<string, string>, secret = "s"): string => authenticate(new Headers(headers), secret);

  it("is its credential under the deployment's key, and does not show it", () => {
    const one = tenant({ authorization: "Bearer sk-one" });
    expect(one).toMatch(/^[\w-]{22}$/);
    expect(tenant({ authorization: "Bearer sk-one", "x-other": "1" })).toBe(one);
    expect(tenant({ "x-api-key": "sk-one" })).toBe(one);
    const others = [
      tenant({ authorization: "Bearer sk-two" }),
      tenant({ authorization: "Bearer sk-one" }, "other"),
      tenant({ "x-api-key": "sk-two" }, "other"),
      tenant({}),
    ];
    expect(new Set([one, ...others]).size).toBe(5);
  });
});

describe("the operator", () => {
  const asks = (authorization: string | null, token: string | null): boolean =>
    isAdmin(new Headers(authorization === null ? {} : { authorization }), token);

  it.each([
    ["Bearer t0ken", "t0ken", true],
    ["t0ken", "t0ken", true],
    ["Bearer t0ke", "t0ken", false],
    ["Bearer t0ken2", "t0ken", false],
    [null, "t0ken", false],
    ["Bearer t0ken", null, false],
    ["", null, false],
  ])("with %s for %s is recognised: %s", (authorization, token, expected) => {
    expect(asks(authorization, token)).toBe(expected);
  });
});
