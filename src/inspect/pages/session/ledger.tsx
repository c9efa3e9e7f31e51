/**
 * What a session has cost beside the same calls as a cached and as an uncached replay.
 *
 * The honest line is the one against the cached replay; a session that was dearer says so. Where no price is known the
 * same stands in units of one uncached input token, never in dollars.
 */
import type { LedgerView, OutlineView } from "../../../ports/inspection.ts";
import type { MoneyView } from "../../../ports/turn-view.ts";
import { formatCount, formatShare, formatShort, formatUsd } from "../formats.ts";
import { Stat } from "../parts.tsx";

export const Ledger = ({ ledger, counts }: { ledger: LedgerView; counts: OutlineView["counts"] }) => {
  const { usd, tokens, distiller } = ledger;
  const money = usd ?? ledger.input_token_units;
  const unpriced = usd === null ? 0 : ledger.calls - usd.priced_calls;
  return (
    <div class="ledger">
      <div class="ledger-verdict">
        <Verdict money={money} />
        {unpriced > 0 ? (
          <p class="soft small">{formatCount(unpriced)} calls had no known price and are left out.</p>
        ) : null}
        {usd === null ? (
          <p class="soft small">The model’s price is not known: units of one uncached input token.</p>
        ) : null}
      </div>
      <Bars money={money} format={usd === null ? formatShort : formatUsd} />
      <dl class="stats">
        <Stat label="Turns" note={`${formatCount(counts.messages)} messages`}>
          {formatCount(counts.turns)}
        </Stat>
        <Stat label="Tokens sent" note={`of ${formatShort(tokens.client)}`}>
          {formatShort(tokens.forwarded)}
        </Stat>
        <Stat label="Read from cache" note={`${formatShort(tokens.cached)} tokens`}>
          {tokens.forwarded === 0 ? "–" : formatShare(tokens.cached / tokens.forwarded)}
        </Stat>
        <Stat
          label="Compactions"
          note={distiller === null ? "quotes only" : `${formatCount(distiller.calls)} calls of a model`}
        >
          {formatCount(ledger.compactions)}
        </Stat>
      </dl>
    </div>
  );
};

const Verdict = ({ money: { spent, replay } }: { money: MoneyView }) => {
  if (replay === 0) return <p class="hero-figure soft">–</p>;
  const saved = 1 - spent / replay;
  return (
    <>
      <p class={`hero-figure ${saved < 0 ? "loss" : "gain"}`}>{formatShare(Math.abs(saved))}</p>
      <p>{saved < 0 ? "dearer" : "cheaper"} than a full replay through the provider’s cache</p>
    </>
  );
};

/** Three lengths on one scale. */
const Bars = ({ money, format }: { money: MoneyView; format: (amount: number) => string }) => {
  const rows = [
    { label: "Spent", amount: money.spent, className: "bar-spent" },
    { label: "Cached replay", amount: money.replay, className: "bar-replay" },
    { label: "Uncached replay", amount: money.uncached_replay, className: "bar-uncached" },
  ];
  const longest = Math.max(...rows.map(({ amount }) => amount), Number.MIN_VALUE);
  return (
    <table class="bars">
      <caption class="unseen">Cost of this session</caption>
      <tbody>
        {rows.map(({ label, amount, className }) => (
          <tr>
            <th scope="row">{label}</th>
            <td class="bar">
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class={className} width={String(Math.max(0.4, (amount / longest) * 100))} height="10" />
              </svg>
            </td>
            <td class="number">{format(amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
