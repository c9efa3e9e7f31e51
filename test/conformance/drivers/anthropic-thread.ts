/**
 * The Anthropic SDK's message threads: the provider holds the conversation for an hour, the app sends what is new.
 *
 * A thread goes on from one reply only; for anything else the app starts another from the messages it kept. It must not send
 * a `thread` field itself: that is the SDK's business.
 */
import Anthropic from "@anthropic-ai/sdk";
import type { BetaMessageThread } from "@anthropic-ai/sdk/lib/threads/BetaMessageThread";
import { INSTRUCTIONS } from "../conversation.ts";
import { nothingSeen, sawLeaving } from "../driver.ts";
import type { Driver, Said, Seen, Talk } from "../driver.ts";
import { LOOK_UP, LOOK_UP_SCHEMA, lookUp, PICTURE } from "../look-up.ts";

type Beta = Anthropic.Beta.BetaMessage;
type Message = Anthropic.Beta.BetaMessageParam;

interface Kept {
  messages: Message[];
  /** The thread whose end these messages are, unless it has gone on since. */
  thread: BetaMessageThread<unknown> | null;
}

export const anthropicThread: Driver = {
  name: "anthropic-thread",
  api: "messages",
  sendsDeltas: true,
  lacks: { structured_output: "a thread's output format is fixed when it is created" },
  whole: { always: "the provider holds the history" },
  async open({ origin, key, fetch }, { reasons }): Promise<Talk<Kept>> {
    const client = new Anthropic({ apiKey: key, baseURL: origin, fetch });
    const start = (messages: Message[]): BetaMessageThread<unknown> =>
      client.beta.messages.thread({
        model: reasons ? "claude-opus-5-5" : "claude-sonnet-5",
        max_tokens: 2000,
        system: INSTRUCTIONS,
        tools: [{ name: LOOK_UP.name, description: LOOK_UP.description, input_schema: LOOK_UP_SCHEMA }],
        cache_control: { type: "ephemeral" },
        ...(reasons && { thinking: { type: "adaptive" } }),
        messages,
      });
    return {
      begin: { messages: [], thread: null },
      async say(kept, said) {
        const isCurrent = kept.thread?.messages.length === kept.messages.length;
        const thread = isCurrent && kept.thread ? kept.thread : start(kept.messages);
        const seen = nothingSeen();
        let say = userMessage(said);
        for (;;) {
          const reply = said.stream ? await stream(thread, say, said, seen) : await thread.send(say);
          if (reply === null) return { seen: sawLeaving(), history: kept };
          const results = readReply(reply, seen);
          if (results.length === 0) return { seen, history: { messages: thread.messages, thread } };
          say = { role: "user", content: results };
        }
      },
    };
  },
};

async function stream(thread: BetaMessageThread<unknown>, say: Message, said: Said, seen: Seen): Promise<Beta | null> {
  const running = thread.stream(say);
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

/** Notes what came and answers the calls in it. */
function readReply(message: Beta, seen: Seen): Anthropic.Beta.BetaToolResultBlockParam[] {
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = message.usage;
  const prompt = input_tokens + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0);
  seen.text = "";
  seen.finish.push(message.stop_reason ?? "");
  seen.usage.push([prompt, output_tokens]);
  return message.content.flatMap((block) => {
    if (block.type === "text") seen.text += block.text;
    if (block.type === "thinking") seen.thought += block.thinking;
    if (block.type !== "tool_use") return [];
    seen.calls.push({ name: block.name, arguments: block.input });
    const content = lookUp(LOOK_UP.schema.parse(block.input));
    return [{ type: "tool_result" as const, tool_use_id: block.id, content }];
  });
}

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
