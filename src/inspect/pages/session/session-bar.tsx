/** The two forms that stand on every page about a session: go to a turn by its number, and search. */
import { SEARCH_QUERY_CHARS_MAX } from "../../../model/inspection-limits.ts";
import type { SessionLinks } from "../links.ts";

interface SessionBarProps {
  links: SessionLinks;
  /** The turn or the words to begin with. */
  turn?: number | undefined;
  query?: string | undefined;
}

export const SessionBar = ({ links, turn, query }: SessionBarProps) => (
  <div class="session-bar">
    <form action={links.goTo} method="get" role="search" aria-label="Go to a turn">
      <Kept links={links} />
      <label for="go-to">Go to turn</label>
      <input
        id="go-to"
        name="turn"
        type="number"
        min="1"
        inputmode="numeric"
        required
        value={turn === undefined ? "" : String(turn)}
      />
      <button>Go</button>
    </form>
    <form action={links.search()} method="get" role="search" aria-label="Search this session">
      <Kept links={links} />
      <label for="search">Search</label>
      <input id="search" name="q" type="search" required maxlength={SEARCH_QUERY_CHARS_MAX} value={query ?? ""} />
      <button>Search</button>
    </form>
  </div>
);

/** A form's fields take the place of the query in its address. */
const Kept = ({ links }: { links: SessionLinks }) =>
  Object.entries(links.kept).map(([name, value]) => <input type="hidden" name={name} value={value} />);
