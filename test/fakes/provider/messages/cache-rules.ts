/**
 * Where `cache_control` may stand: on at most four blocks, the automatic one at the top counted in, never on an
 * empty text, and no longer lifetime behind a shorter one.
 *
 * Thinking cannot carry it at all, which the shape of the block already says. Only what this request sends counts;
 * markers on messages that a thread holds are spent. It must not look at what a marker would save.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { blocksOf, type Block, type MessagesRequest } from "./messages-request.ts";
import { extraInput, refuse, unknownTag, wrongInput, type MessagesRefusal } from "./refusal.ts";

const MOST_MARKERS = 4;
const FIELDS = ["type", "ttl", "scope"];

interface Marker {
  path: string;
  control: unknown;
  /** The text block it stands on is empty. */
  onNothing: boolean;
}

/** In the order in which the API reads a prompt: tools, system, messages. */
export function checkCacheControl(sent: MessagesRequest): MessagesRefusal | null {
  const markers = markersOf(sent);
  let hadShort = false;
  for (const { path, control, onNothing } of markers) {
    const refusal = checkMarker(control, `${path}.cache_control`);
    if (refusal) return refusal;
    if (onNothing) return refuse(`${path}.text: cache_control cannot be set for empty text blocks`);
    const isLong = (control as JsonObject)["ttl"] === "1h";
    if (isLong && hadShort) {
      return refuse(
        `${path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. ` +
          "Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
      );
    }
    hadShort ||= !isLong;
  }
  const automatic = sent.cache_control ?? undefined;
  const refusal = automatic === undefined ? null : checkMarker(automatic, "cache_control");
  if (refusal) return refusal;
  const count = markers.length + (automatic === undefined ? 0 : 1);
  if (count <= MOST_MARKERS) return null;
  return refuse(`A maximum of ${MOST_MARKERS} blocks with cache_control may be provided. Found ${count}.`);
}

function checkMarker(control: unknown, path: string): MessagesRefusal | null {
  if (!isObject(control)) return wrongInput(path, "a valid dictionary");
  if (control["type"] !== "ephemeral") return unknownTag(path, control["type"], ["ephemeral"]);
  const ttl = control["ttl"] ?? "5m";
  if (ttl !== "5m" && ttl !== "1h") return wrongInput(`${path}.ephemeral.ttl`, "'5m' or '1h'");
  const stranger = Object.keys(control).find((field) => !FIELDS.includes(field));
  return stranger === undefined ? null : extraInput(`${path}.ephemeral.${stranger}`);
}

function markersOf({ tools, system, messages }: MessagesRequest): Marker[] {
  const markers: Marker[] = [];
  const look = (block: JsonObject, path: string): void => {
    const control = block["cache_control"];
    if (control === undefined || control === null) return;
    markers.push({ path, control, onNothing: block["type"] === "text" && block["text"] === "" });
  };
  for (const [index, tool] of (tools ?? []).entries()) look(tool, `tools.${index}`);
  for (const [index, block] of blocksOf(system).entries()) look(block, `system.${index}`);
  for (const [index, message] of messages.entries()) {
    for (const [position, block] of blocksOf(message.content).entries()) {
      const path = `messages.${index}.content.${position}`;
      look(block, path);
      for (const [inner, part] of partsIn(block).entries()) look(part, `${path}.tool_result.content.${inner}`);
    }
  }
  return markers;
}

function partsIn({ type, content }: Block): JsonObject[] {
  return type === "tool_result" && Array.isArray(content) ? content.filter((part: unknown) => isObject(part)) : [];
}
