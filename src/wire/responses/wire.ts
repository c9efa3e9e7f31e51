/**
 * OpenAI Responses, as a wire: the parts of this folder under the names that every API shares.
 *
 * A stream ends with one of three events, or with an error; there is no `[DONE]`. State at the upstream is named in the
 * body alone, so there are no headers to take out.
 */
import { frameHistory } from "../frame-history.ts";
import type { Wire } from "../wire.ts";
import { blankMessage } from "./blank-message.ts";
import { decode, sliceInput } from "./decode.ts";
import { encodeError } from "./encode-error.ts";
import { encode } from "./encode.ts";
import { isReply, readMessage } from "./read-message.ts";
import { readCalls } from "./read-calls.ts";
import { readReply } from "./read-reply.ts";
import { readText } from "./read-text.ts";
import { replaceResults } from "./replace-results.ts";
import { recallTool } from "./recall-tool.ts";

export const responsesWire: Wire = {
  name: "responses",
  terminator: {
    // Some gateways send no event lines; the type then stands first in the data.
    pattern:
      /[\r\n](?:event: ?(?:response\.(?:completed|incomplete|failed)|error)(?![^\r\n])|data: ?\{"type": ?"(?:response\.(?:completed|incomplete|failed)|error)")/,
    opensEvent: true,
  },
  decode,
  readMessage,
  isReply,
  sliceBody: sliceInput,
  encode,
  readReply,
  readCalls,
  readText,
  replaceResults,
  frameHistory: (model, head) => frameHistory("input", model, [], head),
  blankMessage,
  encodeError,
  dropStateHeaders: () => undefined,
  recallTool,
};
