/**
 * Which client plays for a name on the command line.
 *
 * The one place that knows all of them; whoever is handed a client must not ask which one it is.
 */
import type { ApiName } from "../options.ts";
import { chat } from "./chat.ts";
import type { ApiClient } from "./client.ts";
import { messages } from "./messages.ts";
import { responses, responsesDelta } from "./responses.ts";

const CLIENTS: Record<ApiName, ApiClient> = { chat, responses, "responses-delta": responsesDelta, messages };

export function chooseClient(name: ApiName): ApiClient {
  return CLIENTS[name];
}
