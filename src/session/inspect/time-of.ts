/**
 * When a message was said: the time of its turn.
 *
 * The message's own row tells when its bytes were first seen, which for "yes" may have been long before on another
 * occasion, so it counts only where the turn is not stored any more.
 */
import type { MessageStore } from "../message-store.ts";
import type { PlacedMessage } from "./message-tree.ts";

/** @param messages whose times will be asked for */
export function timeOf(store: MessageStore, messages: readonly PlacedMessage[]): (placed: PlacedMessage) => string {
  const timeless = messages.filter(({ at }) => at === null).map(({ message }) => message);
  const firstSeen = store.firstSeen(timeless);
  return ({ at, message }) => new Date(at ?? firstSeen.get(message) ?? 0).toISOString();
}
