/**
 * Reads a transcript from a file's text, whatever format it came in.
 *
 * Read are the demo's own recording, OpenAI chat messages and lists of dated turns, as JSON or one per line. Pauses are
 * taken from the recording; where it has none they are made up from the length of the texts, and `pauses` says so.
 * It must not leave anything out silently: what cannot be played is an error that names the place.
 */
import type { ChatCompletionTool } from "openai/resources/chat/completions";
import { readChatMessages, type ChatTurns } from "./read-chat-messages.ts";
import { isObject, type JsonObject, type Step, type Transcript, type Turn } from "./transcript.ts";

/** Reads the conversation on one line of a file's text; a file that is one JSON value has line 0 only, a list one per entry. */
export function readTranscript(text: string, line: number): Transcript {
  const entries = readEntries(text);
  const entry = entries[line];
  if (entry === undefined) throw new Error(`there is no line ${line}: the file holds ${entries.length}`);
  if (isObject(entry) && Array.isArray(entry["messages"])) return fromChat(entry, entry["messages"]);
  if (isObject(entry) && Array.isArray(entry["turns"])) {
    const [first] = entry["turns"] as unknown[];
    if (isObject(first) && "steps" in first) return fromRecording(entry);
    return fromChat(entry, toMessages(entry["turns"]));
  }
  throw new Error("neither {messages: [...]} nor {turns: [...]}");
}

function readEntries(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return [value];
    const isMessageList = value.every((item) => isObject(item) && typeof item["role"] === "string");
    return isMessageList ? [{ messages: value }] : value;
  } catch {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.map((line, index) => {
      try {
        return JSON.parse(line) as unknown;
      } catch {
        throw new Error(`line ${index} is not JSON`);
      }
    });
  }
}

/** The demo's own format is trusted: it comes with the project and a test reads it. */
function fromRecording(entry: JsonObject): Transcript {
  type Recorded = Omit<Transcript, "turns"> & {
    turns: (Omit<Turn, "steps"> & { steps: Partial<Step>[] })[];
  };
  const recorded = entry as unknown as Recorded;
  return {
    title: recorded.title,
    model: recorded.model,
    system: recorded.system,
    opening: null,
    tools: recorded.tools,
    turns: recorded.turns.map(({ pauseSeconds, user, steps }) => ({
      pauseSeconds,
      user,
      steps: steps.map(({ content = null, toolCalls = [], results = [] }) => ({ content, toolCalls, results })),
    })),
    probes: recorded.probes,
    pauses: "recorded",
  };
}

/** Turns of two people, `{role, text, at}`: only the shape changes. */
function toMessages(turns: unknown[]): unknown[] {
  return turns.map((turn, index) => {
    if (!isObject(turn) || typeof turn["text"] !== "string") throw new Error(`turns[${index}] has no text`);
    return { role: turn["role"], content: turn["text"], at: turn["at"] };
  });
}

function fromChat(entry: JsonObject, messages: unknown[]): Transcript {
  const chat = readChatMessages(messages);
  const { id, title, model, tools } = entry;
  const given = Array.isArray(tools) && tools.length > 0 ? (tools as ChatCompletionTool[]) : permissiveTools(chat);
  return {
    title: typeof title === "string" ? title : typeof id === "string" ? id : "transcript",
    model: typeof model === "string" ? model : null,
    system: chat.system,
    opening: chat.opening,
    tools: given,
    turns: withPauses(chat),
    probes: [],
    pauses: chat.turns.some(({ afterMs }) => afterMs !== null) ? "recorded" : "assumed",
  };
}

/** A transcript rarely holds its tools' schemas: each tool that is called in it is declared to take anything. */
function permissiveTools({ turns }: ChatTurns): ChatCompletionTool[] {
  const names = new Set(
    turns.flatMap(({ steps }) => steps.flatMap(({ toolCalls }) => toolCalls.map(({ name }) => name))),
  );
  return [...names].toSorted().map((name) => ({
    type: "function",
    function: { name, parameters: { type: "object", additionalProperties: true } },
  }));
}

const READING_CHARS_PER_SECOND = 25;
const TYPING_CHARS_PER_SECOND = 5;
const PAUSE_SECONDS_MIN = 8;

/** The recorded distance, and at least the time that reading the last reply and typing the message takes. */
function withPauses({ turns, opening }: ChatTurns): Turn[] {
  return turns.map(({ user, steps, afterMs }, index) => {
    const lastReply = index === 0 ? opening : (turns[index - 1]?.steps.at(-1)?.content ?? "");
    const reading = (lastReply ?? "").length / READING_CHARS_PER_SECOND;
    const typing = user.length / TYPING_CHARS_PER_SECOND;
    const livePause = Math.ceil(PAUSE_SECONDS_MIN + reading + typing);
    return { user, steps, pauseSeconds: index === 0 ? 0 : Math.max(livePause, Math.round((afterMs ?? 0) / 1000)) };
  });
}
