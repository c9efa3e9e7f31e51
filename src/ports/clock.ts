/** Time as an argument. Only adapters read a real clock or set a real timer. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  wait(ms: number): Promise<void>;
}
