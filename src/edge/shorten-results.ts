/**
 * Tool results in short form, in a body on its way up.
 *
 * What went up short before stays short: the texts of the session's form are spliced into the client's own message,
 * whose markers and spelling stay its own. Of the new results the large ones become short before they go up for the
 * first time; everything older than the newest reply was answered as it stood, and stays. No tokenizer: sizes are
 * characters.
 */
import { ESTIMATED_CHARS_PER_TOKEN, FORMS_MAX, SHORTENED_CHARS_MAX } from "../model/limits.ts";
import type { Message } from "../model/message.ts";
import { hashText } from "../model/hash.ts";
import type { KnownResult, ShortForm, ShortenMessage, ToolCall } from "../ports/result-shortener.ts";
import type { KnownForm, OpenReply, ReplacedMessage, Shortening } from "../ports/session.ts";
import { textOf } from "../wire/read-members.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import type { History } from "./read-history.ts";

export interface ShortResults {
  /** Messages of the client's own that go up in another form. */
  replaced: ReplacedMessage[];
  /** Those of them that are new, and the large results among the new messages. */
  forms: ShortForm[];
  results: KnownResult[];
}

export const WHOLE_RESULTS: ShortResults = { replaced: [], forms: [], results: [] };

interface Body {
  wire: Wire;
  request: DecodedRequest;
  history: History;
}

interface Rules {
  shorten: ShortenMessage;
  keepTools: ReadonlySet<string>;
  wholeResultChars: number;
}

export function shortenResults(
  body: Body,
  { replaced, shortening }: Extract<OpenReply, { kind: "opened" }>,
  rules: Rules,
): ShortResults {
  const fresh = shortening === null ? WHOLE_RESULTS : shortenNew(body, shortening, rules);
  return { ...fresh, replaced: [...replaced.flatMap((message) => repeatForm(body, message)), ...fresh.replaced] };
}

/** The short form again; where the client writes its message otherwise now, its texts in what the client writes. */
function repeatForm({ wire, request }: Body, { index, json, original }: KnownForm): ReplacedMessage[] {
  const slice = request.history[index];
  if (slice === undefined) return [];
  const own = textOf(request.text, slice);
  if (hashText(own) === original) return [{ index, json }];
  const texts: string[] = [];
  wire.replaceResults(json, ({ text }) => {
    texts.push(text);
    return null;
  });
  let next = 0;
  const short = wire.replaceResults(own, ({ text }) => {
    const other = texts[next++];
    return other === undefined || other === text ? null : other;
  });
  return short === null ? [] : [{ index, json: short }];
}

function shortenNew({ wire, history }: Body, shortening: Shortening, rules: Rules): ShortResults {
  const { messages, prior } = history;
  // What has been answered went up as it was.
  const answered = messages.findLastIndex(({ role }) => role === "assistant");
  const first = Math.max(0, shortening.from - (prior?.count ?? 0), answered + 1);
  const replaced: ReplacedMessage[] = [];
  const forms: ShortForm[] = [];
  const results: KnownResult[] = [];
  let calls: Map<string, ToolCall> | null = null;
  let charsLeft = SHORTENED_CHARS_MAX;
  let formCharsLeft = shortening.charsMax;
  for (const [place, message] of messages.entries()) {
    if (place < first || message.json.length < rules.wholeResultChars || message.keep !== 0) continue;
    calls ??= readCalls(wire, messages.slice(0, answered + 1), shortening.calling);
    const index = place + (prior?.count ?? 0);
    const short = rules.shorten(
      {
        depth: shortening.depth + index + 1,
        original: hashText(message.json),
        replaceResults: (shorten) => wire.replaceResults(message.json, shorten),
      },
      {
        calls,
        earlier: [...shortening.results, ...results],
        keepTools: rules.keepTools,
        countTokens: (text) => Math.ceil(text.length / ESTIMATED_CHARS_PER_TOKEN),
        charsMin: rules.wholeResultChars,
        charsMax: charsLeft,
      },
    );
    charsLeft -= short.chars;
    results.push(...short.results);
    const { form } = short;
    if (form === null || form.json.length > formCharsLeft || forms.length >= FORMS_MAX) continue;
    formCharsLeft -= form.json.length;
    forms.push(form);
    replaced.push({ index, json: form.json });
  }
  return { replaced, forms, results };
}

/** The calls of the newest reply: as the client sent it, or, where it left it out, as it is stored. */
function readCalls(wire: Wire, messages: readonly Message[], stored: readonly string[]): Map<string, ToolCall> {
  const own: string[] = [];
  for (const { role, json } of messages.toReversed()) {
    if (role !== "assistant") break;
    own.unshift(json);
  }
  const calling = own.length > 0 ? own : stored;
  return new Map(calling.flatMap((json) => wire.readCalls(json)).map((call) => [call.id, call]));
}
