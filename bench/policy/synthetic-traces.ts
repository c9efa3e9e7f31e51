/**
 * Sessions made from a seed, for runs without recordings: coding agents, chats, companions, and bursts.
 * Their shapes follow the quantiles measured on real sessions (heads from 512 to 45k tokens, tool loops every few seconds,
 * heavy-tailed tool output, users away for minutes or hours). They test the rule; they are no evidence for its savings.
 * Only integer sizes and plain arithmetic, so that every machine makes the same traces. Changing anything here
 * invalidates the pinned decisions.
 */
import type { Trace, TraceCall } from "./traces.ts";

/** A source of numbers in [0, 1). */
type Random = () => number;

interface CallShape {
  readonly gapSeconds: number;
  readonly newTokens: number;
  readonly outputTokens: number;
  readonly isUserTurn: boolean;
}

export const SYNTHETIC_SEED = 20_261_101;

/** `sessionsPerKind` sessions of each kind, interleaved. */
export function synthesiseTraces(seed: number, sessionsPerKind: number): Trace[] {
  const random = seededRandom(seed);
  const traces: Trace[] = [];
  for (let index = 0; index < sessionsPerKind; index++) {
    traces.push(agentSession(random, index), chatSession(random, index));
    traces.push(companionSession(random, index), burstSession(random, index));
  }
  return traces;
}

/** A coding agent: a few user turns, each followed by a loop of tool calls. */
function agentSession(random: Random, index: number): Trace {
  const callCount = between(random, 20, 160);
  return session("agent", index, between(random, 14_000, 45_000), callCount, (i) => {
    const isUserTurn = i === 0 || random() < 0.1;
    return {
      gapSeconds: isUserTurn ? userGap(random) : between(random, 2, 30),
      newTokens: heavyTailed(random, 20, isUserTurn ? 4500 : 14_000, 5),
      outputTokens: heavyTailed(random, 40, 2500, 4),
      isUserTurn,
    };
  });
}

/** A consumer chat: few turns, every one of them a user's, over a small head. */
function chatSession(random: Random, index: number): Trace {
  const callCount = heavyTailed(random, 2, 60, 3);
  return session("chat", index, 512, callCount, () => ({
    gapSeconds: userGap(random),
    newTokens: heavyTailed(random, 6, 17_000, 5),
    outputTokens: heavyTailed(random, 30, 1300, 2),
    isUserTurn: true,
  }));
}

/** A companion: hundreds of short turns over days, where the recalled block outweighs what is said. */
function companionSession(random: Random, index: number): Trace {
  return session("companion", index, 1500, between(random, 150, 340), () => ({
    gapSeconds: random() < 0.07 ? between(random, 40_000, 1_000_000) : userGap(random),
    newTokens: between(random, 15, 95),
    outputTokens: between(random, 15, 90),
    isUserTurn: true,
  }));
}

/** Bursts of large tool results, with silences around every cache lifetime between them. */
function burstSession(random: Random, index: number): Trace {
  const silences = [240, 301, 601, 1799, 3600, 3601, 14_401, 90_000];
  const burstLength = between(random, 2, 15);
  return session("burst", index, between(random, 0, 9000), between(random, 10, 90), (i) => {
    const startsBurst = i % burstLength === 0;
    return {
      gapSeconds: startsBurst ? (silences[between(random, 0, silences.length - 1)] ?? 0) : between(random, 1, 9),
      newTokens: heavyTailed(random, 1, 30_000, 3),
      outputTokens: heavyTailed(random, 1, 1200, 2),
      isUserTurn: startsBurst,
    };
  });
}

function session(
  dataset: string,
  index: number,
  headTokens: number,
  callCount: number,
  nextCall: (callIndex: number) => CallShape,
): Trace {
  let atSeconds = 0;
  const calls: TraceCall[] = [];
  for (let i = 0; i < callCount; i++) {
    const { gapSeconds, newTokens, outputTokens, isUserTurn } = nextCall(i);
    atSeconds += i === 0 ? 0 : gapSeconds;
    calls.push({ atSeconds, newTokens, outputTokens, isUserTurn });
  }
  return { dataset, id: `${dataset}-${index}`, headTokens, calls };
}

/** Mostly minutes, now and then hours. */
function userGap(random: Random): number {
  return random() < 0.1 ? between(random, 1800, 60_000) : heavyTailed(random, 15, 2000, 4);
}

function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** Whole numbers from low to high, crowded near the low end the more, the higher `power` is. */
function heavyTailed(random: Random, low: number, high: number, power: number): number {
  const share = random();
  let weight = 1;
  for (let i = 0; i < power; i++) weight *= share;
  return low + Math.floor(weight * (high - low));
}

/** mulberry32: 32-bit state, the same sequence everywhere. */
function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
