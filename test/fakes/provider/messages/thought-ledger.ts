/**
 * Every thought and every summary this simulator has signed, and what each is bound to.
 *
 * A signature is only a name to look up here, as opaque to a client as a real one. A thought remembers what stood
 * before it and which thought came before it; a call remembers the thoughts of its reply, so that a tool loop can be
 * held to them. It must not decide whether a binding still holds.
 */
import { isThought, textField, type Block, type Role } from "./messages-request.ts";
import { identifier } from "../render-reply.ts";

interface Thought {
  /** As sent to the client; empty when only the signature was. */
  text: string;
  model: string;
  prefix: string;
  /** The thought before it in the conversation. */
  previous: string | null;
}

interface Summary {
  content: string;
  toolChanges: string;
  model: string;
  root: string;
  /** What stood before the place behind the last message it summarises. */
  after: string;
  lastRole: Role;
}

const SIGNATURE_CHARACTERS = 76;

export class ThoughtLedger {
  readonly #thoughts = new Map<string, Thought>();
  readonly #summaries = new Map<string, Summary>();
  readonly #loops = new Map<string, string[]>();

  thought(block: Block): Thought | undefined {
    return this.#thoughts.get(markOf(block));
  }

  sign(block: Block, thought: Omit<Thought, "text">, seed: string): Block {
    const mark = identifier("EqQB", SIGNATURE_CHARACTERS, seed);
    this.#thoughts.set(mark, { ...thought, text: textField(block, "thinking") });
    return { ...block, [block.type === "thinking" ? "signature" : "data"]: mark };
  }

  summary(signature: string): Summary | undefined {
    return this.#summaries.get(signature);
  }

  signSummary(summary: Summary, seed: string): string {
    const mark = identifier("EuYB", SIGNATURE_CHARACTERS, seed);
    this.#summaries.set(mark, summary);
    return mark;
  }

  /** Remembers which thoughts belong to the calls of a reply. */
  keepLoop(content: Block[]): void {
    const marks = content.filter((block) => isThought(block)).map((block) => markOf(block));
    if (marks.length === 0) return;
    for (const block of content) if (block.type === "tool_use") this.#loops.set(textField(block, "id"), marks);
  }

  loop(callId: string): string[] | undefined {
    return this.#loops.get(callId);
  }
}

export function markOf(block: Block): string {
  return textField(block, block.type === "thinking" ? "signature" : "data");
}
