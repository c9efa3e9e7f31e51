/**
 * The model behind both simulators: what it answers depends on the last thing said to it and on nothing before that.
 *
 * So a prompt with a brief in it gets the very reply that the whole history gets, and whatever differs between two runs is
 * the doing of what lies between app and provider. The one thing it remembers is how often it was told to fail.
 */
import { RECALLED_LABEL } from "../../src/plan/frame-recalled.ts";
import type { ScriptedReply } from "../fakes/provider/provider.ts";
import { readMark, writeMark } from "./conversation.ts";
import type { Conversation } from "./conversation.ts";

export interface ScriptedModel {
  reply(request: unknown): ScriptedReply;
}

export function createModel(conversations: ReadonlyMap<string, Conversation>): ScriptedModel {
  const failed = new Map<string, number>();
  return {
    reply(request) {
      // What was recalled stands behind the user's words, with marks of its own.
      const [own = ""] = JSON.stringify(lastSaid(request)).split(RECALLED_LABEL);
      const mark = readMark(own);
      const turn = mark && conversations.get(mark.run)?.turns[mark.turn];
      const step = turn?.steps[mark?.step ?? 0];
      if (!mark || !turn || !step) return { status: 422, error: { message: "The script knows no answer to this." } };

      const place = writeMark(mark);
      const failures = failed.get(place) ?? 0;
      if (mark.step === 0 && failures < (turn.failures ?? 0)) {
        failed.set(place, failures + 1);
        return { status: 500, extraHeaders: { "retry-after-ms": "1", "retry-after": "0" } };
      }
      const next = writeMark({ ...mark, step: mark.step + 1 });
      const calls = (step.look ?? []).map((pier) => ({
        name: "look_up",
        arguments: JSON.stringify({ pier, entry: next }),
      }));
      return {
        content: step.text ?? null,
        ...(calls.length > 0 && { toolCalls: calls }),
        ...(step.thought !== undefined && { reasoning: step.thought }),
      };
    },
  };
}

/** The last message or item of a request of any API. */
function lastSaid(request: unknown): unknown {
  const { messages, input } = request as { messages?: unknown; input?: unknown };
  const said = messages ?? input ?? "";
  return Array.isArray(said) ? said.at(-1) : said;
}
