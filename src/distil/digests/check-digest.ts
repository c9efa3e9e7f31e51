/**
 * The gate for what a model wrote of a segment: it trusts no sentence that its own sources do not bear out.
 *
 * A line must name its sources, be about what they are about, and hold no value that they do not hold; a fact must quote
 * one of them and give every figure of the quote. A line that fails alone is left out alone. A digest in which many
 * fail, that refuses, reports an error or speaks to its reader, is refused whole. It must not mend a line, and depends
 * on the language only where it looks for phrases.
 */
import { fail, ok } from "../../model/result.ts";
import type { Result } from "../../model/result.ts";
import type { Digest, WrittenLine } from "../../ports/distiller.ts";
import { scanAtoms, scanFigures } from "../atoms.ts";
import type { Atom } from "../atoms.ts";
import { plainForm } from "../classify.ts";
import { FAILURE } from "../cues.ts";
import type { DigestSource } from "./digest-prompt.ts";
import { LINE_CHARS_MAX } from "./digest-prompt.ts";
import { KnownValues } from "./known-values.ts";
import type { ReadDigest, ReadLine } from "./read-digest.ts";
import { foldLine, isQuotable } from "../record.ts";
import { sharesSubject, subjectOf } from "./subject.ts";

/** Why one line was left out. */
export type LineFault =
  | "empty"
  | "too_long"
  | "unquotable"
  | "speaks_to_reader"
  | "no_source"
  | "unsourced_value"
  | "off_subject"
  | "not_quoted"
  | "figure_dropped";

export interface LeftOut {
  kind: keyof Digest;
  fault: LineFault;
}

export type DigestFailure =
  | { code: "no_gist"; leftOut: LeftOut[] }
  /** Too many lines are not borne out for the others to be believed. */
  | { code: "unreliable"; leftOut: LeftOut[] }
  | { code: "error_text" }
  | { code: "speaks_to_reader" };

export interface CheckedDigest {
  digest: Digest;
  /** Lines that passed, and those that did not. */
  lines: number;
  leftOut: LeftOut[];
}

/** Faults of what a line says; the others are faults of its form. */
const UNTRUE: ReadonlySet<LineFault> = new Set(["no_source", "unsourced_value", "off_subject", "figure_dropped"]);
/** Share of the lines that may be untrue before none is believed. */
const FAILED_SHARE_MAX = 0.25;

/** Marks of a conversation's own frame: roles, templates, tags. */
const FRAME =
  /<\|[^|>]{1,40}\|>|<\/?(?:system|assistant|user|developer|instructions?|im_start|im_end)\b[^>]{0,40}>|\[\/?(?:INST|SYS)\]|^\s*(?:system|assistant|developer|human)\s*[:：]/iu;
/** An order to whoever reads the notes, in the languages that are most used to give one. */
const OVERRIDE =
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|these|the)\b.{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|context|messages?)\b|\byou are now\b|\byour (?:new )?(?:task|instructions?|role) (?:is|are)\b|^(?:please )?(?:reply|respond|answer|output) (?:only|exactly|nothing but|with)\b|\bignorier\w*\b.{0,60}\banweisung\w*|\bignor(?:e|ez|er|a|ar|en|i)\b.{0,60}\b(?:instruc\w+|consignes|istruzioni|instruções)|(?:忽略|无视|無視).{0,20}(?:指令|指示|说明|命令)|(?:指示|命令).{0,10}(?:無視|忘れ)|지시.{0,10}무시/iu;
/** Advice to a "you": notes are in the third person. */
const ADDRESS = /\byou (?:must|should|have to|need to|shall|may|can)\b/iu;

export function checkDigest(read: ReadDigest, sources: readonly DigestSource[]): Result<CheckedDigest, DigestFailure> {
  const all = [...read.gists, ...read.threads, ...read.facts];
  if (all.some(({ text }) => FRAME.test(text) || OVERRIDE.test(text))) return fail({ code: "speaks_to_reader" });
  if (read.gists.some(({ text }) => FAILURE.test(plainForm(text)))) return fail({ code: "error_text" });
  const leftOut: LeftOut[] = [];
  const evidence = new Map<number, Evidence>();
  const pass = (kind: keyof Digest): WrittenLine[] =>
    read[kind].flatMap((line) => {
      const cited = line.sources.flatMap((place) => readEvidence(place, sources, evidence) ?? []);
      const fault = findFault(line, kind === "facts", cited);
      if (fault !== null) leftOut.push({ kind, fault });
      return fault === null ? [writtenOf(line, sources)] : [];
    });
  const digest: Digest = { gists: pass("gists"), threads: pass("threads"), facts: pass("facts") };
  const untrue = leftOut.filter(({ fault }) => UNTRUE.has(fault)).length;
  if (untrue > FAILED_SHARE_MAX * all.length) return fail({ code: "unreliable", leftOut });
  if (digest.gists.length === 0) return fail({ code: "no_gist", leftOut });
  return ok({ digest, lines: all.length - leftOut.length, leftOut });
}

/** What a source holds; read when a line first names it, and once. */
interface Evidence {
  values: KnownValues;
  subject: ReadonlySet<string>;
  /** On one line, as it was said and in lower case. */
  words: string;
  folded: string;
}

function readEvidence(
  place: number,
  sources: readonly DigestSource[],
  known: Map<number, Evidence>,
): Evidence | undefined {
  const source = sources[place];
  const read = known.get(place);
  if (read !== undefined || source === undefined) return read;
  const values = new KnownValues();
  values.learn(`${source.evidence} ${source.day ?? ""} ${source.speaker ?? ""}`);
  const words = foldLine(source.evidence);
  const fresh = { values, subject: subjectOf(words), words, folded: words.toLowerCase() };
  known.set(place, fresh);
  return fresh;
}

function findFault(
  { text, sources: places, quote }: ReadLine,
  isFact: boolean,
  cited: readonly Evidence[],
): LineFault | null {
  if (text === "") return "empty";
  if (text.length > LINE_CHARS_MAX) return "too_long";
  if (!isQuotable(text)) return "unquotable";
  if (ADDRESS.test(text)) return "speaks_to_reader";
  if (cited.length === 0 || cited.length < places.length) return "no_source";
  // A possessive is not part of a name.
  const atoms = scanAtoms(text.replaceAll(/'s\b/g, ""));
  if (!atoms.every((atom) => cited.some((evidence) => bearsOut(evidence, atom)))) return "unsourced_value";
  if (isFact) {
    const quoted = foldLine(quote ?? "");
    if (quoted === "" || !cited.some(({ words }) => words.includes(quoted))) return "not_quoted";
    const given = new Set(scanFigures(text));
    if (!scanFigures(quoted).every((figure) => given.has(figure))) return "figure_dropped";
  }
  const subjects = cited.map(({ subject }) => subject);
  return sharesSubject(text, subjects) ? null : "off_subject";
}

/** A name without figures may be written in other letters, or be a part of a longer one; what has figures may not. */
function bearsOut({ values, folded }: Evidence, atom: Atom): boolean {
  if (values.has(atom)) return true;
  return !/\p{Nd}/u.test(atom.text) && folded.includes(atom.text.toLowerCase());
}

function writtenOf({ text, sources: places }: ReadLine, all: readonly DigestSource[]): WrittenLine {
  const nodes = new Set(places.flatMap((place) => all[place]?.nodes ?? []));
  return { text, sources: [...nodes].toSorted((a, b) => a - b) };
}
