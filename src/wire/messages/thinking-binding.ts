/**
 * Whether a model binds its reasoning to everything before it, and what happens when that has changed.
 *
 * Models of late 2026 refuse a request whose signed thinking stands behind another prefix than it was written for, or
 * drop the thinking where the client asked for that. Only models that are known to be older are taken not to care:
 * a new name must never be guessed to be harmless.
 */
import { isRecord } from "../read-members.ts";

/** The name without what gateways and clouds put before it, with the dots that some write for hyphens. */
const CLAUDE = /(?:^|[./])(?=claude)/;
const OLDER_MAJOR = /^claude-(?:[23](?!\d)|instant)/;
const OLDER_NAME = /^claude-(?:[a-z]+-4(?:-\d{1,2})?|(?:opus|sonnet|haiku)-5)(?:[-@]\d{8})?(?:-v\d\S*|-latest)?$/;

export function readBinding(model: string | null, thinking: unknown): "refuses" | "drops" | null {
  const whole = model?.toLowerCase() ?? "";
  const found = CLAUDE.exec(whole);
  if (found === null) return null;
  const name = whole.slice(found.index + found[0].length).replaceAll(".", "-");
  if (OLDER_MAJOR.test(name) || OLDER_NAME.test(name)) return null;
  const control = isRecord(thinking) ? thinking["block_binding"] : null;
  return isRecord(control) && control["prefix_mismatch_behavior"] === "drop_block" ? "drops" : "refuses";
}

/** Whether the reply may bring reasoning: asked for, ruled out, or left to the model. */
export function readReplyBinding(thinking: unknown): boolean | "unasked" {
  return isRecord(thinking) ? thinking["type"] !== "disabled" : "unasked";
}
