/** Counts tokens of a text, off the request path only. It never throws, whatever the text holds. */
export interface TokenCounter {
  countTokens(text: string): number;
}
