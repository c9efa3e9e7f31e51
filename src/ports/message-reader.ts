/**
 * Reads a stored message without knowing which wire it came from: its text, its calls, its results.
 *
 * Storage keeps the client's JSON; counting and distilling need what a person would read of it, a result in short form
 * has to stand where the long one stood, and a deleted message must leave a place that can be sent.
 */
import type { Message, Role } from "../model/message.ts";
import type { WireName } from "../model/wire.ts";
import type { ResultText, ToolCall } from "./result-shortener.ts";

/** Where the parts of a body stand. */
export interface BodyCuts {
  /** Members that are part of the prompt, by their key: tools, instructions. */
  head: { key: string; start: number; end: number }[];
  /** The list of messages, with those that stand before the history. */
  messages: { start: number; end: number }[];
}

export interface MessageReader {
  /** In order; a message may hold what several speakers said, such as a user's words beside a tool's result. */
  readText(wire: WireName, json: string): { role: Role; speaker: string | null; text: string }[];
  /** Cuts a whole body. */
  cutBody(wire: WireName, text: string): BodyCuts;
  /** The tool calls that the message opens. */
  readCalls(wire: WireName, json: string): ToolCall[];
  /** The message with other texts in its tool results, null to leave one; null when none has changed. */
  replaceResults(wire: WireName, json: string, shorten: (result: ResultText) => string | null): string | null;
  /** Who speaks in it and what it ties together; null: no message of this API. */
  readMessage(wire: WireName, json: string): Message | null;
  /** What stands around the messages of a body, commas included. `head`: as a turn of this API has kept it. */
  frameHistory(wire: WireName, model: string | null, head: readonly string[]): { opening: string; closing: string };
  /** The message without its words; what ties it to its neighbours stays, so that it can still be sent. */
  blankMessage(wire: WireName, json: string): string;
}
