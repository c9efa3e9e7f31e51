/**
 * Short forms for the tool results that a compaction leaves in the prompt.
 *
 * A compaction rewrites the prompt in any case, so results that went up whole so far may become short with it. Made when
 * its brief is, in the alarm, from what then stands behind the cut alone: no result may point at one that leaves. It
 * must not decide whether they are used.
 */
import { shortenMessage } from "../../distil/tools/shorten-message.ts";
import type { Hash } from "../../model/hash.ts";
import { FORMS_CHARS_MAX, FORMS_MAX, SHORTENED_CHARS_MAX, SHORTENED_RESULT_CHARS_MIN } from "../../model/limits.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { KnownResult, ToolCall } from "../../ports/result-shortener.ts";
import type { TokenCounter } from "../../ports/token-counter.ts";
import type { FormRef } from "./form-store.ts";
import type { SessionTables } from "../tables.ts";

interface FormPorts {
  counter: TokenCounter;
  reader: MessageReader;
  keepTools: ReadonlySet<string>;
}

/** Forms of the messages of the thread that lie deeper than `cut`. */
export function prepareForms(
  { store, forms }: SessionTables,
  { counter, reader, keepTools }: FormPorts,
  end: Hash,
  cut: number,
): FormRef[] {
  const calls = new Map<string, ToolCall>();
  const earlier: KnownResult[] = [];
  const refs: FormRef[] = [];
  let charsLeft = SHORTENED_CHARS_MAX;
  let formCharsLeft = FORMS_CHARS_MAX;
  for (const { node, json } of store.bodiesBelow(end, cut)) {
    if (node.role === "assistant") for (const call of reader.readCalls(node.wire, json)) calls.set(call.id, call);
    if (node.role === "assistant" || node.keep !== 0 || refs.length >= FORMS_MAX) continue;
    const { form, results, chars } = shortenMessage(
      {
        depth: node.depth,
        original: node.message,
        replaceResults: (shorten) => reader.replaceResults(node.wire, json, shorten),
      },
      {
        calls,
        earlier,
        keepTools,
        countTokens: (text) => counter.countTokens(text),
        charsMin: SHORTENED_RESULT_CHARS_MIN,
        charsMax: charsLeft,
      },
    );
    earlier.push(...results);
    charsLeft -= chars;
    if (form === null || form.json.length > formCharsLeft) continue;
    formCharsLeft -= form.json.length;
    refs.push(forms.add(form, node.chain, true));
  }
  return refs;
}
