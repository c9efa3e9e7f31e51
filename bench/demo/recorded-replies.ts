/**
 * The script of the provider simulator: finds the recorded reply to a request by what the request says.
 *
 * Nothing but the request itself is looked at, so a proxy that loses or alters the newest messages gets a refusal and
 * not a lucky answer. Where the newest message occurs more than once ("Yes, please.") the messages before it decide.
 */
import type { ChatMessage, ChatRequest, ScriptedReply } from "../../test/fakes/provider/provider.ts";
import type { Step, Transcript } from "./transcript.ts";

/** A message as far as it must agree with the recording. */
type Line = string;

interface Scene {
  step: Step;
  /** How many lines of the recording lie before the reply. */
  depth: number;
}

export function scriptReplies(transcript: Transcript): (request: ChatRequest) => ScriptedReply {
  const lines: Line[] = [];
  const scenes = new Map<Line, Scene[]>();
  const expect = (step: Step): void => {
    const newest = lines.at(-1) ?? "";
    scenes.set(newest, [...(scenes.get(newest) ?? []), { step, depth: lines.length }]);
  };
  if (transcript.opening !== null) lines.push(`assistant ${transcript.opening}`);
  for (const { user, steps } of transcript.turns) {
    lines.push(`user ${user}`);
    for (const step of steps) {
      expect(step);
      lines.push(lineOfStep(step));
      for (const { toolCallId, content } of step.results) lines.push(`tool ${toolCallId} ${content}`);
    }
  }
  return ({ messages }) => {
    const asked = messages.map(lineOf);
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

function lineOf(message: ChatMessage): Line {
  const { role, content, tool_calls: calls = [] } = message;
  const text = typeof content === "string" ? content : content ? JSON.stringify(content) : "";
  if (role === "tool") return `tool ${message.tool_call_id} ${text}`;
  return [role, text, ...calls.map((call) => call.id)].join(" ");
}

function lineOfStep({ content, toolCalls }: Step): Line {
  return ["assistant", content ?? "", ...toolCalls.map((call) => call.id)].join(" ");
}
