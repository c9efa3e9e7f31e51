/**
 * Anthropic's Messages API as a wire.
 *
 * Only the binding of the steps beside it, and the two things that need no file of their own: the line that ends a
 * stream, and the header by which a client asks the upstream to keep its thread.
 */
import { sliceBody } from "../slice-body.ts";
import { frameHistory } from "../frame-history.ts";
import type { Wire } from "../wire.ts";
import { blankMessage } from "./blank-message.ts";
import { decode, isReply } from "./decode.ts";
import { encode } from "./encode.ts";
import { encodeError } from "./encode-error.ts";
import { readCalls } from "./read-calls.ts";
import { readMessage } from "./read-message.ts";
import { readReply } from "./read-reply.ts";
import { readText } from "./read-text.ts";
import { replaceResults } from "./replace-results.ts";
import { recallTool } from "./recall-tool.ts";

export const messagesWire: Wire = {
  name: "messages",
  terminator: {
    // Some gateways send no event lines; the type then stands first in the data.
    pattern: /[\r\n](?:event: ?(?:message_stop|error)\b|data: ?\{"type": ?"(?:message_stop|error)")/,
    opensEvent: true,
  },
  decode,
  readMessage,
  isReply,
  sliceBody: (text, from) => sliceBody(text, "messages", from),
  encode,
  readReply,
  readCalls,
  readText,
  replaceResults,
  frameHistory: (model, head) => frameHistory("messages", model, head, []),
  blankMessage,
  encodeError,
  dropStateHeaders,
  recallTool,
};

const BETAS = "anthropic-beta";
const THREADS_BETA = "message-threads-";

function dropStateHeaders(headers: Headers): void {
  const betas = headers.get(BETAS)?.split(",") ?? [];
  const kept = betas.map((beta) => beta.trim()).filter((beta) => !beta.startsWith(THREADS_BETA));
  if (kept.length === betas.length) return;
  if (kept.length > 0) headers.set(BETAS, kept.join(","));
  else headers.delete(BETAS);
}
