/** Randomness as an argument: `bytes` random bytes as base64url text. Only adapters call a real source. */
export interface Entropy {
  token(bytes: number): string;
}
