/**
 * What every API must offer so that the model can search the conversation's archive itself, unseen by the client.
 *
 * The tool is one more definition behind the client's own. The upstream calls that a turn then takes are merged into
 * one reply: events of the tool are left out, ids, places and numbers go on from the first call, usage is added up.
 * Nothing here sends or stores; a wire only says what the next body is and what the client sees of each event.
 */
import { RECALL_TOOL_NAME } from "../model/recall-call.ts";
import type { RecallCall, RecallRefusal } from "../model/recall-call.ts";
import { asText, findSlice, isRecord, readMembers, textOf } from "./read-members.ts";
import type { Member } from "./json-slices.ts";
import { splice, withMembers } from "./splice-body.ts";
import type { Splice } from "./splice-body.ts";
import type { DecodedRequest, ReadReply } from "./wire.ts";

/** A call of the tool, as the upstream named it. */
export interface NamedCall {
  id: string;
  /** Null: its arguments are none that can be read. */
  call: RecallCall | null;
}

export interface AnsweredCall {
  id: string;
  text: string;
}

/** What a reply calls. */
export interface ReplyCalls {
  /** Calls of the recall tool. */
  ours: NamedCall[];
  /** Whether the reply waits for nothing but those. */
  isAwaited: boolean;
}

export interface RecallTool {
  /** The tool as it stands in `tools`: always the same bytes. */
  readonly definition: string;
  /** Why it has no place in this request. Null: it has. */
  judge(request: DecodedRequest): RecallRefusal | null;
  readCalls(reply: ReadReply): ReplyCalls;
  /**
   * The body of the next call: the one before, the reply to it, the answers. Null: it has no place for them.
   *
   * @param isLast the model may not call any tool again in this turn
   */
  continueWith(body: string, reply: ReadReply, answers: readonly AnsweredCall[], isLast: boolean): string | null;
  /** The plain bodies of a turn's calls as one; the last one ends the turn, whatever it waits for. */
  mergeBodies(bodies: readonly string[]): MergedBody;
  mergeStreams(): StreamMerger;
}

export interface MergedBody {
  text: string;
  /** Whether there is anything in it that a client would miss. */
  hasContent: boolean;
}

/** The streams of a turn's calls as one. */
export interface StreamMerger {
  /** The next call begins. */
  begin(): void;
  /** What the client gets for an event: null for the event as it came, "" for nothing. */
  take(data: string, name: string | null): string | null;
  /** The current call has said everything that it will. */
  readonly isOver: boolean;
  /** The current call has said why it stops. */
  readonly hasEnded: boolean;
  /** The current call waits for nothing but answers of ours; its end was left out. */
  readonly isAwaiting: boolean;
  /** The current call ended in an error, which `take` has let through. */
  readonly hasFailed: boolean;
  /** The client has something of the current call. */
  readonly hasShown: boolean;
  /** The events that end the reply where no further call can. */
  close(): string;
}

/** Null: one of them is no object. */
export function readBodies(bodies: readonly string[]): Record<string, unknown>[] | null {
  try {
    const read = bodies.map((body): unknown => JSON.parse(body));
    return read.every(isRecord) ? read : null;
  } catch {
    return null;
  }
}

/** A conversation that has lost nothing has no record at its beginning: there a search would be a call for nothing. */
const DESCRIPTION =
  "Searches the part of this conversation that is no longer shown. " +
  "There is such a part only where the conversation begins with a record of it. " +
  "Use this when the answer depends on something that was said there and the record does not say. " +
  "`query` finds what was said, word for word, with dates and message ids; `open` reads one of these messages whole.";

/** What the definition says on every API. */
export const RECALL_FUNCTION = {
  name: RECALL_TOOL_NAME,
  description: DESCRIPTION,
  parameters: {
    type: "object",
    properties: {
      query: { type: "string", description: "What to look for, in the words that were probably used." },
      open: { type: "string", description: "Id of a message from an earlier result." },
    },
  },
} as const;

/** Reasons that no API makes a difference to. */
export function judgeRequest(request: DecodedRequest): RecallRefusal | null {
  const { leaveAlone, tools, format, manyChoices } = request;
  if (leaveAlone !== null) return leaveAlone === "context_management" ? leaveAlone : "side_request";
  if (format !== "") return "forced_format";
  if (manyChoices) return "not_joinable";
  return tools.includes(RECALL_TOOL_NAME) ? "name_taken" : null;
}

export function readArguments(json: string): RecallCall | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const [query, open] = [asText(value["query"]), asText(value["open"])];
  return query === null && open === null ? null : { query, open };
}

/** The definition behind the client's tools, or as the only one. */
export function addTool(text: string, members: readonly Member[], definition: string): Splice[] {
  const tools = findSlice(members, "tools");
  if (tools === null) return withMembers(members, [`"tools":[${definition}]`]);
  if (isEmptyList(textOf(text, tools))) return [{ ...tools, text: `[${definition}]` }];
  return [{ start: tools.end - 1, end: tools.end - 1, text: `,${definition}` }];
}

/** The same for a list that stands alone. */
export function appendTool(list: string, definition: string): string {
  return isEmptyList(list) ? `[${definition}]` : `${list.slice(0, -1)},${definition}]`;
}

function isEmptyList(literal: string): boolean {
  return /^(?:null|\[\s*\])$/.test(literal);
}

/** Puts messages behind the last one of the list `key`, and sets a member where one is given. */
export function appendMessages(
  body: string,
  key: string,
  messages: readonly string[],
  choice: string | null,
): string | null {
  const members = readMembers(body);
  const list = members && findSlice(members, key);
  if (!members || !list || messages.length === 0) return null;
  const literal = textOf(body, list);
  const added = messages.join(",");
  const more: Splice | null = literal.startsWith("[")
    ? { start: list.end - 1, end: list.end - 1, text: `,${added}` }
    : literal.startsWith('"')
      ? { ...list, text: `[{"role":"user","content":${literal}},${added}]` }
      : null;
  return more && splice(body, [more, ...setMember(members, "tool_choice", choice)]);
}

function setMember(members: readonly Member[], key: string, value: string | null): Splice[] {
  if (value === null) return [];
  const own = findSlice(members, key);
  return own ? [{ ...own, text: value }] : withMembers(members, [`${JSON.stringify(key)}:${value}`]);
}

/** One event as it goes to the client. */
export function eventText(value: unknown, name: string | null): string {
  return `${name === null ? "" : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;
}
