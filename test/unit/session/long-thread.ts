/**
 * A long thread on each wire, on prices under which it compacts several times, with whatever a test puts into its old part.
 *
 * Shared by the tests of what a brief may stand for. It plays and tells; it must not judge.
 */
import type { WireName } from "../../../src/model/wire.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, SentTurn } from "../../fakes/played-session.ts";

export type Item = Record<string, unknown>;

export interface Case {
  /** What stands behind the first exchange. */
  special?: Item[];
  /** Further fields of every request. */
  fields?: Item;
  /** What every reply holds before its text. */
  thought?: Item;
  model?: string;
}

export const TURNS = 30;
export const say = (turn: number): string =>
  `In step ${turn} I want ${turn * 3} crates of type K-${turn} sent to dock ${turn % 9}. ${"Take care of the paint. ".repeat(12)}`;

/** A reply as the upstream sends it and as the client sends it back. */
export function replyOf(
  wire: WireName,
  words: string,
  thought: Item | undefined,
): { message: ChatMessage; items: Item[] } {
  if (wire === "chat-completions") {
    const message = { role: "assistant", content: words };
    return { message, items: [message] };
  }
  if (wire === "messages") {
    const message = { role: "assistant", content: [...(thought ? [thought] : []), { type: "text", text: words }] };
    return { message, items: [message] };
  }
  const item = { type: "message", role: "assistant", content: [{ type: "output_text", text: words }] };
  const items: Item[] = [...(thought ? [thought] : []), item];
  return { message: { role: "assistant", content: words, items }, items };
}

export async function play(wire: WireName, { special = [], fields = {}, thought, model = "m" }: Case) {
  const conversation = startConversation({}, {}, { wire });
  const key = wire === "responses" ? "input" : "messages";
  const history: Item[] = [];
  const played: { text: string; sent: SentTurn }[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    history.push({ role: "user", content: say(turn) });
    const text = JSON.stringify({ model, ...fields, [key]: history });
    const { message, items } = replyOf(wire, `Done with ${turn}.`, thought && { ...thought, n: turn });
    played.push({ text, sent: await conversation.send(text, { message }) });
    history.push(...items);
    if (turn === 0) history.push(...special);
    conversation.pass(20);
    await conversation.work();
  }
  return played;
}
