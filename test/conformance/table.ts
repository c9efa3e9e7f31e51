/**
 * The table of README.md: who plays what, and why not where not.
 *
 * It is made from the drivers themselves and a test compares it with the page, so that a skipped conversation never goes
 * unnoticed. It must not know a driver by name.
 */
import type { Conversation } from "./conversation.ts";
import { CONVERSATIONS, LEAVING } from "./conversations.ts";
import { lackOf, wholeOf } from "./driver.ts";
import { DRIVERS } from "./drivers/all.ts";
import { THOUGHTFUL_VOYAGE, VOYAGE } from "./long-conversations.ts";

const LONG = [VOYAGE, THOUGHTFUL_VOYAGE];

/** A cell is a check mark, for a long conversation what becomes of the prompt, or the number of a reason below. */
export function renderTable(): string {
  const columns: Conversation[] = [...CONVERSATIONS, LEAVING, ...LONG];
  const reasons: string[] = [];
  const note = (reason: string): string => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return `(${reasons.indexOf(reason) + 1})`;
  };
  const rows = DRIVERS.map((driver) => {
    const cells = columns.map((conversation) => {
      const lack = lackOf(driver, conversation);
      if (lack !== null) return note(lack);
      if (!LONG.includes(conversation)) return "✓";
      const whole = wholeOf(driver, conversation);
      return whole === null ? "shorter" : `as sent ${note(whole)}`;
    });
    return [`\`${driver.name}\``, ...cells];
  });
  const lines = [["client", ...columns.map(({ name }) => name)], ...rows];
  const widths = columns.reduce(
    (sofar, _, index) => [...sofar, Math.max(...lines.map((line) => (line[index + 1] ?? "").length))],
    [Math.max(...lines.map(([first = ""]) => first.length))],
  );
  const pad = (cell: string, index: number): string => cell + " ".repeat((widths[index] ?? 0) - cell.length);
  const [head = [], ...body] = lines.map((line) => `| ${line.map((cell, index) => pad(cell, index)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [head, rule, ...body, "", ...reasons.map((reason, index) => `${index + 1}. ${reason}`)].join("\n");
}
