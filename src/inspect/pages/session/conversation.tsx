/**
 * A thread's messages as layers: what each is now in the eyes of the model, and where the brief's border runs.
 *
 * A page holds the newest messages, or those before a given one. Texts are text and nothing else; a long one is cut, and
 * the whole of it is one link away.
 */
import type { MessagePage, ThreadMessageView } from "../../../ports/inspection.ts";
import { formatCount, formatShort } from "../formats.ts";
import type { SessionLinks } from "../links.ts";
import { STRATA, StratumLabel, Time } from "../parts.tsx";
import { Said } from "../said.tsx";
import { sayStratum } from "../sentences.ts";

interface ConversationProps {
  page: MessagePage;
  links: SessionLinks;
  now: number;
  /** The thread that was asked for, if one was. */
  thread: string | undefined;
}

export const Conversation = ({ page, links, now, thread }: ConversationProps) => {
  const { messages, cut, brief, next_before: older } = page;
  const [first] = messages;
  const last = messages.at(-1);
  if (!first || !last) return <p class="soft">There is no message here.</p>;
  const isBorderAbove = cut > 0 && cut < first.depth;
  return (
    <>
      {older === null ? null : (
        <p class="older">
          <a class="button" href={links.session({ thread, before: older })}>
            ↑ Older messages
          </a>
        </p>
      )}
      <ol class="thread">
        {isBorderAbove ? <Border cut={cut} brief={brief} links={links} /> : null}
        {messages.map((message) => (
          <>
            <Layer message={message} links={links} now={now} />
            {message.depth === cut ? <Border cut={cut} brief={brief} links={links} /> : null}
          </>
        ))}
        {cut > last.depth ? <Border cut={cut} brief={brief} links={links} isBelow /> : null}
      </ol>
      {last.depth < page.depth ? (
        <p class="older">
          <a class="button" href={links.session({ thread, before: last.depth + messages.length + 1 })}>
            ↓ Newer messages
          </a>
          <a class="button" href={links.session({ thread })}>
            Newest
          </a>
        </p>
      ) : null}
    </>
  );
};

/** Shares of the thread as a core that was drilled out of it, the oldest on the left. */
export const Core = ({ page }: { page: MessagePage }) => {
  const { depth, cut } = page;
  if (depth === 0) return null;
  const share = (cut / depth) * 100;
  return (
    <figure class="drilled">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="stratum-brief" width={String(share)} height="4" />
        <rect class="stratum-verbatim" x={String(share)} width={String(100 - share)} height="4" />
      </svg>
      <figcaption>
        {cut > 0 ? (
          <span>
            <StratumLabel of="in_brief" /> messages 1–{formatCount(cut)}
          </span>
        ) : null}
        <span>
          <StratumLabel of="verbatim" /> {formatCount(depth - cut)} of {formatCount(depth)} messages
        </span>
      </figcaption>
    </figure>
  );
};

const Border = ({
  cut,
  brief,
  links,
  isBelow,
}: {
  cut: number;
  brief: number | null;
  links: SessionLinks;
  isBelow?: boolean;
}) => (
  <li class="border">
    <span>
      {isBelow ? "Everything here, up to message " : "Everything above, up to message "}
      {formatCount(cut)}, is in {brief === null ? "the brief" : <a href={links.brief(brief)}>brief {brief}</a>}
    </span>
  </li>
);

const Layer = ({ message, links, now }: { message: ThreadMessageView; links: SessionLinks; now: number }) => {
  const { depth, role, stratum, parts, tokens, turn, at, hash, is_cut: isCut } = message;
  return (
    <li class={`layer message ${STRATA[stratum].className}`} id={`m${depth}`}>
      <header>
        <a class="depth" href={`#m${depth}`} aria-label={`Message ${depth}`}>
          {depth}
        </a>
        <strong>{role}</strong>
        <span title={sayStratum(stratum)}>
          <StratumLabel of={stratum} />
        </span>
        <span class="soft">{formatShort(tokens)} tokens</span>
        <Time at={at} now={now} />
        <span class="message-links">
          {turn === null ? null : <a href={links.turn(turn)}>turn {turn}</a>}
          <a href={links.message(hash)}>whole message</a>
        </span>
      </header>
      {parts.length === 0 ? (
        <p class="soft">
          {stratum === "released" ? "Its text is no longer kept." : "No text: the message holds something else."}
        </p>
      ) : (
        parts.map(({ role: said, speaker, text }) => (
          <Said text={text} by={said === role && speaker === null ? null : (speaker ?? said)} />
        ))
      )}
      {isCut ? (
        <p class="soft">
          … <a href={links.message(hash)}>the rest</a>
        </p>
      ) : null}
      {message.other_branches.length === 0 ? null : (
        <p class="forks">
          Branches off here:{" "}
          {message.other_branches.map((thread, index) => (
            <a href={links.session({ thread })}>another way {index + 1}</a>
          ))}
        </p>
      )}
    </li>
  );
};
