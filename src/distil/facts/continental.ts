/**
 * How people say in German and French what stays true of them.
 *
 * Each pattern is the start of a clause in the first person. Only the plainest phrases, so that few are wrong.
 * This file must not decide what is skipped: that is the business of `own-statements`.
 */
import { cue } from "./cue.ts";
import type { FactCue } from "./cue.ts";

export const GERMAN_FACTS: readonly FactCue[] = [
  cue(
    "profile",
    "name",
    "(?:ich hei(?:ß|ss)e|mein name ist|mein name lautet) (?!(?:nicht|auf|falsch|das)\\b)(?<v>\\p{L}+)",
  ),
  cue("instruction", "form_of_address", "(?:bitte )?nenn(?:e|en sie|t)? mich (?!(?:nicht|ruhig)\\b)\\p{L}"),
  cue(
    "profile",
    "residence",
    "(?:ich|wir) (?:wohne|lebe|wohnen|leben)(?: (?:jetzt|seit \\P{Z}+|aktuell|derzeit|inzwischen|nicht mehr))* in (?!der (?:vergangenheit|zukunft)|angst)\\P{Z}",
  ),
  cue("profile", "residence", "(?:ich|wir) (?:bin|sind) (?:\\P{Z}+ ){0,3}?nach \\P{Z}+ (?:um)?gezogen"),
  cue("profile", "origin", "ich (?:komme|stamme) (?:ursprünglich )?aus (?!dem (?:haus|büro|urlaub))\\P{Z}"),
  cue("profile", "age", "ich bin (?:jetzt )?\\d{1,3} (?:jahre alt|jahre)"),
  cue("profile", "occupation", "ich (?:arbeite|bin (?:von beruf|beruflich|tätig))(?: \\P{Z}+)? (?:als )\\p{L}"),
  cue(
    "profile",
    "occupation",
    "ich bin (?:von beruf )?(?:\\p{L}*(?:arzt|ärztin|lehrer(?:in)?|entwickler(?:in)?|ingenieur(?:in)?|pfleger(?:in)?|anwalt|anwältin|student(?:in)?|designer(?:in)?|rentner(?:in)?|krankenschwester|koch|köchin|bäcker(?:in)?|informatiker(?:in)?|architekt(?:in)?))\\b",
  ),
  cue("profile", "employer", "ich arbeite (?:jetzt |seit \\P{Z}+ )?(?:bei|für) (?<v>.+)", true),
  cue("constraint", "allergy:", "ich bin (?:\\p{L}+ )?allergisch (?:gegen|auf) (?<v>[^,.;!]+)"),
  cue("constraint", "allergy:", "ich habe eine (?<v>\\p{L}+)allergie"),
  cue(
    "constraint",
    "diet",
    "ich (?:bin|lebe|ernähre mich) (?:jetzt |nicht mehr |strikt |strenge[r]? )*(?:vegan|vegetarisch|veganer(?:in)?|vegetarier(?:in)?|pescetarisch)\\b",
  ),
  cue("constraint", "eats:", "ich (?:esse|trinke|vertrage) (?:kein(?:e|en)?|nie) (?<v>[^,.;!]+)"),
  cue(
    "preference",
    "taste:",
    "ich (?:bevorzuge|liebe|hasse|mag) (?!(?:es|das|dies|dich|die idee|deine|ihre|den vorschlag)(?!\\p{L}))(?:sehr |wirklich |keine[n]? |lieber )*(?<v>[^,.;!]+)",
  ),
  cue("preference", "favorite:", "mein[e]? lieblings(?<v>\\p{L}+) ist \\P{Z}"),
  cue("profile", "kin:", "meine? (?<v>frau|mann|partner(?:in)?) hei(?:ß|ss)t "),
  cue("profile", null, "meine? (?:freund(?:in)?|sohn|tochter|hund|katze|bruder|schwester) hei(?:ß|ss)t "),
  cue(
    "profile",
    null,
    "(?:ich habe|wir haben) (?:einen?|zwei|drei|vier|\\d) (?:\\p{L}+ )?(?:kinder|kind|sohn|söhne|tochter|töchter|hunde?|katzen?)\\b",
  ),
  cue(
    "profile",
    "tool:",
    "(?:ich|wir) (?:nutze|benutze|verwende|programmiere in|nutzen|verwenden|fahre|spiele) (?:einen? |nur )?(?<v>[^,.;!]+)",
    true,
  ),
  cue("profile", "birthday", "mein geburtstag ist \\P{Z}"),
];

export const FRENCH_FACTS: readonly FactCue[] = [
  cue("profile", "name", "(?:je m'appelle|mon (?:pré)?nom est) (?!(?:pas|sur)\\b)(?<v>\\p{L}+)"),
  cue(
    "instruction",
    "form_of_address",
    "(?:s'il te plaît,? )?appel(?:le|ez)-moi (?!(?:plus tard|demain|quand)(?!\\p{L}))\\p{L}",
  ),
  cue(
    "profile",
    "residence",
    "(?:j'habite|je vis|nous habitons|nous vivons)(?: (?:maintenant|actuellement|désormais))? (?:à|a|en|au|aux|dans) (?!(?:la peur|le passé))\\P{Z}",
  ),
  cue("profile", "residence", "(?:j'ai déménagé|je me suis installée?|nous avons déménagé) (?:à|a|en|au|aux) \\P{Z}"),
  cue(
    "profile",
    "origin",
    "(?:je viens|je suis originaire) d(?:e |u |es |')(?!(?:finir|faire|voir|terminer|lire|recevoir|manger)\\b)(?<v>.+)",
    true,
  ),
  cue("profile", "age", "j'ai \\d{1,3} ans"),
  cue(
    "profile",
    "occupation",
    "je (?:travaille comme|suis) (?:une? )?(?:infirmi(?:er|ère)|médecin|professeure?|enseignante?|ingénieure?|développeu(?:r|se)|avocate?|étudiante?|architecte|comptable|retraitée?|graphiste|journaliste|cuisini(?:er|ère))(?!\\p{L})",
  ),
  cue("profile", "employer", "je travaille (?:chez|pour) (?<v>.+)", true),
  cue("constraint", "allergy:", "je suis (?:très )?allergique (?:à|au|aux) (?<v>[^,.;!]+)"),
  cue(
    "constraint",
    "diet",
    "je (?:suis|ne suis plus) (?:devenue? )?(?:végane?|vegan|végétarien(?:ne)?|végétalien(?:ne)?)(?!\\p{L})",
  ),
  cue("constraint", "eats:", "je ne (?:mange|bois) (?:pas|jamais|plus) (?:de |d'|du )?(?<v>[^,.;!]+)"),
  cue(
    "preference",
    "taste:",
    "(?:je préfère|j'adore|je déteste|j'aime) (?!(?:ça|cela|bien ça|ce|cette|ton|ta|votre|l'idée|le premier|la première|que)(?!\\p{L}))(?<v>[^,.;!]+)",
  ),
  cue("profile", "kin:", "(?:mon|ma) (?<v>femme|mari|compagn(?:e|on)) s'appelle "),
  cue("profile", null, "(?:mon|ma) (?:fils|fille|chien|chat|frère|sœur) s'appelle "),
  cue(
    "profile",
    null,
    "(?:j'ai|nous avons) (?:une?|deux|trois|quatre|\\d) (?:enfants?|fils|filles?|chiens?|chats?)(?!\\p{L})",
  ),
  cue("profile", "tool:", "(?:j'utilise|nous utilisons|je programme en|je conduis une?) (?<v>[^,.;!]+)", true),
];
