/**
 * The Anthropic SDK on Messages: the app keeps the messages and sends all of them, thinking included, every time.
 *
 * The prompt cache is asked for at the top level, as the documentation recommends. Content goes back exactly as it came; a
 * signature must never be touched.
 */
import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { INSTRUCTIONS } from "../conversation.ts";
import { nothingSeen, sawLeaving } from "../driver.ts";
import type { Driver, Said, Talk } from "../driver.ts";
import { FEE, LOOK_UP, LOOK_UP_SCHEMA, lookUp, PICTURE } from "../look-up.ts";

type Message = Anthropic.MessageParam;

const TOOL: Anthropic.Tool = {
  name: LOOK_UP.name,
  description: LOOK_UP.description,
  input_schema: LOOK_UP_SCHEMA,
};

export const anthropicMessages: Driver = {
  name: "anthropic-messages",
  api: "messages",
  sendsDeltas: false,
  lacks: {},
  whole: { reasoning: "signed thinking is bound to everything before it" },
  async open({ origin, key, fetch }, { reasons }): Promise<Talk<Message[]>> {
    const client = new Anthropic({ apiKey: key, baseURL: origin, fetch });
    return {
      begin: [],
      async say(history, said) {
        const messages = [...history, userMessage(said)];
        const seen = nothingSeen();
        for (;;) {
          const body = {
            model: reasons ? "claude-opus-5-5" : "claude-sonnet-5",
            max_tokens: 2000,
            system: INSTRUCTIONS,
            tools: [TOOL],
            cache_control: { type: "ephemeral" as const },
            ...(reasons && { thinking: { type: "adaptive" as const } }),
            ...(said.form && { output_config: { format: zodOutputFormat(FEE) } }),
            messages,
          };
          const message = said.stream ? await stream(body) : await client.messages.parse(body);
          if (message === null) return { seen: sawLeaving(), history };
          messages.push({ role: "assistant", content: message.content });
          seen.text = "";
          seen.finish.push(message.stop_reason ?? "");
          const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = message.usage;
          const prompt = input_tokens + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0);
          seen.usage.push([prompt, output_tokens]);
          if (said.form && "parsed_output" in message) seen.form = message.parsed_output;
          const results: Anthropic.ToolResultBlockParam[] = [];
          for (const block of message.content) {
            if (block.type === "text") seen.text += block.text;
            if (block.type === "thinking") seen.thought += block.thinking;
            if (block.type !== "tool_use") continue;
            seen.calls.push({ name: block.name, arguments: block.input });
            const content = lookUp(LOOK_UP.schema.parse(block.input));
            results.push({ type: "tool_result", tool_use_id: block.id, content });
          }
          if (results.length === 0) return { seen, history: messages };
          messages.push({ role: "user", content: results });
        }

        async function stream(body: Anthropic.MessageStreamParams) {
          const running = client.messages.stream(body);
          for await (const event of running) {
            if (event.type !== "content_block_delta" || event.delta.type !== "text_delta") continue;
            seen.pieces += 1;
            if (said.leave) {
              running.abort();
              return null;
            }
          }
          return running.finalMessage();
        }
      },
    };
  },
};

function userMessage({ text, shows }: Said): Message {
  if (!shows) return { role: "user", content: text };
  const source = { type: "base64" as const, media_type: "image/png" as const, data: PICTURE };
  return {
    role: "user",
    content: [
      { type: "image", source },
      { type: "text", text },
    ],
  };
}
