/**
 * Addresses of the pages about one session, and of the JSON beside them.
 *
 * Every part that comes from outside is encoded here and nowhere else. What the caller is looking through (an upstream, a
 * tenant that the operator has chosen) goes along with each link.
 */
const UI = "/_strata/ui/sessions";
const API = "/_strata/sessions";

export type Query = Readonly<Record<string, string | number | null | undefined>>;

export interface SessionLinks {
  session(query?: Query): string;
  /** Where a message stands: the page of its thread that ends with it. */
  place(message: { thread?: string | null; depth: number }): string;
  turn(turn: number | string): string;
  /** Where the form to go to a turn is sent. */
  goTo: string;
  brief(id: number): string;
  search(query?: Query): string;
  message(hash: string): string;
  /** The JSON or the bytes behind what is shown. */
  raw(path?: readonly (string | number)[], query?: Query): string;
  /** What a form must send along, because a form's own fields take the place of a query. */
  kept: Readonly<Record<string, string>>;
}

/** Messages that stand below the one that was asked for, for its surroundings. */
const BELOW = 20;

/** @param id as it stands in the page's address */
export function linkSession(id: string, kept: Readonly<Record<string, string>> = {}): SessionLinks {
  const at = (root: string, path: readonly (string | number)[], query: Query = {}): string => {
    const steps = [id, ...path].map((step) => encodeURIComponent(step)).join("/");
    const fields = Object.entries({ ...kept, ...query }).flatMap(([name, value]) =>
      value === null || value === undefined || value === "" ? [] : [[name, String(value)]],
    );
    return `${root}/${steps}${fields.length === 0 ? "" : `?${new URLSearchParams(fields).toString()}`}`;
  };
  return {
    kept,
    session: (query) => at(UI, [], query),
    place: ({ thread, depth }) => `${at(UI, [], { thread, before: depth + BELOW })}#m${depth}`,
    turn: (turn) => at(UI, ["turns", turn]),
    goTo: at(UI, ["turns"]),
    brief: (brief) => at(UI, ["briefs", brief]),
    search: (query) => at(UI, ["search"], query),
    message: (hash) => at(UI, ["messages", hash]),
    raw: (path = [], query = {}) => at(API, path, query),
  };
}
