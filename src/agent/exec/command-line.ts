/**
 * AWS: the words of a session's command. The SSM agent in a container splits the line by itself and runs the first word with the others, without
 * any shell: `ls -l /` works in an image that has no shell, and `ls | wc` needs `sh -c 'ls | wc'`. Quotes, backslashes and comments are
 * read as the shell has them; nothing is expanded.
 */

export class CommandLineError extends Error {
  override readonly name = 'CommandLineError'
}

const SPACE = /[ \t\r\n]/

/** Throws `CommandLineError` if a quote is left open, or nothing is there to run. */
export const splitCommand = (line: string): readonly string[] => {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (quote !== '' && character === quote) quote = ''
    else if (character === '\\' && quote !== "'") word = (word ?? '') + escaped(line, ++at)
    else if (quote !== '') word = (word ?? '') + character
    else if (character === '"' || character === "'") [word, quote] = [word ?? '', character]
    else if (SPACE.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (word === undefined && character === '#') at = endOfLine(line, at)
    else word = (word ?? '') + character
  }
  if (quote !== '') throw new CommandLineError('A quote of the command is not closed.')
  if (word !== undefined) words.push(word)
  if (words.length === 0) throw new CommandLineError('The command is empty.')
  return words
}

const escaped = (line: string, at: number): string => {
  const character = line[at]
  if (character === undefined) throw new CommandLineError('The command ends with a backslash that escapes nothing.')
  return character
}

const endOfLine = (line: string, at: number): number => {
  const end = line.indexOf('\n', at)
  return end < 0 ? line.length : end
}
