/**
 * Plays a long session and leaves it open, to be looked at: `node test/fakes/long-session/show.ts [turns] [port]`.
 *
 * Prints where to look and with which key, and serves until it is interrupted.
 */
import { LONG_KEY, raiseLongSession } from "./raise.ts";

const [turns = "500", port = "8790"] = process.argv.slice(2);
const startedAt = performance.now();
const { edge, session, answers, found } = await raiseLongSession({ turns: Number(turns), port: Number(port) });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`${answers.length} turns in ${seconds} s: ${edge.url}/_strata/ui/sessions/${session}`);
console.log(`Key: ${LONG_KEY}`);
console.log(JSON.stringify(found, null, 1));
