/**
 * The shapes of what a session keeps as JSON: thread states, ledgers, records of turns, briefs, digests.
 *
 * Each follows a type, field by field, so that a field that is added there has to be added here. The record of a turn
 * alone is open: it only grows, and what is added to it is shown and not decided by.
 */
import {
  DISTILLED_CHARS_MAX,
  FORMS_MAX,
  KNOWN_RESULTS_MAX,
  LASTING_BLOCKS_MAX,
  MODEL_NAME_CHARS_MAX,
  PINS_HELD_MAX,
  RECALL_ROUNDS_MAX,
  RECENT_PRIORS_MAX,
  THREAD_TIPS_MAX,
} from "../../model/limits.ts";
import { TEXT_COLUMN_CHARS_MAX } from "../../model/transfer-limits.ts";
import { KEEP_COMPACTION } from "../../model/message.ts";
import type { Usage } from "../../model/usage.ts";
import type { Cut } from "../../plan/choose-cut.ts";
import type { Ledger } from "../../policy/ledger.ts";
import type { Decision } from "../../policy/ski-rental.ts";
import type { BriefLine, BriefPiece, Digest, WrittenLine } from "../../ports/distiller.ts";
import type { RecallNote } from "../../ports/prompt-blocks.ts";
import type { RecordedBody } from "../../ports/recording.ts";
import type { KnownResult } from "../../ports/result-shortener.ts";
import type { HeadHash } from "../../ports/session.ts";
import type { Money } from "../../ports/tenant-directory.ts";
import type { DistillerBill } from "../digests/distiller-bill.ts";
import type { FormRef } from "../forms/form-store.ts";
import type { PromptNote } from "../recorder/prompt-note.ts";
import type { CallBill, SessionLedger } from "../session-ledger.ts";
import type { ThreadState } from "../thread-state.ts";
import type { SessionRow } from "../turn-log.ts";
import {
  isAbsentOr,
  isBoolean,
  isCount,
  isHash,
  isJson,
  isListOf,
  isNullOr,
  isNumber,
  isNumbersByName,
  isOneOf,
  isOpenRecord,
  isRecordOf,
  isText,
  isTime,
} from "./shape.ts";
import type { Shape } from "./shape.ts";

/** More than any list of a real session holds: of hashes not so many fit into a row. */
const LIST_MAX = 100_000;
const isLongText = isText(TEXT_COLUMN_CHARS_MAX);
/** Codes, revs, methods and the like. */
export const isName = isText(MODEL_NAME_CHARS_MAX);
const isModel = isText(DISTILLED_CHARS_MAX);

const isNote = isRecordOf<RecallNote>({
  tokens: isCount,
  nodes: isListOf(isCount, LIST_MAX),
  text: isLongText,
  depth: isCount,
});
const isHead = isRecordOf<HeadHash>({
  tools: isNullOr(isHash),
  system: isNullOr(isHash),
  format: isAbsentOr(isNullOr(isHash)),
});
const isForms = isListOf(isRecordOf<FormRef>({ depth: isCount, form: isHash, refersTo: isNullOr(isCount) }), FORMS_MAX);

export const isThreadState: Shape = isRecordOf<ThreadState>({
  model: isNullOr(isModel),
  headHash: isHead,
  headTokens: isNumber,
  hasTools: isAbsentOr(isBoolean),
  rent: isNumber,
  lastAt: isTime,
  lastPromptTokens: isNumber,
  lastReplayTokens: isNumber,
  calls: isCount,
  userTurns: isCount,
  brief: isNullOr(isCount),
  epoch: isNullOr(isCount),
  prepared: isNullOr(isCount),
  forms: isAbsentOr(isForms),
  preparedForms: isAbsentOr(isForms),
  results: isAbsentOr(
    isListOf(isRecordOf<KnownResult>({ depth: isCount, hash: isHash, call: isLongText }), KNOWN_RESULTS_MAX),
  ),
  candidate: isNullOr(isRecordOf<Cut>({ chain: isHash, depth: isCount, pathTokens: isCount })),
  distillCost: isAbsentOr(isNumber),
  searchedAt: isNumber,
  rejectedDepth: isCount,
  lasting: isAbsentOr(isListOf(isNote, LASTING_BLOCKS_MAX)),
  stateRefusals: isAbsentOr(isCount),
  additionsOff: isAbsentOr(isBoolean),
  rewriteOff: isBoolean,
});

const isBill = isRecordOf<CallBill>({
  promptTokens: isNumber,
  cachedTokens: isNumber,
  outputTokens: isNumber,
  replayTokens: isNumber,
  replayCachedTokens: isNumber,
  spent: isNumber,
  replay: isNumber,
  uncachedReplay: isNumber,
  source: isOneOf("billed", "estimated"),
  usdPerUnit: isNullOr(isNumber),
  further: isRecordOf<CallBill["further"]>({ calls: isCount, promptTokens: isNumber, cachedTokens: isNumber }),
});
const isDecision = isRecordOf<Decision>({
  compact: isBoolean,
  reason: isName,
  recall: isBoolean,
  warm: isBoolean,
  rent: isNumber,
  oneTimePrice: isNumber,
  stayCost: isNumber,
  compactCost: isNullOr(isNumber),
  cost: isNumber,
  replayTokens: isNumber,
  replayCost: isNumber,
  promptTokens: isNumber,
  briefTokens: isNumber,
  tailTokens: isNumber,
  leavingTokens: isNumber,
  shouldPrepare: isBoolean,
  shouldPrepareAtExpiry: isBoolean,
});
const isUsage = isRecordOf<Usage>({
  promptTokens: isNumber,
  cachedTokens: isNullOr(isNumber),
  cacheWriteTokens: isNullOr(isNumber),
  longCacheWriteTokens: isAbsentOr(isNullOr(isNumber)),
  completionTokens: isNumber,
});

const isPromptNote = isRecordOf<PromptNote>({
  attempt: isName,
  isRecorded: isBoolean,
  end: isNullOr(isHash),
  depth: isCount,
  known: isCount,
  own: isCount,
  sentOnly: isNullOr(isCount),
  brief: isNullOr(isCount),
  cut: isCount,
  isAdopted: isBoolean,
  forms: isListOf(isOpenRecord({ depth: isCount, form: isHash }), FORMS_MAX),
  freshForms: isListOf(isCount, FORMS_MAX),
  lasting: isListOf(
    isOpenRecord({ depth: isCount, tokens: isCount, nodes: isListOf(isCount, LIST_MAX) }),
    LASTING_BLOCKS_MAX,
  ),
  toolTokens: isNumber,
});

export const isTurnRecord: Shape = isOpenRecord({
  wire: isOneOf("chat-completions", "responses", "messages"),
  model: isNullOr(isModel),
  hasTools: isAbsentOr(isBoolean),
  rewrite: isAbsentOr(
    isOpenRecord({
      leaveAlone: isNullOr(isName),
      binding: isOneOf(null, "refuses", "drops"),
      bindsReply: isOneOf(true, false, "unasked"),
    }),
  ),
  cacheLifetime: isAbsentOr(isNullOr(isOpenRecord({ seconds: isNumber, writeFactor: isNullOr(isNumber) }))),
  isHeld: isAbsentOr(isBoolean),
  identity: isName,
  httpStatus: isCount,
  rewriteRefused: isBoolean,
  additionsRefused: isAbsentOr(isBoolean),
  head: isAbsentOr(isListOf(isHash, LIST_MAX)),
  epoch: isNullOr(isCount),
  bytes: isOpenRecord({ client: isNumber, forwarded: isNumber, reply: isNumber }),
  usage: isNullOr(isUsage),
  further: isAbsentOr(isListOf(isNullOr(isUsage), LIST_MAX)),
  bill: isNullOr(isBill),
  decision: isNullOr(isDecision),
  short: isAbsentOr(isNullOr(isOpenRecord({ all: isCount, fresh: isCount }))),
  recalled: isAbsentOr(isNullOr(isNote)),
  memory: isAbsentOr(isNullOr(isOpenRecord({ name: isName, tokens: isNumber }))),
  timings: isNumbersByName,
  prompt: isAbsentOr(isPromptNote),
});

const isLedger = isRecordOf<Ledger>({ spent: isNumber, replay: isNumber });
const isDistillerBill = isRecordOf<DistillerBill>({
  calls: isCount,
  promptTokens: isNumber,
  outputTokens: isNumber,
  spent: isNumber,
  usd: isNumber,
  pricedCalls: isCount,
});
export const isSessionLedger: Shape = isRecordOf<SessionLedger>({
  spent: isNumber,
  replay: isNumber,
  uncachedReplay: isNumber,
  usd: isRecordOf<SessionLedger["usd"]>({
    spent: isNumber,
    replay: isNumber,
    uncachedReplay: isNumber,
    turns: isCount,
  }),
  money: isRecordOf<Money>({ usd: isLedger, unpriced: isLedger }),
  tokens: isRecordOf<SessionLedger["tokens"]>({
    client: isNumber,
    forwarded: isNumber,
    cached: isNumber,
    output: isNumber,
  }),
  bytes: isRecordOf<SessionLedger["bytes"]>({ client: isNumber, forwarded: isNumber }),
  calls: isCount,
  compactions: isCount,
  missRate: (value) => isNumber(value) && (value as number) >= 0 && (value as number) <= 1,
  distiller: isAbsentOr(isDistillerBill),
});

export const isRecent: Shape = isRecordOf<SessionRow["recent"]>({
  priors: isListOf(
    isRecordOf<SessionRow["recent"]["priors"][number]>({ hash: isHash, count: isCount, chain: isHash }),
    RECENT_PRIORS_MAX,
  ),
  tips: isListOf(isHash, THREAD_TIPS_MAX),
});

const isPiece = isRecordOf<BriefPiece>({
  node: isCount,
  role: isOneOf("user", "assistant", "tool"),
  speaker: isNullOr(isLongText),
  at: isNullOr(isNumber),
  kind: isOneOf("instruction", "preference", "decision", "question", "fact"),
  text: isLongText,
  unshown: isAbsentOr(isOneOf(true)),
});
export const isPieces = isListOf(isPiece, LIST_MAX);

export const isSources = isListOf(isCount, LIST_MAX);
export const isWritten = isListOf(
  isRecordOf<BriefLine>({
    text: isLongText,
    sources: isSources,
    segment: isCount,
    kind: isOneOf("gist", "thread"),
    at: isNullOr(isNumber),
  }),
  LIST_MAX,
);
const isLines = isListOf(isRecordOf<WrittenLine>({ text: isLongText, sources: isSources }), PINS_HELD_MAX);
export const isDigest: Shape = isRecordOf<Digest>({ gists: isLines, threads: isLines, facts: isLines });
export const isSegmentCost: Shape = isDistillerBill;

export { isJson };

/** Inclusive bounds in order, apart from each other. */
export const isRanges: Shape = (value) =>
  isListOf(isListOf(isCount, 2), LIST_MAX)(value) &&
  (value as number[][]).flat().every((id, index, ids) => index === 0 || id >= (ids[index - 1] ?? 0)) &&
  (value as number[][]).every((range) => range.length === 2);

export const isKeepBits: Shape = (value) => isCount(value) && (value as number) < 2 * KEEP_COMPACTION;

const isPart = isText(64);
export const isParts = isListOf(isPart, LIST_MAX);
export const isBodies: Shape = isListOf(
  isRecordOf<RecordedBody>({
    side: isOneOf("client", "forwarded", "refused"),
    bytes: isCount,
    sha256: (value) => typeof value === "string" && /^[\da-f]{64}$/.test(value),
    httpStatus: isNullOr(isCount),
    isClient: isBoolean,
    text: isNullOr(isRecordOf<NonNullable<RecordedBody["text"]>>({ prefix: isNullOr(isHash), closing: isParts })),
  }),
  RECALL_ROUNDS_MAX + 4,
);
