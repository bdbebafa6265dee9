/** One line from words, so that whoever splits it as a shell does gets the same words again. */

const PLAIN = /^[A-Za-z0-9_/:=.,@%+-]+$/

export const quoteCommand = (words: readonly string[]): string =>
  words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(' ')
