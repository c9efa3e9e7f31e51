/**
 * Lays a Messages request out as the blocks a model reads: tools, then the system prompt, then the turns.
 *
 * The cache compares names, so a name holds what the model sees and nothing else; settings that change how messages
 * are read (thinking, tool choice) part them from there on, but not tools and system. Thoughts that were dropped are
 * not part of the prompt. It must not count tokens or remember anything.
 */
import { isObject } from "../chat-request.ts";
import { LONG_TTL_SECONDS, type PromptBlock } from "./breakpoint-cache.ts";
import { blocksOf, isThought, textField, type Block, type Conversation } from "./messages-request.ts";
import { canonical } from "./prefix-chain.ts";

const TURN_FRAME_TOKENS = 4;
const IMAGE_TOKENS = 1500;
const DOCUMENT_TOKENS = 3000;
const SHORT_TTL_SECONDS = 300;

export function promptBlocks({ request, turns }: Conversation, dropped: Set<Block>): PromptBlock[] {
  const blocks: PromptBlock[] = [];
  for (const tool of request.tools ?? []) {
    const text = JSON.stringify({ ...tool, cache_control: undefined });
    blocks.push({ name: `tool ${canonical(tool)}`, text, extraTokens: 0, uncacheable: false, ...lifetimeOf(tool) });
  }
  for (const block of blocksOf(request.system)) blocks.push(laidOut("system", block, 0));

  const settings = canonical([request["tool_choice"] ?? null, request.thinking?.type ?? null]);
  let isFirst = true;
  for (const { role, blocks: placed } of turns) {
    const shown = placed.filter(({ block }) => !dropped.has(block));
    for (const [index, { block }] of shown.entries()) {
      const laid = laidOut(role, block, index === 0 ? TURN_FRAME_TOKENS : 0);
      blocks.push(isFirst ? { ...laid, name: `${settings} ${laid.name}` } : laid);
      isFirst = false;
    }
  }
  return withAutomatic(blocks, request.cache_control ?? undefined);
}

function laidOut(role: string, block: Block, extraTokens: number): PromptBlock {
  const { text, more } = seen(block);
  const run = block.type === "tool_use" || block.type === "tool_result" ? { run: block.type } : {};
  const name = `${role} ${canonical(block)}`;
  const uncacheable = isThought(block) || (block.type === "text" && text === "");
  return { name, text, extraTokens: extraTokens + more, uncacheable, ...run, ...lifetimeOf(block) };
}

/** What a block says in words, and the tokens of what is not words. */
function seen(block: Block): { text: string; more: number } {
  const { type, text, content, name, input } = block;
  if (type === "text") return { text: text ?? "", more: 0 };
  if (isThought(block)) return { text: textField(block, block.type === "thinking" ? "thinking" : "data"), more: 0 };
  if (type === "image") return { text: "", more: IMAGE_TOKENS };
  if (type === "document") return { text: textField(block, "title"), more: DOCUMENT_TOKENS };
  if (input !== undefined) return { text: `${String(name)}${JSON.stringify(input)}`, more: 0 };
  if (typeof content === "string") return { text: content, more: 0 };
  if (!Array.isArray(content)) return { text: canonical(block), more: 0 };
  const parts = content.filter((part: unknown) => isObject(part)).map((part) => seen(part as Block));
  return { text: parts.map((part) => part.text).join("\n"), more: parts.reduce((sum, part) => sum + part.more, 0) };
}

/** A marker inside a tool result is one on the result. */
function lifetimeOf(block: Record<string, unknown>): { ttlSeconds?: number } {
  const inner = Array.isArray(block["content"]) ? block["content"] : [];
  const controls = [block, ...inner].map((part: unknown) => (isObject(part) ? part["cache_control"] : undefined));
  const control = controls.find((one) => isObject(one));
  return isObject(control) ? { ttlSeconds: control["ttl"] === "1h" ? LONG_TTL_SECONDS : SHORT_TTL_SECONDS } : {};
}

/** The marker at the top stands for one on the last block that can carry one, unless that has its own. */
function withAutomatic(blocks: PromptBlock[], control: Record<string, unknown> | undefined): PromptBlock[] {
  if (!control) return blocks;
  const last = blocks.findLastIndex(({ uncacheable }) => !uncacheable);
  return blocks.map((block, index) => {
    return index === last && block.ttlSeconds === undefined
      ? { ...block, ...lifetimeOf({ cache_control: control }) }
      : block;
  });
}
