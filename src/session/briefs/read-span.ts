/**
 * A stretch of a thread as plain text, for whoever condenses it.
 *
 * Where it is larger than a distiller is ever given, all that the user said is kept, and the newest of the rest. What was
 * deleted is not told of.
 */
import { DISTILLED_CHARS_MAX } from "../../model/limits.ts";
import type { WireName } from "../../model/wire.ts";
import type { SpanMessage } from "../../ports/distiller.ts";
import type { MessageReader } from "../../ports/message-reader.ts";

/** @param bodies messages of a thread, oldest first */
export function readSpan(
  bodies: readonly {
    node: { id: number; wire: WireName; role: string; gone: number };
    json: string;
    firstAt: number;
  }[],
  reader: MessageReader,
): SpanMessage[] {
  const span: SpanMessage[] = [];
  let chars = 0;
  for (const { node, json, firstAt } of bodies.toReversed()) {
    if (node.gone !== 0) continue;
    chars += json.length;
    if (chars > DISTILLED_CHARS_MAX && node.role !== "user") continue;
    for (const { role, speaker, text } of reader.readText(node.wire, json).toReversed())
      if (role === "user" || role === "assistant" || role === "tool")
        span.push({ node: node.id, role, speaker, text, at: firstAt });
  }
  return span.toReversed();
}
