/**
 * How people say in Japanese and Chinese what stays true of them.
 *
 * Each pattern is the start of a clause in the first person. A subject may be left out; another than the speaker must not be there.
 * This file must not decide what is skipped: that is the business of `own-statements`.
 */
import { cue } from "./cue.ts";
import type { FactCue } from "./cue.ts";

const I_JA = "(?:(?:私|わたし|僕|ぼく|俺)(?:は|の|が|には)、?)?";

export const JAPANESE_FACTS: readonly FactCue[] = [
  cue(
    "profile",
    "name",
    "(?:私|わたし|僕|ぼく|俺)?の?名前は(?<v>[^はがのをに、。]{1,20}?)(?:です|といいます|と申します|だ)(?:よ|。|！|$)",
  ),
  cue("profile", "name", `${I_JA}(?<v>[^はがのをに、。]{1,20}?)(?:と申します|といいます)`),
  cue("instruction", "form_of_address", `${I_JA}[^はがをに、。]{1,20}(?:と呼んで(?:ください|ほしい)?)`),
  cue(
    "profile",
    "residence",
    `${I_JA}(?:今は|現在は?|いま)?[^はがを、。]{1,20}(?:に住んで(?:いま|い|ま)?[すしる]|に引っ越し(?:ました|た))`,
  ),
  cue("profile", "origin", `${I_JA}[^はがを、。]{1,20}(?:出身です|出身だ|から来ました)`),
  cue("profile", "age", `${I_JA}\\d{1,3}歳です`),
  cue("profile", "occupation", `${I_JA}[^はがを、。]{1,20}(?:として働いて(?:います|いる)|で働いて(?:います|いる))`),
  cue(
    "constraint",
    "allergy:",
    `${I_JA}(?<v>[^はがを、。]{1,20}?)(?:の)?アレルギー(?:です|があります|がある|持ちです)`,
  ),
  cue("constraint", "diet", `${I_JA}(?:ヴィーガン|ビーガン|ベジタリアン|菜食主義者)(?:です|だ)`),
  cue("constraint", "eats:", `${I_JA}(?<v>[^はがを、。]{1,20})(?:は|が|を)食べ(?:られません|ません|られない)`),
  cue("preference", "taste:", `${I_JA}(?<v>[^はがを、。]{1,20})(?:のほう|の方)?が(?:大好き|好き|嫌い|苦手)(?:です|だ)`),
];

export const CHINESE_FACTS: readonly FactCue[] = [
  cue("profile", "name", "(?:我叫|我的名字(?:是|叫))(?!你|他|她|什么)(?<v>[^，。,.]{1,20})"),
  cue("instruction", "form_of_address", "(?:请|可以|你可以)?叫我(?!去|来|做|怎么|不要)[^，。,.]{1,20}"),
  cue(
    "profile",
    "residence",
    "我(?:们)?(?:现在|目前|已经|刚)?(?:住在|搬到了?|搬家到了?|不再住在)(?!一起)[^，。,.]{1,30}",
  ),
  cue("profile", "origin", "我(?:来自|是[^，。,.的]{1,10}人(?:$|[，。]))"),
  cue("profile", "age", "我今年\\d{1,3}岁"),
  cue(
    "profile",
    "occupation",
    "我是(?:一名|一个|一位)?[^，。,.的]{0,8}(?:工程师|程序员|医生|护士|老师|教师|律师|学生|设计师|会计|厨师|记者|研究员)",
  ),
  cue("profile", "employer", "我在(?<v>[^，。,.]{1,20})(?:工作|上班)"),
  cue("constraint", "allergy:", "我对(?<v>[^，。,.]{1,20})过敏"),
  cue("constraint", "diet", "我(?:是|不再是)?(?:素食者|素食主义者|纯素食者|吃素)"),
  cue("constraint", "eats:", "我(?:从)?(?:不吃|不喝|不能吃|不能喝)(?!饭|了)(?<v>[^，。,.]{1,20})"),
  cue(
    "preference",
    "taste:",
    "我(?:更|很|最|非常|不|不太)?(?:喜欢|讨厌|爱吃|偏爱)(?!这|那|你|它)(?<v>[^，。,.]{1,20})",
  ),
  cue("profile", "kin:", "我的?(?<v>妻子|老婆|丈夫|老公)叫"),
  cue("profile", null, "我的?(?:儿子|女儿|狗|猫|哥哥|弟弟|姐姐|妹妹)叫"),
  cue("profile", null, "我有(?:一|两|三|四|\\d)(?:个|只|条)(?:孩子|儿子|女儿|狗|猫)"),
];
