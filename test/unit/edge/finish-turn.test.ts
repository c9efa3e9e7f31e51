/**
 * A fault of ours behind a reply: the client has the reply all the same, and the journal says what was lost.
 *
 * Reading the reply, storing the turn and writing the index of replies fail one by one, behind the whole way of a request.
 */
import { expect, it } from "vitest";
import type { Edge } from "../../../src/edge/edge.ts";
import { handleTurn } from "../../../src/edge/handle-turn.ts";
import type { JournalEvent } from "../../../src/ports/journal.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";
import { startConversation } from "../../fakes/played-session.ts";

const ROUTE = { upstream: "openai", base: "http://upstream", path: "/v1/responses", state: "none" } as const;
const QUESTION = JSON.stringify({ model: "m", input: [{ role: "user", content: "Where?" }] });
const OUTPUT = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Here." }] };
const REPLY = JSON.stringify({ id: "r1", object: "response", status: "completed", output: [OUTPUT] });
const STREAM = `event: response.completed\ndata: ${JSON.stringify({ type: "response.completed", response: JSON.parse(REPLY) })}\n\n`;
const no = (): never => {
  throw new TypeError("no");
};

async function play(reply: string, wire: typeof responsesWire, change: (edge: Edge) => void = () => undefined) {
  const { edge, session } = startConversation({}, {}, { wire: "responses" });
  const events: JournalEvent[] = [];
  edge.journal = { write: (event) => events.push(event) };
  edge.upstream.send = async () => {
    const type = reply === STREAM ? "text/event-stream" : "application/json";
    return new Response(reply, { headers: { "content-type": type } });
  };
  change(edge);
  const headers = { "x-strata-session": "c" };
  const request = new Request("http://edge/v1/responses", { method: "POST", body: QUESTION, headers });
  const response = await handleTurn(edge, request, ROUTE, wire);
  expect(await response.text()).toBe(reply);
  return {
    noted: events.map(({ event, step, error }) => [event, step, error]),
    turns: session.inspect(null, "session", { turns: 1 })?.counts.turns ?? 0,
  };
}

it.each([
  ["a plain reply", REPLY],
  ["a stream", STREAM],
])("%s reaches the client whatever fails behind it", async (_, reply) => {
  expect(await play(reply, responsesWire)).toEqual({ noted: [["turn", undefined, undefined]], turns: 1 });
  expect(await play(reply, { ...responsesWire, readReply: no })).toEqual({
    noted: [["fault", "finish", "TypeError"]],
    turns: 0,
  });
  const closed = await play(reply, responsesWire, (edge) => {
    const { find } = edge.sessions;
    edge.sessions.find = (name) => ({ ...find(name), close: no });
  });
  expect(closed.noted).toEqual([
    ["turn_not_stored", undefined, "TypeError"],
    ["turn", undefined, undefined],
  ]);
  const indexed = await play(reply, responsesWire, (edge) => {
    edge.replies.remember = no;
  });
  expect(indexed).toEqual({
    noted: [
      ["session_unavailable", "index_reply", "TypeError"],
      ["turn", undefined, undefined],
    ],
    turns: 1,
  });
});
