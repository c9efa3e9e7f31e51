/**
 * What stands in a message whose words were deleted, and how the words of any JSON value are taken out.
 *
 * Whatever ties a message to its neighbours stays, so that a provider takes the conversation as before: who speaks, what
 * kind of thing it is, which call it belongs to. Everything else that is text goes. It must not look at what is said.
 */
export const DELETED_TEXT = "[deleted]";

const STRUCTURE = new Set(["role", "type", "id", "tool_call_id", "tool_use_id", "call_id", "name", "status"]);

/** Arguments are JSON in a string; what is encrypted or signed would be refused with other words in it. */
const ARGUMENTS = "arguments";
const SEALED = new Set(["encrypted_content", "signature"]);

export function blankValue(value: unknown, key = ""): unknown {
  if (typeof value === "string") return STRUCTURE.has(key) ? value : key === ARGUMENTS ? "{}" : DELETED_TEXT;
  if (Array.isArray(value)) return value.map((item) => blankValue(item));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value as Record<string, unknown>).filter(([name]) => !SEALED.has(name));
  return Object.fromEntries(members.map(([name, member]) => [name, blankValue(member, name)]));
}
