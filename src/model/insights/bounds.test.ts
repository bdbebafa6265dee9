/** Queries that ask for more time or memory than one may have. */
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../../test/cpu-time.ts'
import { MalformedQuery, QueryTooLarge } from './malformed-query.ts'
import { compileQuery } from './query.ts'
import type { LogEvent } from './row.ts'

const anEvent = (message: string, timestamp = 0): LogEvent => ({
  timestamp,
  ingestionTime: timestamp,
  message,
  logStream: 's',
  log: 'l',
  ptr: 'p',
})

const start = (text: string) => compileQuery(text).start({ now: 0, start: 0, end: 1_000_000 })

const pushing = (text: string, message: string, times: number) => () => {
  const run = start(text)
  for (let index = 0; index < times; index++) run.push(anEvent(`${message}${index}`, index))
}

const valueOf = (expression: string, message: string): string | undefined => {
  const { rows } = compileQuery(`fields ${expression} as result`).run([anEvent(message)], { now: 0, start: 0, end: 1 })
  return rows[0]?.find(({ field }) => field === 'result')?.value
}

const nested = (name: string, times: number): string => `${`${name}(`.repeat(times)}@message${')'.repeat(times)}`
/** Very much out of little. */
const GROWN = `concat(${Array.from({ length: 500 }, () => '@message').join()})`

describe('a text', () => {
  it.each([
    ['urlencode', '%'.repeat(100_000)],
    ['base64encode', 'abc'],
  ])('does not grow without end by %s', (name, message) => {
    const used = cpuMs(() => {
      expect(valueOf(nested(name, 60), message) === undefined).toBe(true)
    })
    expect(used).toBeLessThan(1000)
  })

  it('does not grow without end as a list of its own characters', () => {
    const list = `${'jsonStringify(split('.repeat(20)}@message${', ""))'.repeat(20)}`
    expect(valueOf(list, 'abc')).toBeUndefined()
    expect(valueOf('jsonStringify(split(@message, ""))', 'abc')).toBe('["a","b","c"]')
  })
})

describe('the order of texts', () => {
  it('is found in a time that hardly grows with what they have in common', () => {
    const run = start('sort @message desc | limit 2000')
    const common = '1a'.repeat(5000)
    const used = cpuMs(() => {
      for (let index = 0; index < 3000; index++) run.push(anEvent(`${common}${index}`, index))
      const [first, second] = run.finish().rows.map((row) => row.find(({ field }) => field === '@message')?.value)
      expect([first, second].map((text) => text?.slice(common.length))).toEqual(['2999', '2998'])
    })
    expect(used).toBeLessThan(3000)
  })

  it('is that of their stretches of digits, letters and others', () => {
    const texts = ['x-é1', 'x1', 'x', 'x01', 'x9a', 'x10', 'xa', 'X2', 'x-', 'x1-', 'x1b2', 'x1b10']
    const { rows } = compileQuery('fields @message | sort @message').run(
      texts.map((text) => anEvent(text)),
      {
        now: 0,
        start: 0,
        end: 1,
      },
    )
    const sorted = rows.map((row) => row.find(({ field }) => field === '@message')?.value)
    const chunks = (text: string) => text.match(/\d+|[A-Za-z]+|[^\dA-Za-z]+/g) ?? []
    const isBefore = (one: string, other: string): boolean => {
      const [ones, others] = [chunks(one), chunks(other)]
      const at = ones.findIndex((chunk, index) => chunk !== others[index])
      if (at === -1 || others[at] === undefined) return at === -1
      const [chunk, otherChunk] = [ones[at]!, others[at]]
      const areNumbers = /^\d/.test(chunk) && /^\d/.test(otherChunk)
      return areNumbers && chunk.length !== otherChunk.length ? chunk.length < otherChunk.length : chunk < otherChunk
    }
    expect(sorted).toHaveLength(texts.length)
    for (const [index, text] of sorted.slice(1).entries()) expect(isBefore(sorted[index]!, text!)).toBe(true)
  })
})

describe('a query fails', () => {
  it('that makes very many rows of one event', () => {
    const text = 'fields split(@message, ",") as a | unnest a into b | unnest a into c | stats count(*)'
    const run = start(text)
    expect(() => run.push(anEvent(','.repeat(99)))).not.toThrow()
    expect(() => run.push(anEvent(','.repeat(99)))).not.toThrow()
    expect(() => run.push(anEvent(','.repeat(999)))).toThrow(QueryTooLarge)
  })

  it.each([
    ['rows with what was made of short events', `fields ${GROWN} as a`],
    ['rows with lists that were made of short events', `fields split(${GROWN}, "y") as a`],
    ['rows with very many fields', `fields ${Array.from({ length: 700 }, (_, index) => `1 as a${index}`).join()}`],
    ['groups with long names', `stats count(*) by concat(${GROWN}, @message)`],
    ['groups with long values', `fields ${GROWN} as a | stats latest(a), min(a) by @message`],
    ['groups with many different values', `stats count_distinct(concat(${GROWN}, @message)) by @log`],
    ['groups with many values', `stats ${'sum(@timestamp),'.repeat(400)} count(*) by @message`],
  ])('that would hold too many %s', (_, text) => {
    expect(pushing(text, 'x'.repeat(100), 9000)).toThrow(QueryTooLarge)
  })

  it('at once if its expression goes on and on', () => {
    expect(() => compileQuery(`fields ${'1+'.repeat(4900)}1 as a`)).toThrow(MalformedQuery)
    expect(() => compileQuery(`filter ${'a or '.repeat(1990)}b`)).not.toThrow()
  })
})

describe('a query may hold', () => {
  it('what it has taken apart of its events', () => {
    const text = 'parse @message "*,*" as a, b | fields a, b, toupper(a) as c | stats count(*) by a, b'
    expect(pushing(text, `${'a'.repeat(1000)},b`, 9000)).not.toThrow()
    expect(pushing('fields jsonParse(@message) as a, a.b as b', `{"b":"${'x'.repeat(3000)}"}`, 9000)).not.toThrow()
  })
})
