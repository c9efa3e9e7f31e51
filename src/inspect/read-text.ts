/**
 * The body of a request as text, up to a limit.
 *
 * It stops where there is too much, so that nobody fills the Worker's memory with what is refused anyway; a length that
 * the request states is not relied on. It must not judge what the text says.
 */

/** Null: there is more than that. */
export async function readText({ body }: Request, bytesMax: number): Promise<string | null> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > bytesMax) return null;
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}
