/**
 * The two ways out of a session, as streams: the whole of it as lines, or one thread as the body of a request.
 *
 * Pages are pulled from the session as the reader takes them, so a session of any size passes through. The last line of
 * a whole export says how many there were and what they hash to; without it a file is cut.
 */
import type { Hash } from "../model/hash.ts";
import { openHash } from "../model/hash.ts";
import type { SessionRpc } from "../ports/session.ts";
import type { ExportPage, HistoryView } from "../ports/transfer.ts";

/** Hashes that are asked for at once, 6 KB of them; how many bodies come back is for the session to say. */
const BODIES_ASKED = 256;

type Tenant = Hash | null;

/** @param first the export's first page */
export function streamExport(
  session: SessionRpc,
  tenant: Tenant,
  { id, now }: { id: string; now: number },
  first: ExportPage,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const hash = openHash();
  let page = first;
  let lines = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const bytes = encoder.encode(page.text);
      hash.update(bytes);
      lines += page.lines;
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      const following = page.next && (await session.inspect(tenant, "export", { id, now, cursor: page.next }));
      if (following !== null) {
        page = following;
        return;
      }
      // Where the session was deleted meanwhile there is no next page, though one was announced.
      const isWhole = page.next === null && !page.hasChanged;
      const end = isWhole ? { end: true, lines, sha256: hash.digest("hex") } : { end: false, reason: "changed" };
      controller.enqueue(encoder.encode(`${JSON.stringify(end)}\n`));
      controller.close();
    },
  });
}

export function streamHistory(
  session: SessionRpc,
  tenant: Tenant,
  { opening, messages, closing }: HistoryView,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let text = opening;
  let at = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(encoder.encode(text));
      if (at === messages.length) {
        controller.enqueue(encoder.encode(closing));
        return controller.close();
      }
      const hashes = messages.slice(at, at + BODIES_ASKED);
      const { bodies = [] } = (await session.inspect(tenant, "bodies", { hashes })) ?? {};
      if (bodies.length === 0) return controller.error(new Error("the session has gone"));
      text = (at === 0 ? "" : ",") + bodies.join(",");
      at += bodies.length;
    },
  });
}
