/** The page of one message: what a person would read of it, and its JSON as it came, both as text. */
import { SHOWN_BODY_CHARS_MAX } from "../../model/inspection-limits.ts";
import type { SourceView, StoredMessageView } from "../../ports/inspection.ts";
import { formatCount } from "./formats.ts";
import type { SessionLinks } from "./links.ts";
import { Card, Time } from "./parts.tsx";
import { Said, showText } from "./said.tsx";

interface MessagePageProps {
  message: StoredMessageView;
  links: SessionLinks;
  now: number;
}

export const MessagePart = ({ message, links, now }: MessagePageProps) => (
  <>
    {message.parts.length === 0 ? null : (
      <Card title={`Said by the ${message.role}`} aside={<Time at={message.first_at} now={now} />}>
        {message.parts.map(({ role, speaker, text }) => (
          <>
            <Said
              text={text.slice(0, SHOWN_BODY_CHARS_MAX)}
              by={role === message.role && speaker === null ? null : (speaker ?? role)}
            />
            <Rest text={text} />
          </>
        ))}
      </Card>
    )}
    <Places places={message.places} links={links} />
    <Card title="As it came" aside={<a href={links.raw(["messages", message.hash])}>raw</a>}>
      <pre class="bytes" tabindex={0} dir="ltr">
        {showText(message.json.slice(0, SHOWN_BODY_CHARS_MAX))}
      </pre>
      <Rest text={message.json} />
    </Card>
  </>
);

const Places = ({ places, links }: { places: SourceView[]; links: SessionLinks }) =>
  places.length === 0 ? (
    <p class="soft">It stands before the conversation, among the instructions and tools.</p>
  ) : (
    <p>
      Said as{" "}
      {places.map(({ depth, chain, turn }, index) => (
        <>
          {index === 0 ? "" : "; "}
          <a href={links.place({ depth, thread: chain })}>message {depth}</a>
          {turn === null ? null : (
            <>
              {" "}
              in <a href={links.turn(turn)}>turn {turn}</a>
            </>
          )}
        </>
      ))}
    </p>
  );

const Rest = ({ text }: { text: string }) =>
  text.length > SHOWN_BODY_CHARS_MAX ? (
    <p class="soft">… {formatCount(text.length - SHOWN_BODY_CHARS_MAX)} more characters</p>
  ) : null;
