/**
 * A small archive in memory for the tests of recall, filled from a list of lines.
 *
 * Counts tokens with the real tokenizer, because budgets are promised in its tokens.
 */
import { gptTokenCounter } from "../../../src/adapters/gpt-token-counter.ts";
import { addMessage, createArchive } from "../../../src/recall/archive.ts";
import type { RecallMessage } from "../../../src/recall/message.ts";
import type { Sql } from "../../../src/ports/sql.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";

export const countTokens = (text: string): number => gptTokenCounter.countTokens(text);

export function openArchive(path?: string): Sql & { close(): void } {
  const sql = openNodeSql(path);
  createArchive(sql);
  return sql;
}

export function message(node: number, text: string, rest: Partial<RecallMessage> = {}): RecallMessage {
  return { node, role: node % 2 === 1 ? "user" : "assistant", speaker: null, text, at: null, ...rest };
}

/** Lines become messages 1, 2, 3 ...; user and assistant take turns. */
export function fillArchive(sql: Sql, lines: readonly (string | Partial<RecallMessage>)[]): void {
  sql.transaction(() => {
    lines.forEach((line, at) => {
      const rest = typeof line === "string" ? { text: line } : line;
      addMessage(sql, { ...message(at + 1, ""), ...rest }, countTokens);
    });
  });
}
