/**
 * The configuration of a log router as Fluent Bit reads it.
 * https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/configuration-file
 */
import { linesOf } from './plugin-lines.ts'
import type { PatternFilter, Plugin, RouterConfig } from './router-config.ts'

export const fluentBitText = ({ inputs, filters, record, included, outputs }: RouterConfig): string =>
  [
    ...inputs.map((input) => section('INPUT', [`Name ${input.name}`, ...tagged('Tag', input), ...linesOf(input)])),
    // Filters in their order: those that leave out logs before the one that adds to them.
    ...filters.map(patternFilter),
    ...recordFilter(record),
    ...(included === undefined ? [] : [`@INCLUDE ${included}\n`]),
    ...outputs.map((output) =>
      section('OUTPUT', [`Name ${output.name}`, ...tagged('Match', output), ...linesOf(output)]),
    ),
  ].join('\n')

const section = (name: string, lines: readonly string[]): string =>
  [`[${name}]`, ...lines.map((line) => `    ${line}`), ''].join('\n')

const tagged = (property: string, { tag }: Plugin): readonly string[] =>
  tag === undefined ? [] : [`${property} ${tag}`]

const patternFilter = ({ tag, pattern, keeps }: PatternFilter): string =>
  section('FILTER', ['Name grep', `Match ${tag}`, `${keeps === 'matching' ? 'Regex' : 'Exclude'} log ${pattern}`])

const recordFilter = (record: RouterConfig['record']): readonly string[] => {
  const members = Object.entries(record).map(([name, value]) => `Record ${name} ${value}`)
  return members.length === 0 ? [] : [section('FILTER', ['Name record_modifier', 'Match *', ...members])]
}
