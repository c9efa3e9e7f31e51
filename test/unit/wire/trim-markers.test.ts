/**
 * Cache markers of stored messages: never more than the API takes, the newest stay, and nothing else changes.
 */
import { describe, expect, it } from "vitest";
import { trimMarkers } from "../../../src/wire/trim-markers.ts";

const marked = (text: string): string =>
  `{"role":"user","content":[{"type":"text","text":"${text}", "cache_control": {"type":"ephemeral"}}]}`;
const plain = (text: string): string => `{"role":"user","content":[{"type":"text","text":"${text}"}]}`;
const store = (first: string | null, ...rest: string[]) => ({ head: [], first, rest: rest.join(" ,"), skip: 0 });
const trim = (stored: ReturnType<typeof store>, beside: string[] = [], ours = 0) =>
  trimMarkers(stored, "cache_control", beside, ours);

describe("stored markers", () => {
  it("stay while there is room", () => {
    const stored = store(marked("a"), plain("b"), marked("c"), marked("d"));
    expect(trim(stored)).toBe(stored);
    expect(trim(stored, ['{"cache_control":1}'])).toBe(stored);
  });

  it("leave oldest first, from the first message on", () => {
    const stored = store(marked("a"), marked("b"), plain("c"), marked("d"));
    expect(trim(stored, ['"cache_control"'], 1)).toEqual(store(plain("a"), marked("b"), plain("c"), marked("d")));
    expect(trim(stored, ['"cache_control" "cache_control"'], 1)).toEqual(
      store(plain("a"), plain("b"), plain("c"), marked("d")),
    );
    expect(trim(stored, ['"cache_control"'.repeat(9)])).toEqual(store(plain("a"), plain("b"), plain("c"), plain("d")));
  });

  it("are told from words about them, which stay as they are", () => {
    const quoted = '{"role":"user","content":"\\"cache_control\\" and {\\"cache_control\\":1}"}';
    const stored = store(null, quoted, quoted, quoted, quoted, quoted, quoted);
    expect(trim(stored)).toEqual(stored);
  });

  it("of a unit of several items are found in each", () => {
    const unit = `{"type":"reasoning","summary":[]}, ${marked("a")}`;
    expect(trim(store(unit, marked("b")), ['"cache_control"'.repeat(3)]).first).toBe(
      `{"type":"reasoning","summary":[]}, ${plain("a")}`,
    );
  });
});
