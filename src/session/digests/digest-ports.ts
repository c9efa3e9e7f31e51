/**
 * What it takes to write briefs, with or without a model that condenses segments for them.
 */
import type { DigestWriter } from "../../ports/digest-writer.ts";
import type { Distiller } from "../../ports/distiller.ts";
import type { Journal } from "../../ports/journal.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { PriceBook } from "../../ports/price-book.ts";
import type { TokenCounter } from "../../ports/token-counter.ts";
import type { SessionPolicy } from "../forecast.ts";

export interface DigestPorts {
  prices: PriceBook;
  policy: SessionPolicy;
  counter: TokenCounter;
  reader: MessageReader;
  distiller: Distiller;
  /** Tools whose results always go up whole. */
  keepTools: ReadonlySet<string>;
  /** Null where no model writes. */
  writer: DigestWriter | null;
  journal: Journal;
}
