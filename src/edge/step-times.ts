/**
 * How long each step of a turn took, as the clock shows it: on the platform it only moves while something is awaited.
 */
import type { Clock } from "../ports/clock.ts";

export class StepTimes {
  /** Milliseconds by step, in the order in which they were taken. */
  readonly ms: Record<string, number> = {};
  readonly #clock: Clock;
  #last: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** Ends a step that began where the one before ended. A step may be taken more than once. */
  end(step: string): void {
    const now = this.#clock.now();
    this.ms[step] = (this.ms[step] ?? 0) + now - this.#last;
    this.#last = now;
  }
}
