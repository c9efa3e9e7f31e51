/**
 * How plain HTML looks: text, links, tables, forms, and the frame around every page.
 *
 * From 360 pixels to 1,600 without a sideways scroll of the page; a table that is too wide becomes a list of cards on a
 * phone, because a number whose heading has scrolled away says nothing.
 */
export const BASE = `
*, ::before, ::after { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); -webkit-text-size-adjust: 100%; scroll-padding-top: 5rem; }
body { margin: 0; font: var(--normal)/1.5 var(--text); min-height: 100vh; display: flex; flex-direction: column; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1, h2, h3, p, dl, dd, ol, ul, figure, table, pre { margin: 0; }
h1 { font-size: 1.375rem; font-weight: 650; letter-spacing: -0.015em; line-height: 1.2; text-wrap: balance; }
h2 { font-size: var(--large); font-weight: 650; letter-spacing: -0.01em; line-height: 1.3; }
h3 { font-size: var(--normal); font-weight: 650; }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code, pre, .code { font-family: var(--code); font-size: 0.92em; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; }
mark { background: color-mix(in srgb, var(--short) 30%, transparent); color: inherit; border-radius: 2px; padding: 0 0.1em; }
small, .small { font-size: var(--small); }
.soft { color: var(--ink-soft); }
.gain { color: var(--gain); }
.loss { color: var(--loss); }
.number { text-align: right; white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: var(--gap-4); top: -4rem; padding: var(--gap-2) var(--gap-4); background: var(--accent-ground); color: var(--on-accent); z-index: 3; }
.skip:focus { top: 0; }
summary { cursor: pointer; }

table { border-collapse: collapse; width: 100%; }
th { font-size: var(--small); font-weight: 600; color: var(--ink-soft); text-align: left; white-space: nowrap; }
th.number { text-align: right; }
th, td { padding: 0.4rem var(--gap-3); border-bottom: 1px solid var(--line); vertical-align: baseline; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom-color: var(--line-strong); }
tbody th { font-size: inherit; font-weight: 400; color: inherit; }
tbody tr:last-child > * { border-bottom: 0; }
tbody tr:hover { background: color-mix(in srgb, var(--accent) 5%, transparent); }
caption { text-align: left; color: var(--ink-soft); font-size: var(--small); padding-bottom: var(--gap-2); }

label { display: block; font-size: var(--small); font-weight: 600; color: var(--ink-soft); margin-bottom: var(--gap-1); }
input, select, button { font: inherit; color: inherit; border-radius: var(--round); border: 1px solid var(--line-strong); background: var(--surface); padding: 0.4rem 0.65rem; min-height: 2.25rem; max-width: 100%; }
input { width: 100%; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.25rem; padding: 0.4rem 0.9rem; border-radius: var(--round); border: 1px solid var(--line-strong); background: var(--surface); color: var(--ink); font-weight: 550; text-decoration: none; cursor: pointer; white-space: nowrap; }
button:hover, .button:hover { border-color: var(--accent); }
button.main { background: var(--accent-ground); border-color: var(--accent-ground); color: var(--on-accent); }
button.main:hover { filter: brightness(1.12); }
button.quiet { border-color: transparent; background: none; padding: 0 var(--gap-2); color: var(--ink-soft); font-weight: 400; min-height: 2rem; }
button.quiet:hover { color: var(--ink); text-decoration: underline; }

.top { position: sticky; top: 0; z-index: 2; background: color-mix(in srgb, var(--ground) 92%, transparent); backdrop-filter: blur(8px); border-bottom: 1px solid var(--line); }
.top-row, .page, .foot { width: 100%; max-width: var(--measure); margin: 0 auto; padding: 0 clamp(0.9rem, 2.5vw, 2rem); }
.top-row { display: flex; align-items: center; gap: var(--gap-2) var(--gap-4); min-height: 3.25rem; flex-wrap: wrap; padding-top: var(--gap-1); padding-bottom: var(--gap-1); }
.brand { display: inline-flex; align-items: center; gap: var(--gap-2); font-weight: 700; letter-spacing: -0.02em; font-size: var(--large); color: var(--ink); text-decoration: none; }
.brand svg { width: 1.35rem; height: 1.35rem; }
.mark-1 { fill: var(--recalled); } .mark-2 { fill: var(--brief); } .mark-3 { fill: var(--verbatim); }
.nav { display: flex; gap: var(--gap-1); }
.nav a { padding: 0.35rem 0.6rem; color: var(--ink-soft); text-decoration: none; border-radius: var(--round); }
.nav a:hover { color: var(--ink); }
.nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--accent); border-radius: 0; }
.who { margin-left: auto; display: flex; align-items: center; gap: var(--gap-1); color: var(--ink-soft); font-size: var(--small); }
.who form { display: flex; }
.page { flex: 1; padding-top: var(--gap-5); padding-bottom: var(--gap-6); display: flex; flex-direction: column; gap: var(--gap-5); }
.foot { border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: var(--gap-1) var(--gap-4); padding-top: var(--gap-3); padding-bottom: var(--gap-5); color: var(--ink-soft); font-size: var(--small); }
.trail { display: flex; flex-wrap: wrap; gap: var(--gap-1) var(--gap-2); list-style: none; padding: 0; font-size: var(--small); color: var(--ink-soft); margin-bottom: var(--gap-1); }
.trail li + li::before { content: "/"; margin-right: var(--gap-2); color: var(--line-strong); }
.head { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: var(--gap-3) var(--gap-5); }
.head > form { flex: 0 1 34rem; }

@media (max-width: 40rem) {
  .who .viewer { display: none; }
  .nav { order: 3; width: 100%; margin: 0 -0.6rem; }
  table.cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.cards, table.cards tbody, table.cards td, table.cards tbody th { display: block; }
  table.cards tr { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.6fr) minmax(0, 1fr); gap: var(--gap-1) var(--gap-3); padding: var(--gap-3) 0; border-bottom: 1px solid var(--line); }
  table.cards tbody tr:last-child { border-bottom: 0; }
  table.cards td, table.cards tbody th { border: 0; padding: 0; text-align: left; white-space: normal; min-width: 0; }
  table.cards .balance { display: none; }
  table.cards tbody th, table.cards .wide { grid-column: 1 / -1; }
  table.cards td[data-label]::before { content: attr(data-label); display: block; color: var(--ink-soft); font-size: var(--small); }
}
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media (forced-colors: active) { .badge, .stratum { border: 1px solid; } }
@media print { .top, .foot { position: static; } .who, .skip { display: none; } }
`;
