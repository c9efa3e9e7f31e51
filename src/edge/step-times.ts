/**
 * How long each step of a turn took, as the clock shows it: on the platform it only moves while something is awaited.
 */
import type { Clock } from "../ports/clock.ts";

type Step = "read" | "identify" | "open" | "encode" | "upstream" | "reply" | "store";

/** The steps between the request's body and the call of the upstream. */
export const PLANNING: readonly Step[] = ["identify", "open", "encode"];

export class StepTimes {
  /** Milliseconds by step, in the order in which they were taken. */
  readonly ms: Record<string, number> = {};
  readonly #clock: Clock;
  #last: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** Of some steps together; what was not taken is 0. */
  of(...steps: Step[]): number {
    return steps.reduce((sum, step) => sum + (this.ms[step] ?? 0), 0);
  }

  /** Ends a step that began where the one before ended. A step may be taken more than once. */
  end(step: Step): void {
    const now = this.#clock.now();
    this.ms[step] = (this.ms[step] ?? 0) + now - this.#last;
    this.#last = now;
  }
}
