/**
 * Reads stored messages of any wire: their text, calls and results; and where a body is cut.
 */
import type { MessageReader } from "../ports/message-reader.ts";
import { wires } from "../wire/wires.ts";

export const wireMessageReader: MessageReader = {
  cutBody: (wire, text) => wires[wire].sliceBody(text, 0),
  readText: (wire, json) => wires[wire].readText(json),
  readCalls: (wire, json) => wires[wire].readCalls(json),
  replaceResults: (wire, json, shorten) => wires[wire].replaceResults(json, shorten),
};
