/**
 * What a request may say about compaction: how it asks for a summary, and how a summary comes back.
 *
 * A signed summary stands first, alone, exactly as it was returned, in place of what it summarises. Summaries without
 * a signature are those the API writes in passing, behind what they cover; they are not held to a place.
 * The codes are the ones clients look for. It must not judge the thinking that follows a summary.
 */
import { isObject } from "../chat-request.ts";
import { hasBeta, pathOf, textField, type Block, type Conversation } from "./messages-request.ts";
import { canonical } from "./prefix-chain.ts";
import { refuse, type MessagesRefusal } from "./refusal.ts";
import type { ThoughtLedger } from "./thought-ledger.ts";

export function checkCompaction(conversation: Conversation, ledger: ThoughtLedger): MessagesRefusal | null {
  return checkRequest(conversation) ?? checkBlocks(conversation, ledger);
}

function checkRequest({ request, turns, betas }: Conversation): MessagesRefusal | null {
  const { compaction, output_config: output, tool_choice: choice } = request;
  if (!isObject(compaction)) return null;
  if (!hasBeta(betas, "compact-2026-09-04")) {
    return refuse("the `compaction` parameter requires anthropic-beta: compact-2026-09-04");
  }
  if (compaction["type"] !== "summarize") return refuse("compaction.type: Input should be 'summarize'");
  const clash = ["context_management", "stop_sequences"].find(
    (name) => request[name] !== undefined && request[name] !== null,
  );
  if (clash !== undefined) return refuse(`compaction: cannot be combined with \`${clash}\``);
  if (isObject(output) && output["format"]) return refuse("compaction: cannot be combined with `output_config.format`");
  if (isObject(choice) && (choice["type"] === "any" || choice["type"] === "tool")) {
    return refuse(`compaction: cannot be combined with \`tool_choice\` of type \`${choice["type"]}\``);
  }
  const hasWords = turns.some(({ role, blocks }) => role !== "system" && blocks.length > 0);
  if (hasWords) return null;
  return refuse("compaction: `messages` holds nothing to summarize", "compaction_nothing_to_summarize");
}

function checkBlocks({ turns }: Conversation, ledger: ThoughtLedger): MessagesRefusal | null {
  const placed = turns.flatMap(({ blocks }) => blocks).filter(({ block }) => block.type === "compaction");
  const signed = placed.filter(({ block }) => typeof block["signature"] === "string");
  if (signed.filter(({ block }) => block["content"]).length > 1) {
    return refuse(
      "`messages` holds more than one `compaction` block; send only the newest",
      "compaction_block_ambiguous",
    );
  }
  const [first] = turns[0]?.blocks ?? [];
  for (const summary of signed) {
    if (summary !== first || summary.role === "system") {
      const rule =
        "`compaction` block must be sent first, in place of the messages it summarizes; remove those messages";
      return refuse(`${pathOf(summary)}: ${rule}`, "compaction_block_misplaced");
    }
    const refusal = checkUnchanged(summary.block, pathOf(summary), ledger);
    if (refusal) return refusal;
  }
  return null;
}

function checkUnchanged(block: Block, path: string, ledger: ThoughtLedger): MessagesRefusal | null {
  const issued = ledger.summary(textField(block, "signature"));
  if (!issued) return refuse(`${path}: Invalid \`signature\` in \`compaction\` block`, "compaction_signature_invalid");
  if (issued.content !== block["content"]) {
    return refuse(`${path}: \`content\` does not match the \`signature\``, "compaction_content_mismatch");
  }
  if (issued.toolChanges === canonical(block["tool_changes"])) return null;
  return refuse(`${path}: \`tool_changes\` does not match the \`signature\``, "compaction_tool_changes_mismatch");
}
