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

const anyOf = (...patterns: string[]): RegExp => new RegExp(patterns.join("|"), "u");

/** A heading whose list items are orders. */
export const RULES_HEADING =
  /\b(?:rules?|guidelines|instructions|conventions|preferences)\b.{0,60}:$|\b(?:always|never|from now on|follow|remember)\b.{0,80}:$/u;

/** All earlier instructions are taken back; "all previous instructions" without "my" is what intruders write. */
export const FORGET_ALL =
  /\b(?:forget|ignore|disregard|drop|cancel|reset) (?:all (?:of )?my (?:\p{L}+ ){0,2}(?:instructions?|rules?|requests?)|(?:everything|all)(?: that)? i (?:said|told you|asked(?: you)?(?: for)?))(?!.{0,3} (?:about|on|regarding|concerning)\b)/u;

/** The instruction just before is taken back. */
export const FORGET_LAST =
  /\b(?:forget|ignore|disregard|drop|scratch|undo|cancel) (?:that|the|my|this)(?: last| latest)? (?:rule|instruction|request)[.!]?$|^(?:no, |actually, )?scratch that[.!]?$/u;

/** A newer statement that takes an older one back. */
export const REVISION =
  /\b(?:actually|instead|no longer|any ?more|scratch that|forget (?:that|what i said|the|about)|change of plan|changed my mind|on second thought|correction|rather than|not .{1,40} but|again after all|after all|from now on|switch (?:back )?to|ignore what i said)\b|改成|改为|やっぱり|stattdessen|finalement|mejor/u;

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
