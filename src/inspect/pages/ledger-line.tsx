/**
 * The ledger in one glance: what was spent, beside the same calls as a cached and as an uncached replay.
 *
 * The three bars share one scale. A loss is said as a loss, and calls without a known price never become dollars.
 */
import type { TenantLedgerView } from "../../ports/tenant-directory.ts";
import { formatCount, formatShare, formatShort, formatUsd } from "./formats.ts";
import { Money, Stat, Tokens } from "./parts.tsx";

export const LedgerLine = ({ ledger }: { ledger: TenantLedgerView }) => (
  <div class="hero">
    {ledger.usd === null ? <TokensKept ledger={ledger} /> : <MoneySaved usd={ledger.usd} calls={ledger.calls} />}
    <Core ledger={ledger} />
  </div>
);

type Usd = NonNullable<TenantLedgerView["usd"]>;

const MoneySaved = ({ usd, calls }: { usd: Usd; calls: number }) => {
  const saved = usd.replay - usd.spent;
  const tone = saved < 0 ? "loss" : "gain";
  return (
    <div>
      <h2>Saved against the cached replay</h2>
      <p class={`hero-figure ${tone}`}>{formatUsd(saved)}</p>
      <p class="soft">
        {usd.replay === 0 ? null : (
          <>
            {formatShare(Math.abs(saved) / usd.replay)} {saved < 0 ? "more" : "less"} than the same calls would have
            cost as full replays through the provider’s cache.
          </>
        )}
        {usd.priced_calls === calls
          ? null
          : ` ${formatCount(calls - usd.priced_calls)} of ${formatCount(calls)} calls have no known price and are not in it.`}
      </p>
    </div>
  );
};

const TokensKept = ({ ledger: { tokens } }: { ledger: TenantLedgerView }) => (
  <div>
    <h2>Tokens that did not go up again</h2>
    <p class="hero-figure gain">{formatShort(tokens.client - tokens.forwarded)}</p>
    <p class="soft">
      No call was made with a model of known price, so there is nothing to say in dollars. <code>STRATA_PRICES</code>{" "}
      adds prices.
    </p>
  </div>
);

/** Bars on one scale: dollars, or the units of calls without a price. */
const Core = ({ ledger: { usd, unpriced_input_token_units: units } }: { ledger: TenantLedgerView }) => {
  const { spent, replay } = usd ?? units;
  const longest = Math.max(spent, replay, usd?.uncached_replay ?? 0, Number.MIN_VALUE);
  const format = usd ? formatUsd : formatShort;
  const width = (value: number): string => `${((value / longest) * 100).toFixed(2)}%`;
  return (
    <div class="core">
      <span class="soft">Spent</span>
      <svg aria-hidden="true">
        <rect class="spent" width={width(spent)} height="100%" />
      </svg>
      <span class="number">{format(spent)}</span>
      <span class="soft">Cached replay</span>
      <svg aria-hidden="true">
        <rect class="spent" width={width(Math.min(spent, replay))} height="100%" />
        <rect
          class={spent > replay ? "over" : "saved"}
          x={width(Math.min(spent, replay))}
          width={width(Math.abs(spent - replay))}
          height="100%"
        />
      </svg>
      <span class="number">{format(replay)}</span>
      {usd === null ? (
        <span class="core-note small soft">In uncached input tokens of each call’s model.</span>
      ) : (
        <>
          <span class="soft">Uncached replay</span>
          <svg aria-hidden="true">
            <rect class="uncached" width={width(usd.uncached_replay)} height="100%" />
          </svg>
          <span class="number">{format(usd.uncached_replay)}</span>
        </>
      )}
    </div>
  );
};

export const LedgerStats = ({ ledger, sessions }: { ledger: TenantLedgerView; sessions: number }) => {
  const { tokens, calls, compactions, distiller } = ledger;
  return (
    <dl class="stats">
      <Stat label="Sessions">{formatCount(sessions)}</Stat>
      <Stat label="Calls">{formatCount(calls)}</Stat>
      <Stat label="Compactions" note="prompts rewritten">
        {formatCount(compactions)}
      </Stat>
      {distiller === null ? null : (
        <Stat label="Condensing" note={`${formatCount(distiller.calls)} calls of a model, in what was spent`}>
          <Money usd={distiller.usd} />
        </Stat>
      )}
      <Stat label="Tokens received" note="as clients sent them">
        <Tokens count={tokens.client} short />
      </Stat>
      <Stat label="Tokens sent" note={share(tokens.forwarded, tokens.client, "of those received")}>
        <Tokens count={tokens.forwarded} short />
      </Stat>
      <Stat label="Read from cache" note={share(tokens.cached, tokens.forwarded, "of those sent")}>
        <Tokens count={tokens.cached} short />
      </Stat>
      <Stat label="Output">
        <Tokens count={tokens.output} short />
      </Stat>
    </dl>
  );
};

function share(part: number, whole: number, words: string): string {
  return whole === 0 ? words : `${formatShare(part / whole)} ${words}`;
}
