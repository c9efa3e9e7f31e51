/**
 * Whose turn it is: leave first, then the most explicit name, and of a joined id only the part that stays.
 *
 * No two tenants share a name, and no name can be made up by a caller.
 */
import { describe, expect, it } from "vitest";
import { identifyUser, nameUser, readPublicName } from "../../../src/edge/identify-user.ts";
import type { MemoryMode } from "../../../src/env.ts";
import { SESSION_ID_CHARS_MAX } from "../../../src/model/limits.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";

const NAMER = { secret: "s", tenant: "t" };

function identify(body: object, headers: Record<string, string> = {}, mode: MemoryMode = "on"): string | null {
  const request = chatCompletionsWire.decode(JSON.stringify({ messages: [{ role: "user", content: "q" }], ...body }));
  if (!request) throw new Error("not decoded");
  return identifyUser({ memory: { mode, tokensMax: 300 } }, new Headers(headers), request, NAMER);
}

const named = (id: string): string => nameUser(id, NAMER);
const inMetadata = (user_id: string): object => ({ metadata: { user_id } });

describe("leave", () => {
  it.each([
    ["on", undefined, true],
    ["on", "off", false],
    ["on", "OFF", false],
    ["request", undefined, false],
    ["request", "off", false],
    ["request", "On", true],
    ["off", "on", false],
    ["off", undefined, false],
  ] as const)("under %s with %s is %s", (mode, asked, isGiven) => {
    const headers = asked === undefined ? {} : { "x-strata-memory": asked };
    expect(identify({ user: "ada" }, headers, mode)).toBe(isGiven ? named("ada") : null);
  });
});

describe("the user", () => {
  it("is named by our header before the body, and by the body's fields in their order", () => {
    const body = { user: "u", safety_identifier: "s", ...inMetadata("m") };
    expect(identify(body, { "x-strata-user": "h" })).toBe(named("h"));
    expect(identify(body)).toBe(named("s"));
    expect(identify({ user: "u", ...inMetadata("m") })).toBe(named("u"));
    expect(identify(inMetadata("m"))).toBe(named("m"));
    expect(identify({})).toBeNull();
    expect(identify({ user: "" }, { "x-strata-user": "" })).toBeNull();
  });

  it.each([
    ['{"device_id":"d","account_uuid":"acc","session_id":"s1"}', "acc"],
    ['{"device_id":"d","account_uuid":"","session_id":"s1"}', "d"],
    ['{"user_id":"u","session_id":"s1"}', "u"],
    ["user_0a1b_account_11-22_session_33-44", "11-22"],
    ["user_0a1b_account__session_33-44", "0a1b"],
    ["plain-user", "plain-user"],
  ])("of %s is %s, whatever the session", (id, expected) => {
    expect(identify(inMetadata(id))).toBe(named(expected));
    expect(identify(inMetadata(id.replaceAll(/s1|33-44/g, "other")))).toBe(named(expected));
  });

  it.each(['{"session_id":"s1"}', "{", '{"user_id":7}', "session_123", "thread-9", "conversation:1", "{}"])(
    "is nobody in %s",
    (id) => {
      expect(identify(inMetadata(id))).toBeNull();
    },
  );
});

describe("the name of a memory", () => {
  it("is another one for another user, tenant or key, and says nothing of them", () => {
    const names = [
      named("ada"),
      named("bob"),
      nameUser("ada", { ...NAMER, tenant: "other" }),
      nameUser("ada", { ...NAMER, secret: "other" }),
      named(`${"x".repeat(SESSION_ID_CHARS_MAX)}1`),
      named(`${"x".repeat(SESSION_ID_CHARS_MAX)}2`),
    ];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^us_[\w-]{43}$/);
  });

  it("cannot be given by a caller in place of a user", () => {
    expect(identify({ user: named("ada") })).not.toBe(named("ada"));
    expect(readPublicName(named("ada"))).toBe(named("ada"));
    for (const id of ["ada", "us_", `us_${"a".repeat(44)}`, "st_x"]) expect(readPublicName(id)).toBeNull();
  });
});
