/** The statement in the cookie: whom it names, what makes it void, and where nobody may have one. */
import { describe, expect, it } from "vitest";
import { authenticate } from "../../../src/edge/authenticate.ts";
import { canSignIn, readSignIn, signIn } from "../../../src/edge/sign-in.ts";
import { SIGN_IN_SECONDS_MAX } from "../../../src/model/inspection-limits.ts";

const KEYS = { secret: "a secret", adminToken: "an admin token" };
const NOW = 1_790_000_000_500;
const END = NOW + SIGN_IN_SECONDS_MAX * 1000;

const carry = (statement: string): Headers =>
  new Headers({ cookie: `other=1; strata=${statement}; strata_theme=dark` });

describe("a statement", () => {
  const statement = signIn("authorization", "sk-1", NOW, KEYS);
  const tenant = authenticate(new Headers({ "x-api-key": "sk-1" }), KEYS.secret);

  it("names the tenant whose key signed in, until its end", () => {
    expect(readSignIn(carry(statement), NOW, KEYS)).toEqual({ tenant });
    expect(readSignIn(carry(statement), END - 1_000, KEYS)).toEqual({ tenant });
    expect(readSignIn(carry(statement), END, KEYS)).toBeNull();
    expect(statement).not.toContain("sk-1");
  });

  it("names the tenant of the header that the app sends", () => {
    const azure = signIn("api-key", "sk-1", NOW, KEYS);
    const expected = authenticate(new Headers({ "api-key": "sk-1" }), KEYS.secret);
    expect(readSignIn(carry(azure), NOW, KEYS)).toEqual({ tenant: expected });
    expect(expected).not.toBe(tenant);
  });

  it("names the operator for the admin token, only as a bearer and only where there is one", () => {
    const operator = signIn("authorization", KEYS.adminToken, NOW, KEYS);
    expect(readSignIn(carry(operator), NOW, KEYS)).toEqual({ tenant: null });
    expect(readSignIn(carry(signIn("api-key", KEYS.adminToken, NOW, KEYS)), NOW, KEYS)?.tenant).toHaveLength(22);
    expect(readSignIn(carry(operator), NOW, { ...KEYS, adminToken: "another" })).toBeNull();
    const none = { ...KEYS, adminToken: null };
    const forged = signIn("authorization", "sk-1", NOW, none).replace(tenant, "operator");
    expect(readSignIn(carry(forged), NOW, none)).toBeNull();
  });

  it("is void when the deployment's secret or the admin token changes", () => {
    expect(readSignIn(carry(statement), NOW, { ...KEYS, secret: "another" })).toBeNull();
    expect(readSignIn(carry(statement), NOW, { ...KEYS, adminToken: null })).toBeNull();
  });

  it("is void when anything in it has been changed", () => {
    for (let at = 0; at < statement.length; at++) {
      const other = statement[at] === "A" ? "B" : "A";
      const changed = statement.slice(0, at) + other + statement.slice(at + 1);
      expect(readSignIn(carry(changed), NOW, KEYS), changed).toBeNull();
    }
    const [version, , end, mac] = statement.split(".");
    for (const odd of [
      "",
      "x",
      "v1...",
      `${version}.operator.${end}.${mac}`,
      `${statement}A`,
      statement.slice(0, -1),
      statement.toLowerCase(),
    ])
      expect(readSignIn(carry(odd), NOW, KEYS), odd).toBeNull();
    expect(readSignIn(new Headers(), NOW, KEYS)).toBeNull();
  });
});

describe("signing in", () => {
  it.each([
    ["https://strata.example/_strata/ui", true, true],
    ["https://strata.example/_strata/ui", false, false],
    ["https://localhost.example/_strata/ui", false, false],
    ["https://127.0.0.1.example/_strata/ui", false, false],
    ["http://127.0.0.1:8787/_strata/ui", false, true],
    ["http://localhost:8787/_strata/ui", false, true],
    ["http://[::1]:8787/_strata/ui", false, true],
  ])("at %s with names keyed: %s, is possible: %s", (url, isKeyed, expected) => {
    expect(canSignIn(new URL(url), isKeyed)).toBe(expected);
  });
});
