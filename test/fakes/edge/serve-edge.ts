/**
 * Runs an edge in a process of its own, so that a test can kill it: `node serve-edge.ts '{"upstreamUrl":…}'`.
 *
 * Takes EdgeOptions as JSON, prints the URL as its first line and serves until it is killed. It must not react to any
 * signal: a clean end is not what it is for.
 */
import { startEdge } from "./start-edge.ts";
import type { EdgeOptions } from "./start-edge.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as EdgeOptions;
const { url } = await startEdge({ ...options, onLog: () => undefined });
console.log(url);
