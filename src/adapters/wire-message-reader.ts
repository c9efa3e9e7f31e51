/**
 * Reads stored messages of any wire as plain text. Chat Completions is the only wire so far.
 */
import type { MessageReader } from "../ports/message-reader.ts";
import { readText } from "../wire/chat-completions/read-text.ts";

export const wireMessageReader: MessageReader = { readText };
