/**
 * The design's constants: colours, type and spacing, once for light and dark.
 *
 * Every stratum has one colour, and never says anything by colour alone. All text colours have a contrast of at least
 * 4.5 to 1 on each of the grounds. Values only; what they are used for stands in the other sheets.
 */
export const TOKENS = `
:root {
  color-scheme: light dark;

  --ground: light-dark(#f6f5f1, #11141a);
  --surface: light-dark(#ffffff, #181c23);
  --sunken: light-dark(#edebe4, #0c0f13);
  --ink: light-dark(#1a1f29, #e9e7e1);
  --ink-soft: light-dark(#575e6b, #a0a8b6);
  --line: light-dark(#dedbd1, #2a303a);
  --line-strong: light-dark(#8b8778, #5d6675);
  --accent: light-dark(#0b5a70, #74c9e0);
  --accent-ground: light-dark(#0b5a70, #0f6077);
  --on-accent: #ffffff;
  --gain: light-dark(#19703f, #6fcf97);
  --saved: light-dark(#93c3a8, #3f7d5c);
  --loss: light-dark(#a8322b, #f29085);

  --verbatim: light-dark(#345d92, #86b4ea);
  --short: light-dark(#7d5f0c, #dab64f);
  --brief: light-dark(#96511f, #e2a06d);
  --recalled: light-dark(#0d6f62, #55c7b2);
  --added: light-dark(#6d46b5, #bd9ff2);
  --released: light-dark(#635f57, #9c988f);
  --held: light-dark(#4d5f75, #99abc1);

  --text: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --code: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --small: 0.75rem;
  --normal: 0.875rem;
  --large: 1.0625rem;
  --huge: clamp(1.9rem, 1.4rem + 2vw, 3rem);

  --gap-1: 0.25rem;
  --gap-2: 0.5rem;
  --gap-3: 0.75rem;
  --gap-4: 1rem;
  --gap-5: 1.5rem;
  --gap-6: 2.5rem;
  --round: 4px;
  --measure: 100rem;
}

:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }

.stratum-verbatim { --stratum: var(--verbatim); }
.stratum-short { --stratum: var(--short); }
.stratum-brief { --stratum: var(--brief); }
.stratum-recalled { --stratum: var(--recalled); }
.stratum-added { --stratum: var(--added); }
.stratum-released { --stratum: var(--released); }
.stratum-held { --stratum: var(--held); }
.stratum-rest { --stratum: var(--line-strong); }
`;
