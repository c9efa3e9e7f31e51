/** The colours of the sheet: every one that text is written in can be read on every ground, in both schemes. */
import { describe, expect, it } from "vitest";
import { TOKENS } from "../../../src/inspect/pages/styles/tokens.ts";

type Color = [red: number, green: number, blue: number];

const READABLE = 4.5;
/** As much of its colour as the sheet mixes into the ground of a badge. */
const TINT = 0.12;

function read(name: string): { light: Color; dark: Color } {
  const [, light = "", dark = ""] = new RegExp(`--${name}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(TOKENS) ?? [];
  return { light: parse(light), dark: parse(dark) };
}

function parse(hex: string): Color {
  if (hex === "") throw new Error("no such colour");
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as Color;
}

function luminance(color: Color): number {
  const [red, green, blue] = color.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  ) as Color;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Color, other: Color): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function mix(color: Color, ground: Color, share: number): Color {
  return color.map((part, at) => part * share + (ground[at] ?? 0) * (1 - share)) as Color;
}

const INKS = ["ink", "ink-soft", "accent", "gain", "loss"];
const STRATA = ["verbatim", "short", "brief", "recalled", "added", "released", "held"];

describe.each(["light", "dark"] as const)("in %s", (scheme) => {
  it.each([...INKS, ...STRATA])("%s can be read on every ground", (name) => {
    for (const ground of ["ground", "surface", "sunken"])
      expect(contrast(read(name)[scheme], read(ground)[scheme]), ground).toBeGreaterThanOrEqual(READABLE);
  });

  it.each([...STRATA, "gain", "loss"])("%s can be read on a badge of its own colour", (name) => {
    const color = read(name)[scheme];
    for (const ground of ["ground", "surface"])
      expect(contrast(color, mix(color, read(ground)[scheme], TINT)), ground).toBeGreaterThanOrEqual(READABLE);
  });

  it("a button's words can be read", () => {
    expect(contrast([1, 1, 1], read("accent-ground")[scheme])).toBeGreaterThanOrEqual(READABLE);
  });
});
