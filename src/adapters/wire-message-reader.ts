/**
 * Reads stored messages of any wire: their text, calls and results.
 */
import type { MessageReader } from "../ports/message-reader.ts";
import { wires } from "../wire/wires.ts";

export const wireMessageReader: MessageReader = {
  readText: (wire, json) => wires[wire].readText(json),
  readCalls: (wire, json) => wires[wire].readCalls(json),
  replaceResults: (wire, json, shorten) => wires[wire].replaceResults(json, shorten),
};
