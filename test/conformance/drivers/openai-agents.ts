/**
 * OpenAI's Agents SDK, which runs the tools itself, with its three memories: a session of its own that is sent whole, the
 * last response's id, or a conversation that the provider keeps.
 *
 * A session's items go back as the SDK stores them (it strips ids on the next run). It must not trace.
 */
import { Agent, MemorySession, OpenAIProvider, Runner, setTracingDisabled, tool } from "@openai/agents";
import type { AgentInputItem, ModelSettings } from "@openai/agents";
import OpenAI from "openai";
import { INSTRUCTIONS } from "../conversation.ts";
import { nothingSeen, sawLeaving } from "../driver.ts";
import type { Driver, Manner, Place, Said, Seen, Talk } from "../driver.ts";
import { FEE, LOOK_UP, lookUp, PICTURE } from "../look-up.ts";

setTracingDisabled(true);

const LOOK = tool({
  name: LOOK_UP.name,
  description: LOOK_UP.description,
  parameters: LOOK_UP.schema,
  execute: (input) => lookUp(input),
});

interface Memory {
  session?: MemorySession;
  previousResponseId?: string;
  conversationId?: string;
}

const agentsSession: Driver = {
  name: "openai-agents-session",
  api: "responses",
  sendsDeltas: false,
  lacks: {},
  whole: {},
  async open(place, manner): Promise<Talk<AgentInputItem[]>> {
    const run = opener(place, manner);
    return {
      begin: [],
      async say(history, said) {
        const session = new MemorySession({ initialItems: history });
        const { seen } = await run(said, { session });
        return { seen, history: seen.left ? history : await session.getItems() };
      },
    };
  },
};

const agentsPrevious: Driver = {
  name: "openai-agents-previous",
  api: "responses",
  sendsDeltas: true,
  lacks: {},
  whole: { always: "the provider holds the history" },
  async open(place, manner): Promise<Talk<string | undefined>> {
    const run = opener(place, manner);
    return {
      begin: undefined,
      async say(history, said) {
        const { seen, lastId } = await run(said, history === undefined ? {} : { previousResponseId: history });
        return { seen, history: lastId ?? history };
      },
    };
  },
};

const agentsConversation: Driver = {
  name: "openai-agents-conversation",
  api: "responses",
  sendsDeltas: true,
  lacks: {
    edit: "a conversation kept by the provider only grows",
    fork: "a conversation kept by the provider only grows",
  },
  whole: { always: "the provider holds the history" },
  async open(place, manner): Promise<Talk<string>> {
    const run = opener(place, manner);
    const { id } = await connect(place).conversations.create({});
    return {
      begin: id,
      async say(history, said) {
        const { seen } = await run(said, { conversationId: history });
        return { seen, history };
      },
    };
  },
};

export const openaiAgentsDrivers = [agentsSession, agentsPrevious, agentsConversation];

function connect({ origin, key, fetch }: Place): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, fetch });
}

function opener(place: Place, { reasons }: Manner) {
  const modelProvider = new OpenAIProvider({ openAIClient: connect(place), useResponses: true });
  const runner = new Runner({ modelProvider, tracingDisabled: true });
  const modelSettings: ModelSettings = reasons ? { reasoning: { effort: "medium", summary: "auto" } } : {};
  const common = { instructions: INSTRUCTIONS, model: "gpt-5.4", modelSettings, tools: [LOOK] };
  const plain = new Agent({ name: "Harbour", ...common });
  const formal = new Agent({ name: "Harbour", ...common, outputType: FEE });

  return async (said: Said, memory: Memory): Promise<{ seen: Seen; lastId: string | undefined }> => {
    const seen = nothingSeen();
    const agent = said.form ? formal : plain;
    const input = [userItem(said)];
    if (!said.stream) {
      const result = await runner.run(agent, input, memory);
      readResult(result, seen);
      if (said.form) seen.form = result.finalOutput;
      return { seen, lastId: result.lastResponseId };
    }
    const left = new AbortController();
    const result = await runner.run(agent, input, { ...memory, stream: true, signal: left.signal });
    for await (const event of result) {
      if (event.type !== "raw_model_stream_event" || event.data.type !== "output_text_delta") continue;
      seen.pieces += 1;
      if (!said.leave) continue;
      left.abort();
      await result.completed.catch(() => undefined);
      return { seen: sawLeaving(), lastId: undefined };
    }
    await result.completed;
    if (result.error) throw result.error;
    readResult(result, seen);
    return { seen, lastId: result.lastResponseId };
  };
}

type Result = Pick<Awaited<ReturnType<Runner["run"]>>, "rawResponses" | "newItems" | "finalOutput">;

function readResult({ rawResponses, newItems, finalOutput }: Result, seen: Seen): void {
  seen.text = typeof finalOutput === "string" ? finalOutput : JSON.stringify(finalOutput);
  for (const { usage } of rawResponses) seen.usage.push([usage.inputTokens, usage.outputTokens]);
  for (const { rawItem } of newItems) {
    if (rawItem?.type === "function_call")
      seen.calls.push({ name: rawItem.name, arguments: JSON.parse(rawItem.arguments) });
    if (rawItem?.type === "reasoning") seen.thought += rawItem.content.map(({ text }) => text).join("\n");
    if (rawItem?.type === "message" && "status" in rawItem) seen.finish.push(rawItem.status ?? "");
  }
}

function userItem({ text, shows }: Said): AgentInputItem {
  if (!shows) return { role: "user", content: text };
  return {
    role: "user",
    content: [
      { type: "input_image", image: `data:image/png;base64,${PICTURE}` },
      { type: "input_text", text },
    ],
  };
}
