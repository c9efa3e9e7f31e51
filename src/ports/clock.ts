/** Time as an argument: milliseconds since the epoch. Only adapters read a real clock. */
export interface Clock {
  now(): number;
}
