/**
 * When a turn's bodies are hashed and cut: beside the upstream's work, not before the request has left and not while the
 * client waits for the end of its reply.
 *
 * The path is the real one, over a session in memory; the clock stands still until the test lets a wait end.
 */
import { expect, it } from "vitest";
import { handleTurn } from "../../../src/edge/handle-turn.ts";
import { RECORDING_PAUSE_MS } from "../../../src/model/limits.ts";
import type { TurnRecord } from "../../../src/ports/session.ts";
import type { Wire } from "../../../src/wire/wire.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { startConversation } from "../../fakes/played-session.ts";
import { bodyOf } from "./searching-model.ts";

const ROUTE = { upstream: "openai", base: "http://upstream", path: "/v1/chat/completions", state: "none" } as const;
const QUESTION = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Where?" }] });
const REPLY = bodyOf({ content: "Here." });

/** One turn through an upstream that answers when it is told to. `steps` says what happened, in order. */
function startTurn(slice: Wire["sliceBody"] = (text, from) => chatCompletionsWire.sliceBody(text, from)) {
  const { edge } = startConversation();
  const steps: string[] = [];
  const records: TurnRecord[] = [];
  const answer = Promise.withResolvers<void>();
  const pause = Promise.withResolvers<void>();
  edge.journal = { write: ({ event, step }) => steps.push(event === "fault" ? `fault: ${step}` : event) };
  edge.clock.wait = (ms) => (ms === RECORDING_PAUSE_MS ? pause.promise : new Promise(() => undefined));
  edge.upstream.send = async () => {
    steps.push("sent");
    await answer.promise;
    steps.push("answered");
    return new Response(REPLY);
  };
  const { find } = edge.sessions;
  edge.sessions.find = (name) => ({
    ...find(name),
    close: (record) => {
      records.push(record);
      return find(name).close(record);
    },
  });
  const wire: Wire = {
    ...chatCompletionsWire,
    sliceBody: (text, from) => {
      steps.push("read");
      return slice(text, from);
    },
  };
  const headers = { "x-strata-session": "c" };
  const request = new Request("http://edge/v1/chat/completions", { method: "POST", body: QUESTION, headers });
  const reply = handleTurn(edge, request, ROUTE, wire).then((response) => response.text());
  return { reply, steps, records, answer: answer.resolve, endPause: pause.resolve };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

it("reads the bodies while the upstream is at work", async () => {
  const { reply, steps, records, answer, endPause } = startTurn();
  await settled();
  expect(steps).toEqual(["sent"]);
  endPause();
  await settled();
  expect(steps).toEqual(["sent", "read"]);
  answer();
  expect(await reply).toBe(REPLY);
  expect(steps).toEqual(["sent", "read", "answered", "turn"]);
  expect(records[0]?.recording?.bodies).toHaveLength(2);
});

it("reads them once where the reply is over before", async () => {
  const { reply, steps, records, answer, endPause } = startTurn();
  answer();
  expect(await reply).toBe(REPLY);
  endPause();
  await settled();
  expect(steps).toEqual(["sent", "answered", "read", "turn"]);
  expect(records[0]?.recording?.bodies).toHaveLength(2);
});

it("costs the recording where it fails, not the turn", async () => {
  const { reply, steps, records, answer, endPause } = startTurn(() => {
    throw new Error("no");
  });
  await settled();
  endPause();
  await settled();
  answer();
  expect(await reply).toBe(REPLY);
  expect(steps).toEqual(["sent", "read", "answered", "read", "fault: record", "turn"]);
  expect(records.map(({ recording, status }) => ({ recording, status }))).toEqual([
    { recording: null, status: "complete" },
  ]);
});
