/**
 * The front door's rules for a history: tool exchanges, and alternation where a chat template asks for it.
 *
 * These are the rules a proxy breaks when it cuts a history in the wrong place, so each is refused over HTTP
 * with the words a client would see. Without the alternation option, any order of roles is a conversation.
 */
import { expect, test } from "vitest";
import { assistant, calling, judge, result, talk, user, type RefusedRow } from "./start.ts";

const system = (content: string) => ({ role: "system", content });

const REFUSED: RefusedRow[] = [
  [
    "calls that are not answered",
    talk(user("x"), calling("call_1", "call_2"), result("call_1"), user("y")),
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      "The following tool_call_ids did not have response messages: call_2",
    "messages",
    null,
  ],
  [
    "calls at the very end",
    talk(user("x"), calling("call_1", "call_2")),
    "The following tool_call_ids did not have response messages: call_1, call_2",
    "messages",
    null,
  ],
  [
    "a word between a call and its result",
    talk(user("x"), calling("call_1"), assistant("wait"), result("call_1")),
    "The following tool_call_ids did not have response messages: call_1",
    "messages",
    null,
  ],
  [
    "a result without a call",
    talk(user("x"), result("call_1")),
    "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    "messages.[1].role",
    null,
  ],
  [
    "a result of another call",
    talk(user("x"), calling("call_1"), result("call_9")),
    "Invalid parameter: 'tool_call_id' of 'call_9' not found in 'tool_calls' of previous message.",
    "messages.[2].tool_call_id",
    null,
  ],
  [
    "a result given twice",
    talk(user("x"), calling("call_1"), result("call_1"), result("call_1"), user("y")),
    "Invalid parameter: Duplicate value for 'tool_call_id' of 'call_1', in messages[2] and messages[3].",
    "messages.[3].tool_call_id",
    null,
  ],
];

test.each(REFUSED)("refuses %s", async (_, body, message, param, code) => {
  const { status, error, record } = await judge(body);
  expect(status).toBe(400);
  expect(error?.message).toContain(message);
  expect(error).toMatchObject({ type: "invalid_request_error", param, code });
  expect(record).toMatchObject({ status: 400, promptTokens: 0, completionTokens: 0, replyText: null });
});

const ACCEPTED: [name: string, body: unknown][] = [
  ["results in any order", talk(user("x"), calling("a", "b"), result("b"), result("a"))],
  ["the same id in two exchanges", talk(user("x"), calling("a"), result("a"), calling("a"), result("a"))],
  ["two users and two systems in a row", talk(system("a"), system("b"), user("c"), user("d"), system("e"))],
];

test.each(ACCEPTED)("accepts %s", async (_, body) => {
  expect((await judge(body)).object).toBe("chat.completion");
});

const ROLES_MUST_ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/...";
const ALTERNATION: [name: string, body: unknown, message: string | null][] = [
  ["one system, then turns", talk(system("s"), user("a"), assistant("b"), user("c")), null],
  [
    "a tool exchange within a turn",
    talk(user("a"), calling("i"), result("i"), calling("j"), result("j"), assistant("b"), user("c")),
    null,
  ],
  ["two users", talk(user("a"), user("b")), ROLES_MUST_ALTERNATE],
  ["an assistant first", talk(system("s"), assistant("a"), user("b")), ROLES_MUST_ALTERNATE],
  ["a user after a tool result", talk(user("a"), calling("i"), result("i"), user("b")), ROLES_MUST_ALTERNATE],
  ["two systems", talk(system("s"), system("t"), user("a")), "System message must be at the beginning."],
  ["a late system", talk(user("a"), assistant("b"), system("s")), "System message must be at the beginning."],
];

test.each(ALTERNATION)("with alternation, judges %s", async (_, body, message) => {
  const { status, error } = await judge(body, { alternation: true });
  expect(status).toBe(message === null ? 200 : 400);
  expect(error?.message ?? null).toBe(message);
});
