/**
 * What counts as a fact about a user, in their own words, case by case.
 *
 * Each row is a whole message and the slots (or kinds, where a fact has no slot) that it must yield. What must yield
 * nothing stands in `no-facts.test.ts`.
 */
import { describe, expect, it } from "vitest";
import { extractFacts, readStatement } from "../../../src/distil/facts/extract-facts.ts";

const AT = Date.parse("2026-11-02T08:00:00Z");

function read(text: string) {
  return extractFacts([{ node: 7, role: "user", speaker: null, text, at: AT }]);
}

/** Slots of what was found; a fact without one goes by its kind. */
function slots(text: string): string[] {
  return read(text).map(({ slot, kind }) => slot ?? kind);
}

const ENGLISH: [string, string[]][] = [
  ["My name is Anna.", ["name"]],
  ["my name's anna, nice to meet you", ["name"]],
  ["Hi, I'm Anna!", ["name"]],
  ["Hello there, I'm Jonas and I live in Oslo.", ["name", "residence"]],
  ["Please call me Bob.", ["form_of_address"]],
  ["I go by Sam.", ["form_of_address"]],
  ["My pronouns are they/them.", ["pronouns"]],
  ["i live in paris and i'm vegan, any tips?", ["residence", "diet"]],
  ["I live in Paris.", ["residence"]],
  ["I live in Portland, Oregon, what should I plant in November?", ["residence"]],
  ["I’ve just moved to Berlin.", ["residence"]],
  ["We moved from Lyon to Geneva last year.", ["residence"]],
  ["I no longer live in Paris.", ["residence"]],
  ["I'm based in Nairobi.", ["residence"]],
  ["I live in a small town near Graz.", ["residence"]],
  ["I'm originally from Peru.", ["origin"]],
  ["I grew up in Kansas.", ["origin"]],
  ["I'm 34 years old.", ["age"]],
  ["My birthday is March 3.", ["birthday"]],
  ["My time zone is CET.", ["time_zone"]],
  ["I work as a nurse.", ["occupation"]],
  ["I'm a software engineer at Siemens.", ["occupation"]],
  ["I'm the CTO of a small startup.", ["occupation"]],
  ["I'm a high school teacher, any tips for grading?", ["occupation"]],
  ["I work at Siemens.", ["employer"]],
  ["I've just started working at Novartis.", ["employer"]],
  ["I work from home.", ["work_place"]],
  ["I study physics at ETH.", ["studies"]],
  ["I'm studying computer science.", ["studies"]],
  ["I want you to always answer in short sentences.", ["instruction"]],
  ["I run a small bakery in Ghent.", ["profile"]],
  ["I'm married to a Brazilian.", ["marital_status"]],
  ["My wife is called Maria.", ["kin:wife"]],
  ["My dog's name is Rex.", ["profile"]],
  ["My son is 5 and my daughter is allergic to eggs.", ["profile", "profile"]],
  ["I have two kids.", ["profile"]],
  ["We have three cats and a dog.", ["profile"]],
  ["I'm allergic to peanuts.", ["allergy:peanuts"]],
  ["I am severely allergic to penicillin, so please keep that in mind.", ["allergy:penicillin"]],
  ["I'm vegan, what should I cook tonight?", ["diet"]],
  ["I'm no longer vegetarian.", ["diet"]],
  ["I'm lactose intolerant.", ["health:lactose intolerant"]],
  ["I have ADHD.", ["health:adhd"]],
  ["I'm colour-blind, so avoid red and green.", ["health:colour-blind"]],
  ["I don't eat pork.", ["eats:pork"]],
  ["I never drink alcohol.", ["eats:alcohol"]],
  ["My favorite color is green.", ["favorite:color"]],
  ["I prefer tea over coffee.", ["taste:tea"]],
  ["I love hiking in the Alps.", ["taste:hiking in the alps"]],
  ["I hate coriander.", ["taste:coriander"]],
  ["I really like jazz.", ["taste:jazz"]],
  ["I prefer window seats.", ["taste:window seats"]],
  ["We use Postgres for everything.", ["tool:postgres"]],
  ["I use neovim.", ["tool:neovim"]],
  ["I mostly code in Rust.", ["tool:rust"]],
  ["I switched from Emacs to Helix.", ["tool:helix"]],
  ["I drive a Tesla.", ["tool:tesla"]],
  ["I play the cello.", ["profile"]],
  ["Our backend is built with Django.", ["own:backend"]],
  ["My company is called Acme.", ["own:company"]],
  ["My laptop is a ThinkPad.", ["own:laptop"]],
  ["I'm building a marketplace for used violins.", ["profile"]],
  ["I'm writing my thesis on glaciers.", ["profile"]],
  ["I'm learning Japanese.", ["learning:japanese"]],
  ["I'm training for a marathon.", ["profile"]],
  ["We're planning a trip to Iceland in May.", ["profile"]],
  ["I speak Portuguese.", ["speaks:portuguese"]],
  ["My native language is Czech.", ["native_language"]],
  ["I'm new to Kubernetes.", ["skill:kubernetes"]],
  ["My wedding is on June 5.", ["event:wedding"]],
  ["Our product launch is scheduled for May 3.", ["event:product launch"]],
  ["I've decided to retire in 2028.", ["profile"]],
  ["My budget is 2000 euros.", ["budget"]],
  ["I live in Oslo and work as a nurse.", ["residence", "occupation"]],
  ["By the way, I'm vegan.", ["diet"]],
  ["If it helps, I'm vegan.", ["diet"]],
  ["Remember that I'm allergic to nuts.", ["allergy:nuts"]],
  [
    "A few things about me:\n- I'm vegan\n- I live in Bern\n- I work as a translator",
    ["diet", "residence", "occupation"],
  ],
  ["Always answer in French.", ["instruction"]],
  ["From now on, never use emojis.", ["instruction"]],
  ["Whenever I ask for a recipe, give metric units.", ["instruction"]],
];

const OTHERS: [string, string[]][] = [
  ["Ich heiße Jonas.", ["name"]],
  ["Ich wohne in Hamburg.", ["residence"]],
  ["Ich bin letztes Jahr nach Köln gezogen.", ["residence"]],
  ["Ich bin allergisch gegen Nüsse.", ["allergy:nüsse"]],
  ["Übrigens, ich bin Vegetarierin.", ["diet"]],
  ["Ich arbeite als Lehrerin.", ["occupation"]],
  ["Meine Frau heißt Clara.", ["kin:frau"]],
  ["Nenn mich Max.", ["form_of_address"]],
  ["Je m'appelle Chloé.", ["name"]],
  ["J’habite à Lyon.", ["residence"]],
  ["J'ai déménagé à Nantes.", ["residence"]],
  ["Je suis allergique aux arachides.", ["allergy:arachides"]],
  ["Je suis végétarienne.", ["diet"]],
  ["Je préfère le thé.", ["taste:thé"]],
  ["Mon chien s'appelle Filou.", ["profile"]],
  ["Me llamo Lucía.", ["name"]],
  ["Vivo en Sevilla.", ["residence"]],
  ["Me mudé a Valencia.", ["residence"]],
  ["Soy alérgica a los mariscos.", ["allergy:mariscos"]],
  ["Trabajo como enfermera.", ["occupation"]],
  ["Tengo dos hijos.", ["profile"]],
  ["Meu nome é Rafael.", ["name"]],
  ["Eu moro em Recife.", ["residence"]],
  ["Mudei-me para Braga.", ["residence"]],
  ["Sou alérgico a camarão.", ["allergy:camarão"]],
  ["Minha filha se chama Bia.", ["profile"]],
  ["私の名前は田中です。", ["name"]],
  ["私は大阪に住んでいます。", ["residence"]],
  ["京都に引っ越しました。", ["residence"]],
  ["卵アレルギーがあります。", ["allergy:卵"]],
  ["ケンと呼んでください。", ["form_of_address"]],
  ["我叫李明。", ["name"]],
  ["我住在上海。", ["residence"]],
  ["我搬到了深圳。", ["residence"]],
  ["我对花生过敏。", ["allergy:花生"]],
  ["我是一名软件工程师。", ["occupation"]],
];

describe("what a user says of themself", () => {
  it.each(ENGLISH)("%s", (text, expected) => {
    expect(slots(text)).toEqual(expected);
  });

  it.each(OTHERS)("%s", (text, expected) => {
    expect(slots(text)).toEqual(expected);
  });

  it("is quoted word for word, with its source", () => {
    const text = "Thanks!\n\nBy the way, I’m vegan, and my wife is called Maria. What should we cook?";
    expect(read(text)).toEqual([
      {
        kind: "constraint",
        slot: "diet",
        statement: "I'm vegan",
        quote: "By the way, I'm vegan, and my wife is called Maria.",
        trust: "user",
        node: 7,
        saidAt: AT,
      },
      expect.objectContaining({ kind: "profile", slot: "kin:wife", statement: "my wife is called Maria" }),
    ]);
  });

  it("is said once however often a message says it", () => {
    expect(slots("I'm vegan. I'm vegan. I'm vegan.")).toEqual(["diet"]);
  });

  it("is kept whole, lists and all, and without what merely trails off", () => {
    const statements = (text: string) => read(text).map(({ statement }) => statement);
    expect(statements("I have three kids, Emma, Liam and Noah.")).toEqual(["I have three kids, Emma, Liam and Noah"]);
    expect(statements("I'm vegan, and what should I cook?")).toEqual(["I'm vegan"]);
  });

  it("keeps a second half readable without its first", () => {
    expect(read("I live in Oslo and work as a nurse.").map(({ statement }) => statement)).toEqual([
      "I live in Oslo",
      "I work as a nurse",
    ]);
  });

  it("has a bound for each message", () => {
    const many = Array.from({ length: 60 }, (_, index) => `I love Band${index}.`).join(" ");
    expect(read(many).length).toBeLessThanOrEqual(20);
    expect(read(many).length).toBeGreaterThan(5);
  });
});

describe("a statement that is added by hand", () => {
  it("is kept whatever it says, and knows its slot where it has one", () => {
    expect(readStatement("I live in Berlin.")).toMatchObject({ kind: "profile", slot: "residence" });
    expect(readStatement("Never use emojis.")).toMatchObject({ kind: "instruction", slot: null });
    expect(readStatement("The boiler is\nin the cellar")).toEqual({
      kind: "profile",
      slot: null,
      statement: "The boiler is in the cellar",
      quote: "The boiler is in the cellar",
    });
  });
});
