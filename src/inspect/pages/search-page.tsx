/**
 * The page of a search: passages of the session in which the words stand, each leading to its message and its turn.
 *
 * Marks are places in the text, so that they can be drawn without any markup in what was said.
 */
import type { SearchHit } from "../../ports/inspection.ts";
import { formatCount } from "./formats.ts";
import type { SessionLinks } from "./links.ts";
import { Empty, Time } from "./parts.tsx";
import { showText } from "./said.tsx";

interface SearchPageProps {
  query: string;
  hits: SearchHit[];
  links: SessionLinks;
  now: number;
}

export const SearchPage = ({ query, hits, links, now }: SearchPageProps) => (
  <>
    {query === "" ? (
      <Empty>All messages of this session can be searched, those in a brief too.</Empty>
    ) : hits.length === 0 ? (
      <Empty>
        Nothing was found. All words have to stand in the same passage; the newest turn is found a moment after its
        reply.
      </Empty>
    ) : (
      <div class="card found">
        <p class="soft">
          {hits.length === 1 ? "One message" : `${formatCount(hits.length)} messages, the newest first`}
        </p>
        <ol class="hits">
          {hits.map((hit) => (
            <li>
              <header>
                <a href={links.place(hit)}>message {hit.depth}</a>
                <strong>{hit.role}</strong>
                {hit.at === null ? null : <Time at={hit.at} now={now} />}
                <span class="message-links">
                  {hit.turn === null ? null : <a href={links.turn(hit.turn)}>turn {hit.turn}</a>}
                  <a href={links.message(hit.hash)}>whole message</a>
                </span>
              </header>
              <p class="said" dir="auto">
                <Marked hit={hit} />
              </p>
            </li>
          ))}
        </ol>
      </div>
    )}
  </>
);

const Marked = ({ hit: { text, marks } }: { hit: SearchHit }) => {
  const ordered = marks.toSorted((a, b) => a.start - b.start);
  let at = text.length - text.trimStart().length;
  const parts = ordered.flatMap(({ start, end }) => {
    if (start < at) return [];
    const before = text.slice(at, start);
    at = end;
    return [<>{showText(before)}</>, <mark>{showText(text.slice(start, end))}</mark>];
  });
  return (
    <>
      {parts}
      {showText(text.slice(at))}
    </>
  );
};
