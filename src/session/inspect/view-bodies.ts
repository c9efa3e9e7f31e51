/**
 * The recorded bodies of a turn: their sizes and hashes, their bytes, and the client's beside what went up.
 *
 * A body is shown whole or not at all. It reads only, and costs what the bodies are long.
 */
import { DIFFED_BYTES_MAX } from "../../model/inspection-limits.ts";
import type { WireName } from "../../model/wire.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { RecordedBody } from "../../ports/recording.ts";
import type { BodyName, BodyText, BodyView, DiffView, TurnName, TurnView } from "../../ports/turn-view.ts";
import { alignBodies } from "../recorder/align-bodies.ts";
import type { CutBody } from "../recorder/align-bodies.ts";
import { createExplain } from "../recorder/explain-added.ts";
import { createJudge } from "../recorder/judge-piece.ts";
import type { PromptNote } from "../recorder/prompt-note.ts";
import type { SessionTables } from "../tables.ts";
import type { TurnRow } from "../turn-log.ts";
import type { SeenPieces } from "./view-pieces.ts";

/** A turn, and the attempt of it that was named. */
export interface NamedTurn {
  turn: TurnRow;
  attempt: string;
  /** Null: the turn's record is of another attempt, or of a version that kept none. */
  note: PromptNote | null;
}

export function findTurn({ log }: SessionTables, name: TurnName): NamedTurn | null {
  const turn =
    "rev" in name
      ? log.turnOf(name.rev)
      : (log.page(name.number + 1, 1).find(({ seq }) => seq === name.number) ?? null);
  if (turn === null) return null;
  const note = (turn.record["prompt"] ?? null) as PromptNote | null;
  const attempt = "rev" in name ? name.rev : (note?.attempt ?? turn.rev);
  return { turn, attempt, note: note?.attempt === attempt ? note : null };
}

export function viewBodies({ recordings }: SessionTables, { turn, attempt }: NamedTurn): TurnView["bodies"] {
  const bodies = recordings.find(attempt)?.bodies ?? [];
  const of = (side: RecordedBody["side"]): BodyView[] =>
    bodies.filter((body) => body.side === side).map((body) => viewBody(body, recordings.holds(body)));
  const [client] = of("client");
  if (client) return { client, refused: of("refused")[0] ?? null, forwarded: of("forwarded") };
  const note = (turn.record["prompt"] ?? null) as PromptNote | null;
  return { missing: note === null ? "older_version" : note.isRecorded ? "released" : "recorder_off" };
}

/** Null: there was no such body. */
export function readBody(tables: SessionTables, { attempt }: NamedTurn, name: BodyName): BodyText | null {
  const body = findBody(tables, attempt, name);
  const text = body && tables.recordings.text(body);
  return body && { body: viewBody(body, text !== null), text };
}

/** Null: one of the two is not there, or no longer. */
export function viewDiff(tables: SessionTables, reader: MessageReader, named: NamedTurn): DiffView | null {
  return readDiff(tables, reader, named)?.view ?? null;
}

/** What is only to be seen in the bodies; nothing where they are not kept, or too much to look at. */
export function readSeen(tables: SessionTables, reader: MessageReader, named: NamedTurn): SeenPieces {
  const bytes = (tables.recordings.find(named.attempt)?.bodies ?? []).reduce((sum, body) => sum + body.bytes, 0);
  const diff = bytes > DIFFED_BYTES_MAX ? null : readDiff(tables, reader, named);
  if (diff === null) return { head: [], added: [] };
  const { view, client, forwarded } = diff;
  const head = client.head.map(({ key, start, end }) => ({ key, text: client.text.slice(start, end) }));
  const added = view.pieces.flatMap(({ kind, reason, depth, fate, forwarded: at }) =>
    fate === "added" && at !== null ? [{ kind, reason, depth, text: forwarded.text.slice(at.start, at.end) }] : [],
  );
  return { head, added };
}

function readDiff(
  tables: SessionTables,
  reader: MessageReader,
  named: NamedTurn,
): { view: DiffView; client: CutBody; forwarded: CutBody } | null {
  const { turn, attempt, note } = named;
  const client = findBody(tables, attempt, { side: "client" });
  const forwarded = findBody(tables, attempt, { side: "forwarded", call: 0 });
  if (client === null || forwarded === null || note === null) return null;
  const [mine, theirs] = [tables.recordings.text(client), tables.recordings.text(forwarded)];
  if (mine === null || theirs === null) return null;
  const wire = turn.record["wire"] as WireName;
  const cut = (text: string) => ({ text, ...reader.cutBody(wire, text) });
  const one = cut(mine);
  const other = forwarded.isClient ? one : cut(theirs);
  const pieces = alignBodies(one, other, note, createJudge(turn, note), createExplain(turn, note));
  const view = { client: viewBody(client, true), forwarded: viewBody(forwarded, true), pieces };
  return { view, client: one, forwarded: other };
}

function findBody({ recordings }: SessionTables, attempt: string, name: BodyName): RecordedBody | null {
  const bodies = recordings.find(attempt)?.bodies.filter(({ side }) => side === name.side) ?? [];
  return bodies[name.side === "forwarded" ? name.call : 0] ?? null;
}

function viewBody({ bytes, sha256, httpStatus, isClient }: RecordedBody, hasText: boolean): BodyView {
  return { bytes, sha256, http_status: httpStatus, has_text: hasText, is_client: isClient };
}
