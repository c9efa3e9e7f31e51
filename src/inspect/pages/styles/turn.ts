/** How the pages of a turn, a brief, a message and a search look: two sides beside each other, figures, bytes. */
export const TURN = `
.lead { font-size: 1.25rem; line-height: 1.35; letter-spacing: -0.01em; text-wrap: pretty; max-width: 80rem; font-weight: 550; }
.because { font-size: var(--large); max-width: 60rem; text-wrap: pretty; }
.facts { display: flex; flex-wrap: wrap; align-items: baseline; gap: var(--gap-1) var(--gap-3); font-size: var(--small); }
.jump { display: flex; flex-wrap: wrap; gap: var(--gap-1) var(--gap-4); border-bottom: 1px solid var(--line); position: sticky; top: 3.25rem; background: var(--ground); z-index: 1; padding: var(--gap-2) 0; font-size: var(--small); }
section[id] { scroll-margin-top: 6.5rem; }

.sides { display: flex; flex-direction: column; gap: var(--gap-2); }
.sides-head, .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: var(--gap-4); }
.sides-head { color: var(--ink-soft); }
.sides-head h3 { font-size: var(--small); font-weight: 600; }
.pair-head .clamped { -webkit-line-clamp: 2; }
.pair .layer { height: 100%; display: flex; flex-direction: column; gap: var(--gap-1); }
.clamped { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 10; overflow: hidden; }
.pair-same .side-sent .said { color: var(--ink-soft); }
.pair-same .same { display: none; }
.side-sent .layer.stratum-brief .said { color: inherit; }
.nothing { height: 100%; min-height: 2.25rem; display: grid; place-items: center; color: var(--ink-soft); font-size: var(--small); text-align: center; border: 1px dashed var(--line); border-radius: 2px; padding: var(--gap-2); }
.nothing:empty { border-color: transparent; }
.folded { border-block: 1px dashed var(--line); padding: var(--gap-2) 0; }
.folded > summary { color: var(--ink-soft); font-size: var(--small); }
.folded > .pair { margin-top: var(--gap-2); }
.run { margin-top: var(--gap-3); gap: var(--gap-3); max-height: 40rem; overflow-y: auto; }
@media (max-width: 52rem) {
  .sides-head { display: none; }
  .pair { grid-template-columns: minmax(0, 1fr); gap: 2px; padding-bottom: var(--gap-3); border-bottom: 1px solid var(--line); }
  .pair .side-received::before, .pair .side-sent::before { display: block; font-size: var(--small); font-weight: 600; color: var(--ink-soft); content: "Received"; }
  .pair .side-sent::before { content: "Sent"; margin-top: var(--gap-1); }
  .pair .layer { height: auto; }
  .pair-same .side-sent .layer { display: none; }
  .pair-same .side-sent::before { display: none; }
  .pair-same .same { display: block; }
}

.figures th { white-space: normal; font-weight: 400; }
.figures td { font-weight: 600; }
.meter { display: flex; flex-direction: column; gap: var(--gap-1); }
.meter svg { width: 100%; height: 0.6rem; display: block; border-radius: 2px; }
.meter-ground { fill: var(--sunken); }
.meter-value { fill: var(--brief); }
.meter-full { fill: var(--gain); }

.body { display: flex; flex-direction: column; gap: var(--gap-2); min-width: 0; }
.body + .body { border-top: 1px solid var(--line); padding-top: var(--gap-4); }
.body > header { display: flex; flex-wrap: wrap; align-items: baseline; gap: var(--gap-1) var(--gap-3); }
.sum code { overflow-wrap: anywhere; }
.bytes { background: var(--sunken); border-radius: var(--round); padding: var(--gap-3); max-height: 32rem; overflow: auto; margin-top: var(--gap-2); font-size: 0.8rem; }
.bytes .piece { background: color-mix(in srgb, var(--stratum) 22%, transparent); }
.bytes .piece.stratum-verbatim { background: none; }
.halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: var(--gap-4); align-items: start; }
.stack { display: flex; flex-direction: column; gap: var(--gap-4); }
.pressed strong { font-size: 1.25rem; letter-spacing: -0.01em; }
.facts time { color: var(--ink-soft); }
@media (max-width: 40rem) { .lead { font-size: 1.0625rem; } .because { font-size: var(--normal); } .lengths th { padding-right: var(--gap-2); } .lengths .number { padding-left: var(--gap-2); } }

.brief-text { font-family: var(--code); font-size: 0.85rem; display: flex; flex-direction: column; }
.line { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--gap-1) var(--gap-4); padding: 0.18rem var(--gap-2); border-left: 3px solid transparent; }
.line:hover { background: color-mix(in srgb, var(--accent) 5%, transparent); }
.line-quote { border-color: var(--verbatim); }
.line-written { border-color: var(--added); }
.line-table { border-color: var(--short); color: var(--ink-soft); }
.line-heading { font-weight: 700; margin-top: var(--gap-3); }
.line-day, .line-label { color: var(--ink-soft); }
.line-text a { color: inherit; text-decoration-color: color-mix(in srgb, currentColor 25%, transparent); }
.line-sources { display: inline-flex; flex-wrap: wrap; gap: var(--gap-2); justify-content: end; max-width: 14rem; font-family: var(--code); }
@media (max-width: 40rem) { .line { grid-template-columns: minmax(0, 1fr); } .line-sources { justify-content: start; max-width: none; } }

.found { max-width: 66rem; }
.hits { gap: var(--gap-4); }
.hits li { border-left: 3px solid var(--line); padding-left: var(--gap-3); }
.hits li:hover { border-color: var(--accent); }
`;
