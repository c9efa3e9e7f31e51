/**
 * Limits of what is looked at: pages of lists, texts that are shown, events, sign-in.
 *
 * As in `limits.ts`, the unit is in the name and the reason beside it. Nothing here bears on a turn.
 */
/** Sessions on one page of a tenant's list. */
export const LISTED_SESSIONS_DEFAULT = 50;
export const LISTED_SESSIONS_MAX = 500;

/** Days for which a tenant's ledger is kept day by day: a year and the month that it is compared with. */
export const LEDGER_DAYS_MAX = 400;

/** How long a browser stays signed in: a working day. The signature cannot be called back before that. */
export const SIGN_IN_SECONDS_MAX = 12 * 60 * 60;

/** A sign-in form, and any other that the pages send: a key is at most a few hundred characters, a JWT a few thousand. */
export const FORM_BYTES_MAX = 16_384;

/** Turns that one inspection answers with unless `?turns=` asks for fewer or more. */
export const INSPECTED_TURNS_DEFAULT = 2_000;
export const INSPECTED_TURNS_MAX = 20_000;

/** Messages that an inspection reads the places of: the newest, as many as the longest transcript holds (measured: 1,100 in 9 ms). */
export const INSPECTED_MESSAGES_MAX = 20_000;

/** Branches that one answer shows, the newest: a client that names its conversations makes one with each of them. */
export const INSPECTED_BRANCHES_MAX = 1_000;

/** Of a branch's first words, about one line. */
export const BRANCH_TITLE_CHARS_MAX = 80;

/** Turns, messages or hits on one page, unless `?limit=` asks for fewer or more. */
export const PAGE_ENTRIES_DEFAULT = 50;
export const PAGE_ENTRIES_MAX = 200;

/** Of one message on a page: about a screen. The whole of it is one more request. */
export const SHOWN_MESSAGE_CHARS_MAX = 2_000;

/** Messages on one page that are read to be shown: a page of larger ones is shorter. */
export const SHOWN_PAGE_CHARS_MAX = 4_000_000;

/** Of what is searched for by hand, so much is read, and so many words. */
export const SEARCH_QUERY_CHARS_MAX = 400;
export const SEARCH_WORDS_MAX = 16;

/** Newest pieces that hold a word and are looked through: over two million tokens of conversation. */
export const SEARCH_PIECES_MAX = 40_000;

/** How long one question for news may wait at its object. */
export const WATCH_WAIT_MS_MAX = 20_000;

/** Questions that wait at one object at once; whoever comes then is answered at once and asks again. */
export const WATCHERS_MAX = 64;

/** Turns, briefs or epochs told at once: a summary has 2 KB. The next question brings the rest. */
export const NEWS_ENTRIES_MAX = 100;

/** Turns tried again that are told once more: a client retries what it has just sent. */
export const NEWS_RETRIES_MAX = 16;

/** Reports that a tenant's object keeps in memory for those who follow it. */
export const REPORTS_KEPT_MAX = 1_000;

/** A session's report follows its turn within so much: no alarm runs for longer. */
export const LATE_REPORT_MS_MAX = 15 * 60 * 1000;

/** A stream of events says something at least so often, so that nothing on its way takes it for dead and a reader that has left is noticed. */
export const EVENT_WAIT_MS = 15_000;

/** A stream of events ends after this: objects move and settings change, and coming back is cheap. */
export const EVENT_STREAM_MS_MAX = 10 * 60 * 1000;

/** How soon a reader is asked to come back. */
export const EVENT_RETRY_MS = 2_000;

/** Pause where a question for news was answered at once and with nothing. */
export const EVENT_PAUSE_MS = 1_000;

/** Messages that are listed with a turn, the newest: a longer list is nothing that a person reads, and 2,000 are 1 MB. */
export const PIECES_MAX = 2_000;

/** Of a listed message so much is shown. */
export const PIECE_TEXT_CHARS = 400;

/** Characters of messages that are parsed to list them, newest first: 30 to 50 ms. Of the others the beginning of the JSON is shown. */
export const PIECES_READ_CHARS_MAX = 1_500_000;

/** Bodies of a turn are laid side by side to list its pieces up to this size; to look at the difference itself, always. */
export const DIFFED_BYTES_MAX = 8_000_000;

/** Messages between a turn and the one before or behind it in its thread: a reply's tool results, as a rule. */
export const NEIGHBOUR_STEPS_MAX = 16;

/** Sessions on one page of the list in a browser, and the newest of them on the overview. */
export const SHOWN_SESSIONS = 25;
export const SHOWN_NEWEST_SESSIONS = 8;

/** Messages of a thread on one of our own pages. */
export const SHOWN_PAGE_MESSAGES = 100;

/** Characters of a body or of a whole message on a page: beyond it a browser grows slow. The rest is in the raw bytes. */
export const SHOWN_BODY_CHARS_MAX = 200_000;
