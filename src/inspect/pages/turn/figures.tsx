/**
 * The numbers of a turn: what the compaction rule weighed, what the call cost beside its replay, and how long each step took.
 *
 * Each stands with what it is held against. Costs are in units of one uncached input token, and in dollars beside them
 * only where the model's price is known.
 */
import type { BillView, DecisionView, TurnView } from "../../../ports/turn-view.ts";
import { formatCount, formatShare, formatUsd } from "../formats.ts";
import { Badge } from "../parts.tsx";
import { sayCode, sayReason } from "../sentences.ts";

/** The rule's own table: rent so far against the price of leaving. */
export const Policy = ({ decision }: { decision: DecisionView | null }) => {
  if (decision === null) return <p class="soft">Nothing was weighed for this turn.</p>;
  const { rent, rent_paid: paid, one_time_price: price, compact_cost: compact, guard, tokens } = decision;
  const total = paid === null ? null : paid + rent;
  return (
    <>
      <p>
        <Badge>{decision.compacts ? "compacts" : "stays"}</Badge> {sayReason(decision.reason)}
      </p>
      {total === null || price === 0 ? null : (
        <Meter label="Rent paid, of the price of leaving" value={total} limit={price} />
      )}
      <table class="figures">
        <tbody>
          <Figure label="Rent paid before this turn" value={paid === null ? null : formatCount(paid)} />
          <Figure label="Rent of this turn, if the old messages stay" value={formatCount(rent)} />
          <Figure label="Price of leaving, once" value={formatCount(price)} />
          <Figure label="This call if they stay" value={formatCount(decision.stay_cost)} />
          <Figure label="This call if they leave" value={compact === null ? null : formatCount(compact)} />
          <Figure label="The same call as a full replay" value={formatCount(decision.replay_cost)} />
          <Figure label="The provider’s cache" value={decision.is_warm ? "warm" : "expired"} />
          <Figure label="Tokens that could leave" value={formatCount(tokens.leaving)} />
          <Figure label="Tokens of the brief" value={formatCount(tokens.brief)} />
          <Figure label="Tokens that stay word for word behind it" value={formatCount(tokens.tail)} />
          {guard === null ? null : (
            <Figure
              label="Session so far, of its limit"
              value={`${formatCount(guard.session_spent)} of ${formatCount(guard.session_replay * (1 + guard.slack))}`}
            />
          )}
        </tbody>
      </table>
      <p class="soft small">Costs in units of one uncached input token.</p>
    </>
  );
};

const Figure = ({ label, value }: { label: string; value: string | null }) => (
  <tr>
    <th scope="row">{label}</th>
    <td class="number">{value ?? <span class="soft">not known</span>}</td>
  </tr>
);

const Meter = ({ label, value, limit }: { label: string; value: number; limit: number }) => {
  const share = Math.min(1, value / limit);
  return (
    <div class="meter">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="meter-ground" width="100" height="6" />
        <rect class={share >= 1 ? "meter-full" : "meter-value"} width={String(share * 100)} height="6" />
      </svg>
      <span class="small">
        {label}: {formatShare(value / limit)}
      </span>
    </div>
  );
};

export const Bill = ({ bill }: { bill: BillView | null }) => {
  if (bill === null) return <p class="soft">This turn has no bill: the upstream was not asked, or has refused.</p>;
  const { usd, input_token_units: units } = bill;
  return (
    <>
      <table class="figures">
        <thead>
          <tr>
            <th />
            <th class="number">This call</th>
            <th class="number">Cached replay</th>
            <th class="number">Uncached replay</th>
          </tr>
        </thead>
        <tbody>
          <BillRow
            label="Prompt tokens"
            cells={[bill.prompt_tokens, bill.replay_tokens, bill.replay_tokens].map(formatCount)}
          />
          <BillRow label="of them cached" cells={[bill.cached_tokens, bill.replay_cached_tokens, 0].map(formatCount)} />
          <BillRow
            label="Output tokens"
            cells={[bill.output_tokens, bill.output_tokens, bill.output_tokens].map(formatCount)}
          />
          <BillRow
            label="Cost, in token units"
            cells={[units.spent, units.replay, units.uncached_replay].map(formatCount)}
          />
          <BillRow
            label="Cost"
            cells={
              usd === null
                ? ["no price", "no price", "no price"]
                : [usd.spent, usd.replay, usd.uncached_replay].map(formatUsd)
            }
          />
        </tbody>
      </table>
      <p class="soft small">
        {bill.source === "billed"
          ? "Token counts are the upstream’s own."
          : "The upstream reported no usage: token counts are estimated."}
        {bill.further.calls > 0
          ? ` ${formatCount(bill.further.calls)} further calls for searches of the model read ${formatCount(bill.further.prompt_tokens)} tokens.`
          : ""}
      </p>
    </>
  );
};

const BillRow = ({ label, cells }: { label: string; cells: string[] }) => (
  <tr>
    <th scope="row">{label}</th>
    {cells.map((cell) => (
      <td class="number">{cell}</td>
    ))}
  </tr>
);

const STEPS: Readonly<Record<string, string>> = {
  read: "Reading the body",
  identify: "Naming the session",
  open: "Asking the session",
  encode: "Building the body",
  plan: "All before sending",
  upstream: "Until the first byte came",
  reply: "Until the reply was whole",
  close: "Storing the turn",
};

/** Each step on one scale. */
export const Timings = ({ timings }: { timings: TurnView["timings_ms"] }) => {
  const order = Object.keys(STEPS);
  const steps = Object.entries(timings)
    .filter(([, ms]) => Number.isFinite(ms))
    .toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  if (steps.length === 0) return <p class="soft">No step was timed.</p>;
  const longest = Math.max(...steps.map(([, ms]) => ms), 1);
  return (
    <table class="bars">
      <caption class="unseen">Milliseconds of each step</caption>
      <tbody>
        {steps.map(([name, ms]) => (
          <tr>
            <th scope="row">{STEPS[name] ?? sayCode(name)}</th>
            <td class="bar">
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="bar-spent" width={String(Math.max(0.4, (ms / longest) * 100))} height="10" />
              </svg>
            </td>
            <td class="number">{formatCount(ms)} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
