/**
 * What the simulator remembers of each request: the evidence on which tests and benches judge a proxy.
 *
 * Headers and body stay exactly as received, because "the client's bytes are kept" can only be checked against
 * bytes. A refused or failed request is recorded too, with no tokens, and so costs nothing.
 * Records must not be corrected afterwards; only their bodies may be dropped, to bound memory.
 */
import type { ToolCall } from "./chat-request.ts";
import type { Api } from "./scripted-reply.ts";

export interface RecordedRequest {
  /** The API whose generating route it called; null for every other route. */
  api: Api | null;
  method: string;
  /** With its query string. */
  path: string;
  /** Name and value as received, in order, in the letters they came in. */
  headers: [string, string][];
  body: Buffer;
  /** The parsed body, or undefined when it is not JSON. */
  json: unknown;
  /** When its headers arrived, by the simulator's clock. */
  at: number;
  /** The status answered, or 0 while there is none. */
  status: number;
  /** The whole prompt, cached or not, whatever the API calls input. */
  promptTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
  completionTokens: number;
  /** Thoughts sent back that the model does not get to read, because what stood before them has changed. */
  reasoningRemoved: number;
  /** What the first choice said and called. */
  replyText: string | null;
  toolCalls: ToolCall[];
  /** The body bytes sent so far, without HTTP framing. */
  readonly rawReply: Buffer;
  /** The client left before the reply was complete. */
  aborted: boolean;
  /** Nothing more will happen to this request. */
  finished: boolean;
}

/** USD per million tokens. A model without a fee for cache writes has `write` equal to `input`. */
interface TokenPrices {
  input: number;
  read: number;
  write: number;
  output: number;
}

export function costOf(request: RecordedRequest, prices: TokenPrices): number {
  const { promptTokens, cachedTokens, cacheWriteTokens, completionTokens } = request;
  const plain = promptTokens - cachedTokens - cacheWriteTokens;
  return (
    (plain * prices.input +
      cachedTokens * prices.read +
      cacheWriteTokens * prices.write +
      completionTokens * prices.output) /
    1_000_000
  );
}

/** The record itself, with the two things only the simulator may do to it. */
export interface Recording {
  record: RecordedRequest;
  sent: Buffer[];
  dropBodies(): void;
}

const NOTHING = Buffer.alloc(0);

export function newRecording(method: string, path: string, rawHeaders: string[], at: number): Recording {
  const sent: Buffer[] = [];
  const record: RecordedRequest = {
    api: null,
    method,
    path,
    headers: pairsOf(rawHeaders),
    body: NOTHING,
    json: undefined,
    at,
    status: 0,
    promptTokens: 0,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    completionTokens: 0,
    reasoningRemoved: 0,
    replyText: null,
    toolCalls: [],
    get rawReply() {
      return Buffer.concat(sent);
    },
    aborted: false,
    finished: false,
  };
  const dropBodies = (): void => {
    record.body = NOTHING;
    record.json = undefined;
    sent.length = 0;
  };
  return { record, sent, dropBodies };
}

function pairsOf(rawHeaders: string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return pairs;
}
