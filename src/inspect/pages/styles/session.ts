/** How the page of a session looks: its ledger, the chart of its turns, its messages as layers, its branches. */
export const SESSION = `
.session-bar { display: flex; flex-wrap: wrap; gap: var(--gap-2) var(--gap-4); }
.session-bar form { display: flex; align-items: center; gap: var(--gap-2); min-width: 0; }
.session-bar label { margin: 0; white-space: nowrap; }
.session-bar input[type="number"] { width: 6rem; }
.session-bar { flex: 1 1 24rem; justify-content: end; }
.session-bar form:last-child { flex: 1 1 14rem; max-width: 34rem; }
@media (max-width: 46rem) { .session-bar { justify-content: start; } .session-bar form:last-child { max-width: none; } }
.stats-wide { grid-template-columns: repeat(auto-fill, minmax(min(13rem, 45%), 1fr)); }
.opening { font-size: var(--large); color: var(--ink-soft); max-width: 60rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-top: calc(-1 * var(--gap-4)); }
.session-bar form:last-child input { flex: 1; min-width: 0; }
.list { list-style: none; padding: 0; display: flex; flex-direction: column; gap: var(--gap-2); }

.ledger { display: grid; grid-template-columns: minmax(9rem, auto) minmax(0, 1.4fr) minmax(0, 1fr); gap: var(--gap-5) clamp(1.5rem, 4vw, 4rem); align-items: center; }
.ledger-verdict p { max-width: 16rem; }
.ledger .stats { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.bars { width: 100%; }
.bars th, .bars td { border: 0; padding: 0.3rem 0; vertical-align: middle; }
.bars tbody tr:hover { background: none; }
.bars th { padding-right: var(--gap-4); width: 1%; }
.bars .number { padding-left: var(--gap-4); width: 1%; font-weight: 600; }
.bar svg { width: 100%; height: 0.85rem; display: block; border-radius: 1px; }
.bar-spent { fill: var(--verbatim); }
.bar-replay { fill: color-mix(in srgb, var(--ink-soft) 55%, transparent); }
.bar-uncached { fill: color-mix(in srgb, var(--ink-soft) 25%, transparent); }
.bar-key { display: flex; flex-wrap: wrap; gap: 0 var(--gap-4); margin-top: var(--gap-1); }
svg rect[class^="stratum-"] { fill: var(--stratum); }
@media (max-width: 62rem) { .ledger { grid-template-columns: minmax(0, 1fr) minmax(0, 1.6fr); } .ledger .stats { grid-column: 1 / -1; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); } }
@media (max-width: 40rem) { .ledger { grid-template-columns: minmax(0, 1fr); } .ledger .stats { grid-template-columns: repeat(2, minmax(0, 1fr)); } }

.timeline svg { width: 100%; height: auto; display: block; overflow: visible; }
.chart-narrow { display: none !important; }
@media (max-width: 46rem) { .chart-wide { display: none !important; } .chart-narrow { display: block !important; } }
.area-client { fill: color-mix(in srgb, var(--ink-soft) 22%, transparent); }
.area-fresh { fill: var(--verbatim); }
.area-cached { fill: color-mix(in srgb, var(--verbatim) 38%, transparent); }
.rule { stroke: var(--line); stroke-width: 1; fill: none; vector-effect: non-scaling-stroke; }
.band { fill: color-mix(in srgb, var(--brief) 5%, transparent); }
.band-other { fill: color-mix(in srgb, var(--brief) 13%, transparent); }
.chart-label { fill: var(--ink-soft); font: 10.5px var(--text); }
.chart-narrow .chart-label { font-size: 12.5px; }
.band-label { text-anchor: middle; fill: var(--brief); font-size: 9px; }
.chart-narrow .band-label { display: none; }
/* The chart shrinks with the page, its words must not. */
@media (max-width: 72rem) { .chart-wide .chart-label { font-size: 15px; } .chart-wide .band-label { font-size: 12px; } }
.at-middle { text-anchor: middle; } .at-end { text-anchor: end; }
.mark-compaction { fill: var(--brief); stroke: color-mix(in srgb, var(--brief) 60%, transparent); stroke-width: 0.6; }
.mark-branch { fill: var(--added); }
.mark-wrong { stroke: var(--loss); stroke-width: 1.8; fill: none; }
.hit { fill: transparent; pointer-events: all; }
.timeline a:hover .hit { fill: color-mix(in srgb, var(--accent) 14%, transparent); }
.timeline svg a:focus-visible { outline: none; }
.timeline svg a:focus-visible .hit { fill: color-mix(in srgb, var(--accent) 22%, transparent); stroke: var(--accent); stroke-width: 2; }
.timeline figcaption { display: flex; flex-wrap: wrap; gap: var(--gap-1) var(--gap-4); font-size: var(--small); color: var(--ink-soft); margin: var(--gap-3) 0; }
.key { display: inline-flex; align-items: center; gap: 0.4em; }
.key::before { content: ""; width: 0.7em; height: 0.7em; border-radius: 1px; flex: none; background: var(--stratum, currentColor); }
.key-client::before { background: color-mix(in srgb, var(--ink-soft) 30%, transparent); }
.key-fresh::before { background: var(--verbatim); }
.key-cached::before { background: color-mix(in srgb, var(--verbatim) 38%, transparent); }
.key-compaction::before { background: var(--brief); clip-path: polygon(0 15%, 100% 15%, 50% 95%); }
.key-branch::before { background: var(--added); clip-path: polygon(50% 0, 100% 50%, 50% 100%, 0 50%); }
.key-wrong::before { background: none; content: "×"; color: var(--loss); font-weight: 700; line-height: 0.7em; }
.skip-inline { position: absolute; left: -100vw; }
.skip-inline:focus { position: static; display: inline-block; margin-bottom: var(--gap-2); }

.split { display: grid; grid-template-columns: minmax(0, 1fr) minmax(17rem, 24rem); gap: var(--gap-4); align-items: start; }
.side { display: flex; flex-direction: column; gap: var(--gap-4); min-width: 0; }
@media (min-width: 64rem) { .side { position: sticky; top: 4.25rem; max-height: calc(100vh - 5rem); overflow-y: auto; } }
@media (max-width: 64rem) { .split { grid-template-columns: minmax(0, 1fr); } }

.drilled svg { width: 100%; height: 1rem; display: block; border-radius: 2px; }
.drilled figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: var(--gap-1) var(--gap-4); margin-top: var(--gap-1); font-size: var(--small); color: var(--ink-soft); }
.thread, .run, .hits, .epochs { list-style: none; padding: 0; display: flex; flex-direction: column; }
.thread { gap: 2px; }
.layer > header time, .hits header time { color: var(--ink-soft); }
.older { display: flex; gap: var(--gap-3); }
.message { scroll-margin-top: 4.5rem; }
.message:target { outline: 2px solid var(--accent); outline-offset: -1px; }
.layer > header, .run header, .hits header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 var(--gap-3); font-size: var(--small); }
.depth { font-family: var(--code); color: var(--ink-soft); text-decoration: none; min-width: 1.5em; }
.depth:hover { text-decoration: underline; }
.message-links { margin-left: auto; display: inline-flex; gap: var(--gap-3); }
.said { unicode-bidi: isolate; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 52rem; }
.layer.stratum-brief .said, .layer.stratum-released .said { color: var(--ink-soft); }
.message .said { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 12; overflow: hidden; }
.message.stratum-brief .said { -webkit-line-clamp: 4; }
.message:target .said { -webkit-line-clamp: none; color: inherit; }
.border { display: flex; align-items: center; gap: var(--gap-3); padding: var(--gap-3) 0; color: var(--brief); font-weight: 600; font-size: var(--small); text-align: center; }
.border::before, .border::after { content: ""; flex: 1; border-top: 2px solid var(--brief); }
.border a { color: inherit; }
.forks { font-size: var(--small); display: flex; flex-wrap: wrap; gap: var(--gap-2); color: var(--added); }

.branches ul { list-style: none; padding: 0; }
.branches ul ul { padding-left: var(--gap-3); margin-left: var(--gap-2); border-left: 2px solid color-mix(in srgb, var(--added) 45%, transparent); }
.branches ul ul ul ul ul { padding-left: 0; margin-left: 0; border-left: 0; }
.branch { display: block; padding: var(--gap-1) var(--gap-2); border-radius: var(--round); text-decoration: none; color: inherit; }
.branch:hover { background: var(--sunken); }
.branch[aria-current] { background: var(--sunken); box-shadow: inset 3px 0 var(--accent); }
.branch-title { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; font-weight: 550; }
.epochs { gap: var(--gap-3); }
.epochs p + p { margin-top: 1px; }
`;
