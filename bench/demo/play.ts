/**
 * Plays a transcript as an ordinary client of one API: its SDK, and nothing that an app would not send.
 *
 * The client knows nothing of what stands behind its base URL; with Strata or without, it does the same. Text is streamed,
 * tool steps are not. Each reply must be the recorded one, and tools are answered with the recorded results. It must not
 * repair anything: the first difference or refusal ends the run.
 */
import type { ApiClient, Answer, Talk, Usage } from "./clients/client.ts";
import type { VirtualClock } from "./clock.ts";
import { differenceFrom } from "./reply-difference.ts";
import type { Step, Transcript, Turn } from "./transcript.ts";

/** One request and its reply, as the client saw them. */
export interface Call {
  turn: number;
  usage: Usage;
  /** The reply's `x-strata-*` headers without their prefix; empty when nobody stands between. */
  strata: Record<string, string>;
}

export interface PlayedTurn {
  index: number;
  pauseSeconds: number;
  /** When the user spoke. */
  at: string;
  calls: Call[];
}

export interface Player {
  client: ApiClient;
  baseUrl: string;
  apiKey: string;
  model: string;
  /** Null: real time, without pauses. */
  clock: VirtualClock | null;
  /** Headers that tell a test's time. */
  clockHeaders: (now: number) => Record<string, string>;
  /** False: the model is a real one, its replies are its own, and its tools stay unused. */
  isRecorded: boolean;
  /** Runs after each reply, while the user reads or the tool works. */
  afterCall: (call: Call) => Promise<void>;
  afterTurn: (turn: PlayedTurn) => void;
}

/** Time a reply takes: to its first word, and to write it. */
const REPLY_SECONDS = 2;
const CHARS_PER_SECOND = 300;

/** Answers the calls in order. */
export async function play(transcript: Transcript, player: Player): Promise<Call[]> {
  const { client, baseUrl: origin, apiKey, model, clock, isRecorded } = player;
  const { system, opening } = transcript;
  const tools = isRecorded ? transcript.tools : [];
  const talk = client.open({ origin, apiKey, model, system, opening, tools });
  const played: Call[] = [];
  for (const [index, turn] of transcript.turns.entries()) {
    clock?.advance(turn.pauseSeconds);
    const at = clock?.describe() ?? new Date().toISOString().slice(11, 19);
    const calls: Call[] = [];
    talk.addUser(turn.user);
    for (const step of stepsOf(turn, player)) {
      const { said, usage, headers } = await ask(talk, player, step).catch((error: unknown) => {
        throw new Error(`turn ${index + 1}: ${describe(error)}`);
      });
      clock?.advance(REPLY_SECONDS + (said.content ?? "").length / CHARS_PER_SECOND);
      if (isRecorded) talk.addResults(step.results);
      const call = { turn: index, usage, strata: strataHeaders(headers) };
      calls.push(call);
      await player.afterCall(call);
    }
    played.push(...calls);
    player.afterTurn({ index, pauseSeconds: turn.pauseSeconds, at, calls });
  }
  return played;
}

/** A real model answers once in its own words; a recording goes through all its steps. */
function stepsOf({ steps }: Turn, { isRecorded }: Player): Step[] {
  return isRecorded ? steps : steps.slice(-1);
}

async function ask(talk: Talk, { clock, clockHeaders, isRecorded }: Player, step: Step): Promise<Answer> {
  const headers = clock ? clockHeaders(clock.now()) : {};
  const isText = !isRecorded || step.toolCalls.length === 0;
  const answer = await talk.ask(headers, isText);
  const difference = isRecorded ? differenceFrom(step, answer.said) : null;
  if (difference !== null) throw new Error(difference);
  return answer;
}

const PREFIX = "x-strata-";

function strataHeaders(headers: Headers): Record<string, string> {
  const ours = [...headers].filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(ours.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
