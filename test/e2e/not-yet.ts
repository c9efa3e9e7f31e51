/**
 * Operations that are described and not served yet. A test fails for each that is served after all.
 */
export const NOT_YET: readonly string[] = [];
