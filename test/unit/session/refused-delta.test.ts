/**
 * A delta whose rewritten body was refused, while its session cannot be reached a second time: the upstream's own
 * answer must stand, so there is simply no other body.
 */
import { describe, expect, it } from "vitest";
import { encodePlain } from "../../../src/edge/encode-turn.ts";
import { startConversation } from "../../fakes/played-session.ts";

const write = (content: string): string => JSON.stringify({ messages: [{ role: "user", content }] });

describe("the body without a brief", () => {
  it("is the whole stored history, or none when the session is out of reach", async () => {
    const conversation = startConversation();
    const first = await conversation.send(write("a"), { message: { role: "assistant", content: "b" } });
    const planned = await conversation.plan(write("c"), { "x-strata-parent": first.rev });
    if (!planned.ok) throw new Error("not planned");
    const turn = planned.value;
    const { messages } = JSON.parse((await encodePlain(conversation.edge, turn)) ?? "{}") as { messages: unknown[] };
    expect(messages).toHaveLength(3);
    const events: string[] = [];
    const edge = {
      ...conversation.edge,
      journal: { write: (event: { event: string }) => void events.push(event.event) },
    };
    const lost = { ...turn.session, open: () => Promise.reject(new Error("reset")) } as NonNullable<
      typeof turn.session
    >;
    expect(await encodePlain(edge, { ...turn, session: lost })).toBeNull();
    expect(events).toEqual(["session_unavailable"]);
  });
});
