/**
 * Calls that an agent makes about a conversation, not in it: its own compaction.
 *
 * Such a call must see the whole history: what it summarises would otherwise be a summary already. The sentences are
 * openings of the prompts that agents send in 2026, as recorded; a prompt that is not known here is still recognised by
 * the session when the call comes without the tools that the conversation has.
 */
const COMPACTION_PROMPTS = [
  // Codex
  /You are performing a CONTEXT CHECKPOINT COMPACTION/,
  // Claude Code, before 2.1.330 and since
  /Your task is to create a detailed summary of (?:this|the) (?:RECENT portion of the )?conversation/,
  /^CRITICAL: Respond with TEXT ONLY\. Do NOT call any tools\./,
  // opencode
  /Provide a detailed prompt for continuing our conversation above/,
  /Summarize our conversation above/,
];

export function isCompactionPrompt(text: string): boolean {
  return COMPACTION_PROMPTS.some((prompt) => prompt.test(text));
}
