/**
 * The tail of the newest thread, kept in memory between two turns.
 *
 * A delta client sends only what is new, so the stored tail is read on every turn; while the object stays awake it is
 * the tail of the turn before plus what that turn added. Only a convenience: whatever is not here is read from the
 * store, and the two must never differ by a byte.
 */
import type { Hash } from "../model/hash.ts";

export class WarmHistory {
  /** Chain of the last message of `texts`. */
  #end: Hash | null = null;
  /** Messages of the thread that stand before `texts`. */
  #depth = 0;
  #texts: string[] = [];

  /** The messages of the thread that ends with `end`, from depth `cut` on; null when they are not here. */
  read(end: Hash, cut: number): string[] | null {
    if (end !== this.#end || cut < this.#depth) return null;
    this.#texts = this.#texts.slice(cut - this.#depth);
    this.#depth = cut;
    return this.#texts;
  }

  keep(end: Hash, cut: number, texts: string[]): void {
    this.#end = end;
    this.#depth = cut;
    this.#texts = texts;
  }

  /** The thread has grown by messages that were all new to the store; anything else makes the tail unknown. */
  extend(from: Hash | null, end: Hash | null, added: string[] | null): void {
    if (from === null || from !== this.#end || end === null || added === null) {
      this.#end = null;
      this.#texts = [];
      return;
    }
    this.#texts.push(...added);
    this.#end = end;
  }
}
