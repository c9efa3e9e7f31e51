/**
 * A JSON object from a text that anybody may have sent.
 *
 * Null: the text is no JSON, or something else than an object. What stands in it is for the caller to judge.
 */
export function parseRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
