/**
 * The English of standing wishes: how orders, revisions and facts about oneself are phrased.
 *
 * Orders and tastes are matched at the start of a clause, after courtesies, so that a story about somebody who
 * "never calls" is not an order. Repetition is bounded or over one class of characters: every pattern is linear
 * in a clause. This file must not decide who may wish.
 */

const start = (...patterns: string[]): RegExp => new RegExp(`^(?:${patterns.join("|")})`, "u");
const within = (...patterns: string[]): RegExp =>
  new RegExp(patterns.map((each) => `\\b(?:${each})\\b`).join("|"), "u");

/** Courtesies and connecting words before the clause proper; taken off again and again. */
export const LEAD =
  /^(?:and|but|so|then|ok|okay|also|please|pls|plz|just|actually|instead|oh|hey|hi|hello|well|yes|yeah|no wait|wait|sorry|thanks|btw|by the way|kindly|quick thing|one more thing|firstly?|secondly?|finally|in general|generally|now|simply|ideally|if possible|important|reminder|note that|note|hmm|for the record|additionally|correction|again)(?:\s+|$)/u;

/** A request around an order: "could you …", "I want you to …". What follows is judged as an order. */
export const REQUEST = start(
  "(?:can|could|would|will) you (?:please |kindly |also |just )?(?:mind )?",
  "i(?:'d| would)? ?(?:want|need|like|expect|prefer|ask) (?:you|it if you) (?:to )?",
  "you (?:must|should|need to|have to|are to) ",
  "(?:please )?(?:make|be) sure (?:to|that you|you) ",
  "(?:always |do )?(?:try|remember) to ",
  "(?:don't|do not|never) forget to ",
  "you (?:can|may) (?=(?:call|address) me )",
  "(?:let's|let us) (?:please )?(?:agree )?(?:that )?(?:you )?",
  "i(?:'d| would) appreciate (?:it )?if you (?:could |would )?",
  "it(?:'d| would) be (?:great|nice|good|helpful|better|best) if you (?:could |would )?",
);

/** "I'd rather you did …", "I want every answer to …": always about what is to come. */
export const WISHED_OF_YOU =
  /^i(?:'d| would)? (?:much )?(?:rather|prefer) (?:that |it if |if )?you\b(?! (?:two|all|guys)\b)|^i (?:don't|do not) (?:want|need|like) you to \p{L}|^i(?:'d| would)? (?:want|like|expect|need) (?:every|all|each|your|any) (?:\p{L}+ ){1,4}?(?:to|in|with|as)\b|^i(?:'d| would)? (?:want|like|need|prefer) (?:\p{L}+ ){0,2}?(?:answers|replies|responses|explanations)\b|^i expect you to \p{L}/u;

/** The clause sets a rule by itself, wherever these words stand in it. */
export const FOR_GOOD = within(
  "from now on(?:wards)?|from (?:here|this (?:point|moment)) on(?: out| in)?|(?:going|moving) forward(?! with| to| on| in)|henceforth|at all times",
  "in (?:the )?future (?:replies|answers|responses|messages)",
  "for the (?:rest|remainder) of (?:this|our|the) (?:conversation|chat|session|project|discussion|thread)",
  "(?:in|for) (?:all|every|each|any) (?:of )?(?:(?:your|the|our|my|future|further|subsequent) ){0,2}(?:answers?|repl(?:y|ies)|responses?|messages?|examples?|drafts?|documents?|e-?mails?|times|outputs?|explanations?|texts?|summar(?:y|ies))",
  "(?:anything|everything|whatever|all (?:the )?(?:code|text|texts|copy)|code) (?:that )?you (?:write|give|send|show|produce|generate)",
  "unless i (?:say|ask|tell|request|specify|explicitly)(?: you)?(?: so| otherwise| to)?",
  "throughout (?:this|our|the) (?:conversation|chat|session)",
);

/** Words that make an order last, and nothing else. */
export const LASTING =
  /^(?:in (?:the )?future|by default|as a (?:general )?rule|(?:whenever|where|wherever|if) possible|in doubt|ever|after (?:each|every|any)|before (?:each|every|answering|replying|you (?:answer|reply|respond|run|change|delete|commit|edit|start|write|touch|push|deploy|install|send)))\b/u;

/** "Whenever I paste an error, …": a rule when an order stands beside it. */
export const ON_OCCASION =
  /^(?:when|whenever|each time|every time|any ?time|if) (?:i|we|you) (?:don't |do not |ever |say |just )*(?:ask|say|mention|paste|type|write|send|share|give|request|want|need|tell|show|post|upload|forget|know|discuss|talk about|work on|go over|answer|reply|respond|am not sure|'re not sure|are not sure|are unsure)\b|^(?:whenever|every time|each time) you\b|^(?:when|whenever) (?:replying|answering|writing|responding|talking|speaking|coding|asked|in doubt|unsure)\b|^(?:every time|each time)$/u;

/** The same behind its order: "format dates as ISO when I ask about deadlines". */
export const OCCASION_BEHIND =
  /\b(?:when(?:ever)?|each time|every time|if|unless) (?:i|we|you)(?:'m|'re| am| are)? (?:ask|say|mention|paste|type|send|share|request|tell|show|post|upload|don't|do not|not sure|unsure)\b|\b(?:every|each) (?:single )?time$|\bbefore (?:you (?:answer|reply|respond|run|change|delete|commit|edit|start|write|touch|push|deploy|install|send|continue|proceed)|\p{L}+ing any|any)\b/u;

/** Verbs with which people order a writer about. */
const ORDER_VERBS =
  "use|add|include|explain|write|call|suggest|recommend|mention|show|give|ask|apologi[sz]e|repeat|start|begin|end|finish|format|translate|summari[sz]e|address|refer|assume|offer|say|respond|reply|answer|output|print|return|tell|put|make|talk|speak|keep|list|quote|cite|provide|highlight|avoid|stick|prefer|check|double-check|verify|confirm|warn|remind|round|convert|state|indent|run|commit|push|follow|insert|leave|skip|omit|describe|name|mark|present|structure|display|consider|treat|limit|correct|point out|spell|respect|stay|switch|read|sign|open|close|test|prioriti[sz]e|focus|link|reference|label|define|compare|restate|rephrase|wait|only|always|never|don't|do not|be|act";

/** An order of any subject; only with a sign that it is to last. */
export const ANY_ORDER = start(`(?:${ORDER_VERBS})\\b`);

/** Past forms behind "if you": "I'd appreciate it if you answered in French". */
export const PAST_ORDERS: Readonly<Record<string, string>> = {
  answered: "answer",
  avoided: "avoid",
  called: "call",
  "didn't": "don't",
  kept: "keep",
  replied: "reply",
  responded: "respond",
  spoke: "speak",
  stopped: "stop",
  used: "use",
  wrote: "write",
};

/** After "always" and "never": what makes small talk of it. */
const NO_RULE =
  "a|an|been|being|had|has|have|happy|here|there|glad|nice|good|great|fun|love|loved|wanted|felt|liked|so|the|that|this|was|were|is|are|mind|thought|knew|know|seen|saw|heard|tried|too|give up|again|ready|on|by|in|at|got|gets?|up|down|for|going|gonna|one|i|we|you|he|she|they|it|my|your|his|her|our|their|dull|easy|worth|room|say never|did|could|would|should|will|can|went|came|made|told|said|took|kept|found|left|sunny|remember when|quite|really|as|and|or|but|enough|late|early|busy|open";
const THIRD_PERSON = "\\p{L}*(?:[^s]ed|(?<!br|str|spr|w|th|s|k)ing|(?<![sui])s)";

/** "Always cite", "never use": a rule by its own words. */
export const RULE = start(
  `(?:always|never(?: ever)?|no longer|don't ever|do not ever) (?!ever )(?!(?:${NO_RULE}|${THIRD_PERSON})\\b(?!-))\\p{L}`,
  "at no (?:time|point) \\p{L}",
);

/** The subject in front of a rule: "answers should always be short", "in this repo we never …". */
export const RULED =
  /^(?:(?:your|all|every|each|the|my) )?(?:code |single )?(?:(?:answers|replies|responses|explanations|summaries|examples|messages|comments|outputs|variable names|names)|(?<=(?:your|every|each)(?: code| single)? )(?:answer|reply|response|output|tone|style|code|writing|message|example|summary)) (?:should|must|need to|needs to|have to|has to|ought to) \p{L}|^(?:all|every|each) (?:code|snippet|example|answer|reply|table|date|price|sentence|paragraph|function|test|commit|file|document|e-?mail|heading)s?(?: \p{L}+)? (?:should|must|needs?|has to|have to) |\b(?:in|for) (?:this|our) (?:repo|repository|codebase|project|team|company)\b.{0,40}\b(?:always|never|must|should)\b|^we (?:always|never|only) \p{L}.{0,60}\b(?:in|for) (?:this|our) (?:repo|repository|codebase|project|team|company)\b/u;

const LANGUAGE =
  "(?:british |american |simplified |traditional |brazilian |plain |simple )*(?:english|german|french|spanish|italian|japanese|chinese|portuguese|dutch|korean|russian|arabic|hindi|turkish|polish|swedish|danish|norwegian|finnish|czech|greek|hebrew|ukrainian|vietnamese|thai|indonesian|latin|mandarin|cantonese|romanian|hungarian)";
const MANNER = `units?|metric|imperial|celsius|fahrenheit|kilomet\\p{L}+|miles|markdown|plain text|bullets?|bullet[- ]points?|numbered lists?|tables?|tabs|spaces|format|tone|style|${LANGUAGE}|24-hour|12-hour|emojis?|euros?|dollars?|pounds sterling|commas|prose|headings?|spelling|voice|jargon|semicolons?|simple words|short sentences|lower ?case|language`;

/** An order about manner: binding without any further sign. */
export const MANNER_ORDER = start(
  `(?:answer|reply|respond|write|speak|talk)(?:ing)?(?: back)?(?: to me)?(?: only| always)? (?:briefly|concisely|in (?:${LANGUAGE}|rhymes?|haikus?|verse|caps|bullet|short|full|plain|simple|complete|one|the first|the third|a (?:formal|friendly|casual|neutral|professional|\\p{L}+ tone))|with (?:short|one|only|just|at most|no|yes)|using|as if|as though|like|without)`,
  `(?:use|using|stick (?:to|with)|sticking to|switch (?:back )?to|prefer|adopt) (?:[\\p{L}'-]+,? ){0,4}?(?:${MANNER})\\b`,
  "keep(?:ing)? (?:it|things|them|(?:(?:your|the|all|every|any) )?(?:answers?|repl(?:y|ies)|responses?|explanations?|code|comments|messages|sentences|tone|language|summar(?:y|ies)|everything)) (?:\\p{L}+ ){0,2}?(?:short|shorter|brief|concise|simple|terse|crisp|formal|informal|casual|professional|friendly|neutral|polite|minimal|factual|clean|light|tight|detailed|thorough|clear|long|under|below|within|to|in)\\b",
  "stop (?:(?:always|constantly) )?(?:us|add|ask|call|writ|say|apologi[sz]|includ|suggest|start|repeat|giv|explain|send|mak|do|put|end|tell|recommend|mention|treat|assum|summari[sz]|translat|convert|quot|offer|show|chang|edit|be|answer|reply|respond|over-?explain|speak|talk|hedg|lectur|format)ing\\b",
  "no (?:more )?(?:code |inline |long |bullet )?(?:emojis?|bullets?|bullet points?|points|markdown|tables?|comments|disclaimers?|small talk|apolog\\p{L}+|yapping|preambles?|intros?|introductions?|jargon|fluff|filler|spoilers?|explanations?|headings?|headers?|semicolons?|links|lists?|summar(?:y|ies)|follow-up questions|questions at the end)(?: please| at all| anywhere| in (?:your|any|the) \\p{L}+| ever)*$",
  "only (?:use|answer|reply|respond|write|show|give|suggest|recommend|edit|change|touch|speak|include|return|output|list|quote|cite)\\b",
  "be (?:more |very |as |less )?(?:brief|concise|terse|formal|informal|precise|specific|honest|polite|blunt|direct|critical|thorough|succinct|neutral|objective|casual|friendly|verbose|kind to me)\\b",
  "(?:act|behave|respond|answer) (?:as|like) (?:a|an|my|the|if you)\\b",
  "(?:pretend|imagine) (?:to be|that you are|that you're|you are|you're)\\b",
  "(?:you are|you're) now (?:a|an|my|the)\\b",
  "(?:call|calling|address|addressing) me (?:by |as )?(?!(?:back|later|when|if|at|on|tomorrow|today|tonight|crazy|old|maybe|a|an|any|asap|soon|every|in|after|before|names|to)\\b)[\"'“]?\\p{L}",
  "call (?:it|them|this|that) (?!(?:a|an|off|quits|even|what|whatever|from|when|back|again|with|twice|once|in|on|at|after|before|directly|for|by|to|and|if|without|every|each|like|as)\\b)[\"'“]?\\p{L}",
  "refer to (?:\\p{L}+ ){1,4}(?:as|by) ",
  "use (?:they|she|he|it)/(?:them|her|him|its)\\b",
  "stop (?:it )?with (?:the|all) ",
  "indent(?:ing)? (?:with|using|by) ",
  "treat me (?:like|as) ",
  "address me in ",
  "assume (?:that )?(?:i|i'm|i've|my|we|our|everyone|all (?:amounts|prices|dates|times|users|readers|code|paths))\\b",
  "(?:skip|drop|omit|cut|leave out|lose|ditch|spare me) (?:(?:the|any|all|your) )?(?:\\p{L}+ )?(?:pleasantries|intros?|introductions?|preambles?|disclaimers?|small talk|fluff|filler|jargon|formalit\\p{L}+|apolog\\p{L}+|emojis?|caveats?|tone|greetings?|flattery|praise|warnings?)\\b",
  "make (?:your|the|all) (?:answers?|replies|responses|explanations?) ",
  "(?:quote|give|show|state|list) (?:all )?(?:prices|amounts|dates|times|costs|distances|temperatures) in ",
  "get (?:straight |right )?to the point\\b",
  `(?:revert|go back|return) to (?:[\\p{L}'-]+ ){0,3}?(?:style|format|tone|answering|${LANGUAGE}|metric|imperial)\\b`,
  `avoid (?:[\\p{L}'-]+ ){0,4}?(?:${MANNER})\\b`,
  "(?:write|format|spell|round|express|present|mark|name|begin|start|end|quote|measure) (?:(?:all|every|each|any) .{1,40}\\b|everything )(?:with|in|as|using|without|to)\\b",
  "(?:shorter|longer|fewer|less|more) (?:detailed |formal |verbose )?(?:answers|replies|responses|emojis|bullet points|jargon|explanations)\\b",
);

/** "Don't …": an order by its verb, unless it points at the thing at hand. */
export const PROHIBITION =
  /^(?:don't|do not|refrain from) (?:ever )?(?:use|using|add|adding|include|explain|write|call|suggest|recommend|mention|show|give|giving|ask|apologi[sz]|repeat|start|begin|end|format|translate|summari[sz]e|address|refer|assume|offer|say|respond|reply|answer (?:in|with|as)|tell|put|make|making|talk|speak|sugarcoat|hedge|lecture|judge|guess|invent|hallucinate|round|abbreviate|truncate|skip|omit|shorten|over-?explain|praise|flatter|quote|cite|link|output|print|commit|push|deploy|delete|modify|change|edit|rename|run|install|share|remove|refactor|import|generate|be (?:so|too|rude|formal|vague|verbose)|touch .{1,60}(?:ever|without)\b)|^avoid (?!the\b|it\b|him\b|her\b|them\b)\p{L}/u;
/** Points at the thing at hand: not a rule for later. */
export const AT_HAND =
  /\b(?:this|that|these|those|it|here|yet|right now|for now|the (?:first|second|third|last|other|next|same|above|current|whole|entire|file|button|line|row|column|table|section|page))\b/u;

/** "Remember that …", "keep in mind …". */
export const REMEMBER =
  /^for (?:future|your) reference\b|^(?:remember|keep in mind|bear in mind|note|take note|don't forget|do not forget|never forget)(?:,)? (?:that (?!(?:time|day|night|one|film|movie|song|guy|summer)\b)|i |i'm |i've |i'd |my |we (?!talked|spoke|discussed|met|said)|our |you must |you should |not to |to (?:always|never|use|include|keep|answer|write|ask|check|add|mention|avoid) )/u;

/** An earlier wish is taken back. */
export const TAKEN_BACK = start(
  "you (?:can|may|could) (?:now )?(?:[\\p{L}'-]+ ){1,6}?again\\b",
  "(?:you )?(?:don't|do not|needn't|no longer) (?:have to |need to )(?:[\\p{L}'-]+ ){0,8}?(?:any ?more|any longer)\\b",
  "you no longer (?:have|need) to\\b",
  "no need (?:to|for) (?:[\\p{L}'-]+ ){1,8}?(?:any ?more|any longer)\\b",
  "it(?:'s| is) (?:fine|ok|okay|alright|all right) (?:to|if you|for you to) (?:[\\p{L}'-]+ ){1,8}?(?:again|now|after all)\\b",
  "(?:forget|ignore|disregard|scratch|drop) (?:what|everything|all(?: that)?) i (?:said|told|asked|wrote)\\b",
  "(?:forget|ignore|disregard|drop|scratch|cancel|lift|revoke|undo|remove) (?:(?:that|the|this) (?!(?:previous|prior|above|system|earlier) )|(?:all (?:of )?)?my )(?:\\p{L}+ ){0,3}?(?:rules?|instructions?|requests?|preferences?|restrictions?|requirements?)\\b",
  "scratch that$",
  "(?:[\\p{L}'-]+ ){1,4}?(?:is|are) (?:fine|ok|okay|allowed|welcome) (?:again|now|after all)\\b",
  "you (?:don't|do not|needn't) (?:have to |need to )?be (?:so|that|too) ",
  "never ?mind (?:about |what i said|(?:the|my) (?:\\p{L}+ )?(?:rule|instruction|limit|restriction|request)\\b)",
);

/** What the clause tells about the user's tastes and limits. */
export const TASTE = start(
  "i(?:'d| would)? (?:(?:do|really|also|usually|generally|still|much|always|strongly|personally|definitely|tend to|actually|just|kinda|mostly) )*(?:prefer|rather|favou?r|hate|dislike|loathe|detest|can't stand|cannot stand)\\b(?! (?:to (?:know|ask|say|admit)|it (?:if|when|that|how)\\b|when|how|not to|that|you|if you))",
  "i (?:(?:do|really|also|usually|still|always|absolutely|mostly) )*(?:like|love|enjoy|adore)\\b(?! (?:it|this|that|these|those|them|your|you|how|what|when|the idea|the thought|to know|to see|him|her)\\b)",
  "i (?:don't|do not|won't|never|can't|cannot|no longer) (?:really |usually )?(?:like|eat|drink|wear|fly|drive|smoke|enjoy|have any)\\b(?! (?:it|this|that|how|what|when|where|to)\\b)",
  "my (?:[\\p{L}'-]+ ){0,2}?(?:favou?rite|go-to|preferred|preference)\\b(?! *$)(?!.{0,60} was\\b)",
  "i only (?:eat|drink|wear|fly|use|buy|read|watch|listen to)\\b",
  "my (?:\\p{L}+ )?(?:budget|limit|maximum|deadline) (?:is|limit)\\b",
  "i(?:'m| am) (?:not )?(?:really )?(?:a )?(?:big |huge |great )?(?:fan|lover) of\\b",
  "(?:i|we) (?:only |really |can |must |have to |absolutely )*(?:want|need|fly|book|pay|spend|take|accept|afford)\\b.{0,60}\\b(?:at least|at most|no more than|not more than|no later than|no earlier than|less than|under|max(?:imum)?) ?[$€£]?\\d",
);

const CONDITION =
  "allergic|vegan|vegetarian|pescatarian|celiac|coeliac|diabetic|lactose|gluten|(?:\\p{L}+[- ])?intolerant|pregnant|dyslexic|autistic|deaf|blind|colou?r[- ]?blind|left-handed|jewish|muslim|hindu|christian|buddhist|retired|married|divorced|widowed|trans|non-?binary|gay|lesbian|visually impaired|hard of hearing|neurodivergent";

/** Who the user is: facts that hold for long. */
export const IDENTITY = start(
  `i(?:'m| am) (?:(?:a|an|also|severely|strictly|mostly|very|deathly|mildly|not|no longer) )*(?:${CONDITION})\\b`,
  "i(?:'m| am) (?:a|an) (?!(?:bit|little|lot|few|couple|fan|mess|bad|good|terrible|total|huge|big|tad|firm|step|week|day|month)\\b)(?:[\\p{L}-]+ ){0,2}?\\p{L}+(?:er|or|ist|ian|ent|ant|se|eer|ess|man|woman|mom|dad|ther|yst|eur|ef|ot|ect|ive)\\b(?!-)",
  "i(?:'m| am) \\d{1,3}(?: years|-year| and\\b|$)",
  "i(?:'m| am) (?:from|based|living) ",
  "i (?:live|reside|grew up) (?:in|at|near|on|with|alone)\\b",
  "i work (?:nights|night shifts|part-time|from home)\\b",
  "i (?:work|worked) (?:as|at|for) (?!it\\b|this\\b|that\\b|me\\b)",
  "i go by (?!the\\b|foot|bus|car|bike|train)\\p{L}",
  "i (?:was born|identify as|use a (?:screen reader|wheelchair|hearing aid|braille))\\b",
  "i (?:have|suffer from|was diagnosed with) (?:(?:a|an|severe|mild|type|\\d) ){0,3}(?:[\\p{L}-]+ )?(?:allerg(?:y|ies)|adhd|dyslexia|diabetes|asthma|celiac|coeliac|migraines?|intolerance|epilepsy|autism|arthritis)\\b",
  `i speak (?:${LANGUAGE}|\\p{L}+ (?:at home|fluently|and))\\b`,
  "my (?:kids|children|son|daughter|mother|father|mom|dad|sister|brother|dog|cat|company|team|baby)(?: \\p{L}+)?(?:'s| is| are) (?:called|named|allergic|\\d)",
  "i have (?:a )?bad (?:knees?|back|heart|hips?|eyesight|eyes)\\b",
  "i have (?:[\\p{L}\\d]+ ){1,2}(?:kids|children|daughters?|sons?|dogs?|cats?)\\b",
  "my (?:full |first |last |middle |real |native |mother |preferred )?(?:name|nickname|pronouns|birthday|language|tongue|age|religion|time ?zone|blood type|wife|husband|partner|hometown|profession)(?:'s| is| are)\\b(?! (?:on|in|not|wrong|too|missing|mis\\p{L}+|spelled)\\b)",
  "\\p{L}+ (?:is not|isn't) my (?:first|native|mother)\\b",
);

/** "I'm Dana": the capital tells a name from a mood. Matched against the sentence as it was written. */
export const OWN_NAME =
  /(?:^|[,.!;:]\s|\b(?:and|so|hi|Hi|Hello|Hey|hey)\s)(?:I'm|I’m|I am|This is|this is) \p{Lu}\p{Ll}{1,20}(?: \p{Lu}\p{Ll}{1,20})?(?=[,.!;]|$| (?:and|from|here|by the way)\b)/u;

/** Somebody else's words. */
export const REPORTED =
  /(?<!\bi |\bi just |\bi have )\b(?:said|says|told (?:me|us|him|her|them)|texted|wrote|writes|states|claims|claimed|insists|used to say|keeps saying|according to|the (?:song|saying|rule|sign|note|motto) (?:goes|is|reads))\b/u;

const ONE =
  "answer|reply|response|e-?mail|mail|letter|message|paragraph|sentence|essay|poem|story|summary|translation|draft|tweet|post|snippet|function|question|exercise|problem|article|section|chapter|text|task|example|query|test|list|table|report|one|case|caption|speech|note|review|script|method|class|page|slide|turn|round|assignment|function|recipe|quote|title|version";

/** Meant for the answer at hand. */
export const THIS_ONCE = within(
  `(?:this|that|the (?:following|next|above|attached|current)|your (?:next|following))(?: (?:one|single|\\p{L}+))? (?:${ONE})`,
  `(?:the|this) (?:${ONE}) (?:above|below|attached)`,
  "(?:for|in|with) this one|just (?:this )?once|this (?:one )?time|this once|only once|for once|in here",
);
