/**
 * Settings: the defaults of a fresh checkout, and every problem at once, by name and never by value.
 *
 * A setting may hold a secret, so what is reported is searched for it.
 */
import { describe, expect, it } from "vitest";
import { readConfig, readLogLevel } from "../../../src/env.ts";
import type { Settings } from "../../../src/env.ts";

function problemsOf(settings: Settings): string[] {
  const config = readConfig(settings);
  return config.ok ? [] : config.error;
}

describe("settings", () => {
  it("have defaults that start", () => {
    const config = readConfig({});
    expect(config).toMatchObject({ ok: true, value: { isOn: true, adminToken: null, takesTestClock: false } });
    if (!config.ok) return;
    expect([...config.value.upstreams]).toEqual([
      ["openai", { base: "https://api.openai.com", state: "holds" }],
      ["anthropic", { base: "https://api.anthropic.com", state: "holds" }],
    ]);
    expect(Object.isFrozen(config.value)).toBe(true);
  });

  it.each([
    ["https://api.example.com/", "https://api.example.com"],
    ["https://api.example.com/v1", "https://api.example.com"],
    ["https://api.example.com/v1/", "https://api.example.com"],
    ["http://127.0.0.1:8080/openai/v1?key=1", "http://127.0.0.1:8080/openai"],
    ["https://api.example.com/v10", "https://api.example.com/v10"],
  ])("take the base of %s", (url, base) => {
    const config = readConfig({ UPSTREAM_OPENAI_URL: url });
    expect(config.ok && config.value.upstreams.get("openai")).toEqual({ base, state: "none" });
  });

  it("report every problem at once", () => {
    const problems = problemsOf({
      UPSTREAM_OPENAI_URL: "ftp://hidden-value",
      UPSTREAMS: '{"Bad Name":"https://hidden-value","local":"hidden-value","number":7}',
      STRATA_PRICES: '{"model-a":{"input":1},"model-b":"hidden-value","model-c":{"input":1,"output":2,"read":-1}}',
      STRATA_POLICY: '{"alpha":"hidden-value","guardTokens":-1}',
      STRATA_MODE: "hidden-value",
      STRATA_MEMORY: "hidden-value",
      STRATA_MEMORY_TOKENS: "2001",
    });
    const names = problems.map((problem) => problem.replace(/:.*?'(.*?)'.*/, " $1"));
    expect(names.toSorted()).toEqual([
      "STRATA_MEMORY off",
      "STRATA_MEMORY_TOKENS: must be a whole number from 0 to 2000",
      "STRATA_MODE on",
      "STRATA_POLICY alpha",
      "STRATA_POLICY guardTokens",
      "STRATA_PRICES model-a",
      "STRATA_PRICES model-b",
      "STRATA_PRICES model-c",
      "UPSTREAMS Bad Name",
      "UPSTREAMS local",
      "UPSTREAMS number",
      "UPSTREAM_OPENAI_URL openai",
    ]);
    expect(problems.join()).not.toContain("hidden-value");
  });

  it("say what an upstream keeps, by its host unless told", () => {
    const config = readConfig({
      UPSTREAM_ANTHROPIC_URL: "https://gateway.example.com/v1",
      UPSTREAMS: '{"mine":"http://127.0.0.1:8080","vendor":"https://api.openai.com/v1"}',
      UPSTREAM_STATE: '{"mine":"delta","openai":"none"}',
    });
    const states = config.ok && [...config.value.upstreams].map(([name, { state }]) => `${name} ${state}`);
    expect(states).toEqual(["openai none", "anthropic none", "mine delta", "vendor holds"]);
    expect(problemsOf({ UPSTREAM_STATE: '{"nobody":"none","openai":"perhaps"}' })).toHaveLength(2);
  });

  it.each(["UPSTREAMS", "UPSTREAM_STATE", "STRATA_PRICES", "STRATA_POLICY"] as const)(
    "want a JSON object in %s",
    (name) => {
      for (const text of ["{hidden-value", "[]", "7", "null", '"hidden-value"'])
        expect(problemsOf({ [name]: text })).toEqual([`${name}: must be a JSON object`]);
    },
  );

  it("name the tools whose results stay whole, and how long a result must be to become short", () => {
    const config = readConfig({ STRATA_KEEP_TOOLS: " read_file ,grep,, ", STRATA_WHOLE_RESULT_CHARS: "5000" });
    expect(config).toMatchObject({ ok: true, value: { wholeResultChars: 5000 } });
    expect(config.ok && [...config.value.keepTools]).toEqual(["read_file", "grep"]);
    expect(readConfig({})).toMatchObject({ ok: true, value: { wholeResultChars: 32_000, keepTools: new Set() } });
    for (const chars of ["399", "-1", "1.5", "hidden-value"])
      expect(problemsOf({ STRATA_WHOLE_RESULT_CHARS: chars })).toEqual([
        "STRATA_WHOLE_RESULT_CHARS: must be a whole number of at least 400",
      ]);
  });

  it("say what is logged, and log everything where that cannot be read", () => {
    for (const level of ["turns", "faults", "off"] as const) {
      expect(problemsOf({ STRATA_LOG: level })).toEqual([]);
      expect(readLogLevel({ STRATA_LOG: level })).toBe(level);
    }
    expect(readLogLevel({})).toBe("turns");
    expect(readLogLevel({ STRATA_LOG: "hidden-value" })).toBe("turns");
    expect(problemsOf({ STRATA_LOG: "hidden-value" })).toEqual(["STRATA_LOG: must be 'turns', 'faults' or 'off'"]);
  });

  it("fill a price from its input where it is not complete", () => {
    const config = readConfig({ STRATA_PRICES: '{"m":{"input":2,"output":8}}' });
    expect(config.ok && config.value.prices["m"]).toMatchObject({ input: 2, read: 2, write: 2, output: 8 });
  });

  it("name the model that condenses, or none", () => {
    const distillerOf = (settings: Settings) => {
      const config = readConfig(settings);
      return config.ok ? config.value.distiller : config.error;
    };
    expect(distillerOf({})).toBeNull();
    expect(distillerOf({ DISTILLER: "extractive", DISTILLER_MODEL: "m" })).toBeNull();
    expect(distillerOf({ DISTILLER: "openai", DISTILLER_MODEL: "m" })).toEqual({
      api: "openai",
      base: "https://api.openai.com",
      key: null,
      model: "m",
      timeoutMs: 60_000,
    });
    expect(
      distillerOf({
        DISTILLER: "anthropic",
        DISTILLER_MODEL: "m",
        DISTILLER_URL: "http://10.0.0.5:8000/v1/",
        DISTILLER_KEY: "k",
        DISTILLER_TIMEOUT_SECONDS: "0.5",
      }),
    ).toEqual({ api: "anthropic", base: "http://10.0.0.5:8000", key: "k", model: "m", timeoutMs: 500 });
    expect(distillerOf({ DISTILLER: "workers-ai", DISTILLER_MODEL: "@cf/m" })).toMatchObject({
      api: "workers-ai",
      base: "",
    });
  });

  it("report a distiller that cannot be asked, without what may be a secret", () => {
    const wrong = { DISTILLER: "openai", DISTILLER_URL: "hidden-value", DISTILLER_KEY: "hidden-value" };
    for (const seconds of ["0", "-1", "301", "hidden-value"]) {
      const problems = problemsOf({ ...wrong, DISTILLER_TIMEOUT_SECONDS: seconds });
      expect(problems.map((problem) => problem.split(":")[0])).toEqual([
        "DISTILLER_MODEL",
        "DISTILLER_URL",
        "DISTILLER_TIMEOUT_SECONDS",
      ]);
      expect(problems.join()).not.toContain("hidden");
    }
    expect(problemsOf({ DISTILLER: "hidden-value" })).toHaveLength(1);
  });
});
