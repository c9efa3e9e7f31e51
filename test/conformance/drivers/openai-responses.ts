/**
 * The openai SDK on Responses, both ways of keeping a conversation: sending every item again, reasoning included, with
 * nothing stored; or naming the last response and sending only what is new.
 *
 * Output items go back exactly as they came. It must not drop ids, phases or encrypted content.
 */
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { INSTRUCTIONS } from "../conversation.ts";
import { nothingSeen, sawLeaving } from "../driver.ts";
import type { Driver, Manner, Place, Said, Seen, Talk } from "../driver.ts";
import { FEE, LOOK_UP, LOOK_UP_SCHEMA, lookUpWith, PICTURE } from "../look-up.ts";

type Item = OpenAI.Responses.ResponseInputItem;
type Body = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, "stream">;

const TOOL: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: LOOK_UP.name,
  description: LOOK_UP.description,
  parameters: LOOK_UP_SCHEMA,
  strict: true,
};

export const openaiResponses: Driver = {
  name: "openai-responses",
  api: "responses",
  sendsDeltas: false,
  lacks: {},
  whole: {},
  async open(place, manner): Promise<Talk<Item[]>> {
    const respond = opener(place, manner);
    return {
      begin: [],
      async say(history, said) {
        const items = [...history, userItem(said)];
        const seen = nothingSeen();
        for (;;) {
          const response = await respond({ input: items, store: false }, said, seen);
          if (response === null) return { seen: sawLeaving(), history };
          items.push(...(response.output as Item[]));
          const outputs = answerCalls(response, seen);
          if (outputs.length === 0) return { seen, history: items };
          items.push(...outputs);
        }
      },
    };
  },
};

export const openaiResponsesPrevious: Driver = {
  name: "openai-responses-previous",
  api: "responses",
  sendsDeltas: true,
  lacks: {},
  whole: { always: "the provider holds the history" },
  async open(place, manner): Promise<Talk<string | null>> {
    const respond = opener(place, manner);
    return {
      begin: null,
      async say(history, said) {
        let input: Item[] = [userItem(said)];
        let previous = history;
        const seen = nothingSeen();
        for (;;) {
          const response = await respond({ input, previous_response_id: previous }, said, seen);
          if (response === null) return { seen: sawLeaving(), history };
          previous = response.id;
          input = answerCalls(response, seen);
          if (input.length === 0) return { seen, history: previous };
        }
      },
    };
  },
};

/** One request and what the app saw of it; null when the app has left. */
function opener({ origin, key, fetch }: Place, { reasons }: Manner) {
  const client = new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, fetch });
  return async (fields: Partial<Body>, said: Said, seen: Seen) => {
    const body = {
      model: "gpt-5.4",
      instructions: INSTRUCTIONS,
      tools: [TOOL],
      reasoning: reasons ? { effort: "medium" as const, summary: "auto" as const } : { effort: "none" as const },
      ...(fields.store === false && { include: ["reasoning.encrypted_content" as const] }),
      ...(said.form && { text: { format: zodTextFormat(FEE, "fee") } }),
      ...fields,
    };
    const response = said.stream ? await stream(body) : await client.responses.parse(body);
    if (response === null) return null;
    seen.text = response.output_text;
    seen.finish.push(response.status ?? "");
    seen.usage.push([response.usage?.input_tokens ?? 0, response.usage?.output_tokens ?? 0]);
    if (said.form) seen.form = response.output_parsed;
    for (const item of response.output)
      if (item.type === "reasoning") seen.thought += item.summary.map(({ text }) => text).join("\n");
    return response;

    async function stream(body: Body) {
      const running = client.responses.stream(body);
      for await (const event of running) {
        if (event.type !== "response.output_text.delta") continue;
        seen.pieces += 1;
        if (said.leave) {
          running.abort();
          return null;
        }
      }
      return running.finalResponse();
    }
  };
}

/** The app's answers to the calls in a response. */
function answerCalls({ output }: Pick<OpenAI.Responses.Response, "output">, seen: Seen): Item[] {
  return output.flatMap((item) => {
    if (item.type !== "function_call") return [];
    seen.calls.push({ name: item.name, arguments: JSON.parse(item.arguments) });
    return [{ type: "function_call_output" as const, call_id: item.call_id, output: lookUpWith(item.arguments) }];
  });
}

function userItem({ text, shows }: Said): Item {
  if (!shows) return { role: "user", content: text };
  const image_url = `data:image/png;base64,${PICTURE}`;
  return {
    role: "user",
    content: [
      { type: "input_image", image_url, detail: "low" },
      { type: "input_text", text },
    ],
  };
}
