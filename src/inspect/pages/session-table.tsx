/** Sessions as rows: which model, how much was said, what it cost beside its replay, and when it was last used. */
import type { EntryView } from "../../ports/tenant-directory.ts";
import { Balance, Money, Saved, ShortId, Time, Tokens } from "./parts.tsx";

export const SessionTable = ({ sessions, now }: { sessions: readonly EntryView[]; now: number }) => (
  <table class="cards">
    <thead>
      <tr>
        <th scope="col">Session</th>
        <th scope="col">Model</th>
        <th scope="col" class="number">
          Turns
        </th>
        <th scope="col" class="number" title="Of the tokens of the clients’ conversations">
          Tokens sent
        </th>
        <th scope="col" class="number">
          Spent
        </th>
        <th scope="col" class="number" title="Against a full replay through the provider’s cache">
          Saved
        </th>
        <th scope="col" class="number">
          Last active
        </th>
      </tr>
    </thead>
    <tbody>
      {sessions.map((session) => (
        <Row session={session} now={now} />
      ))}
    </tbody>
  </table>
);

const Row = ({ session: { id, model, turns, updated_at, ledger }, now }: { session: EntryView; now: number }) => (
  <tr>
    <th scope="row">
      <a href={`/_strata/ui/sessions/${encodeURIComponent(id)}`}>
        <ShortId id={id} chars={14} />
      </a>
    </th>
    <td class="wide">{model ?? "–"}</td>
    <td class="number" data-label="Turns">
      <span>{turns}</span>
    </td>
    <td class="number" data-label="Tokens sent">
      <span>
        <Tokens count={ledger.tokens.forwarded} short />
        <span class="soft">
          {" of "}
          <Tokens count={ledger.tokens.client} short />
        </span>
      </span>
    </td>
    <td class="number" data-label="Spent">
      <Money usd={ledger.usd?.spent ?? null} />
    </td>
    <td class="number" data-label="Saved">
      <Balance {...moneyOf(ledger)} />
      <Saved {...moneyOf(ledger)} />
    </td>
    <td class="number" data-label="Last active">
      <Time at={updated_at} now={now} />
    </td>
  </tr>
);

/** Dollars where every call had a price, else units of one uncached input token: a part of the calls says nothing of all. */
function moneyOf({ usd, calls, input_token_units: units }: EntryView["ledger"]): { spent: number; replay: number } {
  return usd !== null && usd.priced_calls === calls ? usd : units;
}
