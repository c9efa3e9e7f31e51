/** A place in a tenant's list of sessions, as a text that fits into a URL. */
import type { EntryPlace } from "../ports/tenant-directory.ts";

export function writeCursor({ updatedAt, id }: EntryPlace): string {
  return `${updatedAt}.${id}`;
}

/** Null: not one of ours. */
export function readCursor(cursor: string): EntryPlace | null {
  const [, updatedAt, id] = /^(\d{1,15})\.(st_[\w-]{43})$/.exec(cursor) ?? [];
  return updatedAt === undefined || id === undefined ? null : { updatedAt: Number(updatedAt), id };
}
