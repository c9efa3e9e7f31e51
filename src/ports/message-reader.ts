/**
 * Reads the plain text of a stored message without knowing which wire it came from.
 *
 * Storage keeps the client's JSON; counting and distilling need what a person would read of it.
 */
import type { Role } from "../model/message.ts";
import type { WireName } from "../model/wire.ts";

export interface MessageReader {
  /** In order; a message may hold what several speakers said, such as a user's words beside a tool's result. */
  readText(wire: WireName, json: string): { role: Role; speaker: string | null; text: string }[];
}
