/**
 * The openai SDK on Chat Completions: the app keeps the messages and sends all of them every time.
 *
 * It replays the SDK's own message objects, with whatever fields they have, as apps do. It must not tidy them.
 */
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { INSTRUCTIONS } from "../conversation.ts";
import { nothingSeen, sawLeaving } from "../driver.ts";
import type { Driver, Said } from "../driver.ts";
import { FEE, LOOK_UP, LOOK_UP_SCHEMA, lookUpWith, PICTURE } from "../look-up.ts";

type Message = OpenAI.ChatCompletionMessageParam;

/** Some servers show a model's thoughts in a field that OpenAI does not have, and want it back. */
interface Thinking {
  reasoning_content?: string;
}

const TOOL: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: { name: LOOK_UP.name, description: LOOK_UP.description, parameters: LOOK_UP_SCHEMA, strict: true },
};

export const openaiChat: Driver = {
  name: "openai-chat",
  api: "chat-completions",
  sendsDeltas: false,
  lacks: {},
  whole: {},
  async open({ origin, key, fetch }) {
    const client = new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, fetch });
    return {
      begin: [{ role: "system", content: INSTRUCTIONS }] as Message[],
      async say(history: Message[], said: Said) {
        const messages = [...history, userMessage(said)];
        const seen = nothingSeen();
        for (;;) {
          const format = said.form ? { response_format: zodResponseFormat(FEE, "fee") } : {};
          const body = { model: "gpt-5.4", messages, tools: [TOOL], ...format };
          const completion = said.stream ? await stream(body) : await client.chat.completions.parse(body);
          if (completion === null) return { seen: sawLeaving(), history };
          const [choice] = completion.choices;
          if (!choice) throw new Error("no choice");
          const { message } = choice;
          messages.push(message);
          seen.text = message.content ?? "";
          seen.thought += (message as Thinking).reasoning_content ?? "";
          seen.finish.push(choice.finish_reason);
          seen.usage.push([completion.usage?.prompt_tokens ?? 0, completion.usage?.completion_tokens ?? 0]);
          if (said.form) seen.form = message.parsed;
          if (!message.tool_calls?.length) return { seen, history: messages };
          for (const call of message.tool_calls) {
            if (call.type !== "function") throw new Error("a call of another kind");
            const { name, arguments: json } = call.function;
            seen.calls.push({ name, arguments: JSON.parse(json) });
            messages.push({ role: "tool", tool_call_id: call.id, content: lookUpWith(json) });
          }
        }

        async function stream(body: { model: string; messages: Message[]; tools: (typeof TOOL)[] }) {
          const running = client.chat.completions.stream({ ...body, stream_options: { include_usage: true } });
          for await (const chunk of running) {
            if (!chunk.choices[0]?.delta.content) continue;
            seen.pieces += 1;
            if (said.leave) {
              running.abort();
              return null;
            }
          }
          return running.finalChatCompletion();
        }
      },
    };
  },
};

function userMessage({ text, shows }: Said): Message {
  if (!shows) return { role: "user", content: text };
  const url = `data:image/png;base64,${PICTURE}`;
  return {
    role: "user",
    content: [
      { type: "image_url", image_url: { url, detail: "low" } },
      { type: "text", text },
    ],
  };
}
