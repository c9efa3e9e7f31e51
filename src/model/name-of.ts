/** An error's class, never its message: a parser's message quotes what it read. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
