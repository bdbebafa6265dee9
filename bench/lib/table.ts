/** Answers as a Markdown table, which is also how they are printed. */
import { type Answer, type Goal, isReached } from './compare.ts'
import type { Spread } from './statistics.ts'

const HEADER = ['question', 'ours', 'rival or limit', 'ratio', 'goal', 'verdict']

export const tableOf = (answers: readonly Answer[]): string => {
  const rows = [HEADER, ...answers.map(cellsOf)]
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

const cellsOf = (answer: Answer): string[] => [
  answer.question,
  spreadText(answer.ours, answer.unit),
  `${answer.rivalName}: ${spreadText(answer.rival, answer.unit)}`,
  numberText(answer.ratio),
  goalText(answer.goal),
  isReached(answer) ? 'reached' : 'MISSED',
]

const goalText = (goal: Goal): string => ('atLeast' in goal ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`)

/** Median, unit, and the quarters on both sides of it: `120 per second (118 to 125)`. */
const spreadText = ({ median, p25, p75 }: Spread, unit: string): string => {
  const value = `${numberText(median)} ${unit}`
  return p25 === p75 ? value : `${value} (${numberText(p25)} to ${numberText(p75)})`
}

/** Three significant digits, or all digits of a larger whole number. */
const numberText = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
