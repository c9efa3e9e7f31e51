/**
 * Standing wishes in other languages: the strongest phrases of each, against a whole sentence.
 *
 * Fewer and surer than the English ones: what is not matched loses its label, not its place among the facts.
 * Every repetition is bounded. This file must not decide who may wish.
 */

/** Words of scripts with spaces: the platform's `\b` knows only ASCII letters. */
const words = (...patterns: string[]): string => `(?<!\\p{L})(?:${patterns.join("|")})(?!\\p{L})`;
/** Where a clause can begin. */
const head = (...patterns: string[]): string => `(?:^|[,;:.!¡–—-]\\s*)(?:${patterns.join("|")})`;
const anyOf = (...patterns: string[]): RegExp => new RegExp(patterns.join("|"), "u");

const GERMAN = [
  words("ab jetzt", "ab sofort", "von nun an", "von jetzt an", "künftig", "zukünftig bitte", "in zukunft bitte"),
  head(
    "(?:bitte )?(?:antworte|schreib|sprich|verwend|benutz|nutz|gib|halt|zeig|erklär|formulier|nenn|fass|füg)(?:e|en sie)? .{0,60}(?:immer|nie|niemals|stets|nur|kurz|knapp|keine?|metrisch\\p{L}*|auf (?:deutsch|englisch|französisch|spanisch)|in euro|formell|informell|sachlich)(?!\\p{L})",
    "(?:bitte )?(?:nenn|sprich|red)(?:e|en sie)? mich (?!auf|an$)",
    "(?:bitte )?(?:du|sie)z(?:e|en sie) mich",
    "bitte (?:keine?|nie|niemals|immer|nur noch|ohne|stets) \\p{L}",
    "(?:bitte )?vermeide(?:n sie)? ",
    "(?:bitte )?sei(?:en sie)? (?:immer |stets |bitte )?(?:ehrlich|kurz|knapp|präzise|höflich|direkt|sachlich|formell)",
    "(?:bitte )?(?:merk(?:e)? dir|merken sie sich|denk(?:e)? daran|vergiss nicht|beachte),? (?:dass|bitte)",
    "(?:bitte )?hör(?:e|en sie)? (?:bitte )?auf,? ",
    "(?:wenn|immer wenn|sobald) ich .{1,80}, (?:bitte |dann )?(?:gib|antworte|zeig|nenn|schreib|verwende|nutze|erkläre|frag)",
  ),
  words("ich (?:möchte|will|wünsche mir)(?: nicht)?,? dass (?:du|sie)"),
];
const FRENCH = [
  words("désormais", "dorénavant", "à partir de maintenant", "à l'avenir,"),
  head(
    "(?:s'il te plaît,? |s'il vous plaît,? )?(?:répond|écri|parle|utilise|emploie|cite|donne|explique|commence|garde|évite|indique|tutoie|vouvoie)(?:s|z|ez|vez)? .{0,50}(?:toujours|jamais|seulement|uniquement|en (?:français|anglais|allemand|espagnol)|métriques?|courte?s?|brève?s?|concis\\p{L}*|en euros)(?!\\p{L})",
    "n(?:e |')(?:m'|me |nous |le |les )?(?:appelle|utilise|parle|écri|met|donne|ajoute|explique|propose|commence|termine|cite|répond)\\p{L}* (?:pas|plus)(?!\\p{L})",
    "(?:parle|écri|répond)\\p{L}*(?:-moi|-nous)? en \\p{L}+",
    "merci de (?:toujours|ne (?:pas|plus|jamais)) ",
    "n[e'] ?.{1,40} (?:jamais|plus (?:de|d'|jamais))(?!\\p{L})",
    "(?:appelle(?:z)?|tutoie(?:z)?|vouvoie(?:z)?)-moi",
    "utilise(?:z)? le (?:vous|tu|vouvoiement|tutoiement)",
    "(?:sois|soyez) (?:plus |toujours |très )?(?:bref|brève|concis|formel|poli|précis|direct)",
    "(?:arrête(?:z)?|cesse(?:z)?) de ",
    "(?:souviens-toi|souvenez-vous|rappelle-toi|retiens|n'oublie pas|note) (?:que|qu'|bien)",
    "(?:quand|lorsque|chaque fois que) (?:je|j') ?.{1,80}, (?:donne|réponds|écris|montre|utilise|explique|cite)",
  ),
  words("je (?:veux|voudrais|souhaite) que (?:tu|vous)"),
];
const SPANISH = [
  words("a partir de ahora", "de ahora en adelante", "en adelante,", "de aquí en adelante"),
  head(
    "(?:por favor,? )?(?:responde|contesta|escribe|habla|usa|utiliza|cita|da|muestra|explica|mantén|pon)(?:me|n)? .{0,50}(?:siempre|nunca|sólo|solo|en (?:español|inglés|francés|alemán)|métric[ao]s?|cort[ao]s?|breves?|formal|euros)(?!\\p{L})",
    "(?:siempre|nunca) (?:responda?s?|conteste?s?|escriba?s?|use?s?|utilice?s?|cite?s?|incluya?s?|me (?:llames|hables)|pongas|des|usa|incluye|responde)",
    "no (?:uses|utilices|escribas|pongas|añadas|incluyas|me llames|me hables|expliques|des)(?!\\p{L})",
    "(?:llámame|trátame|tutéame|háblame)(?!\\p{L})",
    "(?:deja|para) de \\p{L}+r",
    "(?:recuerda|ten en cuenta|no olvides) que",
    "sé (?:más )?(?:breve|conciso|concisa|directo|formal)",
    "(?:cuando|siempre que|cada vez que) (?:te )?(?:pregunte|pida|diga|mencione) .{0,80}, ",
  ),
  words("(?:quiero|me gustaría) que (?:siempre |nunca |me |uses|cites|respond(?:as|ieras)|escribas|seas)"),
];
const PORTUGUESE = [
  words("a partir de agora", "de agora em diante", "daqui (?:em|para a) (?:diante|frente)"),
  head(
    "(?:por favor,? )?(?:respond[ae]|escrev[ae]|fal[ae]|us[ae]|utiliz[ae]|cit[ae]|mostr[ae]|expliqu?[ae]|mantenha|mantém) .{0,50}(?:sempre|nunca|só|apenas|em (?:português|inglês|espanhol)|métric[ao]s?|curt[ao]s?|breves?|formal)(?!\\p{L})",
    "(?:sempre|nunca) (?:us[ae]|respond[ae]|escrev[ae]|cit[ae]|inclu[ai])(?!\\p{L})",
    "não (?:use|usa|utilize|escreva|inclua|adicione|me chame|explique)(?!\\p{L})",
    "(?:me chame de|me chama de|chame-me|chama-me|trate-me)(?!\\p{L})",
    "(?:pare|para) de (?:se )?\\p{L}+r",
    "(?:lembre-se|lembra-te|lembre|tenha em mente|não (?:se )?esqueça)(?: de)? que",
    "seja (?:mais )?(?:breve|conciso|direto|formal)",
    "(?:quando|sempre que|toda vez que) eu (?:perguntar|pedir|disser|mencionar) ",
  ),
  words("quero (?:que (?:você|tu)|respostas)"),
];
const ITALIAN_DUTCH_RUSSIAN = [
  words(
    "d'ora in poi",
    "da ora in poi",
    "da adesso in poi",
    "voortaan",
    "vanaf nu",
    "отныне",
    "с этого момента",
    "впредь",
  ),
  head(
    "(?:rispondi|scrivi|usa|parla) .{0,40}(?:sempre|solo|mai|in (?:italiano|inglese))(?!\\p{L})",
    "non (?:usare|scrivere|aggiungere|chiamarmi|spiegare)(?!\\p{L})",
    "(?:chiamami|dammi del|ricorda che|ricordati che|smetti di|smettila di) ",
    "(?:antwoord|schrijf|gebruik|spreek) .{0,40}(?:altijd|nooit|alleen|in het (?:nederlands|engels)|geen)(?!\\p{L})",
    "(?:noem me|noem mij|onthoud dat|hou op met|stop met) ",
    "всегда \\p{L}+(?:й|йте|и|ите)(?!\\p{L})",
    "(?:никогда )?не (?:используй|пиши|добавляй|называй)",
    "(?:называй|зови)(?:те)? меня",
    "(?:запомни|помни),? что",
    "(?:отвечай|пиши|говори)(?:те)? (?:только |коротко|кратко|на |по-)",
  ),
];

/** Japanese, Chinese and Korean put the order at the end and need no spaces. */
const EAST_ASIAN = [
  "(?:これから|今後).{1,24}(?:ください|下さい|お願い|して|やめて|くれ|ように)",
  "(?:常に|必ず|いつも|毎回|絶対に|決して|二度と).{1,24}(?:ください|下さい|お願い|てくれ|こと|ように|するな|ないで)",
  "(?:使わ|書か|入れ|付け|つけ|呼ば|し|言わ|謝ら)ないで(?:ください|下さい|くれ|ね)?[。!！]?$",
  "と呼んで|覚えておいて|忘れないで",
  "(?:短く|簡潔に|(?:日本|英)語で|丁寧に|詳しく).{0,12}(?:答え|書い|返し|話し|説明し|回答し|返事し)て",
  "(?:専門用語|敬語|絵文字|箇条書き|英語|略語).{0,10}(?:避けて|やめて|使わない)",
  "(?:(?:回答|返答|返事|説明|答え|文章)は|(?:敬語|タメ口|メートル法|日本語|英語|箇条書き|絵文字)(?:で|を)).{0,30}(?:ください|下さい|お願い|やめて)",
  "(?:たら|だら|ときは|時は|場合は)、?.{1,24}(?:ください|下さい|お願い)",
  "总是(?:用|以|使用|先)|永远不要|从现在(?:起|开始)(?!只|还|到|已|就)|(?:今后|以后)(?:请|都|不要|别|用|叫|只|一律)|请(?:记住|始终|一直|务必|总是|永远)|记住我|(?:^|[，,。请])叫我|称呼我",
  "(?:^|[，,。！])(?:请)?(?:不要|别|请勿)(?:再)?(?:使用|用|加|写|说|叫|道歉|解释|给|推荐)",
  "(?<!我)(?:每次|每当).{0,30}(?:都要|请|要)|(?:回答|回复)(?:我)?(?:的)?时(?:候)?.{0,4}请|(?:回答|回复|答案)(?:要|请|应该|必须|尽量).{0,20}(?:简短|简洁|短|详细|中文|英文|正式)",
  "(?:问|说|提到|要求).{1,20}(?:的时候|时)[，,]?(?:请|要|都)",
  "请(?:用|使用)(?:中文|英文|公制|简体|繁体|正式|敬语).{0,10}(?:回答|回复|单位|语气)",
  "앞으로.{1,30}(?:세요|주세요|줘|해|마|말고|십시오)",
  "(?:항상|언제나|반드시|매번|꼭|절대로?).{1,30}(?:세요|줘|십시오|하지 ?마|지 ?마세요|말아)",
  "(?:쓰|사용하|하|넣|붙이|부르)지 ?(?:마세요|말아|마|말고)",
  "(?:존댓말|반말|한국어|영어|격식체|표로|짧게|간단히|자세히).{0,12}(?:해|써|말해|답해|대답해) ?(?:줘|주세요)",
  "(?:이?라고|으로) 불러|기억해 ?(?:줘|주세요|두세요)|잊지 ?마",
  "(?:답변|대답|설명|응답)은 .{1,30}(?:세요|줘|십시오)",
  "(?:물어보면|질문하면|말하면|요청하면|부탁하면).{1,30}(?:세요|줘)",
];

/** An earlier wish is taken back. */
export const FOREIGN_TAKEN_BACK = anyOf(
  head(
    "du (?:darfst|kannst) .{1,60} wieder ",
    "du (?:musst|brauchst) .{1,60} nicht mehr",
    "vergiss,? was ich ",
    "tu (?:peux|n'as plus besoin) .{0,40}(?:à nouveau|de nouveau|plus besoin)",
    "oublie ce que j'ai dit",
    "puedes volver a ",
    "ya no (?:hace falta|tienes) que",
    "olvida lo que (?:te )?dije",
    "(?:você )?pode voltar a ",
    "esqueça o que eu disse",
  ),
  "(?:使わ|し|書か|付け|つけ)なくて(?:も)?いい|また.{1,20}(?:使っていい|使ってもいい)|可以(?:再|重新)(?:使)?用|不用再|忘(?:了|掉)我(?:说|之前)|다시 .{1,20}(?:써도|해도) (?:돼|됩니다|괜찮)",
);

/** A rule for what is to come, in a language of Europe other than English. */
export const FOREIGN_ORDER = anyOf(...GERMAN, ...FRENCH, ...SPANISH, ...PORTUGUESE, ...ITALIAN_DUTCH_RUSSIAN);

/** The same in Japanese, Chinese and Korean. */
export const EAST_ASIAN_ORDER = anyOf(...EAST_ASIAN);

/** Meant for the answer at hand. */
export const FOREIGN_ONCE = anyOf(
  words("nur dieses (?:eine )?mal", "diesmal", "(?:in|für) diese[rn]? (?:antwort|mail|e-mail|text|frage|brief|einen)"),
  words("cette fois", "(?:pour|dans) (?:cette|ce) (?:réponse|question|mail|courriel|lettre|texte)"),
  words("esta vez", "(?:en|para) est[ea] (?:correo|respuesta|carta|texto|pregunta|mensaje)"),
  words("desta vez", "(?:neste|nesta|para este|para esta) (?:e-mail|resposta|carta|texto|pergunta|mensagem)"),
  "(?:今回|この(?:回答|返事|メール|文章|質問))(?:だけ|では|は|に)|这(?:次|封邮件|个回答|篇)|仅此一次|이번(?:만|에만|에는|엔)|이 (?:답변|메일|글)(?:만|에서)",
);

/** Tastes and facts about oneself, in a language other than English. */
export const FOREIGN_SELF = anyOf(
  head(
    "ich (?:heiße|bevorzuge|mag|hasse|liebe|hätte lieber|esse (?:kein|gern|nur)|trinke kein|wohne|lebe (?:in|auf)|komme aus|arbeite (?:als|bei)|bin (?:allergisch|vegan\\p{L}*|vegetari\\p{L}*|schwanger|lehrer\\p{L}*|ärzt\\p{L}*|arzt|krankenpfleger\\p{L}*|krankenschwester|ingenieur\\p{L}*|student\\p{L}*|entwickler\\p{L}*|rentner\\p{L}*|farbenblind|zuckerkrank|\\d+ jahre))(?!\\p{L})",
    "mein name ist",
    "meine? liebst\\p{L}*|mein lieblings",
  ),
  head(
    "je (?:m'appelle|préfère(?! ne pas)|déteste|n'aime pas|ne mange pas|ne bois pas|suis (?:allergique|végétari\\p{L}*|végane?|enceinte|daltonien\\p{L}*|diabétique|né)|travaille (?:comme|chez)|viens de )",
    "j'(?:habite|adore|ai \\d+ ans|aime (?!bien que))",
    "mon nom est",
    "je vis à",
  ),
  head(
    "(?:yo )?(?:me llamo|prefiero|odio|soy (?:alérgic|vegetarian|vegan|diabétic|celíac|médic|profesor|enfermer)\\p{L}*|no (?:como|bebo) |vivo en|trabajo (?:como|de|en)|tengo \\d+ años)",
    "(?:a mí )?(?:no )?me gusta(?:n|ría)? (?!tu)",
    "mi (?:nombre|\\p{L}+ favorit[ao]) (?:es)?",
  ),
  head(
    "(?:eu )?(?:me chamo|chamo-me|prefiro|odeio|sou (?:alérgic|vegetarian|vegan|diabétic|celíac|professor|médic)\\p{L}*|não (?:gosto de|como|bebo) |moro em|trabalho (?:como|na|no)|tenho \\d+ anos)",
    "meu nome é",
    "(?:eu )?(?:gosto|adoro) (?:de |muito )",
  ),
  head(
    "mi chiamo ",
    "(?:io )?(?:sono (?:vegetarian|vegan|allergic)\\p{L}*|preferisco|abito a|vivo a)",
    "ik (?:heet|ben (?:vegetari|vegan|allergisch)\\p{L}*|woon in|heb liever|hou niet van)",
    "меня зовут",
    "я (?:вегетариан|веган|аллерги|предпочитаю|живу в|не ем|не люблю)",
  ),
  "私の名前は|(?:私|わたし|僕|俺)は.{0,30}(?:エンジニア|学生|教師|医者|看護師|ベジタリアン|ヴィーガン|アレルギー|歳です|に住んで|として働)|(?:の|ほう|方)が好き|が(?:好き|嫌い|苦手)です|(?:は|が)食べられ(?:ない|ません)",
  "(?:^|[，,。])我(?:叫|的名字是)|我是(?:一[名个位])?.{0,8}(?:素食|者$|者。|师|医生|护士|学生|程序员|过敏)|我(?:更|比较|最)?(?:喜欢|不喜欢|讨厌|偏好)(?!你|这|那)|我(?:不吃|不喝|不能吃|宁愿|住在)|我对.{1,12}过敏",
  "(?:제|내) 이름은|(?:저는|나는|전).{1,30}(?:학생|교사|의사|간호사|개발자|채식주의|비건|알레르기|살이?에요|에 살|로 일)|(?:을|를|이|가) (?:더 )?(?:좋아|선호|싫어)(?:해|합니다|하는)|못 먹어",
);
