/**
 * How many rows a turn writes: the platform bills each of them, and docs/STORAGE.md names these numbers.
 *
 * Counted by SQLite itself. The alarm costs one more, which only workerd sees.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";
import { countForms } from "../../../src/session/forms/count-forms.ts";
import { wireMessageReader } from "../../../src/adapters/wire-message-reader.ts";
import { answer, boats, calling, result, say, ToolThread, writeBody } from "./tool-thread.ts";

const PORTS = { counter: { countTokens: (text: string) => text.length }, reader: wireMessageReader };

const TURNS = 60;

describe("a large tool result", () => {
  it("writes one row more than a small one, and one more behind it", async () => {
    const wire = "chat-completions";
    const rows: number[][] = [];
    for (const text of [boats(60), "Nothing."]) {
      const { conversation } = new ToolThread(wire, { STRATA_WHOLE_RESULT_CHARS: "1500", STRATA_RECALL: "off" });
      const changes = (): number =>
        conversation.sql.all<{ rows: number }>("SELECT total_changes() AS rows")[0]?.rows ?? 0;
      const items = [say(wire, "A boat."), calling(wire, "c1")];
      await conversation.send(writeBody(wire, items.slice(0, 1)), { message: items[1] as ChatMessage });
      await conversation.work();
      const before = changes();
      const body = writeBody(wire, [...items, result(wire, "c1", text)]);
      await conversation.send(body, { message: answer(wire, "B7.") as ChatMessage });
      const stored = changes();
      countForms(conversation.tables, PORTS, conversation.turns().at(-1)?.state?.forms ?? []);
      rows.push([stored - before, changes() - stored]);
    }
    expect(rows).toEqual([
      [9, 1],
      [8, 0],
    ]);
  });
});

describe("an ordinary exchange", () => {
  it("writes 8 rows with its reply, 9 behind a brief, 11 when it compacts, and on average at most 24 after it", async () => {
    const conversation = startConversation({ guardTokens: 400 });
    const changes = (): number =>
      conversation.sql.all<{ rows: number }>("SELECT total_changes() AS rows")[0]?.rows ?? 0;
    const history: ChatMessage[] = [];
    let behind = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      history.push({ role: "user", content: `question ${turn} about ${"something ".repeat(10)}` });
      const before = changes();
      const message = { role: "assistant", content: `answer ${turn}` };
      const sent = await conversation.send(JSON.stringify({ messages: history }), { message });
      const stored = changes();
      history.push(message);
      await conversation.work();
      const isCompaction = sent.plan.mode === "brief" && sent.plan.reason !== "epoch";
      const rows = sent.plan.mode === "full" ? 8 : isCompaction ? 11 : 9;
      if (turn > 1) expect(stored - before, `turn ${turn}`).toBe(rows);
      behind += changes() - stored;
    }
    // Counts, state, and for each of two pieces its row and what the full-text index writes with it, merges included.
    expect(behind / TURNS).toBeLessThanOrEqual(24);
  });
});
