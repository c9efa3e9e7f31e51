/**
 * Reads stored messages of any wire: their text, calls and results, or what is left without them; and where a body is cut.
 */
import type { BodyCuts, MessageReader } from "../ports/message-reader.ts";
import { readMembers } from "../wire/read-members.ts";
import { wires } from "../wire/wires.ts";

export const wireMessageReader: MessageReader = {
  cutBody: (wire, text) => ({ head: findHead(text), messages: wires[wire].sliceBody(text, 0).messages }),
  readText: (wire, json) => wires[wire].readText(json),
  readCalls: (wire, json) => wires[wire].readCalls(json),
  readMessage: (wire, json) => wires[wire].readMessage(json),
  frameHistory: (wire, ...history) => wires[wire].frameHistory(...history),
  blankMessage: (wire, json) => wires[wire].blankMessage(json),
  replaceResults: (wire, json, shorten) => wires[wire].replaceResults(json, shorten),
};

const HEAD_KEYS = new Set(["instructions", "system", "tools"]);

function findHead(text: string): BodyCuts["head"] {
  const members = readMembers(text)?.filter(({ key }) => HEAD_KEYS.has(key)) ?? [];
  return members.map(({ key, value }) => ({ key, ...value }));
}
