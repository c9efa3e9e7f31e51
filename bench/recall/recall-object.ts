/**
 * A Worker with one Durable Object that holds an archive and asks it: what `--in workerd` measures.
 *
 * `PUT /NAME` indexes messages, `POST /NAME` asks every question so many times in one request and answers with the
 * rows read; asked `empty`, it does all but recall. Clocks stand still in there, so the time is taken outside.
 */
import { gptTokenCounter } from "../../src/adapters/gpt-token-counter.ts";
import { addMessage, createArchive } from "../../src/recall/archive.ts";
import type { RecallMessage } from "../../src/recall/message.ts";
import { RecallIndex } from "../../src/recall/catalogue.ts";
import { recall } from "../../src/recall/recall.ts";
import type { Sql, SqlValue } from "../../src/ports/sql.ts";

interface Cursor {
  toArray(): unknown[];
  rowsRead: number;
}
interface State {
  storage: {
    sql: { exec(query: string, ...bindings: SqlValue[]): Cursor };
    transactionSync<T>(body: () => T): T;
  };
}

export class RecallObject {
  readonly #sql: Sql;
  #rowsRead = 0;
  #index = new RecallIndex();

  constructor({ storage }: State) {
    const exec = (query: string, bindings: SqlValue[]): unknown[] => {
      const cursor = storage.sql.exec(query, ...bindings);
      const rows = cursor.toArray();
      this.#rowsRead += cursor.rowsRead;
      return rows;
    };
    this.#sql = {
      all: <Row>(query: string, ...bindings: SqlValue[]) => exec(query, bindings) as Row[],
      run: (query, ...bindings) => void exec(query, bindings),
      transaction: (body) => storage.transactionSync(body),
    };
    createArchive(this.#sql);
  }

  async fetch(request: Request): Promise<Response> {
    if (request.method === "PUT") {
      const messages = (await request.json()) as RecallMessage[];
      this.#sql.transaction(() => {
        for (const message of messages) addMessage(this.#sql, message, (text) => gptTokenCounter.countTokens(text));
      });
      return Response.json({});
    }
    const { questions, rounds, budgetTokens, mode, from } = (await request.json()) as any;
    this.#rowsRead = 0;
    let tokens = 0;
    const times: number[] = [];
    for (let round = 0; round < rounds; round++)
      for (const question of questions) {
        if (mode === "empty") tokens += question.length;
        else tokens += recall(this.#sql, question, { budgetTokens, index: mode === 'cold' ? new RecallIndex() : this.#index }).tokens;
      }
    return Response.json({ tokens, rowsRead: this.#rowsRead });
  }
}

interface Env {
  RECALL: { get(id: unknown): { fetch(request: Request): Promise<Response> }; idFromName(name: string): unknown };
}

export default {
  fetch: (request: Request, env: Env) =>
    env.RECALL.get(env.RECALL.idFromName(new URL(request.url).pathname)).fetch(request),
};
