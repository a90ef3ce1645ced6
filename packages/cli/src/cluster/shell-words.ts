/**
 * Words for a shell script, so that it reads each as one word and runs nothing of it.
 *
 * @module
 */

/** A word as it is where that is safe, else in single quotes. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words with a blank between them. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/** The words of a text: what stands between blanks. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
