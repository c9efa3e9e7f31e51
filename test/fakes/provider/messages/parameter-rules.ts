/**
 * The front door of the Messages simulator: which parameters a body may have, and what each of them must be.
 *
 * The API refuses what it does not know, and what it knows only with a beta header, in the same words; so a proxy
 * that drops a header, or invents a field, fails here. The values of `messages` and `tools` are judged elsewhere.
 * It must not repair or default anything.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { checkSystemBlock } from "./block-rules.ts";
import { hasBeta } from "./messages-request.ts";
import {
  checkKind,
  extraInput,
  fieldRequired,
  refuse,
  wrongInput,
  type Kind,
  type MessagesRefusal,
} from "./refusal.ts";

interface Parameter {
  kind: Kind;
  /** Beginnings of the beta values of which one must be sent along. */
  betas?: readonly string[];
  /** Only the route that generates takes it, not the one that counts. */
  generates?: true;
}

const PARAMETERS: Record<string, Parameter> = {
  model: { kind: "string" },
  messages: { kind: "array" },
  max_tokens: { kind: "number", generates: true },
  billing_policy: { kind: "object" },
  cache_control: { kind: "object" },
  compaction: { kind: "object" },
  container: { kind: "any", generates: true },
  context_management: { kind: "object", betas: ["context-management-", "compact-2026-01-12"] },
  diagnostics: { kind: "object", generates: true },
  fallback_credit_token: { kind: "any", betas: ["fallback-credit-"], generates: true },
  fallbacks: { kind: "any", betas: ["server-side-fallback-"], generates: true },
  inference_geo: { kind: "string", generates: true },
  mcp_servers: { kind: "array", betas: ["mcp-client-", "mcp-servers-"] },
  metadata: { kind: "object", generates: true },
  output_config: { kind: "object" },
  output_format: { kind: "object", betas: ["structured-outputs-"] },
  safeguards: { kind: "array", generates: true },
  service_tier: { kind: "string", generates: true },
  speed: { kind: "string" },
  stop_sequences: { kind: "array", generates: true },
  stream: { kind: "boolean", generates: true },
  system: { kind: "text or array" },
  temperature: { kind: "number", generates: true },
  thinking: { kind: "object" },
  thread: { kind: "object", betas: ["message-threads-2026-08-12"], generates: true },
  tool_choice: { kind: "object" },
  tools: { kind: "array" },
  top_k: { kind: "number", generates: true },
  top_p: { kind: "number", generates: true },
};

const THINKING_FIELDS: Record<string, readonly string[]> = {
  adaptive: ["type", "display", "block_binding"],
  between_tools: ["type"],
  disabled: ["type"],
  enabled: ["type", "display", "block_binding", "budget_tokens"],
};

const BINDING_BETA = "thinking-binding-controls-2026-08-01";
const MINIMUM_BUDGET_TOKENS = 1024;

export function checkParameters(
  body: JsonObject,
  options: { generates: boolean; knowsThreads: boolean },
  betas: ReadonlySet<string>,
): MessagesRefusal | null {
  for (const name of options.generates ? ["model", "max_tokens", "messages"] : ["model", "messages"]) {
    if (body[name] === undefined) return fieldRequired(name);
  }
  for (const [name, value] of Object.entries(body)) {
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    const isUnknown = !parameter || (parameter.generates && !options.generates);
    if (isUnknown || (name === "thread" && !options.knowsThreads)) return extraInput(name);
    if (parameter.betas && !hasBeta(betas, ...parameter.betas)) return extraInput(name);
    // Null stands for absent wherever a parameter is optional.
    const isOptional = name !== "model" && name !== "messages" && name !== "max_tokens";
    if (value === null && isOptional) continue;
    const refusal = checkKind(name, parameter.kind, value);
    if (refusal) return refusal;
  }
  return (
    checkMaxTokens(body) ?? checkSystem(body["system"]) ?? checkThinking(body, betas) ?? checkThread(body["thread"])
  );
}

function checkMaxTokens(body: JsonObject): MessagesRefusal | null {
  if (body["model"] === "") return refuse("model: String should have at least 1 character");
  const tokens = body["max_tokens"];
  if (typeof tokens !== "number") return null;
  if (!Number.isInteger(tokens)) return wrongInput("max_tokens", "a valid integer");
  return tokens < 0 ? wrongInput("max_tokens", "greater than or equal to 0") : null;
}

function checkSystem(system: unknown): MessagesRefusal | null {
  if (!Array.isArray(system)) return null;
  for (const [position, block] of system.entries()) {
    const refusal = checkSystemBlock(block, position);
    if (refusal) return refusal;
    const { text, cache_control: cached } = block as { text: string; cache_control?: unknown };
    if (text === "" && !cached) return refuse("system: text content blocks must be non-empty");
  }
  return null;
}

function checkThinking(body: JsonObject, betas: ReadonlySet<string>): MessagesRefusal | null {
  const { thinking, max_tokens: most } = body;
  if (!isObject(thinking)) return null;
  const { type, budget_tokens: budget, block_binding: binding } = thinking;
  if (type === undefined) return fieldRequired("thinking.type");
  const fields = typeof type === "string" ? THINKING_FIELDS[type] : undefined;
  if (typeof type !== "string" || !fields) {
    return wrongInput("thinking.type", "'adaptive', 'between_tools', 'disabled' or 'enabled'");
  }
  const path = `thinking.${type}`;
  const stranger = Object.keys(thinking).find((field) => !fields.includes(field));
  if (stranger !== undefined) return extraInput(`${path}.${stranger}`);
  if (type === "enabled") {
    if (typeof budget !== "number") return fieldRequired(`${path}.budget_tokens`);
    if (budget < MINIMUM_BUDGET_TOKENS) {
      return wrongInput(`${path}.budget_tokens`, `greater than or equal to ${MINIMUM_BUDGET_TOKENS}`);
    }
    if (typeof most === "number" && most <= budget) {
      return refuse("`max_tokens` must be greater than `thinking.budget_tokens`.");
    }
  }
  if (binding === undefined || binding === null) return null;
  if (!betas.has(BINDING_BETA)) return extraInput(`${path}.block_binding`);
  const behavior = isObject(binding) ? (binding["prefix_mismatch_behavior"] ?? "error") : undefined;
  if (behavior === "error" || behavior === "drop_block") return null;
  return wrongInput(`${path}.block_binding.prefix_mismatch_behavior`, "'error' or 'drop_block'");
}

function checkThread(thread: unknown): MessagesRefusal | null {
  if (!isObject(thread)) return null;
  const { type, previous_message_id: previous } = thread;
  if (type !== "create" && type !== "continue") return wrongInput("thread.type", "'create' or 'continue'");
  const known = type === "create" ? ["type"] : ["type", "previous_message_id"];
  const stranger = Object.keys(thread).find((field) => !known.includes(field));
  if (stranger !== undefined) return extraInput(`thread.${type}.${stranger}`);
  if (type === "create") return null;
  if (previous === undefined) return fieldRequired("thread.continue.previous_message_id");
  return checkKind("thread.continue.previous_message_id", "string", previous);
}
