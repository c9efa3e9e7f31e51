/**
 * What the simulator says when no script was given: a reply that depends on the last thing said and nothing else, or
 * the call of a tool that the user wishes for.
 *
 * It reads the last message or item of any of the three APIs, so that one default serves them all and a test can
 * tell by the reply which text arrived. It must accept every shape that the rules let pass.
 */
import { isObject } from "./chat-request.ts";
import type { Api, RequestBody, ScriptedReply, Seen } from "./scripted-reply.ts";

const EXCERPT_CHARACTERS = 200;

/** "Use look_up with {"pier": 3}": a user's wish that a tool be called, on a line of its own. */
const WISH = /^use (\w+) with (\{.*\})$/im;

export function echoReply(request: RequestBody, { api }: Seen): ScriptedReply {
  const { role, text } = lastSaid(api, request);
  const [, name, input] = role === "user" ? (WISH.exec(text) ?? []) : [];
  if (name !== undefined && input !== undefined && hasTool(request, name))
    return { content: "One moment.", toolCalls: [{ name, arguments: input }] };
  const excerpt = text.slice(0, EXCERPT_CHARACTERS).toWellFormed();
  return { content: `You (${role}) said, in ${text.length} characters: ${excerpt}` };
}

export function lastTextOf(api: Api, body: RequestBody): string {
  return lastSaid(api, body).text;
}

/** Whether a tool of this name is defined, in the words of any of the three APIs. */
export function hasTool({ tools }: RequestBody, name: string): boolean {
  const defined: unknown[] = Array.isArray(tools) ? tools : [];
  return defined.some(
    (tool) => isObject(tool) && (isObject(tool["function"]) ? tool["function"] : tool)["name"] === name,
  );
}

function lastSaid(api: Api, body: RequestBody): { role: string; text: string } {
  const said = api === "responses" ? body.input : body.messages;
  if (typeof said === "string") return { role: "user", text: said };
  const last: unknown = said?.at(-1);
  if (!isObject(last)) return { role: "user", text: "" };
  const role = typeof last["role"] === "string" ? last["role"] : "tool";
  return { role, text: textIn(last["content"] ?? last["output"]) };
}

/** Text in a content or output, one part per line; a tool result's own content counts too. */
function textIn(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((part: unknown) => partText(part) ?? []).join("\n");
}

function partText(part: unknown): string | undefined {
  if (!isObject(part)) return undefined;
  const text = part["text"] ?? part["refusal"];
  if (typeof text === "string") return text;
  return part["type"] === "tool_result" ? textIn(part["content"]) : undefined;
}
