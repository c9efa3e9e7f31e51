/**
 * What stands around the messages of a body that a stored thread is sent again with.
 *
 * Stored texts are spliced, never re-serialised. It holds what a session keeps of a request, its head and its model, and
 * none of its parameters.
 */
export interface HistoryFrame {
  opening: string;
  closing: string;
}

/**
 * @param members JSON objects whose members the body has, as the Messages API's head is kept
 * @param items what stands in the array before the messages
 */
export function frameHistory(
  array: "messages" | "input",
  model: string | null,
  members: readonly string[],
  items: readonly string[],
): HistoryFrame {
  const fields = [
    ...(model === null ? [] : [`"model":${JSON.stringify(model)}`]),
    ...members.map((json) => json.slice(1, -1)),
  ];
  const head = items.map((json) => `${json},`).join("");
  return { opening: `{${fields.map((field) => `${field},`).join("")}"${array}":[${head}`, closing: "]}" };
}
