/**
 * Vercel's AI SDK over its four doors: OpenAI's default (Responses, stored by the provider), OpenAI's chat, any
 * OpenAI-compatible server, and Anthropic.
 *
 * The SDK runs the tools itself, so a turn is one call of the app's. History is what the SDK says to append
 * (`responseMessages`). It must not set the SDK's telemetry.
 */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import type { LanguageModel, ModelMessage, StepResult, ToolSet } from "ai";
import { INSTRUCTIONS } from "../conversation.ts";
import { nothingSeen, sawLeaving } from "../driver.ts";
import type { Driver, Manner, Place, Said, Seen, Talk } from "../driver.ts";
import { FEE, LOOK_UP, lookUp, PICTURE } from "../look-up.ts";

globalThis.AI_SDK_LOG_WARNINGS = false;

/** Unless told otherwise, the SDK describes tools in another way when it streams, which no signed thought survives. */
const REASONING = {
  openai: { reasoningEffort: "medium", reasoningSummary: "auto" },
  anthropic: { thinking: { type: "adaptive" }, toolStreaming: false },
};

const tools = {
  [LOOK_UP.name]: tool({
    description: LOOK_UP.description,
    inputSchema: LOOK_UP.schema,
    execute: (input) => lookUp(input),
  }),
};

const NO_REASONING = { reasoning: "it drops `reasoning_content`, the only reasoning there is in Chat Completions" };
const REFERENCES = { reasoning: "reasoning goes back as a reference to what the provider stored" };
const SIGNED = { reasoning: "signed thinking is bound to everything before it" };

export const aiSdkDrivers: Driver[] = [
  door("ai-sdk-openai", "responses", {}, REFERENCES, ({ origin, key, fetch }) =>
    createOpenAI({ apiKey: key, baseURL: `${origin}/v1`, fetch })("gpt-5.4"),
  ),
  door("ai-sdk-openai-chat", "chat-completions", NO_REASONING, {}, ({ origin, key, fetch }) =>
    createOpenAI({ apiKey: key, baseURL: `${origin}/v1`, fetch }).chat("gpt-5.4"),
  ),
  door("ai-sdk-compatible", "chat-completions", {}, {}, ({ origin, key, fetch }) =>
    createOpenAICompatible({
      name: "harbour",
      apiKey: key,
      baseURL: `${origin}/v1`,
      fetch,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })("gpt-5.4"),
  ),
  door("ai-sdk-anthropic", "messages", {}, SIGNED, ({ origin, key, fetch }, { reasons }) =>
    createAnthropic({ apiKey: key, baseURL: `${origin}/v1`, fetch })(reasons ? "claude-opus-5-5" : "claude-sonnet-5"),
  ),
];

function door(
  name: string,
  api: Driver["api"],
  lacks: Driver["lacks"],
  whole: Driver["whole"],
  connect: (place: Place, manner: Manner) => LanguageModel,
): Driver {
  return {
    name,
    api,
    sendsDeltas: false,
    lacks,
    whole,
    async open(place, manner): Promise<Talk<ModelMessage[]>> {
      const model = connect(place, manner);
      return {
        begin: [],
        async say(history, said) {
          const asked = [...history, userMessage(said)];
          const left = new AbortController();
          const call = {
            model,
            instructions: INSTRUCTIONS,
            messages: asked,
            tools,
            stopWhen: stepCountIs(5),
            abortSignal: left.signal,
            ...(manner.reasons && { providerOptions: REASONING }),
          };
          const seen = nothingSeen();
          if (!said.stream) {
            const output = said.form ? { output: Output.object({ schema: FEE }) } : {};
            const result = await generateText({ ...call, ...output });
            readSteps(result.steps, seen);
            if (said.form) seen.form = result.output;
            return { seen, history: [...asked, ...result.responseMessages] };
          }
          let failure: unknown = null;
          const result = streamText({ ...call, onError: ({ error }) => void (failure = error) });
          for await (const piece of result.textStream) {
            if (piece !== "") seen.pieces += 1;
            if (!said.leave) continue;
            left.abort();
            return { seen: sawLeaving(), history };
          }
          if (failure !== null) throw failure;
          readSteps(await result.steps, seen);
          return { seen, history: [...asked, ...(await result.responseMessages)] };
        },
      };
    },
  };
}

function readSteps<TOOLS extends ToolSet>(steps: StepResult<TOOLS>[], seen: Seen): void {
  for (const step of steps) {
    seen.text = step.text;
    seen.thought += step.reasoningText ?? "";
    seen.finish.push(step.finishReason);
    seen.usage.push([step.usage.inputTokens ?? 0, step.usage.outputTokens ?? 0]);
    for (const { toolName, input } of step.toolCalls) seen.calls.push({ name: toolName, arguments: input });
  }
}

function userMessage({ text, shows }: Said): ModelMessage {
  if (!shows) return { role: "user", content: text };
  return {
    role: "user",
    content: [
      { type: "file", data: PICTURE, mediaType: "image/png" },
      { type: "text", text },
    ],
  };
}
