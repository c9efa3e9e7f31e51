/**
 * LangChain's chat models: ChatOpenAI on either of OpenAI's APIs, and ChatAnthropic.
 *
 * The app runs the tools and keeps LangChain's message objects; how they look on the wire, as a string or as blocks, depends
 * on how they were received. It must not trace.
 */
import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import type { AIMessageChunk, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { INSTRUCTIONS } from "../conversation.ts";
import { nothingSeen, sawLeaving } from "../driver.ts";
import type { Driver, Manner, Place, Said, Seen, Talk } from "../driver.ts";
import { FEE, LOOK_UP, lookUp, PICTURE } from "../look-up.ts";

process.env["LANGSMITH_TRACING"] = "false";
process.env["LANGCHAIN_TRACING_V2"] = "false";

type Chat = ChatOpenAI | ChatAnthropic;

const LOOK = tool((input) => lookUp(input), {
  name: LOOK_UP.name,
  description: LOOK_UP.description,
  schema: LOOK_UP.schema,
});

const NO_REASONING = { reasoning: "it drops `reasoning_content`, the only reasoning there is in Chat Completions" };
const SIGNED = { reasoning: "signed thinking is bound to everything before it" };

export const langchainDrivers: Driver[] = [
  door("langchain-openai-chat", "chat-completions", NO_REASONING, {}, openChat),
  door("langchain-openai-responses", "responses", {}, {}, openResponses),
  door("langchain-anthropic", "messages", {}, SIGNED, openAnthropic),
];

function openChat({ origin, key, fetch }: Place): Chat {
  return new ChatOpenAI({ model: "gpt-5.4", apiKey: key, configuration: { baseURL: `${origin}/v1`, fetch } });
}

function openResponses({ origin, key, fetch }: Place, { reasons }: Manner): Chat {
  return new ChatOpenAI({
    model: "gpt-5.4",
    apiKey: key,
    configuration: { baseURL: `${origin}/v1`, fetch },
    useResponsesApi: true,
    ...(reasons && { reasoning: { effort: "medium", summary: "auto" } }),
  });
}

function openAnthropic({ origin, key, fetch }: Place, { reasons }: Manner): Chat {
  return new ChatAnthropic({
    model: reasons ? "claude-opus-5-5" : "claude-sonnet-5",
    apiKey: key,
    anthropicApiUrl: origin,
    clientOptions: { fetch },
    maxTokens: 2000,
    ...(reasons && { thinking: { type: "adaptive" } }),
  });
}

function door(
  name: string,
  api: Driver["api"],
  lacks: Driver["lacks"],
  whole: Driver["whole"],
  connect: (place: Place, manner: Manner) => Chat,
): Driver {
  return {
    name,
    api,
    sendsDeltas: false,
    lacks,
    whole,
    async open(place, manner): Promise<Talk<BaseMessage[]>> {
      const model = connect(place, manner);
      const withTools = (model as BaseChatModel).bindTools?.([LOOK]);
      if (!withTools) throw new Error(`${name} takes no tools`);
      return {
        begin: [new SystemMessage(INSTRUCTIONS)],
        async say(history, said) {
          const messages = [...history, userMessage(said)];
          const seen = nothingSeen();
          if (said.form) {
            const asking = (model as ChatOpenAI).withStructuredOutput(FEE, { method: "jsonSchema", includeRaw: true });
            const { raw, parsed } = await asking.invoke(messages);
            readReply(raw as AIMessageChunk, seen);
            seen.form = parsed;
            return { seen, history: [...messages, raw] };
          }
          for (;;) {
            const reply = said.stream ? await stream() : await withTools.invoke(messages);
            if (reply === null) return { seen: sawLeaving(), history };
            messages.push(reply);
            readReply(reply, seen);
            if (!reply.tool_calls?.length) return { seen, history: messages };
            for (const { id, args } of reply.tool_calls) {
              const content = lookUp(LOOK_UP.schema.parse(args));
              messages.push(new ToolMessage({ tool_call_id: id ?? "", content }));
            }
          }

          async function stream(): Promise<AIMessageChunk | null> {
            const left = new AbortController();
            let whole: AIMessageChunk | null = null;
            for await (const piece of (await withTools?.stream(messages, { signal: left.signal })) ?? []) {
              whole = whole === null ? piece : whole.concat(piece);
              if (piece.text === "") continue;
              seen.pieces += 1;
              if (!said.leave) continue;
              left.abort();
              return null;
            }
            if (whole === null) throw new Error("an empty stream");
            return whole;
          }
        },
      };
    },
  };
}

function readReply(reply: AIMessageChunk, seen: Seen): void {
  seen.text = reply.text;
  seen.thought += reply.contentBlocks
    .flatMap((block) => (block.type === "reasoning" ? [block.reasoning] : []))
    .join("");
  const { finish_reason, stop_reason, status } = reply.response_metadata as Record<string, unknown>;
  seen.finish.push(String(finish_reason ?? stop_reason ?? reply.additional_kwargs["stop_reason"] ?? status));
  const metadata: unknown = reply.usage_metadata;
  const usage = metadata as UsageMetadata | undefined;
  seen.usage.push([usage?.input_tokens ?? 0, usage?.output_tokens ?? 0]);
  for (const { name, args } of reply.tool_calls ?? []) seen.calls.push({ name, arguments: args });
}

function userMessage({ text, shows }: Said): BaseMessage {
  if (!shows) return new HumanMessage(text);
  const url = `data:image/png;base64,${PICTURE}`;
  return new HumanMessage({
    content: [
      { type: "image_url", image_url: { url } },
      { type: "text", text },
    ],
  });
}
