/** How the overview looks: the ledger's line, and the charts of what each day has cost. */
export const OVERVIEW = `
.core { display: grid; grid-template-columns: auto minmax(4rem, 1fr) auto; gap: var(--gap-2) var(--gap-4); align-items: center; }
.core svg { width: 100%; height: 1.15rem; display: block; }
.core .number { font-weight: 600; }
.hero { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.6fr); gap: var(--gap-5) clamp(1.5rem, 4vw, 4rem); align-items: center; }
.hero-figure { font-size: var(--huge); font-weight: 680; letter-spacing: -0.03em; line-height: 1.05; }
@media (max-width: 52rem) { .hero { grid-template-columns: minmax(0, 1fr); } }
`;
