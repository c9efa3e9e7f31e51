/**
 * A conversation long enough to compact, played over plain HTTP, for tests whose subject begins where it ends.
 *
 * The edge must run with LONG_VARS. It must not assert anything but that every turn is answered.
 */
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { chat, header, MODEL, whenIdle } from "./start.ts";
import type { RawReply } from "./start.ts";

export const LONG_VARS = {
  STRATA_POLICY: JSON.stringify({
    guardTokens: 200,
    guardItems: 1,
    briefTokens: 300,
    minimumShrinkTokens: 200,
    recallTokens: 100,
  }),
  STRATA_TEST_CLOCK: "1",
};

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

const START_MS = Date.parse("2026-11-02T08:00:00Z");
const NIGHT_MS = 9 * 3_600_000;

export class LongTalk {
  readonly edge: RunningEdge;
  readonly session: string;
  messages: Message[] = [{ role: "system", content: "You keep the harbour's books." }];
  nowMs = START_MS;
  rev = "";

  constructor(edge: RunningEdge, session: string) {
    this.edge = edge;
    this.session = session;
  }

  /** Plays turns in a warm cache, then lets a night pass: what is asked next compacts. */
  async playUntilNight(turns = 12): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await this.take(await this.ask());
    this.nowMs += NIGHT_MS;
  }

  /** Sends the full history with one more question. */
  ask(fields: object = {}, headers: Record<string, string> = {}): Promise<RawReply> {
    const turn = this.messages.length;
    const report = `Crane ${turn} lifted ${turn * 13} containers on March ${turn}, as agreed with Ms Özdemir of pier ${turn}. `;
    this.messages.push({ role: "user", content: `Always round down.\n${report.repeat(4)}What is due? ⚓` });
    return this.send({ model: MODEL, ...fields, messages: this.messages }, headers);
  }

  send(body: object, headers: Record<string, string> = {}): Promise<RawReply> {
    this.nowMs += 30_000;
    const clock = { "x-strata-test-clock-ms": String(this.nowMs) };
    return chat(this.edge, body, { "x-strata-session": this.session, ...clock, ...headers });
  }

  /** Adds a plain reply to the history and waits for the work behind it. */
  async take(reply: RawReply): Promise<void> {
    if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.body.toString()}`);
    const { choices } = JSON.parse(reply.body.toString()) as { choices: { message: { content: string } }[] };
    this.messages.push({ role: "assistant", content: choices[0]?.message.content ?? "" });
    this.rev = header(reply, "x-strata-rev") ?? "";
    await whenIdle(this.edge, this.session);
  }
}
