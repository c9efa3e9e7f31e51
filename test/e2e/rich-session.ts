/**
 * A session with everything in it that a look inside can show, and one with a brief that the upstream has refused.
 *
 * The edge must run with LONG_VARS and a distiller, the provider with `reply`. It plays and asserts nothing.
 */
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { ChatRequest, ScriptedReply } from "../fakes/provider/provider.ts";
import { LongTalk } from "./play.ts";
import { MODEL, whenIdle } from "./start.ts";

/** How many messages a request must have not to be refused upstream. */
let fewest = 0;

/** Long enough for a condensed segment, briefs, their adoption after a night, a branch and a recalled block. */
export async function playEverything(edge: RunningEdge, session: string): Promise<void> {
  const talk = new LongTalk(edge, session);
  for (let turn = 1; turn <= 16; turn++) {
    const report = `Crane ${turn} lifted ${turn * 13} containers from the barge Alma-${turn} and set them down behind shed ${turn + 40}. `;
    talk.messages.push({ role: "user", content: `${report.repeat(36)}What is due for crane ${turn}?` });
    if (turn === 16) talk.nowMs += 9 * 3_600_000;
    await talk.take(await talk.send({ model: MODEL, user: "ann", messages: talk.messages }));
  }
  const fork = talk.messages.slice(0, 2);
  await talk.send({ model: MODEL, messages: [...fork, { role: "user", content: "Hello from a branch" }] });
  talk.messages.push({ role: "user", content: "What did crane 3 lift from the barge Alma-3?" });
  await talk.take(await talk.send({ model: MODEL, user: "ann", messages: talk.messages }));
  await whenIdle(edge, session);
}

export function reply({ messages }: ChatRequest): ScriptedReply {
  if (messages.length < fewest) return { status: 400, error: { message: "I do not like this body." } };
  return { content: `Fee ${messages.length} is due.` };
}

/** A brief that the upstream does not take. Answers the number of that turn. */
export async function playRefused(edge: RunningEdge, session: string): Promise<number> {
  const talk = new LongTalk(edge, session);
  await talk.playUntilNight();
  fewest = talk.messages.length + 1;
  await talk.take(await talk.ask());
  fewest = 0;
  return (talk.messages.length - 1) / 2;
}
