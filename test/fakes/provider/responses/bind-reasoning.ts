/**
 * Holds thoughts to the prompt they were thought behind: one that follows anything else is not read.
 *
 * The provider does not refuse then; it removes the thought silently and says so in `input_transformations`, which
 * is exactly what a proxy that rewrites a history must not cause. The digest that a thought is bound to covers tools,
 * instructions and every item that was read before it. It must not look at ids: only what is read counts.
 */
import { createHash } from "node:crypto";
import type { Piece } from "../prompt-pieces.ts";
import { headPieces, itemPieces } from "./item-pieces.ts";
import { typeOf, type Item, type ResponsesRequest } from "./items.ts";
import { openSeal } from "./seal.ts";

export interface InputTransformation {
  type: "reasoning";
  id: string;
  action: "removed";
  reason: "prefix_mismatch" | "model_mismatch";
}

export interface ReadPrompt {
  /** The whole prompt as it is read, for billing. */
  pieces: Piece[];
  /** What a thought that comes next is bound to. */
  prefix: string;
  removed: InputTransformation[];
}

export function readPrompt(request: ResponsesRequest, items: Item[], isBound: boolean): ReadPrompt {
  const pieces = headPieces(request);
  const removed: InputTransformation[] = [];
  const digest = createHash("sha256");
  const take = (piece: Piece): void => {
    digest.update(`${piece.head.length} ${piece.text.length} ${piece.head}${piece.text}`);
  };
  for (const piece of pieces) take(piece);
  for (const item of items) {
    const reason =
      isBound && typeOf(item) === "reasoning" ? mismatch(item, request, digest.copy().digest("hex")) : null;
    if (reason) {
      removed.push({ type: "reasoning", id: idOf(item), action: "removed", reason });
      continue;
    }
    const more = itemPieces(item);
    for (const piece of more) take(piece);
    pieces.push(...more);
  }
  return { pieces, prefix: digest.digest("hex"), removed };
}

function mismatch(item: Item, request: ResponsesRequest, prefix: string): InputTransformation["reason"] | null {
  const sealed = openSeal(item.encrypted_content ?? "");
  if (!sealed || sealed.prefix !== prefix) return "prefix_mismatch";
  return sealed.model === request.model ? null : "model_mismatch";
}

function idOf(item: Item): string {
  return item.id ?? openSeal(item.encrypted_content ?? "")?.id ?? "";
}
