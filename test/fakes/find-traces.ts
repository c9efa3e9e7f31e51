/**
 * Looks for words in every file of a folder, as bytes: in any spelling in which a database could hold them.
 *
 * Main files, logs and indexes of logs alike. It must not assert anything.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The words that are found, each with the file. Where an object closes its files meanwhile, all are looked through again. */
export function findTraces(folder: string, words: readonly string[]): string[] {
  try {
    return lookThrough(folder, words);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return findTraces(folder, words);
  }
}

function lookThrough(folder: string, words: readonly string[]): string[] {
  return filesIn(folder).flatMap((path) => {
    const bytes = readFileSync(path);
    const [plain, raw] = [bytes.toString("utf8").toLowerCase(), bytes.toString("latin1").toLowerCase()];
    const found = words.filter(
      (word) =>
        spellings(word).some((spelling) => plain.includes(spelling)) ||
        raw.includes(wide(word)) ||
        packed(word).some((spelling) => bytes.includes(spelling)),
    );
    return found.map((word) => `${word} in ${path.slice(folder.length + 1)}`);
  });
}

/** As it is, escaped as in JSON, without accents as in an index, and without the letter that a stem or an index may lose at its ends. */
function spellings(word: string): string[] {
  const escaped = word.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [word, escaped, word.normalize("NFD").replace(/\p{M}/gu, ""), word.slice(1, -1)];
}

function wide(word: string): string {
  return Buffer.from(word, "utf16le").toString("latin1");
}

/** In base64, wherever in a group of three bytes it begins, without the characters that its neighbours have a part in. */
function packed(word: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(" ".repeat(offset) + word)
      .toString("base64")
      .replaceAll("=", "");
    const begin = offset === 0 ? 0 : offset + 1;
    const end = (offset + Buffer.byteLength(word)) % 3 === 0 ? encoded.length : encoded.length - 1;
    return encoded.slice(begin, end);
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
