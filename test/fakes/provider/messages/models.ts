/**
 * What the simulator knows about models: which bind their thinking, who reads whose, what is too short to cache.
 *
 * Names are read by family and version, so that a dated or a newer name behaves like its kind; a name that is no
 * Claude model has no special rules. `listModels` is the body of `GET /v1/models` in Anthropic's shape.
 * Prices are not its business, and no rule about requests may hide here.
 */

const MODELS = [
  "claude-fable-5-2",
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-fable-5-1",
  "claude-opus-5",
  "claude-sonnet-5",
  "claude-opus-4-8",
  "claude-haiku-4-5",
  "claude-sonnet-4-5",
];
const RELEASED = "2026-09-01T00:00:00Z";
const DEFAULT_MINIMUM_TOKENS = 1024;

interface Known {
  family: string;
  version: number;
}

function known(model: string): Known | null {
  const match = /(fable|mythos|opus|sonnet|haiku)-(\d)(?:-(\d)(?!\d))?/.exec(model);
  if (!match) return null;
  return { family: match[1] ?? "", version: Number(match[2]) + Number(match[3] ?? 0) / 10 };
}

/** Models whose thinking blocks are bound to everything that stood before them. */
export function preservesThinking(model: string): boolean {
  const { family, version } = known(model) ?? { family: "", version: 0 };
  if (family === "") return false;
  return version >= (family === "fable" || family === "mythos" ? 5.1 : 5.5);
}

/** Whether `reader` may see what `writer` thought; a block it may not see is dropped without an error. */
export function readsThinking(reader: string, writer: string): boolean {
  const [to, from] = [known(reader), known(writer)];
  if (!to || !from || (to.family === from.family && to.version === from.version)) return true;
  if (preservesThinking(writer)) {
    if (from.family === "haiku") return true;
    return isFrontier(to) && to.version >= 5.1 && (from.family === "opus" || isFrontier(from));
  }
  return !preservesThinking(reader) || to.family === "opus" || isFrontier(to);
}

function isFrontier({ family }: Known): boolean {
  return family === "fable" || family === "mythos";
}

/** System messages in mid-conversation came with Opus 4.8. */
export function takesSystemMessages(model: string): boolean {
  return (known(model)?.version ?? Infinity) >= 4.8;
}

/** Newer models do not go on from words put in their mouth. */
export function takesPrefill(model: string): boolean {
  return (known(model)?.version ?? 0) <= 4.5;
}

/** A model that always thinks cannot be forced to call a tool. */
export function takesForcedTools(model: string): boolean {
  const { family = "", version = 0 } = known(model) ?? {};
  return !((family === "fable" || family === "mythos") && version >= 5.1);
}

/** The shortest prefix that the prompt cache keeps, in tokens. */
export function minimumCacheTokens(model: string): number {
  const { family = "", version = 0 } = known(model) ?? {};
  if (family === "opus" && (version === 4.5 || version === 4.6)) return 4096;
  if (family === "opus" && version === 4.7) return 2048;
  if (family === "haiku" && version === 4.5) return 4096;
  return version >= 5 && family !== "sonnet" && family !== "haiku" ? 512 : DEFAULT_MINIMUM_TOKENS;
}

export function listModels(): object {
  const data = MODELS.map((id) => modelInfo(id));
  return { data, has_more: false, first_id: MODELS[0], last_id: MODELS.at(-1) };
}

export function modelInfo(id: string): object | null {
  if (!MODELS.includes(id)) return null;
  const line = known(id)?.family ?? null;
  return {
    type: "model",
    id,
    display_name: displayNameOf(id),
    created_at: RELEASED,
    line,
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: null,
  };
}

/** `claude-opus-5-5` → `Claude Opus 5.5`. */
function displayNameOf(id: string): string {
  const { family = "", version = 0 } = known(id) ?? {};
  return `Claude ${family.slice(0, 1).toUpperCase()}${family.slice(1)} ${version}`;
}
