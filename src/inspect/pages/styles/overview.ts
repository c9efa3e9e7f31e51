/** How the overview looks: the ledger's line, and the charts of what each day has cost. */
export const OVERVIEW = `
.hero { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.5fr); gap: var(--gap-5) clamp(1.5rem, 4vw, 4rem); align-items: center; }
.hero-figure { font-size: var(--huge); font-weight: 680; letter-spacing: -0.03em; line-height: 1.15; }
.core { display: grid; grid-template-columns: auto minmax(3rem, 1fr) auto; gap: var(--gap-2) var(--gap-4); align-items: center; }
.core svg { width: 100%; height: 1.1rem; display: block; background: var(--sunken); border-radius: 2px; }
.core .number { font-weight: 600; }
.core .spent, .chart .spent { fill: var(--verbatim); }
.core .saved { fill: var(--saved); }
.core .over { fill: var(--loss); }
.core .uncached { fill: var(--line-strong); opacity: 0.55; }
.core-note { grid-column: 2 / -1; }
@media (max-width: 52rem) { .hero { grid-template-columns: minmax(0, 1fr); } }

section[data-live] { display: flex; flex-direction: column; gap: var(--gap-5); min-width: 0; }
section[data-live]:empty { display: none; }
.chart { display: flex; flex-direction: column; gap: var(--gap-3); min-width: 0; }
.chart figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: var(--gap-1) var(--gap-4); }
.legend { display: flex; flex-wrap: wrap; gap: var(--gap-1) var(--gap-4); list-style: none; padding: 0; font-size: var(--small); color: var(--ink-soft); }
.legend li { display: inline-flex; align-items: center; gap: 0.4em; }
.legend li::before { content: ""; width: 0.7em; height: 0.7em; border-radius: 1px; background: var(--verbatim); }
.legend .key-saved::before { background: var(--saved); }
.legend .key-over::before { background: var(--loss); }
.plot { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--gap-1) var(--gap-2); font-size: var(--small); color: var(--ink-soft); }
.plot svg { width: 100%; height: 11rem; display: block; overflow: visible; }
.scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; margin: -0.55rem 0; }
.days { grid-column: 2; display: flex; justify-content: space-between; }
.chart .rule { stroke: var(--line); stroke-width: 1px; vector-effect: non-scaling-stroke; fill: none; }
.chart .saved { fill: var(--saved); }
.chart .over { fill: var(--loss); }
.chart .all { fill: transparent; }
.chart .day:hover .all { fill: color-mix(in srgb, var(--accent) 12%, transparent); }
`;
