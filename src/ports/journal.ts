/**
 * The structured log. One event is one line.
 *
 * Values are ids, codes, counts and durations: never conversation text, never a credential, and never an error's
 * message, because a parser quotes what it could not read.
 */
export interface JournalEvent {
  event: string;
  [field: string]: string | number | boolean | null;
}

export interface Journal {
  write(event: JournalEvent): void;
}
