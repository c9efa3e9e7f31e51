/**
 * The operations of the API as its description names them, and a check of answers against their schemas.
 *
 * The description is the file that the Worker serves. It must not know any operation by name.
 */
import { fromJSONSchema } from "zod";
import description from "../../src/inspect/openapi.json" with { type: "json" };

export interface Operation {
  id: string;
  method: string;
  path: string;
  isPublic: boolean;
  /** Status of the answer when all is well. */
  status: number;
  /** By status: the schema for each type of content; nothing where an answer has none. */
  answers: Record<string, Record<string, Schema>>;
}

type Schema = Record<string, unknown>;

interface Described {
  operationId: string;
  security?: unknown[];
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: Schema }> }>;
}

interface Description {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema>; responses: Described["responses"] };
}

export const DESCRIPTION = description as unknown as Description;

export const OPERATIONS: readonly Operation[] = Object.entries(DESCRIPTION.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId: id, security, responses }]) => ({
    id,
    path,
    method: method.toUpperCase(),
    isPublic: security?.length === 0,
    status: Number(Object.keys(responses).find((status) => status.startsWith("2"))),
    answers: Object.fromEntries(
      Object.entries(responses).map(([status, answer]) => {
        const { content = {} } = answer.$ref ? (DESCRIPTION.components.responses[nameOf(answer.$ref)] ?? {}) : answer;
        return [status, Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema]))];
      }),
    ),
  })),
);

/** What is wrong with a value that should be of the schema with this name; empty where nothing is. */
export function problemsOf(schema: string | Schema, value: unknown): string[] {
  const wanted = typeof schema === "string" ? { $ref: `#/components/schemas/${schema}` } : schema;
  // The validator resolves references within one schema only.
  const whole = JSON.stringify({ ...wanted, $defs: DESCRIPTION.components.schemas });
  const parsed = fromJSONSchema(JSON.parse(whole.replaceAll("#/components/schemas/", "#/$defs/")) as Schema);
  const result = parsed.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

/** The same for a whole answer of an operation; it must be one that is described. */
export function problemsOfAnswer(operation: Operation, status: number, type: string, text: string): string[] {
  const [media = ""] = type.split(";");
  const schema = operation.answers[status]?.[media];
  if (schema === undefined) return [`${operation.id} does not describe ${status} ${media}`];
  return problemsOf(schema, schema["type"] === "string" ? text : JSON.parse(text));
}

function nameOf(reference: string): string {
  return reference.split("/").at(-1) ?? "";
}
