/**
 * Reads stored messages of any wire as plain text.
 */
import type { MessageReader } from "../ports/message-reader.ts";
import { wires } from "../wire/wires.ts";

export const wireMessageReader: MessageReader = { readText: (wire, json) => wires[wire].readText(json) };
