/**
 * How people say in English what stays true of them.
 *
 * Each pattern is the start of a clause in the first person. What follows the verb must look like something that lasts.
 * This file must not decide what is skipped: that is the business of `own-statements`.
 */
import { cue } from "./cue.ts";
import type { FactCue } from "./cue.ts";

/** Words between subject and verb that do not change what is said. */
const ADV =
  "(?:(?:now|currently|actually|still|also|really|just|recently|always|usually|mostly|mainly|generally|personally|both|finally|officially|originally|no longer|not|never|almost exclusively|exclusively|only) )*";
const AM = `(?:(?:i'm|i am|we're|we are) ${ADV})`;
const DO = `(?:(?:i|we)(?:'ve| have)? (?:don't |do not |did )?${ADV})`;
/** Of these there is one, of other relatives there may be several. */
const ONE_RELATIVE = "(?:wife|husband|partner|spouse|fianc[ée]e?|girlfriend|boyfriend|mother|father|mom|mum|dad)";
const RELATIVE =
  "(?:wife|husband|partner|spouse|fianc[ée]e?|girlfriend|boyfriend|son|daughter|kid|child|baby|mother|father|mom|mum|dad|sister|brother|grandmother|grandfather|grandma|grandpa|dog|cat|puppy|kitten|horse|rabbit|parrot|boss|roommate|flatmate)";
const RELATIVES =
  "(?:kids?|children|sons?|daughters?|twins|dogs?|cats?|pets?|siblings?|brothers?|sisters?|horses?|rabbits?|chickens|grandchildren)";
const ROLE =
  "(?:\\p{L}+(?:[- ]\\p{L}+){0,2} )?(?:\\p{L}+(?:engineer|ician|ologist|ographer|grammer|veloper)|engineer|developer|programmer|designer|teacher|nurse|doctor|physician|surgeon|lawyer|attorney|student|professor|researcher|scientist|analyst|accountant|manager|director|consultant|architect|writer|author|journalist|editor|translator|artist|musician|photographer|chef|cook|baker|farmer|pilot|carpenter|plumber|mechanic|pharmacist|dentist|therapist|librarian|founder|cto|ceo|cfo|freelancer|contractor|entrepreneur|firefighter|paramedic|soldier|driver|tailor|sysadmin|physicist|chemist|biologist|economist|psychologist|historian|midwife|veterinarian|vet|barista|bartender|salesperson|recruiter|postdoc|intern|apprentice|retiree)";
const HEALTH =
  "(?:lactose[- ]intolerant|gluten[- ]intolerant|coeliac|celiac|diabetic|colou?r[- ]?blind|dyslexic|deaf|hard of hearing|blind|visually impaired|left[- ]handed|epileptic|asthmatic|autistic|pregnant|anaemic|anemic)";
const CONDITION =
  "(?:adhd|asthma|diabetes|type [12] diabetes|co?eliac disease|dyslexia|epilepsy|autism|high blood pressure|low blood pressure|migraines|arthritis|tinnitus|a pacemaker|a heart condition|an? (?:\\p{L}+ )?(?:allergy|intolerance)|ibs|crohn's(?: disease)?|insomnia|a bad (?:back|knee|shoulder))(?!\\p{L})";
const SUBJECT =
  "(?:\\p{L}+ )?(?:medicine|law|physics|chemistry|biology|biochemistry|math(?:s|ematics)?|statistics|economics|finance|history|psychology|engineering|computer science|informatics|philosophy|art|music|literature|linguistics|architecture|business|nursing|pharmacy|politics|sociology|geography|geology|astronomy|design|education|journalism|theology|dentistry|science)";
const EVENT =
  "(?:wedding|exam|exams|interview|anniversary|launch|deadline|release|trip|vacation|holiday|flight|due date|appointment|surgery|graduation|thesis defen[sc]e|marathon|conference|demo|presentation)";
const OWNED =
  "(?:stack|tech stack|backend|frontend|database|editor|ide|operating system|os|laptop|phone|car|bike|camera|shell|terminal|browser|hosting|cloud|cloud provider|ci|build tool|package manager|company|startup|business|employer|zodiac sign|blood type|shoe size|height)";
/** Of these there may be several. */
const OWNED_ALSO = "(?:team|product|app|website|blog|podcast|project|book|thesis|hobby|hobbies)";
const IS_SOMETHING =
  "(?:is (?:an? (?!bit|little|mess|pain|nightmare|problem|disaster)|called |named |\\d|(?-i:\\p{Lu}))|runs on |is built (?:on|with) |uses |are |consists of )";
const MADE =
  "(?:app|application|game|book|novel|thesis|dissertation|startup|website|site|platform|library|plugin|saas|marketplace|compiler|service|bot|dashboard|blog|newsletter|course|house|company|business|album|film|paper|podcast|memoir|robot|boat|extension|engine|language|database)";
/** What is not worth keeping behind "I like": this very thing, a courtesy, a wish of the moment. */
const NO_TASTE =
  "(?:it|this|that|these|those|your?|you|how|what|when|where|why|who|option|both|all|one|him|her|them|some|something|to (?:see|know|hear|get|have|be|ask|thank|add|understand|make|try|do|go|start|use|change|switch|book|order|cancel|return|buy)|to keep|the (?-i:\\p{Ll})\\p{L}*|a (?:different|new|second|short|long|bit)|an? (?:answer|idea|example|refund)|number|version|working with you|talking|chatting|our)";
const LANGUAGE =
  "(?:english|german|french|spanish|italian|portuguese|dutch|swedish|norwegian|danish|finnish|polish|czech|russian|ukrainian|greek|turkish|arabic|hebrew|hindi|bengali|urdu|tamil|mandarin|cantonese|chinese|japanese|korean|vietnamese|thai|indonesian|swahili|latin|catalan|hungarian|romanian)";

export const ENGLISH_FACTS: readonly FactCue[] = [
  cue(
    "profile",
    "name",
    "my (?:full |first |real )?name(?:'s| is) (?:actually )?(?!(?:on|not|in|the|a|an|spelled|spelt|being|too|hard|difficult|wrong|also|very|listed|missing|often|never|always|pronounced|mis\\p{L}+)\\b)(?<v>\\p{L}[\\p{L}'.-]+)",
  ),
  cue(
    "instruction",
    "form_of_address",
    "(?:you (?:can|may|should) |please |just )*(?:call|address) me (?!(?:back|later|when|if|at|on|tomorrow|today|tonight|crazy|old|maybe|a|an|any|asap|soon|in|by phone|out|stupid|naive|names)\\b)\\p{L}",
  ),
  cue("instruction", "form_of_address", "i go by (?!(?:the|what|my|car|bus|train|bike|foot)\\b)\\p{L}"),
  cue("profile", "pronouns", "my pronouns are "),
  cue(
    "profile",
    "residence",
    `${DO}(?:live|lived|reside) in (?!the (?:past|present|future|moment)\\b|fear|hope|a world)(?<v>.+)`,
    true,
  ),
  cue("profile", "residence", `${DO}(?:moved|relocated) (?:back )?(?:from .{2,40} )?to (?<v>.+)`, true),
  cue("profile", "residence", `${AM}(?:based|living|located) in (?!fear|hope)(?<v>.+)`, true),
  cue(
    "profile",
    "residence",
    "my (?:current )?(?:home ?town|home|city|home address|address) is (?!(?:not|on|in|the|wrong|too|where|my)\\b)\\P{Z}",
  ),
  cue("profile", "origin", `(?:${AM}from|i come from|i (?:was born|grew up|was raised) in) (?<v>.+)`, true),
  cue("profile", "age", "(?:i'm|i am) (?:now )?\\d{1,3}(?: years old| y/?o|$)"),
  cue("profile", "birthday", "my (?:birthday|date of birth) is (?!(?:coming|soon|not|today|tomorrow)\\b)\\P{Z}"),
  cue("profile", "time_zone", "my time ?zone is \\P{Z}"),
  cue(
    "profile",
    "time_zone",
    `${AM}(?:in|on) (?:the )?(?:cet|cest|est|edt|cst|pst|pdt|mst|gmt|utc|bst|ist|jst|aest)\\b`,
  ),
  cue(
    "profile",
    "occupation",
    `(?:${DO}(?:work|worked)|${AM}(?:working|employed)) as (?!(?:expected|intended|usual|designed|advertised|planned|a team|one)\\b)(?:an? |the )?\\p{L}`,
  ),
  cue("profile", "occupation", `${AM}(?:an?|the) (?:\\p{L}+ ){0,3}?${ROLE}(?!\\p{L})`),
  cue("profile", "occupation", `${AM}(?:retired|unemployed|self[- ]employed|between jobs)\\b`),
  cue(
    "profile",
    "occupation",
    "my (?:job|occupation|profession|job title) is (?!(?:not|so|too|very|really|hard|boring|stressful|at risk|on|in|to)\\b)\\P{Z}",
  ),
  cue(
    "profile",
    "employer",
    `(?:${DO}work (?:at|for)|${AM}working (?:at|for)|i(?:'ve| have)? (?:just )?(?:started (?:working )?|got a (?:new )?job |took a job )at|i(?:'ve| have)? (?:just )?joined|i(?:'ve| have)? (?:just )?(?:quit|left) (?:my job at )?) ?(?!me\\b|us\\b)(?<v>.+)`,
    true,
  ),
  cue(
    "profile",
    "work_place",
    `${DO}work (?:fully |mostly )?(?:from home|remotely|in an office|night shifts|part[- ]time|full[- ]time)`,
  ),
  cue("profile", "studies", `(?:${DO}(?:study|major in)|${AM}studying) ${SUBJECT}(?!\\p{L})`),
  cue(
    "profile",
    null,
    "i (?:run|own|founded|co-founded|manage|lead|teach) (?:a|an|my own|the) (?!(?:script|command|test|query|error|problem|risk)\\b)\\p{L}",
  ),
  cue("profile", "marital_status", `${AM}(?:married|divorced|single|engaged|widowed)(?: to | with |[.!]?$| and )`),
  cue("profile", "kin:", `my (?:new |late )?(?<v>${ONE_RELATIVE})(?:'s name is| is (?:called|named)) `),
  cue("profile", null, `my (?:[\\p{L}-]+ )?${RELATIVE}(?:'s name is| is (?:called|named)) `),
  cue(
    "profile",
    null,
    `my (?:older |younger |oldest |youngest |elder )?${RELATIVE}(?:,? (?-i:\\p{Lu})[\\p{L}'-]+,?)? (?:is (?:an? (?!bit|little|mess|pain|nightmare|problem)|\\d|from |allergic |vegan|vegetarian|diabetic|autistic|deaf|blind|dyslexic|lactose|\\p{L}+ years old)|has (?:${CONDITION})|was born |turned \\d|turns \\d|lives in |works (?:as|at|for) )`,
  ),
  cue(
    "profile",
    null,
    `(?:i|we)(?: have|'ve got| have got|'ve) (?:a|an|one|two|three|four|five|six|\\d) (?:\\p{L}+[- ]){0,4}?${RELATIVES}(?!\\p{L})`,
  ),
  cue(
    "constraint",
    "allergy:",
    `${AM}(?:(?:severely|deathly|highly|very|slightly|mildly) )*allergic to (?!(?:work|meetings|mondays|drama|bad|that|this|it)\\b)(?<v>[^,.;!]+)`,
  ),
  cue(
    "constraint",
    "diet",
    `${AM}(?:an? )?(?:strict |lifelong |mostly )?(?:vegan|vegetarian|pescatarian|flexitarian|on a \\p{L}+ diet)\\b`,
  ),
  cue("constraint", "diet", "(?:i|we) (?:keep|eat|only eat) (?:kosher|halal|keto|vegan|vegetarian|plant-based)\\b"),
  cue("constraint", "health:", `${AM}(?:an? )?(?<v>${HEALTH})\\b`),
  cue("constraint", "health:", `i(?:'ve| have)(?: got)? (?:(?:mild|severe|chronic) )?(?<v>${CONDITION})`),
  cue("constraint", "health:", "(?:i'm in|i am in|i use) (?<v>a wheelchair|hearing aids|a screen reader)\\b"),
  cue(
    "constraint",
    "eats:",
    "(?:i|we) (?:don't|do not|can't|cannot|never|no longer|only)(?: ever)? (?:eat|drink|tolerate) (?!(?:it|this|that|much|enough|anything|well|at|before|after)\\b)(?<v>[^,.;!]+)",
  ),
  cue(
    "preference",
    "favorite:",
    "my (?:all-time )?favou?rite (?<v>\\p{L}+(?: \\p{L}+){0,3}?) (?:is|are) (?!(?:this|that|the one|it|still)\\b)\\P{Z}",
  ),
  cue(
    "preference",
    "taste:",
    `(?:i|we) (?:don't |do not |can't |cannot )?(?:(?:really|also|usually|generally|still|always|strongly|much|absolutely|personally|definitely|no longer|never) )*(?:prefer|like|love|enjoy|hate|dislike|loathe|adore|stand) (?!${NO_TASTE}(?!\\p{L}))(?<v>[^,.;!]+)`,
  ),
  cue(
    "profile",
    "tool:",
    `${DO}(?:use|code in|program in|develop in|write|work with|deploy (?:to|on)|host on|(?:run|are) on|drive|play|ride) (?!(?:here|up)\\b)(?<v>[^,.;!]+)`,
    true,
  ),
  cue("profile", "tool:", `${DO}(?:switched|migrated|upgraded)(?: back)? (?:from .{2,40} )?to (?<v>[^,.;!]+)`, true),
  cue(
    "profile",
    null,
    "i play (?:the )?(?:guitar|piano|violin|cello|drums|bass|flute|chess|tennis|football|soccer|basketball|badminton|golf|go|poker)\\b",
  ),
  cue("profile", "own:", `(?:my|our) (?<v>${OWNED})(?:'s name)? ${IS_SOMETHING}`),
  cue("profile", null, `(?:my|our) ${OWNED_ALSO}(?:'s name)? ${IS_SOMETHING}`),
  cue(
    "profile",
    null,
    `${AM}(?:building|writing|developing|creating|designing|launching|working on) (?:an?|my|our) (?:[\\p{L}-]+ ){0,4}?${MADE}(?!\\p{L})`,
  ),
  cue(
    "profile",
    "learning:",
    `${AM}(?:learning|teaching myself) (?!(?:how|that|a lot|about|it|this|so|more|from)\\b)(?<v>[^,.;!]+)`,
  ),
  cue("profile", null, `${AM}(?:training|studying|preparing) for (?:an?|my|the) \\p{L}`),
  cue(
    "profile",
    null,
    `${AM}planning (?:an?|my|our) (?:[\\p{L}-]+ ){0,3}?(?:trip|wedding|move|holiday|vacation|honeymoon|party|sabbatical)\\b`,
  ),
  cue("profile", "speaks:", `(?:i ${ADV}speak|${AM}fluent in) (?:fluent |some |a little |only )?(?<v>${LANGUAGE})\\b`),
  cue("profile", "native_language", "my (?:native|first|mother) (?:language|tongue) is \\P{Z}"),
  cue(
    "profile",
    "skill:",
    `${AM}(?:an? (?:complete |total |absolute )?(?:beginner|expert|novice) (?:in|at|with)|(?:completely |very |quite )?new to|experienced (?:in|with)) (?!(?:this|that|it|here|the|all)\\b)(?<v>[^,.;!]+)`,
  ),
  cue(
    "profile",
    "event:",
    `(?:my|our) (?<v>(?:\\p{L}+ ){0,2}?${EVENT}) is (?:on |in |due |set for |scheduled for |planned for |next |the \\d|at \\d|from )`,
  ),
  cue(
    "profile",
    null,
    "(?:i|we)(?:'ve| have) (?:decided|chosen|opted|settled on|committed) (?:to |for |on |against )?(?!(?:it|this|that|which|what|not to do|the (?:first|second|third|former|latter))\\b)\\p{L}",
  ),
  cue("constraint", "budget", "my (?:\\p{L}+ )?budget is (?!(?:not|tight|limited|fine|too|gone)\\b)\\P{Z}"),
];
