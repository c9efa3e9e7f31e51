/**
 * The values that a set of sources holds: whoever writes about them may say these and no others.
 *
 * One rule for everything that is committed: a name of a thing, a path, an address or a date must stand in a source
 * as it is written; a number or an amount must have its figures there. It must not judge anything but values.
 */
import { scanAtoms, scanFigures } from "../atoms.ts";
import type { Atom } from "../atoms.ts";
import { foldLine } from "../record.ts";

export class KnownValues {
  readonly #atoms = new Set<string>();
  readonly #figures = new Set<string>();

  learn(text: string): void {
    const folded = foldLine(text);
    for (const { text: atom } of scanAtoms(folded)) this.#atoms.add(atom);
    for (const figure of scanFigures(folded)) this.#figures.add(figure);
  }

  has({ text, kind }: Atom): boolean {
    if (this.#atoms.has(text)) return true;
    const figures = kind === "number" || kind === "money" ? scanFigures(text) : [];
    return figures.length > 0 && figures.every((figure) => this.#figures.has(figure));
  }
}
