/**
 * The script of the provider simulator: finds the recorded reply to a request by what the request says.
 *
 * Nothing but the request itself is looked at, so a proxy that loses or alters the newest messages gets a refusal and
 * not a lucky answer. Where the newest message occurs more than once ("Yes, please.") the messages before it decide.
 */
import type { ScriptedReply } from "../../test/fakes/provider/provider.ts";
import type { ApiClient } from "./clients/client.ts";
import { partRecalled } from "./recalled-block.ts";
import type { Step, Transcript } from "./transcript.ts";

/** A message as far as it must agree with the recording. */
type Line = string;

interface Scene {
  step: Step;
  /** How many lines of the recording lie before the reply. */
  depth: number;
}

export function scriptReplies(
  transcript: Transcript,
  readPrompt: ApiClient["readPrompt"],
): (request: unknown) => ScriptedReply {
  const lines: Line[] = [];
  const scenes = new Map<Line, Scene[]>();
  const expect = (step: Step): void => {
    const newest = lines.at(-1) ?? "";
    scenes.set(newest, [...(scenes.get(newest) ?? []), { step, depth: lines.length }]);
  };
  if (transcript.opening !== null) lines.push(lineOf("assistant", transcript.opening));
  for (const { user, steps } of transcript.turns) {
    lines.push(lineOf("user", user));
    for (const step of steps) {
      expect(step);
      if (!isSilent(step.content, step.toolCalls)) lines.push(lineOfStep(step));
      for (const { toolCallId, content } of step.results) lines.push(lineOf("tool", content, [toolCallId]));
    }
  }
  return (request) => {
    const asked = readPrompt(request)
      .lines.filter(({ role, text, callIds }) => role !== "assistant" || !isSilent(text, callIds))
      .map(({ role, text, callIds }) => lineOf(role, partRecalled(text).own, callIds));
    const candidates = scenes.get(asked.at(-1) ?? "") ?? [];
    const [best] = candidates.toSorted((one, other) => agreement(lines, other, asked) - agreement(lines, one, asked));
    if (best) return toReply(best.step);
    const message = "The newest message of this request is not one of the recorded conversation.";
    return { status: 400, error: { message } };
  };
}

function toReply({ content, toolCalls }: Step): ScriptedReply {
  return { content, ...(toolCalls.length > 0 && { toolCalls }) };
}

/** How many messages, counted from the newest, are the recorded ones. */
function agreement(lines: Line[], { depth }: Scene, asked: Line[]): number {
  let agreed = 0;
  while (agreed < depth && agreed < asked.length && lines[depth - 1 - agreed] === asked.at(-1 - agreed)) agreed += 1;
  return agreed;
}

/** A reply without words and calls: some APIs send it back as nothing at all. */
function isSilent(text: string | null, calls: unknown[]): boolean {
  return (text ?? "") === "" && calls.length === 0;
}

function lineOf(role: string, text: string, callIds: string[] = []): Line {
  return [role, ...callIds, text].join(" ");
}

function lineOfStep({ content, toolCalls }: Step): Line {
  return lineOf(
    "assistant",
    content ?? "",
    toolCalls.map(({ id }) => id),
  );
}
