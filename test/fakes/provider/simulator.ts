/**
 * What lasts in a simulated provider from one request to the next.
 *
 * One object per started provider, handed to every step, so that two providers in one test share nothing.
 * State that only one API has sits in an object of that API. This file must not act: it names.
 */
import type { ChatState } from "./chat-state.ts";
import type { CountTokens } from "./count-tokens.ts";
import type { MessagesState } from "./messages/state.ts";
import type { PrefixCache } from "./prefix-cache.ts";
import type { ResponsesState } from "./responses/state.ts";
import type { ReplyScript } from "./scripted-reply.ts";
import type { SendSettings } from "./send-reply.ts";

export interface Simulator {
  now: () => number;
  reply: ReplyScript;
  cache: PrefixCache;
  countTokens: CountTokens;
  apiKeys: string[] | undefined;
  alternation: boolean;
  /** Request encodings it decodes beside identity: gzip, deflate, br or zstd. */
  acceptEncodings: string[];
  tokensPerChunk: number;
  send: SendSettings;
  chat: ChatState;
  responses: ResponsesState;
  messages: MessagesState;
  /** Counts all requests and never starts again, so that ids stay unique. */
  serial: number;
  /** Counts the requests handed to `reply`. */
  requestIndex: number;
}
