/**
 * Word lists and patterns that tell what a sentence does: instruct, prefer, decide, ask, remind.
 *
 * English first; for a few other languages only the strongest phrases. All patterns are matched against one lower-case
 * sentence of at most a few hundred characters, never against a whole message. Without any match a sentence is
 * still weighed by its numbers and names, so other languages lose the labels, not the content.
 * This file must not decide anything: who may instruct is the business of `classify`.
 */

/** Words whose full stop never ends a sentence. */
export const ABBREVIATIONS: ReadonlySet<string> = new Set(
  "dr mr mrs ms prof st sr jr rev gen capt sgt vs e.g i.e eg ie approx cf viz al esp incl".split(" "),
);

/** Words whose full stop does not end a sentence when a number follows. */
export const ABBREVIATIONS_BEFORE_NUMBERS: ReadonlySet<string> = new Set(
  "no nos nr fig eq p pp vol ch sec art ext jan feb mar apr jun jul aug sep sept oct nov dec".split(" "),
);

/** Tags of blocks that a client puts into user messages by itself; they are repeated by it and not the user's words. */
export const CONTROL_TAGS: ReadonlySet<string> = new Set([
  "system-reminder",
  "system_reminder",
  "environment_context",
  "environment_details",
  "user_instructions",
  "command-name",
  "command-message",
  "command-args",
  "local-command-stdout",
  "task-notification",
]);

/** Where a clause with an order of its own can begin: the start, after punctuation, after a connecting word. */
const CLAUSE =
  "(?:^(?:and |but |so |then |ok |okay )?|[,;:.!?–—-]\\s+(?:and |but |so |then )?|\\b(?:also|please|just|actually|instead)\\s+)";
const anyOf = (...patterns: string[]): RegExp => new RegExp(patterns.join("|"), "u");

/** What follows "always" or "never" in small talk. */
const SMALL_TALK =
  "a|an|been|being|say never|had|have|has|happy|here|there|glad|nice|good|great|fun|love|loved|loves|wanted|felt|liked|so|the|that|was|were|is|are|mind|thought|" +
  "knew|know|seen|saw|heard|tried|too|give up|fails?|ready|on my|by my|in my|got|gets?|up for|down for|supporting|looking|going to be|one|i|we|you|he|she|they|it|my|your|dull|easy|amazing|special|worth|room|learning";

/** A rule for all that follows, whatever the subject. */
export const STANDING = anyOf(
  `${CLAUSE}(?:always|never|don't ever|do not ever)\\s+(?!(?:${SMALL_TALK})\\b)\\p{L}`,
  "\\b(?:from now on|going forward|from here on|henceforth|in (?:the )?future (?:replies|answers|responses|messages)|for the rest of (?:this|our|the)|at all times|by default|unless i (?:say|ask|tell))\\b",
  // "Whenever I ask, answer in French" is a rule; "whenever I hear it, I think of home" is a story.
  "\\b(?:every time|each time|whenever) (?:i|you)\\b(?![^,.]{1,100},\\s+(?:i|i'm|i've|i'd|it|it's|my|we|there|he|she|they)\\b)",
  "(?<!\\b(?:i|we|they|people|one|women|men)\\s)\\b(?:should|must|need to|have to)\\s+(?:always|never)\\b",
  `${CLAUSE}(?:call|address) me\\s+(?!(?:back|later|when|if|at|on|tomorrow|today|tonight|crazy|old|maybe|a|an|any|asap|soon)\\b)\\p{L}`,
  "\\bplease (?:remember|keep in mind|note)\\b",
  `${CLAUSE}(?:remember|keep in mind|bear in mind|note)(?: that)? (?:that|i|i'm|my|we|our|you must|you should|to (?:always|never|use|include|keep|answer|write|ask|check|add|mention))\\b`,
  "\\b(?:don't|do not) forget (?:that|i|i'm|my|we|to (?:always|use|include|keep|answer|write|ask|mention))\\b",
  "\\bi(?:'d| would)? (?:want|need|like|expect) you to (?:always|never|stop|keep|use|answer|reply|respond|write|include|avoid|only)\\b",
  "总是|永远不要|从现在起|从现在开始|以后(?:请|都|不要|别)|请记住|请始终|叫我|今後|これから(?:は|も)|常に|必ず|絶対に|覚えておいて|と呼んで|앞으로|항상|절대",
  "\\b(?:ab jetzt|ab sofort|von nun an|künftig|nenn(?:e|en sie)? mich|immer (?:auf|mit|in)|niemals)\\b",
  "\\b(?:désormais|dorénavant|à partir de maintenant|appelle(?:z)?-moi|souviens-toi|réponds toujours)\\b|(?<!\\p{L})(?:a partir de ahora|de ahora en adelante|llámame|recuerda que|responde siempre|nunca uses)(?!\\p{L})",
);

/** An order about manner: how to answer, what not to do. Counts only at the start of a clause. */
export const ORDER = anyOf(
  `${CLAUSE}(?:don't|do not|never)\\s+(?!(?:worry|be |give up|hesitate|mind|sweat|stress|get me wrong|know|think|you|have|want|need|see|feel|like|even|really|understand|remember|let (?:anyone|anything|it|them|that)|miss|stop being|forget|care|have|beat|rush|i\\b|we\\b|they\\b|it\\b))\\p{L}`,
  `${CLAUSE}(?:answer|reply|respond|write|speak|talk)(?: to me)? (?:only |always |briefly|in |with |using |as )`,
  `${CLAUSE}(?:use|stick to|switch to|prefer) (?:\\p{L}+ ){0,3}?(?:units?|metric|imperial|celsius|fahrenheit|kilomet\\p{L}+|miles|markdown|plain text|bullet\\p{L}*|tabs|spaces|format|tone|style|english|german|french|spanish|italian|japanese|chinese|portuguese|dutch|24-hour|12-hour|emojis?|euros?|dollars?)\\b`,
  `${CLAUSE}(?:keep (?:it (?!up|real|going|coming|together)|your (?!chin|head|spirits)|the|all|every|answers?|replies|responses|code|comments|messages)|stop (?:using|adding|asking|calling|writing|saying|apologi|including|suggesting|with)|no (?:more )?(?:emojis?|bullet|markdown|tables?|comments?|code comments|small talk|apolog|yapping|preamble)|only (?:use|answer|reply|respond|write|show|give|suggest|recommend|edit|change|touch|speak|include|ask))`,
  "^(?:please |also,? |and |but )*(?:avoid |make sure (?!you (?:take care|rest|enjoy|have|get))(?:to|that|you|it|all|every|the|your)\\b|be (?:brief|concise|terse|formal|informal|precise|specific|honest|polite|blunt)\\b)",
);

/** A heading whose list items are orders. */
export const RULES_HEADING =
  /\b(?:rules?|guidelines|instructions|conventions|preferences)\b.{0,60}:$|\b(?:always|never|from now on|follow|remember)\b.{0,80}:$/u;

/** A newer statement that takes an older one back. */
export const REVISION =
  /\b(?:actually|instead|no longer|any ?more|scratch that|forget (?:that|what i said|the|about)|change of plan|changed my mind|on second thought|correction|rather than|not .{1,40} but|again after all|after all|from now on|switch (?:back )?to|ignore what i said)\b|改成|改为|やっぱり|stattdessen|finalement|mejor/u;

/** The user's tastes and limits. */
export const PREFERENCE = anyOf(
  "\\bi(?:'d| would| do| really| also| usually| generally| still|'ve always| always)*\\s+(?:prefer|rather|like|love|enjoy|hate|dislike|favou?r|avoid|can't stand|cannot stand)\\b",
  "\\bmy (?:\\p{L}+ )?(?:favou?rite|preference|preferred|limit|budget|max(?:imum)?|go-to)\\b",
  "\\bi (?:don't|do not|won't|will not|never) (?:like|want|eat|drink|use|need|fly|buy|wear|work)\\b",
  "\\bi(?:'m| am) (?:allergic|vegan|vegetarian|intolerant|lactose|diabetic|not a fan|a (?:big |huge )?fan|colou?r-?blind|left-handed)\\b",
  "\\b(?:i|we) (?:only|must|need|want|have to|can't|cannot|can only)\\b.{0,80}\\b(?:only|at least|at most|no more|not more|before|after|under|within|first|instead|without|max|budget|cheapest|rather)\\b",
  "\\bno (?:more|less|later|earlier) than\\b|我(?:更)?喜欢|我不(?:喜欢|想要|吃)|我宁愿|のほうが好き|が(?:好き|嫌い)|\\bich (?:bevorzuge|mag|hätte lieber)\\b|\\bje préfère\\b|\\bprefiero\\b",
);

/** Small talk that looks like a preference. */
export const NO_PREFERENCE =
  /\bi(?:'d| would) (?:really )?(?:love|like) (?:to|that|it|some|your|for you)\b|\bi (?:really )?(?:love|like) (?:it|that|this|your|how you|what you|when you|how|when|the idea|the thought)\b|\b(?:what|which|do|did|would|are|is|any|who|how|where)\b.{0,60}\?$/u;

/** The user settles something. */
export const USER_DECISION = anyOf(
  "\\b(?:let's|let us|we'll|i'll|i will|we will|i'd like to|i'm going to|i am going to) (?:go (?:with|for|ahead with)|use|take|choose|pick|stick (?:to|with)|proceed|book|cancel|switch|drop|skip|start with|move (?:to|on))\\b",
  "\\b(?:i|we)(?:'ve| have| had)? (?:just )?(?:finally )?(?:decided|chose|chosen|picked|opted|settled|agreed|booked|signed up|bought|switched|accepted|finali[sz]ed|committed)\\b",
  "^(?:agreed|confirmed|approved|deal|that works|sounds good, (?:let|go|book)|go ahead|yes,? (?:please|go ahead|do|book|proceed))\\b",
  "\\bthe (?:decision|plan) is\\b|我(?:们)?决定|就(?:用|选|要)|に(?:決め|し)ました|\\bwir nehmen\\b|\\bon part sur\\b",
);

/** The assistant reports what was done. */
export const ASSISTANT_DECISION =
  /\b(?:i|we)(?:'ve| have)(?: now| also| just| successfully)? (?:booked|cancel+ed|updated|created|scheduled|changed|added|removed|sent|refunded|fixed|deployed|merged|renamed|deleted|moved|set|processed|issued|completed|reserved|ordered|confirmed|implemented|replaced|installed|refactored|migrated|saved|submitted|upgraded)\b|\b(?:has|have) been (?:successfully )?(?:booked|cancel+ed|updated|created|scheduled|changed|added|removed|sent|refunded|fixed|deployed|merged|processed|issued|confirmed|transferred|upgraded)\b|^(?:booked|done|fixed|cancelled|canceled|agreed|confirmed|deployed|merged)(?:[:.!]|,? (?:the|your|it|both|all)\b)|\bwe (?:decided|agreed|settled)\b|\byour .{1,60} is (?:now )?(?:confirmed|booked|cancel+ed|scheduled)\b|已(?:预订|取消|更新|完成)|しました。?$/u;

/** Advice and promises that are phrased like a report. */
export const NO_REPORT = /\b(?:should|would|could|can|you'll|if|once|when|after|ensure|verify|check|make sure|try)\b/u;

/** A line of program text outside a code block. */
export const CODE_LINE =
  /[;{}]\s*$|=>|\)\s*:\s*$|^\s*(?:const |let |var |function |def |class |import |from \S+ import |return |#include|public |private |<\/?[a-z]|\/\/|[.#]?[\w-]+ \{|\S+\(.*\);?$)/u;

/** Something the user wants to come back to. */
export const REMINDER =
  /(?:^|[,;.!]\s+|\b(?:please|you|and|also)\s+)remind me\b|\bto-?do\b(?!\s+list)|\b(?:don't|do not) (?:let me )?forget to\b(?! (?:stay|be|keep|have|take|enjoy|smile|breathe))|\b(?:we|i)(?:'ll| will|'d)? (?:still )?(?:need|have) to (?:\p{L}+ ){1,8}later\b|\b(?:come back to|get back to) (?:this|that|it)\b|\b(?:discuss|decide|handle|revisit|fix|look at|talk about|deal with) (?:\p{L}+ ){0,4}?later(?: on)?(?:[.!,;]|$)|\bfollow up\b.{0,40}\bon\b|\bstill (?:open|undecided|unclear|to be decided)\b|\bopen question\b|提醒我|待办|思い出させて|\berinner(?:e)? mich\b|\brappelle-moi\b|\brecuérdame\b/u;

/** Who the user is and what surrounds him: worth a place although it has no number. */
export const PROFILE =
  /\bmy (?:\p{L}+ )?(?:name|wife|husband|partner|son|daughter|kids?|children|mother|father|mom|dad|sister|brother|boss|manager|team|company|job|dog|cat|birthday|e-?mail|phone|address|deadline|project|app|goal|id|plan)\b|\bi(?:'d| would) like to\b|\bi (?:want|need) to\b|\bi(?:'m| am) (?:a|an|from|based|working|living|building|using|planning|trying|\d+)\b|\bi (?:live|work|moved|grew up|was born|own|run|teach|study)\b|\bwe(?:'re| are) (?:using|building|planning|based)\b|我(?:叫|是|住)|私は/u;

/** Time that is told without figures. */
export const TIME_WORDS =
  /\b(?:yesterday|today|tomorrow|tonight|last (?:week|month|year|night|summer|winter|spring|fall|weekend|\p{L}+day)|next (?:week|month|year|summer|weekend|\p{L}+day)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december|(?:few|two|three|several) (?:days|weeks|months|years) ago|deadline)\b|昨天|今天|明天|昨日|今日|明日/u;

/** Replies that carry nothing but an apology or a failure. */
export const FAILURE =
  /^(?:i'?m (?:really |very )?sorry|sorry|apologies|i apologi[sz]e|unfortunately,? i (?:can|am)|i can(?:no|')t (?:help|assist|do that|provide|summar|comply|fulfil)|i am (?:unable|not able)|i'm (?:unable|not able)|as an ai\b|i cannot\b|i do not have (?:access|enough)|(?:\p{L}+)?(?:error|exception)\b\s*[:(]|traceback \(most recent|\s*at \S+ \(.{1,200}:\d+:\d+\)|(?:http )?[45]\d\d\b.{0,40}(?:error|unauthori|forbidden|not found|too many|bad gateway|unavailable|internal)|internal server error|bad gateway|service unavailable|too many requests|rate limit|request timed out|\{\s*"(?:error|detail|errors)"\s*:|\{\s*"type"\s*:\s*"error")/u;

/** Thanks, greetings and offers of help: no evidence in them. */
export const PLEASANTRY =
  /^(?:thank|thanks|you're welcome|hi\b|hey\b|hello|bye|great|wow|cool|awesome|nice|perfect|(?:that|this|it)(?:'s| is| sounds| must| looks) (?:so |really |super |pretty )?(?:awesome|great|amazing|cool|wonderful|lovely|inspiring|nice|good|fantastic|incredible|tough|beautiful|special|true)|sounds|looks like|glad|congrat|yeah|yep|oh\b|aw+\b|your kind|keep|sure|certainly|of course|absolutely|no problem|got it|ok\b|okay\b|if you (?:have|need)|let me know|feel free|is there anything|please (?:let me know|confirm|provide)|could you (?:please )?(?:provide|confirm|let)|would you like|have a (?:great|nice|good)|good luck|take care|here (?:is|are|'s)|by following|i hope)/u;

/** Tools that only look: their calls are worth less than those that change something. */
export const READING_CALL =
  /^(?:get|search|list|find|read|fetch|query|lookup|view|show|calculate|think|grep|glob|ls|cat|check)(?:[_.-]|[A-Z]|\()/u;

/** English words that tell nothing about a subject. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a about after again all also am an and any are aren't as at be because been before being but by can can't could couldn't did didn't do does doesn't " +
    "doing don't down each even few for from further get gets getting go going gonna good got great had has have having he her here hers him his how i i'd i'll i'm " +
    "i've if in into is isn't it it's its itself just kinda know let let's like ll make makes making many me more most much my myself need no nor not now of off " +
    "ok okay on once one only or other our out over own really re s same see she should so some such sure t than thank thanks that that's the their them then " +
    "there these they they're thing things this those through to too trying under up us use using ve very want was wasn't way we we're well were what what's when " +
    "where which while who why will with won't would wow yes yeah you you'd you'll you're you've your yours d m able help please"
  ).split(" "),
);
