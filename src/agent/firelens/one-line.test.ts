/**
 * Whatever stands in an option: either there is no configuration, or one that says of the option exactly what stands in it and is otherwise the
 * same. Each text is read again by a reader of a few lines, which takes everything for syntax that could be.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aLogRouter, aRoutedContainer, aRoutedTask } from '../../../test/builders/a-routed-task.ts'
import { builderIds } from '../../../test/builders/ids.ts'
import type { FirelensType } from '../../model/firelens-options.ts'
import { acceptTask } from '../engine/accept.ts'
import { fluentBitText } from './fluent-bit-text.ts'
import { fluentdText } from './fluentd-text.ts'
import { FirelensError, type LogOptions } from './log-routing.ts'
import { routerConfig } from './router-config.ts'

// oxlint-disable-next-line no-control-regex -- some end lines
const LINE_ENDS = /\r\n|[\n\r\u000B\u000C\u0085\u2028\u2029]/

const textOf = (type: FirelensType, options: LogOptions): string | undefined => {
  const task = acceptTask(aRoutedTask([aRoutedContainer(options), aLogRouter({ type })]), 0, builderIds)
  try {
    const config = routerConfig(task, 'shop')
    return type === 'fluentd' ? fluentdText(config) : fluentBitText(config)
  } catch (error) {
    if (error instanceof FirelensError) return undefined
    throw error
  }
}

/** Without what goes on behind a comment's sign, in Fluentd. */
const readLines = (type: FirelensType, text: string): string[] =>
  text
    .split(LINE_ENDS)
    .map((line) => (type === 'fluentd' && !/^\s*\S+\s+["']/.test(line) ? line.replace(/(^|\s)#.*$/, '') : line).trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

/** What makes trouble, more often than it comes by chance. */
const nastyText = fc.string({
  unit: fc.constantFrom(
    ...Array.from('\n\r\t #"\'[]{}<>/\\@$:,ab1'),
    '\u0000',
    '\u000B',
    '\u0085',
    '\u2028',
    'é',
    '[OUTPUT]',
    '</match>',
    '@include ',
  ),
  maxLength: 12,
})

describe.each<[FirelensType, string]>([
  ['fluentbit', 'Name'],
  ['fluentd', '@type'],
])('in the configuration of %s', (type, key) => {
  const plain = readLines(type, textOf(type, { [key]: 'stdout' }) ?? '')

  it('an option is one line, whatever its value', () => {
    fc.assert(
      fc.property(nastyText, (value) => {
        const text = textOf(type, { [key]: 'stdout', option: value })
        if (text === undefined) return
        const lines = readLines(type, text)
        expect(lines.filter((line) => line !== `option ${value.trim()}`)).toEqual(plain)
        expect(lines).toHaveLength(plain.length + 1)
      }),
      { numRuns: 2000 },
    )
  })

  it('an option is one line, whatever its name', () => {
    fc.assert(
      fc.property(nastyText, (name) => {
        const text = name === key ? undefined : textOf(type, { [key]: 'stdout', [name]: 'value' })
        if (text === undefined) return
        expect(readLines(type, text).filter((line) => line !== `${name} value`)).toEqual(plain)
      }),
      { numRuns: 2000 },
    )
  })

  it('a pattern is one line, whatever it is', () => {
    const usual = readLines(type, textOf(type, { [key]: 'stdout', 'include-pattern': 'usual' }) ?? '')
    fc.assert(
      fc.property(nastyText, (pattern) => {
        const text = textOf(type, { [key]: 'stdout', 'include-pattern': pattern })
        if (text === undefined) return
        const written = type === 'fluentd' ? `pattern /${pattern}/` : `Regex log ${pattern}`.trim()
        const expected = usual.map((line) => (/^(pattern|Regex) /.test(line) ? written : line))
        expect(readLines(type, text)).toEqual(expected)
      }),
      { numRuns: 2000 },
    )
  })
})
