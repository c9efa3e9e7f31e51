/** Every wire by its name; the only place that knows them all. */
import type { WireName } from "../model/wire.ts";
import { chatCompletionsWire } from "./chat-completions/wire.ts";
import { messagesWire } from "./messages/wire.ts";
import { responsesWire } from "./responses/wire.ts";
import type { Wire } from "./wire.ts";

export const wires: Readonly<Record<WireName, Wire>> = {
  "chat-completions": chatCompletionsWire,
  responses: responsesWire,
  messages: messagesWire,
};
