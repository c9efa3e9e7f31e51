/**
 * Several streams of Responses as one: what the client sees of each event while it passes.
 *
 * One `response.created`, items and events counted on from call to call, one last event with the output and the usage
 * of all calls under the first id. Items of the recall tool are left out, and its definition is cut out of the response
 * that the events repeat. An event that needs no change goes on as it came.
 */
import { addUsage } from "../add-usage.ts";
import type { RawUsage } from "../add-usage.ts";
import { isRecord } from "../read-members.ts";
import { eventText } from "../recall-tool.ts";
import type { StreamMerger } from "../recall-tool.ts";
import { cutDefinition, isOurs, waitsForClient, withoutDefinition } from "./recall-items.ts";

type Fields = Record<string, unknown>;

const OPENING = new Set(["response.created", "response.queued", "response.in_progress"]);
const TERMINAL = new Set(["response.completed", "response.incomplete", "response.failed"]);

export function createMerger(): StreamMerger {
  return new ResponsesMerger();
}

class ResponsesMerger implements StreamMerger {
  isOver = false;
  hasEnded = false;
  isAwaiting = false;
  hasFailed = false;
  hasShown = false;
  #calls = 0;
  /** Items of the current stream by index: their place in the client's output, or null for one of ours. */
  #placeOf = new Map<unknown, number | null>();
  #output: unknown[] = [];
  #places = 0;
  #ours = 0;
  #theirs = 0;
  /** What the first call says of itself, and the last event that was left out. */
  #first: Fields = {};
  #withheld: Fields = {};
  #usage: RawUsage | null = null;
  #callUsage: RawUsage | null = null;
  #sequence: number | null = null;

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
    if (data.startsWith("[DONE]")) return this.isAwaiting ? "" : null;
    const event = parseEvent(data);
    if (event === null) return null;
    const type = String(event["type"]);
    if (OPENING.has(type)) return this.#takeOpening(event, data, name);
    if (TERMINAL.has(type)) return this.#takeEnd(event, data, name);
    if (type === "error") {
      this.hasFailed = true;
      this.isOver = true;
      return this.#pass(event, name);
    }
    if (!("output_index" in event)) return this.#pass(event, name);
    if (type === "response.output_item.added") this.#open(event);
    const place = this.#placeOf.get(event["output_index"]);
    if (place === null) return "";
    if (type === "response.output_item.done") this.#output.push(event["item"]);
    return this.#pass(event, name, place);
  }

  #takeOpening(event: Fields, data: string, name: string | null): string | null {
    if (this.#calls > 1) return "";
    const response = isRecord(event["response"]) ? event["response"] : {};
    this.#first = { id: response["id"], created_at: response["created_at"] };
    this.#count(event);
    const cut = cutDefinition(data);
    return cut === data ? null : frameOf(cut, name);
  }

  #open(event: Fields): void {
    const { item } = event;
    const isHidden = isOurs(item);
    if (isHidden) this.#ours++;
    else this.hasShown = true;
    if (waitsForClient(item)) this.#theirs++;
    this.#placeOf.set(event["output_index"], isHidden ? null : this.#places++);
  }

  #takeEnd(event: Fields, data: string, name: string | null): string | null {
    const response = isRecord(event["response"]) ? event["response"] : {};
    this.isOver = true;
    this.hasEnded = true;
    if (isRecord(response["usage"])) this.#callUsage = response["usage"];
    if (event["type"] === "response.failed") this.hasFailed = true;
    if (event["type"] === "response.completed" && this.#ours > 0 && this.#theirs === 0) {
      this.isAwaiting = true;
      this.#withheld = response;
      return "";
    }
    if (this.#calls > 1 || this.#ours > 0)
      return eventText({ ...event, ...this.#count(event), response: this.#whole(response) }, name);
    const cut = cutDefinition(data);
    return cut === data ? null : frameOf(cut, name);
  }

  /** The last response with everything that the client has seen before it. */
  #whole(response: Fields): Fields {
    return { ...withoutDefinition(response), ...this.#first, output: this.#output, usage: this.#sum() };
  }

  /** The event with its place and its number in the client's stream; null where they are the ones that it has. */
  #pass(event: Fields, name: string | null, place?: number): string | null {
    const counted: Fields = {
      ...event,
      ...this.#count(event),
      ...(place === undefined ? {} : { output_index: place }),
    };
    const isSame =
      counted["sequence_number"] === event["sequence_number"] && counted["output_index"] === event["output_index"];
    return isSame ? null : eventText(counted, name);
  }

  /** Its number, from the first one's on; nothing where the upstream does not count. */
  #count({ sequence_number: number }: Fields): Fields {
    if (typeof number !== "number") return {};
    this.#sequence = this.#sequence === null ? number : this.#sequence + 1;
    return { sequence_number: this.#sequence };
  }

  #sum(): RawUsage | null {
    return addUsage(this.#usage, this.#callUsage);
  }

  close(): string {
    const response = this.#whole({ ...this.#withheld, status: "completed" });
    const counted = this.#sequence === null ? {} : { sequence_number: this.#sequence + 1 };
    return eventText({ type: "response.completed", ...counted, response }, "response.completed");
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

/** Data that may hold line breaks, as an event. */
function frameOf(data: string, name: string | null): string {
  const lines = data
    .split("\n")
    .map((line) => `data: ${line}\n`)
    .join("");
  return `${name === null ? "" : `event: ${name}\n`}${lines}\n`;
}
