/**
 * Bindings and variables, read once into one frozen Config.
 *
 * Every problem is reported at once, by name, never by value: a variable may hold a secret. Defaults make a fresh
 * checkout start; docs/OPERATING.md explains each setting and a test holds the two together.
 */
import { DAY_MS } from "./model/day.ts";
import { DIGEST_WAIT_SECONDS, MEMORY_TOKENS_MAX, SHORTENED_RESULT_CHARS_MIN } from "./model/limits.ts";
import { fail, ok } from "./model/result.ts";
import type { Result } from "./model/result.ts";
import { isRecallMode } from "./model/recall-call.ts";
import type { RecallMode } from "./model/recall-call.ts";
import type { ModelPrice } from "./ports/price-book.ts";

export interface Config {
  /** Each upstream by name; `openai` and `anthropic` take what names none. */
  upstreams: ReadonlyMap<string, UpstreamSetting>;
  /** Key of every HMAC: tenants and session names. */
  secret: string;
  adminToken: string | null;
  /** Off: everything passes through. */
  isOn: boolean;
  /** Prices that go before the built-in table. */
  prices: Readonly<Record<string, ModelPrice>>;
  /** Settings of the compaction rule that differ from the defaults. */
  policy: Readonly<Record<string, number>>;
  /** How what has left the prompt comes back, where a request does not say. */
  recall: RecallMode;
  /** The model that condenses what leaves the prompt; null where briefs are made of quotes alone. */
  distiller: DistillerSetting | null;
  /** What is known of end users beyond a session. */
  memory: { mode: MemoryMode; tokensMax: number };
  /** Tools whose results always go up whole; `*` is every tool. */
  keepTools: ReadonlySet<string>;
  /** A tool result of so many characters goes up in short form from the first time on. */
  wholeResultChars: number;
  /** What is kept of the bodies of requests. */
  recorder: RecorderMode;
  /** What the journal puts on the console. */
  log: LogLevel;
  /** False: hashes, sizes and money are kept of every conversation, and no text. */
  keepsContent: boolean;
  /** After how long what is kept is deleted, in milliseconds; null: never. */
  retain: { sessionsMs: number | null; recordingsMs: number | null; factsMs: number | null };
  /** Tests only: requests may say what time it is. */
  takesTestClock: boolean;
}

/** `on`: every byte; `hashes`: their sizes and hashes. */
export type RecorderMode = "on" | "hashes" | "off";

/** `turns`: every event; `faults`: only what went wrong; `off`: no line at all. */
export type LogLevel = "turns" | "faults" | "off";

/** `request`: only where a request asks for it; `on`: unless a request asks not to. */
export type MemoryMode = "off" | "request" | "on";

/**
 * What an upstream keeps of a conversation. `none`: Strata answers for stored responses, conversations and threads.
 * `holds`: a client's references go up as they came. `delta`: besides, a history that the upstream holds is not sent again.
 */
export type UpstreamState = "none" | "holds" | "delta";

export interface UpstreamSetting {
  /** Without a trailing slash and without `/v1`. */
  base: string;
  state: UpstreamState;
}

export interface DistillerSetting {
  api: "openai" | "anthropic" | "workers-ai";
  /** As an upstream's; empty for a binding. */
  base: string;
  key: string | null;
  model: string;
  timeoutMs: number;
}

export const SETTINGS = [
  "UPSTREAM_OPENAI_URL",
  "UPSTREAM_ANTHROPIC_URL",
  "UPSTREAMS",
  "UPSTREAM_STATE",
  "STRATA_SECRET",
  "STRATA_ADMIN_TOKEN",
  "STRATA_MODE",
  "STRATA_PRICES",
  "STRATA_POLICY",
  "STRATA_RECALL",
  "DISTILLER",
  "DISTILLER_URL",
  "DISTILLER_KEY",
  "DISTILLER_MODEL",
  "DISTILLER_TIMEOUT_SECONDS",
  "STRATA_MEMORY",
  "STRATA_MEMORY_TOKENS",
  "STRATA_KEEP_TOOLS",
  "STRATA_WHOLE_RESULT_CHARS",
  "STRATA_RECORDER",
  "STRATA_LOG",
  "STRATA_CONTENT",
  "STRATA_RETAIN_SESSIONS_DAYS",
  "STRATA_RETAIN_RECORDINGS_DAYS",
  "STRATA_RETAIN_FACTS_DAYS",
  "STRATA_TEST_CLOCK",
] as const;

export type SettingName = (typeof SETTINGS)[number];
export type Settings = Partial<Record<SettingName, string | undefined>>;

/** Providers that keep responses, conversations or threads themselves. */
const STATEFUL_HOSTS =
  /^(?:(?:[a-z]{2}\.)?api\.openai\.com|api\.anthropic\.com|[^.]+\.(?:openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com))$/;

/** Without STRATA_SECRET names are still hashes of a credential that nobody can guess, but not keyed ones. */
const UNKEYED = "strata";

/** About 8,000 tokens: less is what a model is used to reading, and its cost is small beside a prompt. */
const WHOLE_RESULT_CHARS = 32_000;

export function readConfig(settings: Settings): Result<Config, string[]> {
  const problems: string[] = [];
  const upstreams = new Map<string, UpstreamSetting>();
  const addUpstream = (name: string, url: unknown, setting: string): void => {
    const base = typeof url === "string" ? readBase(url) : null;
    if (base === null) problems.push(`${setting}: '${name}' needs an absolute http(s) URL`);
    else if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) problems.push(`${setting}: '${name}' is no name for an upstream`);
    else upstreams.set(name, { base, state: STATEFUL_HOSTS.test(new URL(base).host) ? "holds" : "none" });
  };
  addUpstream("openai", settings.UPSTREAM_OPENAI_URL || "https://api.openai.com", "UPSTREAM_OPENAI_URL");
  addUpstream("anthropic", settings.UPSTREAM_ANTHROPIC_URL || "https://api.anthropic.com", "UPSTREAM_ANTHROPIC_URL");
  for (const [name, url] of Object.entries(readRecord(settings, "UPSTREAMS", problems)))
    addUpstream(name, url, "UPSTREAMS");
  for (const [name, state] of Object.entries(readRecord(settings, "UPSTREAM_STATE", problems))) {
    const upstream = upstreams.get(name);
    if (!upstream) problems.push(`UPSTREAM_STATE: there is no upstream '${name}'`);
    else if (state === "none" || state === "holds" || state === "delta") upstream.state = state;
    else problems.push(`UPSTREAM_STATE: '${name}' must be 'none', 'holds' or 'delta'`);
  }

  const prices: Record<string, ModelPrice> = {};
  for (const [model, price] of Object.entries(readRecord(settings, "STRATA_PRICES", problems))) {
    const read = readPrice(price);
    if (read) prices[model] = read;
    else problems.push(`STRATA_PRICES: '${model}' needs numbers, input and output among them (USD per million tokens)`);
  }
  const policy: Record<string, number> = {};
  for (const [name, value] of Object.entries(readRecord(settings, "STRATA_POLICY", problems)))
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) policy[name] = value;
    else problems.push(`STRATA_POLICY: '${name}' must be a number of at least 0`);

  const distiller = readDistiller(settings, problems);
  const chars = Number(settings.STRATA_WHOLE_RESULT_CHARS || WHOLE_RESULT_CHARS);
  if (!Number.isSafeInteger(chars) || chars < SHORTENED_RESULT_CHARS_MIN)
    problems.push(`STRATA_WHOLE_RESULT_CHARS: must be a whole number of at least ${SHORTENED_RESULT_CHARS_MIN}`);

  const mode = settings.STRATA_MODE || "on";
  if (mode !== "on" && mode !== "off") problems.push("STRATA_MODE: must be 'on' or 'off'");
  const recall = settings.STRATA_RECALL || "block";
  if (!isRecallMode(recall)) problems.push("STRATA_RECALL: must be 'off', 'block', 'tool' or 'both'");
  const memory = readMemory(settings, problems);
  const recorder = settings.STRATA_RECORDER || "on";
  const isRecorder = recorder === "on" || recorder === "hashes" || recorder === "off";
  if (!isRecorder) problems.push("STRATA_RECORDER: must be 'on', 'hashes' or 'off'");
  const log = readLogLevel(settings);
  if (settings.STRATA_LOG && settings.STRATA_LOG !== log)
    problems.push("STRATA_LOG: must be 'turns', 'faults' or 'off'");
  const content = settings.STRATA_CONTENT || "keep";
  if (content !== "keep" && content !== "none") problems.push("STRATA_CONTENT: must be 'keep' or 'none'");
  const retain = {
    sessionsMs: readDays(settings, "STRATA_RETAIN_SESSIONS_DAYS", 0, problems),
    recordingsMs: readDays(settings, "STRATA_RETAIN_RECORDINGS_DAYS", RECORDINGS_DAYS_DEFAULT, problems),
    factsMs: readDays(settings, "STRATA_RETAIN_FACTS_DAYS", 0, problems),
  };
  if (problems.length > 0 || !isRecallMode(recall) || !isRecorder) return fail(problems);
  return ok(
    Object.freeze({
      upstreams,
      secret: settings.STRATA_SECRET || UNKEYED,
      adminToken: settings.STRATA_ADMIN_TOKEN || null,
      isOn: mode === "on",
      prices,
      policy,
      recall,
      distiller,
      memory,
      keepTools: readNames(settings.STRATA_KEEP_TOOLS),
      wholeResultChars: chars,
      recorder,
      log,
      keepsContent: content === "keep",
      retain,
      takesTestClock: settings.STRATA_TEST_CLOCK === "1",
    }),
  );
}

/** By itself, because what is wrong with the other settings is to be logged as well. */
export function readLogLevel({ STRATA_LOG: level }: Settings): LogLevel {
  return level === "faults" || level === "off" ? level : "turns";
}

const MEMORY_TOKENS_DEFAULT = 300;

function readMemory(settings: Settings, problems: string[]): Config["memory"] {
  const mode = settings.STRATA_MEMORY || "off";
  const tokensMax = Number(settings.STRATA_MEMORY_TOKENS || MEMORY_TOKENS_DEFAULT);
  const isMode = mode === "off" || mode === "request" || mode === "on";
  if (!isMode) problems.push("STRATA_MEMORY: must be 'off', 'request' or 'on'");
  if (!Number.isInteger(tokensMax) || tokensMax < 0 || tokensMax > MEMORY_TOKENS_MAX)
    problems.push(`STRATA_MEMORY_TOKENS: must be a whole number from 0 to ${MEMORY_TOKENS_MAX}`);
  return { mode: isMode ? mode : "off", tokensMax };
}

const RECORDINGS_DAYS_DEFAULT = 30;
/** A century: what is meant to stay longer is meant to stay. */
const DAYS_MAX = 36_500;

/** In milliseconds; null for 0, which means for ever. */
function readDays(settings: Settings, name: SettingName, otherwise: number, problems: string[]): number | null {
  const days = Number(settings[name] || otherwise);
  if (!(days >= 0 && days <= DAYS_MAX)) problems.push(`${name}: must be a number of days from 0 to ${DAYS_MAX}`);
  return days === 0 ? null : days * DAY_MS;
}

function readNames(list = ""): ReadonlySet<string> {
  const names = list.split(",").map((name) => name.trim());
  return new Set(names.filter((name) => name !== ""));
}

/** The URL without a trailing slash or `/v1`: the path of a request brings its own. */
function readBase(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, origin, pathname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") return null;
  return origin + pathname.replace(/\/+$/, "").replace(/\/v1$/, "");
}

/** Where a distiller is asked unless DISTILLER_URL says otherwise. */
const DISTILLER_URLS = { openai: "https://api.openai.com", anthropic: "https://api.anthropic.com" };
/** The alarm that waits for it may run for 15 minutes. */
const DISTILLER_TIMEOUT_SECONDS_MAX = 300;

function readDistiller(settings: Settings, problems: string[]): DistillerSetting | null {
  const api = settings.DISTILLER || "extractive";
  if (api === "extractive") return null;
  if (api !== "openai" && api !== "anthropic" && api !== "workers-ai") {
    problems.push("DISTILLER: must be 'extractive', 'openai', 'anthropic' or 'workers-ai'");
    return null;
  }
  const model = settings.DISTILLER_MODEL ?? "";
  if (model === "") problems.push("DISTILLER_MODEL: names the model, and has no default");
  const base = api === "workers-ai" ? "" : readBase(settings.DISTILLER_URL || DISTILLER_URLS[api]);
  if (base === null) problems.push("DISTILLER_URL: needs an absolute http(s) URL");
  const seconds = Number(settings.DISTILLER_TIMEOUT_SECONDS || DIGEST_WAIT_SECONDS);
  if (!(seconds > 0 && seconds <= DISTILLER_TIMEOUT_SECONDS_MAX))
    problems.push(`DISTILLER_TIMEOUT_SECONDS: must be a number above 0 and at most ${DISTILLER_TIMEOUT_SECONDS_MAX}`);
  return { api, base: base ?? "", key: settings.DISTILLER_KEY || null, model, timeoutMs: seconds * 1000 };
}

function readRecord(settings: Settings, name: SettingName, problems: string[]): Record<string, unknown> {
  const text = settings[name];
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Reported below, without the text: it may hold a secret.
  }
  problems.push(`${name}: must be a JSON object`);
  return {};
}

function readPrice(value: unknown): ModelPrice | null {
  if (typeof value !== "object" || value === null) return null;
  const price = value as Record<string, unknown>;
  const number = (field: string, otherwise: number | null): number | null => {
    const given = price[field];
    return given === undefined ? otherwise : typeof given === "number" && given >= 0 ? given : null;
  };
  const input = number("input", null);
  const output = number("output", null);
  const read = number("read", input);
  const write = number("write", input);
  const ttlSeconds = number("ttlSeconds", 300);
  const minimumTokens = number("minimumTokens", 1024);
  const granuleTokens = number("granuleTokens", 1);
  if (input === null || output === null || read === null || write === null) return null;
  if (ttlSeconds === null || minimumTokens === null || granuleTokens === null || granuleTokens < 1) return null;
  return {
    input,
    output,
    read,
    write,
    ttlSeconds,
    minimumTokens,
    granuleTokens,
    windowTokens: number("windowTokens", null),
  };
}
