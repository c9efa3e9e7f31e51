/**
 * Whether a reply is the recorded one, to the letter, and in what it differs when it is not.
 *
 * Arguments are compared as the API hands them over: as text, or as the value that the text stands for. It must not
 * forgive anything else.
 */
import type { Said } from "./clients/client.ts";
import type { Step } from "./transcript.ts";

/** What is wrong with a reply, or null. */
export function differenceFrom(step: Step, { content, toolCalls }: Said): string | null {
  if ((content ?? "") !== (step.content ?? ""))
    return `the reply begins ${excerpt(content)} where ${excerpt(step.content)} is recorded`;
  const calls = toolCalls.map((call) => [call.id, call.name, call.arguments]);
  const recorded = step.toolCalls.map((call, index) => {
    const isText = typeof toolCalls[index]?.arguments === "string";
    return [call.id, call.name, isText ? call.arguments : valueOf(call.arguments)];
  });
  if (JSON.stringify(calls) === JSON.stringify(recorded)) return null;
  return `the reply calls ${JSON.stringify(calls)} where ${JSON.stringify(recorded)} is recorded`;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    return text;
  }
}

function excerpt(text: string | null): string {
  return text === null ? "nothing" : JSON.stringify(text.slice(0, 60));
}
