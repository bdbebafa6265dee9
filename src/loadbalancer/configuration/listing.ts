/** Texts of files beside the configuration. */
import { boundedExpression } from './quote.ts'

/** One entry of a map: a key without spaces, and a name. */
export type MapEntry = readonly [key: string, name: string]

/** Keys are texts as they are: those of hosts and paths, which have neither spaces nor control characters. */
export const isListable = (key: string): boolean => /^[!-~]+$/.test(key) && !key.startsWith('#')

export const mapFile = (entries: readonly MapEntry[]): string =>
  entries.map(([key, name]) => `${key} ${name}\n`).join('')

/** Keys are regular expressions; the first that matches counts. */
export const expressionMapFile = (entries: readonly MapEntry[]): string =>
  mapFile(entries.map(([expression, name]) => [boundedExpression(expression), name]))
