/**
 * Reads the plain text of a stored message without knowing which wire it came from.
 *
 * Storage keeps the client's JSON; counting and distilling need what a person would read of it.
 */
export interface MessageReader {
  readText(json: string): { text: string; speaker: string | null };
}
