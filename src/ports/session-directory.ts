/** Finds the session of a name. Names are the public session ids; the same name is always the same session. */
import type { SessionRpc } from "./session.ts";

export interface SessionDirectory {
  find(name: string): SessionRpc;
}
