/**
 * The one stylesheet of the pages, put together from its parts, and the address under which browsers may keep it.
 *
 * It is served from here, because the pages allow no style from elsewhere and none inside their HTML.
 */
import { hashText } from "../../model/hash.ts";
import { BASE } from "./styles/base.ts";
import { OVERVIEW } from "./styles/overview.ts";
import { PARTS } from "./styles/parts.ts";
import { SESSION } from "./styles/session.ts";
import { TOKENS } from "./styles/tokens.ts";
import { TURN } from "./styles/turn.ts";

export const STYLE = [TOKENS, BASE, PARTS, OVERVIEW, SESSION, TURN].join("");

/** Changes with every change of the sheet. */
export const STYLE_URL = `/_strata/ui/style.css?v=${hashText(STYLE)}`;
