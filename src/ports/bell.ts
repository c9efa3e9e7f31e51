/** Wakes those who wait for something to happen. Nobody's waiting is kept over a restart. */
export interface Bell {
  ring(): void;
  /** True when it rang; false when the time was over first, or at once where too many wait already. */
  wait(ms: number): Promise<boolean>;
}
