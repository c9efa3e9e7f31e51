/**
 * What a model's tokens cost and how its prompt cache behaves.
 *
 * Prices are USD per million tokens. An unknown model answers null: its ledger shows tokens and never `$0`.
 */
export interface TokenPrices {
  input: number;
  read: number;
  write: number;
  output: number;
}

export interface ModelPrice extends TokenPrices {
  ttlSeconds: number;
  minimumTokens: number;
  granuleTokens: number;
  /** Context window in tokens, or null when unknown. */
  windowTokens: number | null;
  /** Prices of a prompt longer than `aboveTokens`, where the provider has such a tier. */
  longPrompt?: TokenPrices & { aboveTokens: number };
}

export interface PriceBook {
  lookUp(model: string): ModelPrice | null;
}
