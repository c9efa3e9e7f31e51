/**
 * Every client with the recall tool on, behind the edge a model that searches before it says anything: no app can tell.
 *
 * The search and its answer are calls between edge and provider alone. Where the edge leaves the tool out, the model
 * answers at once. Usage is left out of the comparison, because the searches are on the bill.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RECALL_NOTES, RECALL_TOOL_NAME } from "../../src/model/recall-call.ts";
import { hasTool } from "../fakes/provider/provider.ts";
import type { RequestBody, ScriptedReply } from "../fakes/provider/provider.ts";
import { CONVERSATIONS, LEAVING } from "./conversations.ts";
import { lackOf } from "./driver.ts";
import type { Seen } from "./driver.ts";
import { DRIVERS } from "./drivers/all.ts";
import { expectScript } from "./expect-alike.ts";
import { createModel } from "./scripted-model.ts";
import { playBoth, recordsOf, startStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

let stage: Stage;
let searches = 0;

beforeAll(async () => {
  const model = Promise.withResolvers<ReturnType<typeof createModel>>();
  const reply = async (request: RequestBody): Promise<ScriptedReply> => searchFirst(request, await model.promise);
  const simulators = { splitCharacters: true };
  stage = await startStage({ state: "none", vars: { STRATA_RECALL: "tool" }, simulators, upstream: { reply } });
  model.resolve(createModel(stage.conversations));
});

afterAll(() => stage.close());

/** The last two messages of a request that answers a search are the search and its answer. */
function searchFirst(request: RequestBody, model: ReturnType<typeof createModel>): ScriptedReply {
  if (!hasTool(request, RECALL_TOOL_NAME)) return model.reply(request);
  const key = Array.isArray(request.input) ? "input" : "messages";
  const said: readonly unknown[] = (request[key] as unknown[] | undefined) ?? [];
  if (!JSON.stringify(said.at(-1) ?? request.input).includes(RECALL_NOTES.nothingLeft)) {
    searches++;
    return { toolCalls: [{ name: RECALL_TOOL_NAME, arguments: '{"query":"the pier"}' }] };
  }
  return model.reply({ ...request, [key]: said.slice(0, -2) });
}

const withoutUsage = ({ usage: _usage, ...seen }: Seen): object => seen;

describe.concurrent.each(DRIVERS)("$name", (driver) => {
  for (const conversation of [...CONVERSATIONS, LEAVING]) {
    const lack = lackOf(driver, conversation);
    it.skipIf(lack !== null)(`${conversation.name}${lack === null ? "" : `: ${lack}`}`, async () => {
      const { direct, edge } = await playBoth(stage, driver, conversation);
      expectScript(conversation, direct.play.seen);
      expect(edge.play.seen.map(withoutUsage)).toEqual(direct.play.seen.map(withoutUsage));
      const refused = recordsOf(stage.edge, edge.key).filter(({ status }) => status >= 400 && status < 500);
      expect(refused.map(({ path, rawReply }) => `${path} ${rawReply.toString()}`)).toEqual([]);
    });
  }
});

describe("the model", () => {
  it("has searched", () => {
    expect(searches).toBeGreaterThan(100);
  });
});
