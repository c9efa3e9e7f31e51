/**
 * Runs the edge in a process of its own, so that a test can kill it as a machine would.
 *
 *   node serve-edge.ts <upstream url> <folder of the stored state>
 * Prints its URL as the first line. It must not handle any signal: dying without a word is what it is for.
 */
import { startEdge } from "./start-edge.ts";

const [, , upstreamUrl, persistTo] = process.argv;
if (!upstreamUrl || !persistTo) throw new Error("usage: serve-edge.ts <upstream url> <folder>");
const edge = await startEdge({ upstreamUrl, persistTo, onLog: () => undefined });
console.log(edge.url);
