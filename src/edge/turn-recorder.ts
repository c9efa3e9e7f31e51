/**
 * Records a turn's bodies while the upstream is at work: long ones take milliseconds to hash and to cut, and at the end
 * of the reply the client would wait for it.
 *
 * What fails here is noted and costs the recording, never the turn. It must not do anything before the request is on
 * its way.
 */
import { RECORDING_PAUSE_MS } from "../model/limits.ts";
import { nameOf } from "../model/name-of.ts";
import type { Recording } from "../ports/recording.ts";
import type { TurnRecord } from "../ports/session.ts";
import type { Edge } from "./edge.ts";
import { nameTurn } from "./note-turn.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import { BodyRecorder } from "./record-bodies.ts";
import type { TurnBodies } from "./record-bodies.ts";

export class TurnRecorder {
  readonly #edge: Edge;
  readonly #turn: PlannedTurn;
  /** Null: nothing is to be recorded. */
  readonly #bodies: BodyRecorder | null;
  #isOver = false;

  constructor(edge: Edge, turn: PlannedTurn) {
    const { recorder } = edge.config;
    const keepsText = recorder === "on" && turn.question.keepsContent;
    this.#edge = edge;
    this.#turn = turn;
    this.#bodies = recorder === "off" ? null : new BodyRecorder(turn.wire, turn.recorded, keepsText);
  }

  /** Reads what is known by now, after a pause: what a Worker computes right after `fetch` keeps the request from leaving. */
  async readAhead(): Promise<void> {
    if (this.#bodies === null) return;
    try {
      await this.#edge.clock.wait(RECORDING_PAUSE_MS);
      if (this.#isOver) return;
      this.#bodies.read(this.#turn.request.text);
      if (this.#turn.outgoing !== null) this.#bodies.read(this.#turn.outgoing);
    } catch {
      // `finish` meets the same fault, and notes it.
    }
  }

  /** Null: nothing is to be recorded, or it cannot be. */
  finish(
    bodies: Omit<TurnBodies, "client">,
    { messages, head, reply }: Pick<TurnRecord, "messages" | "head" | "reply">,
  ): Recording | null {
    this.#isOver = true;
    if (this.#bodies === null) return null;
    const { request, identity } = this.#turn;
    const sent = new Set([...messages, ...(head ?? []), ...reply].map(({ json }) => json));
    try {
      return this.#bodies.finish({ client: request.text, ...bodies }, sent);
    } catch (error) {
      const about = nameTurn(this.#turn, identity.session);
      this.#edge.journal.write({ event: "fault", ...about, step: "record", error: nameOf(error) });
      return null;
    }
  }
}
