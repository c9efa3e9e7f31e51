/** Light or dark: what the system says, unless the reader has chosen. The choice is a cookie, so that no script is needed. */
import { parse } from "hono/utils/cookie";

export type Theme = "auto" | "light" | "dark";

export const THEME_COOKIE = "strata_theme";

export function readTheme(cookies: string | undefined): Theme {
  const chosen = parse(cookies ?? "", THEME_COOKIE)[THEME_COOKIE];
  return chosen === "light" || chosen === "dark" ? chosen : "auto";
}
