/** The options of a plugin as lines, `name value` each, in the order of their names: both programs write them alike. */
import type { Plugin } from './router-config.ts'

export const linesOf = ({ options }: Plugin): readonly string[] =>
  Object.entries(options)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value.trim()}`)
