/**
 * The one tool of the app in these conversations, and the one form that it asks for.
 *
 * Its answer carries the entry that the model asked about, so that the model knows where it stands without reading what
 * came before. It must stay deterministic.
 */
import { z } from "zod";

export const LOOK_UP = {
  name: "look_up",
  description: "Looks up what a pier handled.",
  schema: z.object({ pier: z.string(), entry: z.string() }),
};

export function lookUp({ pier, entry }: { pier: string; entry: string }): string {
  const tonnes = Buffer.from(pier).reduce((sum, byte) => sum + byte, 0);
  return JSON.stringify({ pier, tonnes, unit: "t", entry });
}

/** The tool's arguments as the model wrote them. */
export function lookUpWith(json: string): string {
  return lookUp(LOOK_UP.schema.parse(JSON.parse(json)));
}

export const LOOK_UP_SCHEMA = {
  type: "object" as const,
  properties: { pier: { type: "string" as const }, entry: { type: "string" as const } },
  required: ["pier", "entry"],
  additionalProperties: false,
};

export const FEE = z.object({ pier: z.string(), fee: z.number(), due: z.boolean() });

/** A red dot. */
export const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
