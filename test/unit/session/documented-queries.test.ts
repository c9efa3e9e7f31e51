/**
 * The queries in docs/OPERATING.md, run on real tables: those for one object's own database as they stand there, and of
 * those for the metrics whether their columns exist.
 *
 * What they answer is the reader's business; that they run is this file's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BLOBS, DOUBLES } from "../../../src/adapters/data-point.ts";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { startConversation } from "../../fakes/played-session.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { reportOf } from "../tenant/report.ts";

const operating = readFileSync(join(import.meta.dirname, "../../../docs/OPERATING.md"), "utf8");
const blocks = [...operating.matchAll(/```sql\n(.*?)```/gs)].map((match) => match[1] ?? "");
const metrics = blocks.filter((block) => block.includes("FROM strata"));
const studio = blocks.filter((block) => !block.includes("FROM strata")).flatMap((block) => block.split(";\n"));

describe("a documented query", () => {
  it("of an object's database runs on its tables and finds something", async () => {
    const conversation = startConversation();
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    await conversation.send(body, { message: { role: "assistant", content: "Hello" } });
    const tenant = openNodeSql();
    new TenantDirectory(tenant).report(reportOf(1, 2));
    const queries = studio.filter((query) => query.trim() !== "");
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) {
      const sql = /session_entry|tenant_day/.test(query) ? tenant : conversation.sql;
      const rows = sql.all(query);
      if (!query.includes("FROM brief ORDER")) expect(rows, query).toHaveLength(1);
    }
  });

  it("of the metrics names columns that data points have, and weighs what it adds up", () => {
    expect(metrics.length).toBeGreaterThan(6);
    for (const query of metrics) {
      for (const [, kind, place] of query.matchAll(/\b(blob|double)(\d+)\b/g))
        expect(Number(place), query).toBeLessThanOrEqual((kind === "blob" ? BLOBS : DOUBLES).length);
      for (const [sum] of query.matchAll(/\bsum\([^)]*\)/g)) expect(sum).toContain("_sample_interval");
    }
  });
});
