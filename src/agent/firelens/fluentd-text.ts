/** The configuration of a log router as Fluentd reads it. https://docs.fluentd.org/configuration/config-file */
import { linesOf } from './plugin-lines.ts'
import type { PatternFilter, RouterConfig } from './router-config.ts'

export const fluentdText = ({ inputs, filters, record, included, outputs }: RouterConfig): string =>
  [
    ...inputs.map((input) => element('source', '', [`@type ${input.name}`, ...linesOf(input)])),
    ...filters.map(patternFilter),
    ...recordFilter(record),
    ...(included === undefined ? [] : [`@include ${included}\n`]),
    ...outputs.map((output) => element('match', ` ${output.tag}`, [`@type ${output.name}`, ...linesOf(output)])),
  ].join('\n')

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `    ${line}`)

const nested = (name: string, lines: readonly string[]): readonly string[] => [
  `<${name}>`,
  ...indented(lines),
  `</${name}>`,
]

const element = (name: string, pattern: string, lines: readonly string[]): string =>
  [`<${name}${pattern}>`, ...indented(lines), `</${name}>`, ''].join('\n')

const patternFilter = ({ tag, pattern, keeps }: PatternFilter): string =>
  element('filter', ` ${tag}`, [
    '@type grep',
    ...nested(keeps === 'matching' ? 'regexp' : 'exclude', ['key log', `pattern /${pattern}/`]),
  ])

const recordFilter = (record: RouterConfig['record']): readonly string[] => {
  const members = Object.entries(record).map(([name, value]) => `${name} ${value}`)
  if (members.length === 0) return []
  return [element('filter', ' **', ['@type record_transformer', ...nested('record', members)])]
}
