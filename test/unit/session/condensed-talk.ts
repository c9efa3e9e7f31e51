/**
 * A long talk in a session whose finished segments a scripted model condenses, on prices under which dropping pays soon.
 *
 * Shared by the tests of what the model is asked, what it is paid and what becomes of the briefs. It must not judge.
 */
import type { ModelPrice } from "../../../src/ports/price-book.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";
import type { ScriptedWriter } from "../../fakes/distiller/script-writer.ts";

export const CHEAP: ModelPrice = {
  input: 0.01,
  read: 0.01,
  write: 0.01,
  output: 0.04,
  ttlSeconds: 300,
  minimumTokens: 0,
  granuleTokens: 1,
  windowTokens: null,
};
export const DEAR: ModelPrice = { ...CHEAP, input: 50, output: 200 };

export const user = (content: string): ChatMessage => ({ role: "user", content });
export const reply = (content: string): ChatMessage => ({ role: "assistant", content });
/** About 500 tokens, or as many times more as `length` says. */
export const say = (turn: number, length = 1): string =>
  `In step ${turn} I want ${turn * 3} crates of type K-${turn} sent to dock ${turn + 50}. ${"Take care of the paint and of the ropes. ".repeat(46 * length)}`;

export function start(
  writer: ScriptedWriter | null,
  writerPrice: ModelPrice | null = CHEAP,
  sessionSlack = 1,
): Conversation {
  return startConversation({ guardTokens: 1000, sessionSlack }, { read: 0.1 }, { writer, writerPrice });
}

export async function play(
  conversation: Conversation,
  turns: number,
  history: ChatMessage[] = [],
  length = 1,
): Promise<ChatMessage[]> {
  for (let turn = 0; turn < turns; turn++) {
    history.push(user(say(history.length, length)));
    const text = JSON.stringify({ model: "m", messages: history });
    await conversation.send(text, { message: reply(`Done with ${turn}.`) });
    history.push(reply(`Done with ${turn}.`));
    conversation.pass(20);
    await conversation.work();
  }
  return history;
}

export const segmentsOf = ({ tables }: Conversation) => tables.segments.all();
export const ledgerOf = ({ tables }: Conversation) => {
  const session = tables.log.session();
  if (!session) throw new Error("nothing stored");
  return session.ledger;
};
