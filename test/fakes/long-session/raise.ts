/**
 * Plays a long session through the real Worker: hundreds of turns with tools, nights, compactions and recall, a branch,
 * an edit, a reply that was asked for again, a rewrite and a turn that the upstream refused, a large result, odd texts.
 *
 * What it was is kept beside it, so that a test can find each of these turns. Nothing is told to the session but over
 * HTTP. The clock of the conversation is made so that it ends about now.
 */
import type { Step } from "../../../bench/demo/transcript.ts";
import { startEdge } from "../edge/start-edge.ts";
import type { RunningEdge } from "../edge/start-edge.ts";
import { startProvider } from "../provider/provider.ts";
import type { ChatRequest, Provider, ScriptedReply } from "../provider/provider.ts";
import { ODD_TEXTS } from "./odd-texts.ts";
import { readSeasons } from "./seasons.ts";
import { Script, Talk } from "./talk.ts";
import type { Answer } from "./talk.ts";

export const LONG_KEY = "sk-long-session-0001";
const MODEL = "gpt-5.4";
const CHARS_PER_TOKEN = 4;
const DAY_MS = 24 * 3_600_000;
/** Virtual time that a turn takes on average, its share of the nights included. */
const TURN_MS = 1_150_000;
/** A request waits for the work behind the replies before it only so often. */
const REST_EVERY_TURNS = 20;

export interface LongSessionOptions {
  turns: number;
  vars?: Record<string, string>;
  port?: number;
  session?: string;
  /** Folder in which the session outlives this process. */
  persistTo?: string;
}

export interface LongSession {
  edge: RunningEdge;
  provider: Provider;
  session: string;
  answers: Answer[];
  /** Turns with something to see, by what it is. */
  found: {
    recalled: Answer | null;
    compacted: Answer | null;
    refused: Answer;
    branched: Answer;
    edited: Answer;
    large: Answer;
  };
  close(): Promise<void>;
}

export async function raiseLongSession({
  turns,
  vars = {},
  port = 0,
  session = "saltline-planning",
  persistTo,
}: LongSessionOptions): Promise<LongSession> {
  const script = new Script(Math.floor((Date.now() - turns * TURN_MS) / DAY_MS) * DAY_MS + DAY_MS / 3);
  const provider = await startProvider({
    now: () => script.nowMs,
    reply: (request) => script.answer(request),
    countTokens: (text) => Math.ceil(text.length / CHARS_PER_TOKEN),
  });
  const edge = await startEdge({
    upstreamUrl: provider.url,
    vars: { STRATA_TEST_CLOCK: "1", ...vars },
    port,
    ...(persistTo === undefined ? {} : { persistTo }),
    onLog: () => undefined,
  });
  const close = async (): Promise<void> => {
    await edge.close();
    await provider.close();
  };
  const { opening, seasons } = readSeasons();
  const talk = new Talk({ edgeUrl: edge.url, key: LONG_KEY, session, model: MODEL, opening }, script);
  const scenes = makeScenes(talk, script, turns);
  const found = { recalled: null, compacted: null } as Pick<LongSession["found"], "recalled" | "compacted">;
  let rested = 0;
  for (const turn of seasons()) {
    if (talk.answers.length >= turns) break;
    if (talk.answers.length - rested >= REST_EVERY_TURNS || turn.pauseSeconds > 3_600) {
      await restOf(edge, session);
      rested = talk.answers.length;
    }
    await talk.play(turn);
    await scenes.playDue();
  }
  await restOf(edge, session);
  for (const answer of talk.answers) {
    if (answer.recalled !== null && answer.plan === "brief") found.recalled = answer;
    if (answer.plan === "brief" && answer.reason !== "epoch") found.compacted = answer;
  }
  return { edge, provider, session, answers: talk.answers, found: { ...found, ...scenes.found() }, close };
}

type Found = Omit<LongSession["found"], "recalled" | "compacted">;

/** What happens besides, each thing once, at its share of the whole. */
function makeScenes(talk: Talk, script: Script, turns: number) {
  const found: Partial<Found> = {};
  const last = (): Answer => {
    const answer = talk.answers.at(-1);
    if (!answer) throw new Error("no turn yet");
    return answer;
  };
  let early = talk.bookmark();
  const scenes: { share: number; play: () => Promise<void> }[] = [
    { share: 0.2, play: async () => void (early = talk.bookmark()) },
    {
      share: 0.4,
      play: async () => {
        await talk.reply(callFor("export_ledger", "call_large"));
        found.large = await talk.reply(inWords("That is the whole ledger; the largest line is Corvane Lines."));
      },
    },
    {
      share: 0.5,
      play: async () => {
        const here = talk.bookmark();
        talk.goBackTo(early);
        await talk.say(
          "What if we skipped Brisca and stayed two nights on Quenna instead?",
          "Then ferry leg 3 falls away.",
        );
        found.branched = last();
        for (const island of ["Quenna", "Maudry", "Torvell"])
          await talk.say(`And what would that change on ${island}?`, `On ${island}, one night more at the same rate.`);
        for (const text of ODD_TEXTS) await talk.say(text, `Noted: ${text.slice(0, 2_000)}`);
        script.nowMs += DAY_MS;
        found.refused = await playRefused(talk, script);
        talk.goBackTo(here);
      },
    },
    {
      share: 0.6,
      play: async () => {
        await talk.say("Put the generator on the 09:40 boat.", "The generator is on the 09:40 boat.");
        talk.dropLastReply();
        await talk.reply(inWords("Done: the generator goes on the 09:40 boat to Torvell."));
        talk.dropLastExchange();
        await talk.say("Put the generator on the 11:20 boat instead.", "It is on the 11:20 boat now.");
        found.edited = last();
      },
    },
    {
      share: 0.7,
      play: async () => {
        script.next = () => ({ status: 500, error: { message: "The server had an error." } });
        await talk.send();
      },
    },
  ];
  return {
    found: () => found as Found,
    playDue: async (): Promise<void> => {
      while ((scenes[0]?.share ?? 2) <= talk.answers.length / turns) await scenes.shift()?.play();
    },
  };
}

/** The upstream turns down what was rewritten, so the client's own bytes go up in the same turn. */
async function playRefused(talk: Talk, script: Script): Promise<Answer> {
  const bytes = talk.length;
  const answer = talk.say("So which ferry legs are left?", "Legs 1, 2, 4 and 5.");
  const settled = script.next;
  script.next = (request: ChatRequest): ScriptedReply =>
    request.messages.length < bytes
      ? { status: 400, error: { message: "This body is not welcome." } }
      : settled(request);
  await answer;
  const last = talk.answers.at(-1);
  if (!last) throw new Error("no turn yet");
  return last;
}

function inWords(content: string): Step {
  return { content, toolCalls: [], results: [] };
}

/** A tool whose result is too large to go up whole. */
function callFor(name: string, id: string): Step {
  const rows = Array.from({ length: 600 }, (_, index) => ({
    line: index + 1,
    supplier: ["Corvane Lines", "Hotel Maré", "Ilha Vans", "Stage & Rig"][index % 4],
    net: 120 + ((index * 37) % 900),
    vat: index % 4 < 2 ? 10 : 21,
    note: `Paid on day ${(index % 28) + 1}, receipt ${40_000 + index}`,
  }));
  return {
    content: null,
    toolCalls: [{ id, name, arguments: '{"year":2026}' }],
    results: [{ toolCallId: id, content: JSON.stringify({ rows }) }],
  };
}

/** Waits until everything behind the replies is done. */
async function restOf(edge: RunningEdge, session: string): Promise<void> {
  const url = `${edge.url}/_strata/sessions/${session}?turns=1`;
  for (let tries = 0; tries < 600; tries++) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${LONG_KEY}` } });
    const { pending } = (await response.json()) as { pending?: { uncounted_messages: number; turns: number } };
    if (pending && pending.turns + pending.uncounted_messages === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
