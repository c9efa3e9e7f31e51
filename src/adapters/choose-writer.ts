/**
 * The model that writes digests, as the settings name it.
 *
 * Without a setting, and where Workers AI is asked for but not bound (as in `wrangler dev`, which stays offline), there
 * is none: briefs are then made of quotes.
 */
import type { DistillerSetting } from "../env.ts";
import type { DigestWriter } from "../ports/digest-writer.ts";
import { createChatWriter } from "./chat-writer.ts";
import { createMessagesWriter } from "./messages-writer.ts";
import { createWorkersAiWriter } from "./workers-ai-writer.ts";
import type { AiBinding } from "./workers-ai-writer.ts";

export function chooseWriter(setting: DistillerSetting | null, ai: AiBinding | null): DigestWriter | null {
  switch (setting?.api) {
    case undefined:
      return null;
    case "openai":
      return createChatWriter(setting);
    case "anthropic":
      return createMessagesWriter(setting);
    case "workers-ai":
      return ai && createWorkersAiWriter(ai, setting);
  }
}
