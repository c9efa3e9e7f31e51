/**
 * The kinds of JSON values a parameter may have, and the sentence for a value of another kind.
 *
 * All APIs of one provider judge types alike, so their tables of parameters share these words.
 * It must not know any parameter: which name has which kind is written beside the API's rules.
 */
import { isObject } from "./chat-request.ts";
import { invalidType, type Refusal } from "./refusal.ts";

export type Kind = "string" | "boolean" | "number" | "array" | "object" | "text or array" | "any";

const EXPECTED: Record<Exclude<Kind, "any">, string> = {
  string: "a string",
  boolean: "a boolean",
  number: "a number",
  array: "an array of objects",
  object: "an object",
  "text or array": "one of a string or array of objects",
};

export function checkKind(path: string, kind: Kind, value: unknown): Refusal | null {
  if (kind === "any" || isKind(kind, value)) return null;
  return invalidType(path, EXPECTED[kind], value);
}

function isKind(kind: Exclude<Kind, "any">, value: unknown): boolean {
  if (kind === "array") return Array.isArray(value);
  if (kind === "object") return isObject(value);
  if (kind === "text or array") return typeof value === "string" || Array.isArray(value);
  return typeof value === kind;
}
