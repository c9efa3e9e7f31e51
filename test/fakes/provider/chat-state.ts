/**
 * What a Chat Completions provider remembers of its own replies: spoken answers, and thoughts behind tool calls.
 *
 * Both come back by reference or verbatim in later requests, so a proxy that rewrites a history can break them.
 * Audio ids expire; thoughts (DeepSeek's `reasoning_content`) must return unchanged for as long as the turn does.
 * It must not render replies and must not read a clock.
 */
import type { ChatMessage, ChatRequest } from "./chat-request.ts";
import type { Choice } from "./render-reply.ts";
import { refuse, type Refusal } from "./refusal.ts";

const PASS_BACK = "The `reasoning_content` in the thinking mode must be passed back to the API.";

export class ChatState {
  /** Thoughts are shown as `reasoning_content`, and wanted back with tool calls. */
  readonly reasoningContent: boolean;
  readonly #audioExpiresAtSeconds = new Map<string, number>();
  readonly #thoughtBehindCall = new Map<string, string>();

  constructor(reasoningContent: boolean) {
    this.reasoningContent = reasoningContent;
  }

  remember(choices: Choice[]): void {
    for (const { audio, toolCalls, reasoning } of choices) {
      if (audio) this.#audioExpiresAtSeconds.set(audio.id, audio.expires_at);
      if (!this.reasoningContent || reasoning === null) continue;
      for (const call of toolCalls) this.#thoughtBehindCall.set(call.id, reasoning);
    }
  }

  check({ messages }: ChatRequest, nowMs: number): Refusal | null {
    for (const [index, message] of messages.entries()) {
      const refusal = this.#checkAudio(message, index, nowMs) ?? this.#checkThought(message);
      if (refusal) return refusal;
    }
    return null;
  }

  #checkAudio({ audio }: ChatMessage, index: number, nowMs: number): Refusal | null {
    if (!audio) return null;
    const expiresAt = this.#audioExpiresAtSeconds.get(audio.id);
    const path = `messages[${index}].audio.id`;
    if (expiresAt === undefined) return refuse(`Audio with id '${audio.id}' not found.`, path, "audio_not_found");
    if (nowMs < expiresAt * 1000) return null;
    return refuse(`Audio with id '${audio.id}' has expired.`, path, "audio_expired");
  }

  #checkThought({ tool_calls: calls = [], reasoning_content: passedBack }: ChatMessage): Refusal | null {
    const forgotten = calls.some((call) => {
      const thought = this.#thoughtBehindCall.get(call.id);
      return thought !== undefined && thought !== passedBack;
    });
    return forgotten ? refuse(PASS_BACK) : null;
  }
}
