/**
 * Counts what short forms save, which was estimated when they went up.
 *
 * Part of the alarm's work, once the messages themselves are counted. As many at a time as a request may have to wait
 * for; what is left is counted after the thread's next turn. It must not run before a first byte.
 */
import { ESTIMATED_CHARS_PER_TOKEN, MESSAGE_OVERHEAD_TOKENS, TOKENS_COUNTED_PER_RUN_MAX } from "../../model/limits.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { TokenCounter } from "../../ports/token-counter.ts";
import type { FormRef } from "./form-store.ts";
import type { SessionTables } from "../tables.ts";

interface CountPorts {
  counter: TokenCounter;
  reader: MessageReader;
}

export function countForms({ store, forms }: SessionTables, ports: CountPorts, refs: readonly FormRef[]): void {
  const { counter, reader } = ports;
  let chars = 0;
  for (const size of forms.uncounted(refs)) {
    if (chars > 0 && chars + size.chars > TOKENS_COUNTED_PER_RUN_MAX * ESTIMATED_CHARS_PER_TOKEN) return;
    chars += size.chars;
    const node = store.find(size.node);
    const [form] = forms.read([{ depth: 0, form: size.hash, refersTo: null }]);
    if (!node || !form) continue;
    const spoken = reader.readText(node.wire, form.json).map(({ text }) => text);
    const tokens = counter.countTokens(spoken.join("\n")) + MESSAGE_OVERHEAD_TOKENS;
    forms.setSavedTokens(size.hash, Math.max(0, node.tokens - tokens));
  }
}
