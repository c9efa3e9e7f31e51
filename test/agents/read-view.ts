/**
 * What a model sees of a request, for any of the three APIs: the tools on offer, the user's words and tool results.
 *
 * Only so much as the script needs; everything else in a body (system prompts, thoughts, settings) is passed over.
 * It must tolerate any shape, because it is the simulator's place to refuse one.
 */
import type { Api } from "../fakes/provider/provider.ts";

export interface View {
  tools: string[];
  /** In the order of the conversation. */
  events: { kind: "user" | "result"; text: string }[];
}

type Fields = Record<string, unknown>;

export function readView(api: Api, body: unknown): View {
  const fields = fieldsOf(body);
  const tools = listOf(fields["tools"]).flatMap(nameOf);
  if (api === "responses") {
    const input = fields["input"];
    const items = typeof input === "string" ? [{ role: "user", content: input }] : listOf(input);
    return { tools, events: items.flatMap(eventsOfItem) };
  }
  return { tools, events: listOf(fields["messages"]).flatMap(eventsOfMessage) };
}

function eventsOfItem(item: Fields): View["events"] {
  if (isOutput(item["type"])) return [{ kind: "result", text: textOf(item["output"]) }];
  return item["role"] === "user" ? [{ kind: "user", text: textOf(item["content"]) }] : [];
}

function eventsOfMessage({ role, content }: Fields): View["events"] {
  if (role === "tool") return [{ kind: "result", text: textOf(content) }];
  if (role !== "user") return [];
  if (typeof content === "string") return [{ kind: "user", text: content }];
  return listOf(content).map((block) =>
    block["type"] === "tool_result"
      ? { kind: "result", text: textOf(block["content"]) }
      : { kind: "user", text: textOf([block]) },
  );
}

function isOutput(type: unknown): boolean {
  return typeof type === "string" && type.endsWith("_call_output");
}

function nameOf(tool: Fields): string[] {
  const name = tool["name"] ?? fieldsOf(tool["function"])["name"];
  return typeof name === "string" ? [name] : [];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map(({ text }) => (typeof text === "string" ? text : ""))
    .join("\n");
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
