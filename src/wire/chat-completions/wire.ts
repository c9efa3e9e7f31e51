/** OpenAI Chat Completions, as a wire: the parts of this folder under the names that every API shares. */
import { sliceBody } from "../slice-body.ts";
import { frameHistory } from "../frame-history.ts";
import type { Wire } from "../wire.ts";
import { blankMessage } from "./blank-message.ts";
import { decode, isReply, readMessage } from "./decode.ts";
import { encodeError } from "./encode-error.ts";
import { encode } from "./encode.ts";
import { readCalls } from "./read-calls.ts";
import { readReply } from "./read-reply.ts";
import { readText } from "./read-text.ts";
import { replaceResults } from "./replace-results.ts";
import { recallTool } from "./recall-tool.ts";

export const chatCompletionsWire: Wire = {
  name: "chat-completions",
  terminator: { pattern: /[\r\n]data: ?\[DONE\]/, opensEvent: false },
  decode,
  readMessage,
  isReply,
  sliceBody: (text, from) => sliceBody(text, "messages", from),
  encode,
  readReply,
  readCalls,
  readText,
  replaceResults,
  frameHistory: (model, head) => frameHistory("messages", model, [], head),
  blankMessage,
  encodeError,
  dropStateHeaders: () => undefined,
  recallTool,
};
