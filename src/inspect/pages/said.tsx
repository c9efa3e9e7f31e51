/**
 * What somebody has said, as text in its own direction.
 *
 * A null character has no place in HTML, and half of a pair none in UTF-8, so both are shown by a sign that stands for
 * them. Nothing else is changed.
 */
export const Said = ({ text, by = null, className = "" }: { text: string; by?: string | null; className?: string }) => (
  <div class={`said ${className}`} dir="auto">
    {by === null ? null : <span class="soft">{by}: </span>}
    {showText(text)}
  </div>
);

export function showText(text: string): string {
  return text.replaceAll("\0", "\u2400").toWellFormed();
}
