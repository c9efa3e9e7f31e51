/**
 * What must be true of a run: the task is done, nobody was refused anything, and the Worker cost no request.
 *
 * Each problem is one line that says what was seen. The run without the Worker is the measure for the one with it, so a
 * fault of the agent or of the simulator shows in the first. Pure.
 */
import type { Agent } from "./agent.ts";
import { FILES, PROMPTS, REPLIES, STANDING } from "./script.ts";
import type { RecordedRequest } from "../fakes/provider/provider.ts";
import { UPGRADE_REQUIRED, type Call } from "./relay.ts";
import type { Played } from "./play-task.ts";

const SHOWN_CHARACTERS = 300;

export function judge(agent: Agent, played: Played, direct: Played | null): string[] {
  return [
    ...judgeTask(played),
    ...judgeCalls(played.calls),
    ...judgeUpstream(played, direct),
    ...judgeBytes(played),
    ...(played.way === "direct" ? [] : judgeSessions(played)),
    ...(played.way === "nights" ? judgeCompaction(agent, played) : []),
    ...played.faults.map((line) => `the Worker logged ${line}`),
  ];
}

/** Requests for a reply of the model that reached the provider. */
export function countTurns(upstream: RecordedRequest[]): number {
  return upstream.filter(({ api }) => api !== null).length;
}

function judgeTask({ steps, files }: Played): string[] {
  const problems: string[] = [];
  for (const [index, { exitCode, reply, printed }] of steps.entries()) {
    const step = `step ${index + 1}`;
    if (exitCode !== 0) problems.push(`${step} ended with ${exitCode ?? "its time limit"}: ${printed}`);
    else if (reply !== REPLIES[index]) problems.push(`${step} answered ${JSON.stringify(reply)}`);
  }
  if (steps.length < PROMPTS.length) problems.push(`${PROMPTS.length - steps.length} steps were not reached`);
  else
    for (const name of new Set([...Object.keys(FILES), ...Object.keys(files)]))
      if (files[name] !== FILES[name]) problems.push(`${name} is ${oneLine(JSON.stringify(files[name] ?? null))}`);
  return problems;
}

function judgeCalls(calls: Call[]): string[] {
  return calls
    .filter(({ status, isUpgrade }) => status !== (isUpgrade ? UPGRADE_REQUIRED : 200))
    .map(({ method, path, status, isUpgrade }) => `${isUpgrade ? "upgrade " : ""}${method} ${path} got ${status}`);
}

function judgeUpstream({ way, upstream }: Played, direct: Played | null): string[] {
  const problems = upstream
    .filter(({ status }) => status !== 200)
    .map(
      ({ method, path, status, rawReply }) =>
        `the provider refused ${method} ${path} (${status}): ${oneLine(rawReply)}`,
    );
  for (const request of upstream) {
    // A rewrite may cost thoughts of earlier steps, which no model needs; those of the step at hand it must not.
    const sparable = way === "nights" ? earlierThoughts(request.json) : 0;
    if (request.reasoningRemoved > sparable) problems.push(`the provider dropped ${request.reasoningRemoved} thoughts`);
  }
  const turns = countTurns(upstream);
  const expected = direct ? countTurns(direct.upstream) : turns;
  if (turns !== expected) problems.push(`${turns} requests reached the provider, not ${expected}`);
  return problems;
}

/** What is not rewritten goes up byte for byte, and every reply comes back so. */
function judgeBytes({ calls, upstream }: Played): string[] {
  const sentUp = new Set(upstream.map(({ body }) => body.toString("base64")));
  const sentBack = new Set(upstream.map(({ rawReply }) => rawReply.toString("base64")));
  return calls.flatMap(({ method, path, isUpgrade, strata, sent, received }) => {
    if (isUpgrade) return [];
    const isKept = strata["plan"] === "brief" || sentUp.has(Buffer.concat(sent).toString("base64"));
    const isWhole = sentBack.has(Buffer.concat(received).toString("base64"));
    return [
      ...(isKept ? [] : [`${method} ${path} did not reach the provider as it was sent`]),
      ...(isWhole ? [] : [`${method} ${path} was not answered with the provider's bytes`]),
    ];
  });
}

/** Without this the third way would pass as well if nothing were ever compacted. */
function judgeCompaction({ isBound }: Agent, { sessions, upstream }: Played): string[] {
  const briefs = [...sessions.values()].flatMap((view) => view?.turns ?? []).filter(({ plan }) => plan === "brief");
  if (isBound) return briefs.length > 0 ? ["thoughts that are bound to their prefix were put behind a brief"] : [];
  if (briefs.length === 0) return ["two nights passed and nothing was compacted"];
  const forgot = upstream.filter(({ api, body }) => api !== null && hasTools(body) && !body.includes(STANDING));
  return forgot.length > 0 ? [`the user's standing instruction was missing from ${forgot.length} requests`] : [];
}

/** Only a title is asked for without tools. */
function hasTools(body: Buffer): boolean {
  return body.includes('"tools":');
}

/** Reasoning items of a Responses request before the user's last words. */
function earlierThoughts(json: unknown): number {
  const input = typeof json === "object" && json !== null && "input" in json ? json.input : null;
  const items = Array.isArray(input) ? (input as Record<string, unknown>[]) : [];
  const asked = items.findLastIndex(({ role }) => role === "user");
  return items.slice(0, Math.max(asked, 0)).filter(({ type }) => type === "reasoning").length;
}

function judgeSessions({ calls, sessions, upstream }: Played): string[] {
  const problems: string[] = [];
  const turns = [...sessions.values()].flatMap((view) => view?.turns ?? []);
  const expected = countTurns(upstream);
  if (turns.length !== expected) problems.push(`${turns.length} turns are stored, ${expected} were played`);
  const incomplete = turns.filter(({ status }) => status !== "complete");
  if (incomplete.length > 0) problems.push(`stored as ${incomplete.map(({ status }) => status).join(", ")}`);
  if (turns.some(({ rewrite_refused: refused }) => refused)) problems.push("a rewritten request was refused");
  if (sessions.size > 1) problems.push(`one conversation became ${sessions.size} sessions`);
  const unnamed = calls.filter(({ isUpgrade, strata }) => !isUpgrade && strata["session"] === undefined);
  if (unnamed.length > 0)
    problems.push(`no session: ${unnamed.map(({ method, path }) => `${method} ${path}`).join(", ")}`);
  return problems;
}

function oneLine(text: Buffer | string): string {
  return String(text).replaceAll(/\s+/g, " ").slice(0, SHOWN_CHARACTERS);
}
