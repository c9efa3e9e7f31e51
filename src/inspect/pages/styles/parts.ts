/** How the small parts of the pages look: cards, numbers, badges, strata, empty places, paging, charts. */
export const PARTS = `
.card { background: var(--surface); border: 1px solid var(--line); border-radius: calc(var(--round) + 2px); padding: clamp(0.9rem, 1.6vw, 1.4rem); display: flex; flex-direction: column; gap: var(--gap-4); min-width: 0; }
.card > header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: var(--gap-1) var(--gap-4); }
.grid { display: grid; gap: var(--gap-5) clamp(1.5rem, 3vw, 3rem); grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); align-items: start; }
.row { display: flex; flex-wrap: wrap; align-items: end; gap: var(--gap-3); }
.row > .grow { flex: 1 1 14rem; }

.stats { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: var(--gap-4) var(--gap-5); }
.stat { display: flex; flex-direction: column; border-left: 2px solid var(--line); padding-left: var(--gap-3); }
.stat dt { font-size: var(--small); color: var(--ink-soft); }
.stat dd { font-size: 1.25rem; font-weight: 600; letter-spacing: -0.01em; line-height: 1.3; }
.stat dd + dd { font-size: var(--small); font-weight: 400; letter-spacing: 0; color: var(--ink-soft); }

.badge, .stratum { display: inline-flex; align-items: center; gap: 0.4em; font-size: var(--small); line-height: 1.5; white-space: nowrap; border-radius: 2px; padding: 0 0.45em; }
.badge { background: var(--sunken); color: var(--ink-soft); }
.badge.gain { background: color-mix(in srgb, var(--gain) 12%, transparent); color: var(--gain); }
.badge.loss { background: color-mix(in srgb, var(--loss) 12%, transparent); color: var(--loss); }
.stratum { background: color-mix(in srgb, var(--stratum) 12%, transparent); color: var(--stratum); font-weight: 550; }
.stratum::before { content: ""; width: 0.6em; height: 0.6em; background: var(--stratum); border-radius: 1px; flex: none; }
.stratum-released::before { background: none; border: 1px dashed var(--stratum); }
/* A block in the colour of its stratum, as a layer in a core. */
.layer { border-left: 3px solid var(--stratum); background: color-mix(in srgb, var(--stratum) 5%, var(--surface)); padding: var(--gap-2) var(--gap-3); }
.layer.stratum-released { border-left-style: dashed; }

.balance { width: 4rem; height: 0.5rem; margin-right: var(--gap-3); background: var(--sunken); border-radius: 1px; vertical-align: baseline; }
td.number .balance + span { display: inline-block; min-width: 3em; }
.balance .spent { fill: var(--verbatim); }
.balance .saved { fill: var(--saved); }
.balance .over { fill: var(--loss); }

.empty { padding: var(--gap-5) var(--gap-4); text-align: center; color: var(--ink-soft); border: 1px dashed var(--line-strong); border-radius: var(--round); }
.empty p { max-width: 34rem; margin: 0 auto; text-wrap: pretty; }
.note { border-left: 3px solid var(--line-strong); padding: var(--gap-1) var(--gap-3); color: var(--ink-soft); }
.note.wrong { border-color: var(--loss); color: var(--loss); }
.paging { display: flex; justify-content: space-between; gap: var(--gap-3); flex-wrap: wrap; }
.paging .older { margin-left: auto; }
.choice { display: inline-flex; border: 1px solid var(--line); border-radius: var(--round); overflow: hidden; font-size: var(--small); }
.choice a { padding: 0.2rem 0.6rem; text-decoration: none; color: var(--ink-soft); }
.choice a + a { border-left: 1px solid var(--line); }
.choice a[aria-current] { background: var(--sunken); color: var(--ink); font-weight: 600; }
.live { display: inline-flex; align-items: center; gap: 0.4em; font-size: var(--small); color: var(--ink-soft); }
.live:not(:empty)::before { content: ""; width: 0.5em; height: 0.5em; border-radius: 50%; background: var(--gain); }
.live[data-state="waiting"]::before { background: var(--short); }

.narrow { width: 100%; max-width: 27rem; margin: clamp(1rem, 8vh, 5rem) auto; }
.narrow form { display: flex; flex-direction: column; gap: var(--gap-4); }
.narrow select { width: 100%; }
`;
