/**
 * Every driver of the suite, in the order of the table in README.md.
 *
 * It must stay a list.
 */
import type { Driver } from "../driver.ts";
import { aiSdkDrivers } from "./ai-sdk.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import { anthropicThread } from "./anthropic-thread.ts";
import { langchainDrivers } from "./langchain.ts";
import { openaiAgentsDrivers } from "./openai-agents.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses, openaiResponsesPrevious } from "./openai-responses.ts";

export const DRIVERS: Driver[] = [
  openaiChat,
  openaiResponses,
  openaiResponsesPrevious,
  anthropicMessages,
  anthropicThread,
  ...aiSdkDrivers,
  ...langchainDrivers,
  ...openaiAgentsDrivers,
];
