/**
 * The model's part in the agents' task: three steps, each with the agent's own tools, on two files of its folder.
 *
 * Where the task stands is read from the request alone (the last marked prompt, and the tool results behind it), and
 * answers repeat what the tools gave back, so a history that lost or changed something shows in the answer.
 * It must not depend on who is asking: tools are called by the names that the request offers.
 */
import type { Api, ScriptedReply } from "../fakes/provider/provider.ts";
import { readView, type View } from "./read-view.ts";
import { callEdit, callRead, callWrite } from "./tools.ts";

const DAYS = 40;
const NOTES = "colour: green\nposts: 7\n";
/** Long enough that a conversation which has read it has something to leave behind. */
const PLAN = Array.from({ length: DAYS }, (_, day) => {
  return `day ${day + 1}: paint post ${day + 1}, then let it dry until the evening of day ${day + 2}\n`;
}).join("");

/** An instruction that stands for the whole conversation, whatever is left of it. */
export const STANDING = "Always keep one fact a line.";

export const PROMPTS = [
  `Task step 1 of 3. Create notes.txt, with the colour green and 7 posts, and plan.txt, a plan for ${DAYS} days. ${STANDING}`,
  "Task step 2 of 3. Read both files, then change the posts in notes.txt to 8.",
  "Task step 3 of 3. Read notes.txt again and report exactly what it says.",
];

/** What the agent must print at the end of each step. */
export const REPLIES = [
  "Both files are there.",
  `Read: colour: green, posts: 7, and ${DAYS} days to paint. There are 8 posts now.`,
  "It says: colour: green, posts: 8.",
];

/** The agent's folder after the last step. */
export const FILES: Readonly<Record<string, string>> = { "notes.txt": "colour: green\nposts: 8\n", "plan.txt": PLAN };

const STEP = /Task step (\d) of 3\./;
const FACT = /colour: \w+|posts: \d+/g;
const PLANNED = /paint post \d+/g;

export function answerTask(api: Api, body: unknown): ScriptedReply {
  const view = readView(api, body);
  const { tools } = view;
  // Titles and summaries are asked for without tools, and are no part of the task.
  if (tools.length === 0) return { content: "Notes and a plan" };
  const { step, results } = findStep(view);
  if (step === 1) {
    if (results.length > 0) return { content: "Both files are there." };
    const toolCalls = [callWrite(tools, "notes.txt", NOTES), callWrite(tools, "plan.txt", PLAN)];
    return { reasoning: "Two files, in one go.", toolCalls };
  }
  if (step === 2) {
    if (results.length === 0) {
      const toolCalls = [callRead(tools, "notes.txt"), callRead(tools, "plan.txt")];
      return { reasoning: "Both have to be read first.", toolCalls };
    }
    const toolCalls = [callEdit(tools, "notes.txt", "posts: 7", "posts: 8")];
    if (results.length === 2) return { reasoning: "Only the posts change.", content: "Now the posts.", toolCalls };
    // What an edit gives back may quote the file once more.
    const read = results.slice(0, 2);
    const days = findAll(read, PLANNED).length;
    return { content: `Read: ${findAll(read, FACT).join(", ")}, and ${days} days to paint. There are 8 posts now.` };
  }
  if (step === 3) {
    if (results.length === 0) return { reasoning: "Once more.", toolCalls: [callRead(tools, "notes.txt")] };
    return { content: `It says: ${findAll(results, FACT).join(", ")}.` };
  }
  return { content: "No step of the task was asked for." };
}

function findStep({ events }: View): { step: number; results: string[] } {
  const last = events.findLastIndex(({ kind, text }) => kind === "user" && STEP.test(text));
  const step = Number(STEP.exec(events[last]?.text ?? "")?.[1] ?? 0);
  const results = events.slice(last + 1).filter(({ kind }) => kind === "result");
  return { step, results: results.map(({ text }) => text) };
}

function findAll(texts: string[], pattern: RegExp): string[] {
  return texts.flatMap((text) => text.match(pattern) ?? []);
}
