/**
 * A Worker with one kind of Durable Object, which holds an archive and asks it: what `--in workerd` measures.
 *
 * `PUT /NAME` indexes messages; `POST /NAME` asks every question so many times in one request and answers with the rows
 * read. Asked `empty`, it does all but recall. Clocks stand still in there, so the time is taken outside.
 */
import { gptTokenCounter } from "../../src/adapters/gpt-token-counter.ts";
import { addMessage, createArchive } from "../../src/recall/archive.ts";
import { RecallIndex } from "../../src/recall/catalogue.ts";
import type { RecallMessage } from "../../src/recall/message.ts";
import { recall } from "../../src/recall/recall.ts";
import type { Sql } from "../../src/ports/sql.ts";

export interface AskedInObject {
  questions: string[];
  rounds: number;
  budgetTokens: number;
  /** With the index kept from query to query, with a new one for each, or without recall. */
  mode: "warm" | "cold" | "empty";
}

export interface AnsweredByObject {
  tokens: number;
  rowsRead: number;
}

/** Forwarded anyway, as in a session: recall may not bring these back. */
const TAIL_MESSAGES = 8;

interface Storage {
  sql: {
    exec(query: string, ...bindings: unknown[]): { toArray(): unknown[]; rowsRead: number };
    databaseSize: number;
  };
  transactionSync<T>(body: () => T): T;
}

export class RecallObject {
  readonly #sql: Sql;
  readonly #index = new RecallIndex();
  #rowsRead = 0;
  #newest = 0;

  constructor({ storage }: { storage: Storage }) {
    const exec = (query: string, bindings: readonly unknown[]): unknown[] => {
      const cursor = storage.sql.exec(query, ...bindings);
      const rows = cursor.toArray();
      this.#rowsRead += cursor.rowsRead;
      return rows;
    };
    this.#sql = {
      all: <Row>(query: string, ...bindings: unknown[]) => exec(query, bindings) as Row[],
      run: (query, ...bindings) => void exec(query, bindings),
      transaction: (body) => storage.transactionSync(body),
      usedBytes: () => storage.sql.databaseSize,
    };
    createArchive(this.#sql);
  }

  async fetch(request: Request): Promise<Response> {
    if (request.method === "PUT") {
      const messages = (await request.json()) as RecallMessage[];
      this.#sql.transaction(() => {
        for (const message of messages) {
          addMessage(this.#sql, message, (text) => gptTokenCounter.countTokens(text));
          this.#newest = Math.max(this.#newest, message.node);
        }
      });
      return new Response(null, { status: 204 });
    }
    const { questions, rounds, budgetTokens, mode } = (await request.json()) as AskedInObject;
    this.#rowsRead = 0;
    const includes = (node: number): boolean => node <= this.#newest - TAIL_MESSAGES;
    let tokens = 0;
    for (let round = 0; round < rounds; round++) {
      for (const question of questions) {
        if (mode === "empty") tokens += question.length;
        else {
          const index = mode === "warm" ? this.#index : new RecallIndex();
          tokens += recall(this.#sql, question, { budgetTokens, includes, index }).tokens;
        }
      }
    }
    const answer: AnsweredByObject = { tokens, rowsRead: this.#rowsRead };
    return Response.json(answer);
  }
}

interface Env {
  RECALL: { idFromName(name: string): unknown; get(id: unknown): { fetch(request: Request): Promise<Response> } };
}

export default {
  fetch: (request: Request, { RECALL }: Env): Promise<Response> =>
    RECALL.get(RECALL.idFromName(new URL(request.url).pathname)).fetch(request),
};
