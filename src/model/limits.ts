/**
 * Every limit of Strata, in one place: the unit is in the name, the reason beside it.
 *
 * A limit that is passed never loses anything: the request is passed through as it came, or answered with
 * an error in the caller's own wire format. Sources are the platform's documented limits (Workers and
 * Durable Objects, 2026) unless a line says otherwise. No other file may hold a number of this kind.
 */

/** A larger request body is streamed through unread: an RPC message may hold 32 MiB, and one wide character doubles a text there. */
export const REQUEST_BODY_BYTES_MAX = 14 * 1024 * 1024;

/** A larger reply is relayed but not stored: chat replies are under 1 MB, and an isolate has 128 MB for everything. */
export const RECORDED_REPLY_BYTES_MAX = 8 * 1024 * 1024;

/** Stored text is cut into pieces of this many UTF-16 units: at most 1.5 MB of UTF-8, under the 2 MB that a row may hold. */
export const MESSAGE_CHUNK_CHARS = 500_000;

/** Above this many messages the raw-prefix hash is tried before every message is fingerprinted (measured: 2 MB hash in 1 ms, fingerprint in 7 ms). */
export const FINGERPRINT_UPFRONT_MESSAGES_MAX = 16;

/** The same for few but large messages, such as whole files. */
export const FINGERPRINT_UPFRONT_CHARS_MAX = 32_000;

/** A transcript longer than this is passed through; a provider refuses 100,000 messages itself. */
export const MESSAGES_MAX = 20_000;

/** How many raw prefixes a session remembers for the fast path: parallel threads of one session are few. */
export const RECENT_PRIORS_MAX = 16;

/** How long `session.open` may take before the request is passed through without Strata. A healthy call takes under 5 ms. */
export const SESSION_OPEN_WAIT_MS_MAX = 3_000;

/** How long a delta request waits for the turn that it continues to be stored. */
export const PARENT_WAIT_MS_MAX = 10_000;

/** How long the end of a reply is held back for its turn to be stored; after that the client is let go and storing goes on. */
export const COMMIT_WAIT_MS_MAX = 5_000;

/** Turns under way that a session keeps in memory, so that a forgotten one cannot leak. */
export const TURNS_IN_FLIGHT_MAX = 256;

/** Characters of a client's own session id that count: a longer one counts as its hash. */
export const SESSION_ID_CHARS_MAX = 512;

/** How long a reply can be continued by its id alone: as long as OpenAI keeps stored responses. */
export const REPLY_INDEX_MS_MAX = 30 * 24 * 60 * 60 * 1000;

/** How often replies that are too old are swept out. */
export const REPLY_INDEX_SWEEP_MS = 24 * 60 * 60 * 1000;

/** An upstream that has lost a thread's state this often is not asked for it again: each time costs a request. */
export const STATE_REFUSALS_MAX = 3;

/** Messages at the end of a request that clients still change on the next one, by moving cache markers along: they are left out of the raw-prefix hash. */
export const MOVING_MESSAGES = 2;

/** Of what the user has just said, this much is looked up: the beginning and the end of a pasted text say what it is about. */
export const RECALL_QUERY_CHARS_MAX = 4_000;

/** Longer messages give no context to a question that leans on what was said before. */
export const RECALL_CONTEXT_CHARS_MAX = 20_000;

/** Recalled blocks that one prompt holds behind earlier questions: each is kept with the thread's state, up to 8 KB a turn. */
export const LASTING_BLOCKS_MAX = 8;

/** Of one message, this much is indexed (about 25,000 tokens, 600 rows); the whole of it can still be opened. */
export const INDEXED_CHARS_MAX = 100_000;

/** How long a tenant remembers that a session was forgotten: reports that were under way then have long arrived. */
export const FORGOTTEN_MS_MAX = 24 * 60 * 60 * 1000;

/** What has grown old is taken out in one go, at most so often: each time every recording of the session is read. */
export const RETENTION_PAUSE_MS = 24 * 60 * 60 * 1000;
/** An idle session with a turn under way is looked at again after this. */
export const RETENTION_RETRY_MS = 60_000;
/** A deletion whose object ended before the log was written over is finished after this; it takes a second. */
export const LOG_RETRY_MS = 10_000;

/** Of a deleted session, so many of its replies leave the index at once; older ones lapse, and lead to nothing until then. */
export const DELETED_REPLIES_MAX = 2000;

/** Sessions that are deleted side by side when a tenant's are: each costs a few calls to other objects. */
export const DELETED_SESSIONS_PER_RUN_MAX = 8;
/** Between two such runs, so that reports get their turn, and before one that did not answer is asked again. */
export const DELETION_PAUSE_MS = 20;
export const DELETION_RETRY_MS = 60_000;

/** Entries of a tenant's list that one page of a search looks at: 1 MB of rows, a few milliseconds. */
export const SEARCHED_ENTRIES_MAX = 2_000;

/** Characters of one text field of a data point: 20 of them stay under the 16 KB that the platform takes. */
export const METRIC_BLOB_CHARS_MAX = 128;

/** Characters of a model's name that a tenant's list keeps: clients may send any text for it. */
export const MODEL_NAME_CHARS_MAX = 128;

/** Window in which text is handed to the tokenizer: it is quadratic on long runs without a split point (measured: 100,000 letters take 2 s). */
export const TOKENIZER_SLICE_CHARS = 512;

/** Characters per token assumed until the real count is known; o200k gives 4.2 on English, 3.2 on JSON. */
export const ESTIMATED_CHARS_PER_TOKEN = 4;

/** Tokens that a chat template spends on a message beyond its text (role and separators). */
export const MESSAGE_OVERHEAD_TOKENS = 4;

/** Messages counted and indexed in one run of the alarm; the rest waits for the next, so that requests are served in between (measured: 80 ms). */
export const MESSAGES_COUNTED_PER_RUN_MAX = 250;

/** Estimated tokens counted and indexed in one run (measured: 90 ms for log lines, four fifths of it for the index). */
export const TOKENS_COUNTED_PER_RUN_MAX = 25_000;

/** Pause between two runs, in which requests are served. */
export const JOB_PAUSE_MS = 100;

/** Instructions and preferences that a brief carries without showing them: at 320 characters each under 200 kB of a row's 2 MB. */
export const PINS_CARRIED_MAX = 200;

/** Instructions and preferences compared with each other when one is revised; beyond it the oldest are let go. People give tens. */
export const PINS_HELD_MAX = 500;

/** Text handed to the distiller in one go. More than any window of 2026 forwards; beyond it the newest part is distilled. */
export const DISTILLED_CHARS_MAX = 8_000_000;

/** Calls of the upstream that one turn may add to answer the model's searches. Agents that search well need one or two. */
export const RECALL_ROUNDS_MAX = 4;

/** Searches that are answered at once: they share the tokens of one, and less than a quarter of those says little. */
export const RECALL_CALLS_MAX = 4;

/** Tokens that the searches of one round bring back: about what three pages of a book hold, enough for one question. */
export const RECALLED_TOKENS_MAX = 1_600;

/** Characters of one message that is opened, about as many tokens as a search brings back. */
export const OPENED_CHARS_MAX = 8_000;

/** How long a further call of the upstream may take until its headers come: as long as an official SDK waits by default. */
export const RECALL_ANSWER_WAIT_MS_MAX = 10 * 60 * 1000;

/** What an image, file or audio part is taken to weigh until the bill says otherwise: its base64 length says nothing. */
export const MEDIA_TOKENS_ASSUMED = 1_000;

/** Messages of a thread that go up in short form at once: each is looked up and handed to the edge on every turn. */
export const FORMS_MAX = 128;

/** Characters of all short forms of a thread: they cross an RPC on every turn. Beyond it results stay whole until a compaction. */
export const FORMS_CHARS_MAX = 1_000_000;

/** Characters of tool results that are read for shortening before the first byte goes up (measured: 400 KB of JSON take 25 to 50 ms). */
export const SHORTENED_CHARS_MAX = 400_000;

/** Large results that a thread remembers by their hash, to name them when they come again. */
export const KNOWN_RESULTS_MAX = 32;

/** Messages with calls that are read back for a client that sends only their results: calls made in parallel are few. */
export const CALLING_MESSAGES_MAX = 64;

/** A shorter tool result is not touched even where the prompt is rewritten: about a hundred tokens. */
export const SHORTENED_RESULT_CHARS_MIN = 400;

/** Ends of threads that a session remembers; continuing an older one is still right, only called an edit. */
export const THREAD_TIPS_MAX = 64;

/** Text of one segment that is sent to a model to be condensed: longer messages are shown with a gap. A segment is shorter but for single large messages. */
export const DIGEST_INPUT_TOKENS_MAX = 12_000;

/** Of one message no more is read for it, from both ends: twice what fits in (measured: checking against 2 MB takes 0.7 s). */
export const DIGEST_SOURCE_CHARS_MAX = 100_000;

/** What such a model may answer, its reasoning included: a digest has about 600 tokens, the largest 1,600. */
export const DIGEST_OUTPUT_TOKENS_MAX = 3_000;

/** How long it may take unless DISTILLER_TIMEOUT_SECONDS says otherwise; an alarm may run for 15 minutes. */
export const DIGEST_WAIT_SECONDS = 60;

/** A larger answer is no digest: twenty times what a whole one weighs. */
export const DIGEST_REPLY_BYTES_MAX = 256 * 1024;

/** How often one segment is sent to a model: once, and once more after a failure. */
export const DIGEST_ATTEMPTS_MAX = 2;

/** Threads of one session that wait to be condensed: as many as are ever talked on at the same time. */
export const DIGESTED_THREADS_MAX = 8;

/** How long a brief that no thread uses is kept: longer than any turn that was offered it can take. */
export const RETIRED_BRIEF_MS_MAX = 60 * 60 * 1000;

/** What an object keeps in memory of its archive's numbers (128 bytes a piece: 32,000 pieces, over a million tokens). */
export const RECALL_INDEX_BYTES_MAX = 4 * 1024 * 1024;
/** Facts that one message may yield: more is a list, not somebody speaking of themself. */
export const FACTS_PER_MESSAGE_MAX = 20;

/** Facts kept of one end user, those that no longer hold included: every question reads them all. */
export const FACTS_PER_USER_MAX = 500;

/** How many stay when there are more: the oldest that no longer hold go first, some at a time. */
export const FACTS_PER_USER_KEPT = 450;

/** Rows that a user's memory may have, those of deleted facts included, which stay as blanks: 16 MB at most. */
export const FACT_ROWS_MAX = 20_000;

/** Characters of a statement and of the sentence around it: as long as a quote in a brief. */
export const FACT_CHARS_MAX = 320;

/** Sessions whose last read message a user's memory knows, so that a batch that comes twice adds nothing. */
export const FACT_SOURCES_MAX = 2_000;

/** Body of a request that adds or changes a fact: a statement and little else. */
export const FACT_BODY_BYTES_MAX = 8_192;

/** Messages that wait in a session to be read for facts; beyond that the oldest are left out. */
export const FACT_MESSAGES_WAITING_MAX = 2_000;

/** Messages read for facts in one run of the alarm. */
export const FACT_MESSAGES_PER_RUN_MAX = 50;

/** How often a batch of facts is sent to a memory that does not answer, twice as long after each time. */
export const FACT_SENDS_MAX = 10;

/** Pause before the first of these. */
export const FACT_SEND_PAUSE_MS = 5_000;

/** How long a memory may take to store a batch before the alarm gives up on it for now. */
export const FACT_SEND_WAIT_MS_MAX = 2_000;

/** How long a request waits for the facts of its user, counted from the question to the session beside it. */
export const FACT_RECALL_WAIT_MS_MAX = 300;

/** Largest block of facts that can be set: it is paid in full on every call that carries it. */
export const MEMORY_TOKENS_MAX = 2_000;

/** Beginnings of recorded bodies that are looked for in a new one, on each side: a client that moves cache markers along misses the newest two or three. */
export const CHECKPOINTS_MAX = 8;

/** Characters that the texts of a turn's bodies may have beside its messages: with them an RPC stays under 32 MiB, in two bytes a character. */
export const RECORDED_CHARS_MAX = 14_000_000;

/** Pause before a turn's bodies are hashed beside the upstream's work: by then the request has left, and no model has answered yet. */
export const RECORDING_PAUSE_MS = 20;
