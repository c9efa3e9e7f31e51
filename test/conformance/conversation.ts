/**
 * What a conversation is to this suite: what the person says, turn by turn, and what the model does about it.
 *
 * One description serves every client and both sides: the app plays its turns, the scripted model its steps. Nothing here
 * knows an API. It must not hold a conversation; those stand in conversations.ts.
 */

/** What a conversation asks of a client, so that one which cannot do it is skipped by name. */
export type Need =
  | "tools"
  | "parallel_tools"
  | "streaming"
  | "reasoning"
  | "structured_output"
  | "image"
  | "abort"
  | "retry"
  | "edit"
  | "fork";

/** One reply of the model. All but the last of a turn call the tool, once for every pier. */
export interface Step {
  thought?: string;
  text?: string;
  look?: string[];
}

export interface Turn {
  say: string;
  steps: [Step, ...Step[]];
  stream?: boolean;
  /** A picture comes with what is said. */
  shows?: boolean;
  /** The answer is asked for as an object; the last step's text is its JSON. */
  form?: boolean;
  /** Go on from how things stood after that turn (-1: from the beginning) instead of after the last one. */
  after?: number;
  /** The app leaves in mid-stream, as soon as it has seen the first words. */
  leave?: boolean;
  /** How often the provider fails with a status of 500 before it answers. */
  failures?: number;
}

export interface Conversation {
  name: string;
  needs: Need[];
  turns: Turn[];
}

export const INSTRUCTIONS = "You keep the harbour's books and answer in one sentence.";

/** Where in a conversation a text belongs. Everything the scripted model is asked ends with one. */
export interface Mark {
  run: string;
  turn: number;
  step: number;
}

const MARK = /\[([\w-]+):(\d+)\.(\d+)\]/g;

export function writeMark({ run, turn, step }: Mark): string {
  return `[${run}:${turn}.${step}]`;
}

/** The last mark in a text. */
export function readMark(text: string): Mark | null {
  const found = [...text.matchAll(MARK)].at(-1);
  return found ? { run: found[1] ?? "", turn: Number(found[2]), step: Number(found[3]) } : null;
}

/** What the person says in a turn, as the model gets to see it. */
export function spoken(conversation: Conversation, run: string, turn: number): string {
  return `${conversation.turns[turn]?.say} ${writeMark({ run, turn, step: 0 })}`;
}
