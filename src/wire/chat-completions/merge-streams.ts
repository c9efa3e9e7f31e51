/**
 * Several streams of Chat Completions as one: what the client sees of each chunk while it passes.
 *
 * A chunk that needs no change goes on as it came. Pieces of the recall tool's calls are left out, the client's own
 * calls are counted anew, and chunks of a later call carry the id of the first. It must not hold a chunk back that the
 * client could use.
 */
import { RECALL_TOOL_NAME } from "../../model/recall-call.ts";
import { addUsage } from "../add-usage.ts";
import type { RawUsage } from "../add-usage.ts";
import { asText, isRecord } from "../read-members.ts";
import { eventText } from "../recall-tool.ts";
import type { StreamMerger } from "../recall-tool.ts";

type Fields = Record<string, unknown>;

/** Between what the model said before a search and what it says after it. */
export const BREAK = "\n\n";
/** With these a reply has come to its own end; any other reason has cut it off. */
export const OWN_ENDS: ReadonlySet<string> = new Set(["tool_calls", "function_call", "stop"]);
const DONE = "data: [DONE]\n\n";

/** One tool call of the current stream. */
interface Place {
  id: string | null;
  /** Its index as the client knows it; `ours`: the client knows nothing of it; null: its name has not come yet. */
  seen: number | "ours" | null;
  held: Fields[];
}

export function createMerger(): StreamMerger {
  return new ChatMerger();
}

class ChatMerger implements StreamMerger {
  isOver = false;
  hasEnded = false;
  isAwaiting = false;
  hasFailed = false;
  hasShown = false;
  #calls = 0;
  /** The first chunk's own fields, which every later one repeats. */
  #frame: Fields | null = null;
  #usage: RawUsage | null = null;
  #callUsage: RawUsage | null = null;
  /** Usage comes in a chunk of its own. */
  #hasUsageChunk = false;
  #places: Place[] = [];
  #placeAt = new Map<number, Place>();
  #theirs = 0;
  #ours = 0;
  /** Text of an earlier call stands before what comes next. */
  #needsBreak = false;
  #hasText = false;

  begin(): void {
    this.#calls++;
    this.#usage = addUsage(this.#usage, this.#callUsage);
    this.#callUsage = null;
    this.#places = [];
    this.#placeAt = new Map();
    this.#ours = 0;
    this.#needsBreak = this.#hasText;
    this.isOver = false;
    this.hasEnded = false;
    this.isAwaiting = false;
    this.hasFailed = false;
    this.hasShown = false;
  }

  take(data: string): string | null {
    if (data.startsWith("[DONE]")) {
      this.isOver = true;
      return this.isAwaiting ? "" : null;
    }
    const chunk = parseChunk(data);
    if (chunk === null) return null;
    if (isRecord(chunk["error"])) {
      this.hasFailed = true;
      return null;
    }
    this.#frame ??= frameOf(chunk);
    const choices: unknown[] = Array.isArray(chunk["choices"]) ? chunk["choices"] : [];
    const usage = isRecord(chunk["usage"]) ? chunk["usage"] : null;
    if (usage !== null) {
      this.#callUsage = usage;
      this.#hasUsageChunk ||= choices.length === 0;
    }
    const [choice] = choices;
    if (!isRecord(choice)) return this.#takeUsage(chunk, usage);
    return this.#takeChoice(chunk, choice, usage);
  }

  #takeUsage(chunk: Fields, usage: RawUsage | null): string | null {
    if (this.isAwaiting) return "";
    if (this.#calls === 1) return null;
    return eventText({ ...chunk, ...this.#frame, ...(usage && { usage: this.#sum() }) }, null);
  }

  #takeChoice(chunk: Fields, choice: Fields, usage: RawUsage | null): string | null {
    const given: Fields = isRecord(choice["delta"]) ? choice["delta"] : {};
    const finish = asText(choice["finish_reason"]);
    this.hasEnded ||= finish !== null;
    const delta = this.#takeDelta(given, finish !== null);
    const isOurs = finish !== null && this.#ours > 0 && this.#theirs === 0;
    if (isOurs && OWN_ENDS.has(finish)) this.isAwaiting = true;
    if (delta === null && !this.isAwaiting && this.#calls === 1) return null;
    const shown = delta ?? given;
    const isEmpty = Object.keys(shown).length === 0;
    if (isEmpty && (this.isAwaiting || (finish === null && usage === null))) return "";
    const seen: Fields = { ...choice, delta: shown };
    const whole: Fields = { ...chunk, ...this.#frame, choices: [seen] };
    if (this.isAwaiting) {
      seen["finish_reason"] = null;
      if (usage !== null) whole["usage"] = null;
    } else if (usage !== null) whole["usage"] = this.#sum();
    return eventText(whole, null);
  }

  /** What the client gets of a delta; null: all of it, as it came. */
  #takeDelta(given: Fields, isEnd: boolean): Fields | null {
    const delta: Fields = { ...given };
    let isChanged = false;
    const pieces: unknown = delta["tool_calls"];
    const held = isEnd ? this.#releaseHeld() : [];
    if (Array.isArray(pieces) || held.length > 0) {
      const seen = [
        ...held,
        ...(Array.isArray(pieces) ? pieces.flatMap((piece: unknown) => this.#takePiece(piece)) : []),
      ];
      isChanged = held.length > 0 || !Array.isArray(pieces) || seen.length !== pieces.length;
      isChanged ||= seen.some((piece, index) => piece !== (pieces as unknown[])[index]);
      if (seen.length > 0) delta["tool_calls"] = seen;
      else delete delta["tool_calls"];
    }
    if (this.#calls > 1 && this.#dropOpening(delta)) isChanged = true;
    if (this.#markShown(delta)) isChanged = true;
    return isChanged ? delta : null;
  }

  /** A reply has one beginning: who speaks was said by the first call. */
  #dropOpening(delta: Fields): boolean {
    if (!("role" in delta)) return false;
    delete delta["role"];
    for (const [field, value] of Object.entries(delta)) if (value === "" || value === null) delete delta[field];
    return true;
  }

  /** Answers true where the text was set apart from the one before. */
  #markShown(delta: Fields): boolean {
    for (const [field, value] of Object.entries(delta))
      if (field !== "role" && value !== "" && value !== null) this.hasShown = true;
    const content = asText(delta["content"]);
    if (content === null) return false;
    this.#hasText = true;
    if (!this.#needsBreak) return false;
    this.#needsBreak = false;
    delta["content"] = BREAK + content;
    return true;
  }

  #takePiece(piece: unknown): unknown[] {
    if (!isRecord(piece)) return [piece];
    const place = this.#find(piece);
    if (place.seen === null) {
      const name = nameOf(piece);
      if (name === null) {
        place.held.push(piece);
        return [];
      }
      if (name === RECALL_TOOL_NAME) {
        place.seen = "ours";
        place.held = [];
        this.#ours++;
      } else place.seen = this.#theirs++;
    }
    if (place.seen === "ours") return [];
    const { seen: index } = place;
    const held = place.held.splice(0).map((one) => ({ ...one, index }));
    return [...held, piece["index"] === index || piece["index"] === undefined ? piece : { ...piece, index }];
  }

  /** A call that never said its name is not ours. */
  #releaseHeld(): unknown[] {
    return this.#places.flatMap((place) => {
      if (place.held.length === 0) return [];
      const index = this.#theirs++;
      place.seen = index;
      return place.held.splice(0).map((piece) => ({ ...piece, index }));
    });
  }

  /** By its index, unless another id shows that some upstreams count every call as 0. */
  #find(piece: Fields): Place {
    const id = asText(piece["id"]);
    const index = piece["index"];
    const last = this.#places.length - 1;
    const at = typeof index === "number" ? index : id === null ? last : last + 1;
    const known = this.#placeAt.get(at);
    if (known && (id === null || known.id === null || known.id === id)) {
      known.id ??= id;
      return known;
    }
    const place: Place = { id, seen: null, held: [] };
    this.#places.push(place);
    this.#placeAt.set(at, place);
    return place;
  }

  #sum(): RawUsage | null {
    return addUsage(this.#usage, this.#callUsage);
  }

  close(): string {
    const frame = this.#frame ?? {};
    const end = eventText({ ...frame, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }, null);
    const usage = this.#hasUsageChunk ? eventText({ ...frame, choices: [], usage: this.#sum() }, null) : "";
    return end + usage + DONE;
  }
}

function parseChunk(data: string): Fields | null {
  try {
    const chunk: unknown = JSON.parse(data);
    return isRecord(chunk) ? chunk : null;
  } catch {
    return null;
  }
}

function frameOf(chunk: Fields): Fields {
  const frame: Fields = {};
  for (const field of ["id", "object", "created", "model", "service_tier", "system_fingerprint"])
    if (field in chunk) frame[field] = chunk[field];
  return frame;
}

function nameOf(piece: Fields): string | null {
  for (const kind of ["function", "custom"]) {
    const called = piece[kind];
    const name = isRecord(called) ? asText(called["name"]) : null;
    if (name !== null) return name;
  }
  return null;
}
