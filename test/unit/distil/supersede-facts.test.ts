/**
 * Which facts a newer one ends: by slot, by instruction, by plain retraction, and never by likeness alone.
 *
 * A fact that comes late must not end what was said after it.
 */
import { describe, expect, it } from "vitest";
import { readStatement } from "../../../src/distil/facts/extract-facts.ts";
import { findEnded, findLater, isKnown } from "../../../src/distil/facts/supersede-facts.ts";

const said = (statement: string, saidAt = 0) => ({ ...readStatement(statement), saidAt });

function ended(newer: string, ...older: string[]): string[] {
  const held = older.map((statement) => said(statement, 1));
  return findEnded(said(newer, 2), held).map(({ statement }) => statement);
}

describe("a newer fact", () => {
  it.each([
    ["I moved to Berlin", "I live in Paris"],
    ["I no longer live in Paris", "I live in Paris"],
    ["Call me Max", "Call me Bob"],
    ["I'm vegan", "I'm vegetarian"],
    ["I'm no longer vegan", "I'm vegan"],
    ["My wife is called Eva", "My wife is called Maria"],
    ["我不再住在上海", "我住在上海"],
    ["I quit my job at Siemens", "I work at Siemens"],
    ["My favorite color is red", "My favorite color is green"],
    ["I hate coriander", "I love coriander"],
    ["Ich bin nach Köln gezogen", "I live in Paris"],
    ["我搬到了深圳", "我住在上海"],
    ["From now on, always answer in German", "Always answer in French"],
    ["I stopped playing the cello", "I play the cello"],
  ])("%s — ends: %s", (newer, older) => {
    expect(ended(newer, older)).toEqual([older]);
  });

  it.each([
    ["I love jazz", "I love hiking"],
    ["I'm allergic to eggs", "I'm allergic to peanuts"],
    ["I have two kids", "I have a dog"],
    ["I work as a nurse", "I live in Paris"],
    ["My wife is called Maria", "My son is called Leo"],
    ["Never use emojis", "Always answer in French"],
    ["I speak Greek", "I speak Portuguese"],
    ["I no longer live in Paris", "I moved to Berlin"],
    ["I don't live in Paris", "I live in Berlin"],
    ["I'm not vegan", "I'm vegetarian"],
    ["My son is called Max", "My son is called Leo"],
    ["My dog is called Rex", "My dog is called Bo"],
    ["Mein Sohn heißt Max", "Mein Sohn heißt Leo"],
    ["My project is called Otter", "My project is called Heron"],
    ["I no longer live in Paris", "I work at Siemens"],
  ])("%s — leaves: %s", (newer, older) => {
    expect(ended(newer, older)).toEqual([]);
  });

  it("ends several at once and only what it is about", () => {
    expect(ended("I moved to Berlin", "I live in Paris", "I'm vegan", "I'm based in Rome")).toEqual([
      "I live in Paris",
      "I'm based in Rome",
    ]);
  });
});

describe("a fact that comes late", () => {
  it("ends nothing that was said after it, and is ended by that", () => {
    const late = said("I live in Paris", 1);
    const held = [said("I moved to Berlin", 5)];
    expect(findEnded(late, held)).toEqual([]);
    expect(findLater(late, held)).toBe(held[0]);
    expect(findLater(said("I love jazz", 1), held)).toBeNull();
  });
});

describe("a fact that is known", () => {
  it("is known by its words, whatever their case and marks", () => {
    expect(isKnown(said("i live in paris"), [said("I live in Paris!")])).toBe(true);
    expect(isKnown(said("I live in Bonn"), [said("I live in Paris")])).toBe(false);
  });
});
