/**
 * Reads recorded conversations with questions: one JSON object a line.
 *
 * `{"id","dataset","turns":[{"id","role","speaker","text","at","session"}],"questions":[{"id","text","answer","aux",
 * "category","evidence":[turn index]}]}`. Nothing is copied: the data has licences of its own.
 */
import { readFileSync } from "node:fs";

export interface Turn {
  id: string;
  role: "user" | "assistant";
  speaker: string;
  text: string;
  at: number | null;
}

export interface Question {
  id: string;
  text: string;
  answer: string;
  aux: string;
  category: string;
  evidence: number[];
}

export interface Conversation {
  id: string;
  dataset: string;
  turns: Turn[];
  questions: Question[];
}

export function readConversations(path: string): Conversation[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Conversation);
}

/** What a model noted of a turn. */
export interface Note {
  conv: string;
  turn: number;
  text: string;
}

export function readNotes(path: string): Note[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Note);
}

/** The name under which a turn is shown; a speaker called like its role has none. */
export function speakerOf(turn: Turn): string | null {
  return turn.speaker === turn.role || turn.speaker === "" ? null : turn.speaker;
}
