/**
 * State that an API keeps, when things do not go as planned: the same words twice, two requests at once, retries, ids that
 * change their session, streams of other servers, requests that would mean something else without their history.
 *
 * What a delta is rebuilt to must be its own conversation, whole, or there must be an error that makes the client send it.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { Exchange, RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { header, KEY, sendRaw, startWithRawUpstream } from "./start.ts";
import type { RawReply } from "./start.ts";

type Json = Record<string, unknown>;

let edge: RunningEdge;
let upstream: RawUpstream;
let serial = 0;
/** How the next replies look; what they say is always the same. */
let answer: (exchange: Exchange, id: string) => void;

const sayHello = ({ path, response }: Exchange, id: string): void => {
  response.setHeader("content-type", "application/json");
  const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello!" }] };
  response.end(
    JSON.stringify(
      path.includes("messages")
        ? {
            id,
            type: "message",
            role: "assistant",
            content: [{ type: "text", text: "Hello!" }],
            stop_reason: "end_turn",
          }
        : { id, object: "response", status: "completed", output: [{ ...said, id: `msg_${id}` }] },
    ),
  );
};

beforeAll(async () => {
  ({ edge, upstream } = await startWithRawUpstream({}, (exchange) => answer(exchange, `id_${(serial += 1)}`)));
});

async function post(path: string, body: Json | string, headers: Record<string, string> = {}): Promise<RawReply> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const all = { "content-type": "application/json", authorization: `Bearer ${KEY}`, ...headers };
  return sendRaw(edge, { method: "POST", path, body: text, headers: all });
}

const idOf = (reply: RawReply): string => (JSON.parse(reply.body.toString()) as { id: string }).id;
const forwarded = (): Json => JSON.parse(upstream.exchanges.at(-1)?.body.toString() ?? "{}") as Json;
const respond = (body: Json, headers?: Record<string, string>) =>
  post("/v1/responses", { model: "gpt-5.4", ...body }, headers);

describe("two conversations with the same words", () => {
  it("keep their own system prompts (threads)", async () => {
    answer = sayHello;
    const start = (system: string) =>
      post("/v1/messages", {
        model: "claude-sonnet-5",
        max_tokens: 10,
        system,
        messages: [{ role: "user", content: "hi" }],
        thread: { type: "create" },
      });
    const alice = idOf(await start("You serve Alice."));
    const bob = idOf(await start("You serve Bob."));
    for (const [previous, system] of [
      [alice, "You serve Alice."],
      [bob, "You serve Bob."],
    ] as const) {
      const thread = { type: "continue", previous_message_id: previous };
      const messages = [{ role: "user", content: "and?" }];
      await post("/v1/messages", { model: "claude-sonnet-5", max_tokens: 10, messages, thread });
      expect(forwarded()["system"]).toBe(system);
    }
  });

  it("keep their own leading items and reasoning (responses)", async () => {
    const ids: string[] = [];
    for (const who of ["Alice", "Bob"]) {
      answer = ({ response }, id) => {
        const reasoning = { type: "reasoning", id: `rs_${who}`, summary: [], encrypted_content: `sealed for ${who}` };
        const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello!" }] };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ id, object: "response", status: "completed", output: [reasoning, said] }));
      };
      const input = [
        { role: "developer", content: `You serve ${who}.` },
        { role: "user", content: "hi" },
      ];
      ids.push(idOf(await respond({ input, prompt_cache_key: "shared" })));
    }
    answer = sayHello;
    for (const [index, who] of ["Alice", "Bob"].entries()) {
      await respond({ input: "and?", previous_response_id: ids[index] ?? "", prompt_cache_key: "shared" });
      const text = JSON.stringify(forwarded());
      expect(text).toContain(`You serve ${who}.`);
      expect(text).toContain(`sealed for ${who}`);
      expect(text).not.toContain(who === "Alice" ? "Bob" : "Alice");
    }
  });
});

describe("a reply's id", () => {
  it("is found again when the signals around it change", async () => {
    answer = sayHello;
    const first = idOf(await respond({ input: "one", prompt_cache_key: "k" }));
    const second = idOf(await respond({ input: "two", previous_response_id: first }));
    await respond({ input: "three", previous_response_id: second }, { "x-session-id": "another run" });
    expect(forwarded()["input"]).toHaveLength(5);
  });

  it("is known as soon as its stream is whole, from servers without event lines too", async () => {
    answer = ({ response }, id) => {
      const item = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello!" }] };
      const done = {
        type: "response.completed",
        response: { id, object: "response", status: "completed", output: [item] },
      };
      response.setHeader("content-type", "text/event-stream");
      response.write(`data: {"type":"response.created","response":{"id":"${id}"}}\n\n`);
      response.end(`data: ${JSON.stringify(done)}\n\n`);
    };
    const reply = await respond({ input: "one", stream: true });
    const id = /"id":"(id_\d+)"/.exec(reply.body.toString())?.[1] ?? "";
    answer = sayHello;
    await respond({ input: "two", previous_response_id: id });
    expect(forwarded()["input"]).toHaveLength(3);
  });
});

describe("a conversation of ours", () => {
  async function createConversation(): Promise<string> {
    answer = ({ response }) => {
      response.statusCode = 404;
      response.end("{}");
    };
    return idOf(await post("/v1/conversations", {}));
  }

  it("takes two requests at once one after the other", async () => {
    const conversation = await createConversation();
    answer = sayHello;
    await respond({ input: "zero", conversation });
    await Promise.all([respond({ input: "one", conversation }), respond({ input: "two", conversation })]);
    await respond({ input: "three", conversation });
    const said = (forwarded()["input"] as { role: string; content: string }[]).filter(({ role }) => role === "user");
    expect(said.map(({ content }) => content).toSorted()).toEqual(["one", "three", "two", "zero"]);
  });

  it("holds a question once, however often the SDK sends it", async () => {
    const conversation = await createConversation();
    answer = sayHello;
    await respond({ input: "zero", conversation });
    await respond({ input: "one", conversation });
    await respond({ input: "one", conversation }, { "x-stainless-retry-count": "1" });
    expect(forwarded()["input"]).toHaveLength(3);
    await respond({ input: "two", conversation });
    expect(forwarded()["input"]).toHaveLength(5);
  });
});

describe("a delta never goes up alone", () => {
  const off = { "x-strata-mode": "off" };
  const parent = { "x-strata-session": "s", "x-strata-parent": "r" };
  const chat = { model: "m", messages: [{ role: "user", content: "and?" }] };

  it.each([
    ["switched off", "/v1/chat/completions", chat, { ...parent, ...off }, 412],
    ["in the background", "/v1/responses", { model: "m", input: "and?", background: true }, parent, 400],
    [
      "by id, in the background",
      "/v1/responses",
      { model: "m", input: "x", previous_response_id: "r", background: true },
      {},
      400,
    ],
    ["by id, without input", "/v1/responses", { model: "m", previous_response_id: "r" }, {}, 400],
    [
      "by id, with input that nobody can read",
      "/v1/responses",
      { model: "m", input: [7], previous_response_id: "r" },
      {},
      400,
    ],
    [
      "by id and conversation",
      "/v1/responses",
      { model: "m", input: "x", previous_response_id: "r", conversation: "c" },
      {},
      400,
    ],
  ] as const)("%s", async (_name, path, body, headers, status) => {
    const before = upstream.exchanges.length;
    expect((await post(path, body, headers)).status).toBe(status);
    expect(upstream.exchanges).toHaveLength(before);
  });
});

describe("a key", () => {
  it("in Azure's header is a credential like any other", async () => {
    answer = sayHello;
    const ask = (key: string, body: Json) =>
      sendRaw(edge, {
        method: "POST",
        path: "/v1/responses",
        body: JSON.stringify({ model: "m", ...body }),
        headers: { "content-type": "application/json", "api-key": key, "x-strata-session": "main" },
      });
    const first = await ask("azure-a", { input: "mine" });
    const stolen = await ask("azure-b", { input: "x", previous_response_id: idOf(first) });
    expect(stolen.status).toBe(400);
    const session = header(first, "x-strata-session") ?? "";
    expect((await sendRaw(edge, { method: "GET", path: `/_strata/sessions/${session}` })).status).toBe(404);
  });
});
