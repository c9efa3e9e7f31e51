/**
 * How many rows a turn writes: the platform bills each of them, and docs/STORAGE.md names these numbers.
 *
 * Counted by SQLite itself. The alarm costs one more, which only workerd sees.
 */
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";

const TURNS = 60;

describe("an ordinary exchange", () => {
  it("writes 6 rows with its reply, one more when it compacts, and on average at most 24 behind it", async () => {
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
      if (turn > 0) expect(stored - before, `turn ${turn}`).toBe(isCompaction ? 7 : 6);
      behind += changes() - stored;
    }
    // Counts, state, and for each of two pieces its row and what the full-text index writes with it, merges included.
    expect(behind / TURNS).toBeLessThanOrEqual(24);
  });
});
