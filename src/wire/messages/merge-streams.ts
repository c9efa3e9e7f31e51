/**
 * Several streams of Messages as one: what the client sees of each event while it passes.
 *
 * One `message_start`, blocks counted on from call to call, one `message_delta` with the usage of all calls, one
 * `message_stop`. Blocks of the recall tool are left out. An event that needs no change goes on as it came.
 */
import { RECALL_TOOL_NAME } from "../../model/recall-call.ts";
import { addUsage } from "../add-usage.ts";
import type { RawUsage } from "../add-usage.ts";
import { asText, isRecord } from "../read-members.ts";
import { eventText } from "../recall-tool.ts";
import type { StreamMerger } from "../recall-tool.ts";
import { isBlock } from "./schema.ts";
import type { ContentBlock } from "./schema.ts";

type Fields = Record<string, unknown>;

export function isOurs(block: ContentBlock): boolean {
  return block.type === "tool_use" && block["name"] === RECALL_TOOL_NAME;
}

export function createMerger(): StreamMerger {
  return new MessagesMerger();
}

class MessagesMerger implements StreamMerger {
  isOver = false;
  hasEnded = false;
  isAwaiting = false;
  hasFailed = false;
  hasShown = false;
  #calls = 0;
  /** Blocks of the current stream by index: their place in the client's message, or null for one of ours. */
  #placeOf = new Map<unknown, number | null>();
  #places = 0;
  #ours = 0;
  #theirs = 0;
  #usage: RawUsage | null = null;
  #callUsage: RawUsage | null = null;
  #delta: Fields = {};

  begin(): void {
    this.#calls++;
    this.#placeOf = new Map();
    this.#ours = 0;
    this.#usage = addUsage(this.#usage, this.#callUsage);
    this.#callUsage = null;
    this.isOver = false;
    this.hasEnded = false;
    this.isAwaiting = false;
    this.hasFailed = false;
    this.hasShown = false;
  }

  take(data: string, name: string | null): string | null {
    const event = parseEvent(data);
    if (event === null) return null;
    switch (event["type"]) {
      case "message_start":
        this.#takeUsage(isRecord(event["message"]) ? event["message"]["usage"] : null);
        return this.#calls === 1 ? null : "";
      case "content_block_start":
        return this.#place(event, name, this.#open(event));
      case "content_block_delta":
      case "content_block_stop":
        return this.#place(event, name, this.#placeOf.get(event["index"]));
      case "message_delta":
        return this.#takeDelta(event, name);
      case "message_stop":
        this.isOver = true;
        return this.isAwaiting ? "" : null;
      case "error":
        this.hasFailed = true;
        return null;
      default:
        return null;
    }
  }

  #open(event: Fields): number | null {
    const block = event["content_block"];
    const isHidden = isBlock(block) && isOurs(block);
    if (isHidden) this.#ours++;
    else {
      this.hasShown = true;
      if (isBlock(block) && block.type === "tool_use") this.#theirs++;
    }
    const place = isHidden ? null : this.#places++;
    this.#placeOf.set(event["index"], place);
    return place;
  }

  /** The event at its place in the client's message. */
  #place(event: Fields, name: string | null, place: number | null | undefined): string | null {
    if (place === null) return "";
    if (place === undefined || place === event["index"]) return null;
    return eventText({ ...event, index: place }, name);
  }

  #takeDelta(event: Fields, name: string | null): string | null {
    this.#takeUsage(event["usage"]);
    const delta = isRecord(event["delta"]) ? event["delta"] : {};
    this.#delta = { ...this.#delta, ...delta };
    this.hasEnded ||= asText(delta["stop_reason"]) !== null;
    if (asText(delta["stop_reason"]) === "tool_use" && this.#ours > 0 && this.#theirs === 0) {
      this.isAwaiting = true;
      return "";
    }
    return this.#calls === 1 ? null : eventText({ ...event, usage: this.#sum() }, name);
  }

  /** Counters are totals of one call: a newer one replaces the one before. */
  #takeUsage(usage: unknown): void {
    if (!isRecord(usage)) return;
    const counted = Object.entries(usage).filter(([, value]) => value !== null);
    this.#callUsage = { ...this.#callUsage, ...Object.fromEntries(counted) };
  }

  #sum(): RawUsage | null {
    return addUsage(this.#usage, this.#callUsage);
  }

  close(): string {
    const delta = { ...this.#delta, stop_reason: "end_turn", stop_sequence: null };
    const end = eventText({ type: "message_delta", delta, usage: this.#sum() ?? {} }, "message_delta");
    return end + eventText({ type: "message_stop" }, "message_stop");
  }
}

function parseEvent(data: string): Fields | null {
  try {
    const event: unknown = JSON.parse(data);
    return isRecord(event) ? event : null;
  } catch {
    return null;
  }
}
