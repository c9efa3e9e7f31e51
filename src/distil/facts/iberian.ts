/**
 * How people say in Spanish and Portuguese what stays true of them.
 *
 * Each pattern is the start of a clause in the first person. Only the plainest phrases, so that few are wrong.
 * This file must not decide what is skipped: that is the business of `own-statements`.
 */
import { cue } from "./cue.ts";
import type { FactCue } from "./cue.ts";

export const SPANISH_FACTS: readonly FactCue[] = [
  cue("profile", "name", "(?:me llamo|mi nombre es) (?!(?:no|muy)\\b)(?<v>\\p{L}+)"),
  cue(
    "instruction",
    "form_of_address",
    "(?:por favor,? )?(?:llámame|puedes llamarme) (?!(?:luego|mañana|cuando|más tarde)(?!\\p{L}))\\p{L}",
  ),
  cue(
    "profile",
    "residence",
    "(?:yo )?(?:ahora )?(?:ya no )?(?:vivo|resido|vivimos) (?:ahora |actualmente )?en (?!(?:el pasado|paz))\\P{Z}",
  ),
  cue("profile", "residence", "(?:me mudé|me he mudado|nos mudamos) a (?!(?:otra|otro)\\b)\\P{Z}"),
  cue("profile", "origin", "(?:yo )?soy de (?<v>.+)", true),
  cue("profile", "age", "tengo \\d{1,3} años"),
  cue(
    "profile",
    "occupation",
    "(?:trabajo (?:como|de)|soy) (?:una? )?(?:enfermer[oa]|médic[oa]|profesora?|maestr[oa]|ingenier[oa]|desarrolladora?|programadora?|abogad[oa]|estudiante|arquitect[oa]|contable|diseñadora?|periodista|cociner[oa]|jubilad[oa])(?!\\p{L})",
  ),
  cue("profile", "employer", "trabajo (?:en|para) (?<v>.+)", true),
  cue(
    "constraint",
    "allergy:",
    "(?:yo )?(?:soy|tengo) (?:muy )?al[ée]rgi(?:c[oa]|a) (?:al? |a los |a las )(?<v>[^,.;!]+)",
  ),
  cue("constraint", "diet", "(?:ya no )?soy (?:vegan[oa]|vegetarian[oa])(?!\\p{L})"),
  cue("constraint", "eats:", "no (?:como|bebo|tolero) (?<v>[^,.;!]+)"),
  cue(
    "preference",
    "taste:",
    "(?:yo )?(?:prefiero|odio|me encantan?|no me gustan?|me gustan?) (?!(?:eso|esto|tu|la idea|el primero|la primera|que|mucho)(?!\\p{L}))(?<v>[^,.;!]+)",
  ),
  cue("profile", "kin:", "mi (?<v>esposa|mujer|marido|pareja) se llama "),
  cue("profile", null, "mi (?:hij[oa]|perr[oa]|gat[oa]|herman[oa]) se llama "),
  cue(
    "profile",
    null,
    "(?:tengo|tenemos) (?:una?|dos|tres|cuatro|\\d) (?:hij[oa]s?|niñ[oa]s?|perr[oa]s?|gat[oa]s?)(?!\\p{L})",
  ),
  cue("profile", "tool:", "(?:uso|usamos|utilizo|programo en|conduzco un) (?<v>[^,.;!]+)", true),
];

export const PORTUGUESE_FACTS: readonly FactCue[] = [
  cue("profile", "name", "(?:(?:eu )?me chamo|chamo-me|(?:o )?meu nome é) (?!(?:não|muito)(?!\\p{L}))(?<v>\\p{L}+)"),
  cue(
    "instruction",
    "form_of_address",
    "(?:por favor,? )?(?:me chame de|pode me chamar de|chama-me|trata-me por) \\p{L}",
  ),
  cue(
    "profile",
    "residence",
    "(?:eu )?(?:agora )?(?:já não |não )?(?:moro|vivo|moramos|resido)(?: mais| agora)? (?:em|no|na|nos) (?!(?:passado|paz))\\P{Z}",
  ),
  cue(
    "profile",
    "residence",
    "(?:eu )?(?:me mudei|mudei-me|nos mudamos|mudei) para (?!(?:o próximo|outro|outra)(?!\\p{L}))\\P{Z}",
  ),
  cue("profile", "origin", "(?:eu )?sou (?:de|do|da) (?<v>.+)", true),
  cue("profile", "age", "(?:eu )?tenho \\d{1,3} anos"),
  cue(
    "profile",
    "occupation",
    "(?:eu )?(?:trabalho como|sou) (?:uma? )?(?:enfermeir[oa]|médic[oa]|professora?|engenheir[oa]|desenvolvedora?|programadora?|advogad[oa]|estudante|arquitet[oa]|contador|designer|jornalista|cozinheir[oa]|aposentad[oa])(?!\\p{L})",
  ),
  cue("profile", "employer", "(?:eu )?trabalho (?:na|no|em|para) (?<v>.+)", true),
  cue(
    "constraint",
    "allergy:",
    "(?:eu )?(?:sou|tenho) (?:muito )?al[ée]rgi(?:c[oa]|a) (?:a |ao |à |aos |às )(?<v>[^,.;!]+)",
  ),
  cue("constraint", "diet", "(?:eu )?(?:já não |não )?sou (?:mais )?(?:vegan[oa]|vegetarian[oa])(?!\\p{L})"),
  cue("constraint", "eats:", "(?:eu )?não (?:como|bebo|tolero) (?<v>[^,.;!]+)"),
  cue(
    "preference",
    "taste:",
    "(?:eu )?(?:prefiro|odeio|adoro|não gosto de|gosto de) (?!(?:isso|isto|essa ideia|o primeiro|a primeira|que|muito)(?!\\p{L}))(?<v>[^,.;!]+)",
  ),
  cue("profile", "kin:", "(?:o meu|a minha|meu|minha) (?<v>esposa|mulher|marido) (?:se chama|chama-se) "),
  cue(
    "profile",
    null,
    "(?:o meu|a minha|meu|minha) (?:filh[oa]|cachorro|cão|gat[oa]|irmão|irmã) (?:se chama|chama-se) ",
  ),
  cue(
    "profile",
    null,
    "(?:eu )?(?:tenho|temos) (?:uma?|dois|duas|três|quatro|\\d) (?:filh[oa]s?|cachorr[oa]s?|cães|gat[oa]s?)(?!\\p{L})",
  ),
  cue("profile", "tool:", "(?:eu )?(?:uso|usamos|utilizo|programo em) (?<v>[^,.;!]+)", true),
];
