/** Queries and messages that nobody would write, and the memory that queries of very many events take. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedQuery } from './malformed-query.ts'
import { compileQuery, type Query } from './query.ts'
import type { LogEvent } from './row.ts'
import { DistinctCount, Percentiles } from './sketches.ts'

const TIMES = { now: 1000, start: 0, end: Number.MAX_SAFE_INTEGER }

const anEvent = (message: string, timestamp = 0): LogEvent => ({
  timestamp,
  ingestionTime: timestamp,
  message,
  logStream: 's',
  log: '000000000000:/g',
  ptr: 'p',
})

const parsed = (text: string): Query | undefined => {
  try {
    return compileQuery(text)
  } catch (error) {
    if (!(error instanceof MalformedQuery)) throw error
    const { startCharOffset, endCharOffset } = error.location
    expect(startCharOffset >= 0 && startCharOffset <= endCharOffset && endCharOffset <= text.length).toBe(true)
    expect(error.message).not.toBe('')
    return undefined
  }
}

const aField = fc.constantFrom('a', 'a.b', 'l.0', '@message', '@timestamp', '`x y`', 'j', 'j[0].b', 'nothing')
const aText = fc.constantFrom('x', 'y z', '1', '10', 'true', '', 'é', '"', '\\', '/p')
const anExpression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    aField,
    aText.map((text) => JSON.stringify(text)),
    fc.constantFrom('1', '0', '-2.5', '1e300', 'true', 'now()'),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/', '%', '^', '=', '!=', '<', '>=', 'and', 'or'), tie('node'))
      .map(([one, operator, other]) => `(${one} ${operator} ${other})`),
    fc
      .tuple(
        fc.constantFrom('strlen', 'abs', 'toupper', 'trim', 'jsonParse', 'fromMillis', 'toMillis', 'isblank', 'not '),
        tie('node'),
      )
      .map(([name, given]) => `${name}(${given})`),
    fc
      .tuple(
        fc.constantFrom('concat', 'coalesce', 'substr', 'split', 'strcontains', 'isIpInSubnet'),
        tie('node'),
        tie('node'),
      )
      .map(([name, one, other]) => `${name}(${one}, ${other})`),
    fc
      .tuple(tie('node'), fc.constantFrom('like "x"', 'like /x|y/', 'not like /[0-9]+/', 'in ["x", 1]'))
      .map((parts) => parts.join(' ')),
    tie('node').map((given) => `datefloor(${given}, 5m)`),
  ),
})).node
const aFilter = fc.oneof(
  anExpression,
  fc
    .tuple(
      aField,
      fc.constantFrom('=', 'like'),
      aText.map((text) => JSON.stringify(text)),
    )
    .map((parts) => parts.join(' ')),
)
const aCommand = fc.oneof(
  anExpression.map((expression) => `fields ${expression} as made, a`),
  aFilter.map((condition) => `filter ${condition}`),
  aFilter.map((condition) => `filter ${condition}`),
  fc.constantFrom(
    'fields jsonParse(@message) as j',
    'parse @message "*:*" as one, two',
    'parse /(?<one>[a-z]+)/',
    'unnest j into one',
  ),
  fc.constantFrom('sort a desc', 'sort @timestamp', 'limit 3', 'dedup a', 'display a, @message'),
  fc
    .tuple(anExpression, fc.constantFrom('count', 'sum', 'avg', 'min', 'max', 'stddev', 'latest', 'count_distinct'))
    .map(([expression, name]) => `stats ${name}(${expression}) as a by bin(1m) as @timestamp`),
)
const aQuery = fc.array(aCommand, { minLength: 1, maxLength: 4 }).map((commands) => commands.join(' | '))

const someJson = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    aText,
    fc.constantFrom(1, 10, 0.5, true, false, null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'l', 'x y', '__proto__'), tie('node'), { maxKeys: 4 }),
  ),
})).node
const aMessage = fc.oneof(
  someJson.map((json) => JSON.stringify(json)),
  someJson.map((json) => JSON.stringify(json).replaceAll('x', '\\u0078')),
  fc.string({ unit: 'binary' }),
  aText,
)

describe('any query', () => {
  it('gives texts for any messages', () => {
    fc.assert(
      fc.property(aQuery, fc.array(aMessage, { maxLength: 6 }), (text, messages) => {
        const query = parsed(text)
        const result = query?.run(
          messages.map((message, index) => anEvent(message, index * 30_000)),
          TIMES,
        )
        const values = (result?.rows ?? []).flat().map(({ value }) => typeof value)
        expect(values.every((type) => type === 'string')).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it('finds no event that lacks its literals', () => {
    let found = 0
    fc.assert(
      fc.property(fc.array(aFilter, { minLength: 1, maxLength: 2 }), aMessage, (conditions, message) => {
        const query = parsed(conditions.map((condition) => `filter ${condition}`).join(' | '))
        if (query === undefined || query.run([anEvent(message)], TIMES).rows.length === 0) return
        found++
        const bytes = Buffer.from(message)
        for (const group of query.literals) expect(group.some((literal) => bytes.includes(literal))).toBe(true)
      }),
      { numRuns: 10_000 },
    )
    expect(found).toBeGreaterThan(500)
  })

  it('is read or refused, whatever it is', () => {
    const characters = Array.from('abfields|filter stats by() []"\'/`,.=~!<>*#\n15m@\\é')
    const anyText = fc.oneof(
      fc.string({ unit: fc.constantFrom(...characters), maxLength: 30 }),
      fc.string({ unit: 'binary' }),
      fc.tuple(aQuery, fc.nat(), fc.nat(4), fc.constantFrom('', ...characters)).map(([text, place, length, by]) => {
        const at = place % (text.length + 1)
        return text.slice(0, at) + by + text.slice(at + length)
      }),
    )
    fc.assert(
      fc.property(anyText, aMessage, (text, message) => {
        expect(() => parsed(text)?.run([anEvent(message)], TIMES)).not.toThrow()
      }),
      { numRuns: 5000 },
    )
  })

  it('keeps of many events the same as of all of them, sorted', () => {
    const numbers = fc.array(fc.tuple(fc.nat(20), fc.nat(5)), { maxLength: 60 })
    fc.assert(
      fc.property(numbers, fc.boolean(), fc.integer({ min: 1, max: 10 }), (given, isDescending, limit) => {
        const events = given.map(([n, group], index) => anEvent(JSON.stringify({ n, group }), index))
        const expected = given
          .map(([n]) => n)
          .toSorted((one, other) => (isDescending ? other - one : one - other))
          .slice(0, limit)
        const query = compileQuery(`fields n | sort n ${isDescending ? 'desc' : 'asc'} | limit ${limit}`)
        expect(query.run(events, TIMES).rows.map(([field]) => Number(field!.value))).toEqual(expected)
      }),
    )
  })

  it('reads messages nested as deeply as they like', () => {
    const message = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const query = compileQuery('fields a.b, jsonParse(@message) as j, jsonStringify(j) as s | filter a != 1')
    expect(query.run([anEvent(message)], TIMES).rows).toEqual([[{ field: '@ptr', value: 'p' }]])
  })
})

/** What is in use when garbage is gone. */
const usedBytes = (): number => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  collectGarbage()
  return process.memoryUsage().heapUsed
}

describe('memory', () => {
  it.each(['fields n | sort n desc | limit 10', 'fields n | limit 10', 'fields n | sort n | dedup n | limit 10'])(
    'that %s takes does not grow with the events',
    (text) => {
      const query = compileQuery(text)
      const run = query.start(TIMES)
      const before = usedBytes()
      for (let n = 0; n < 60_000; n++) run.push(anEvent(`{"n":${n},"text":"${String(n).repeat(200)}"}`, n))
      expect(usedBytes() - before).toBeLessThan(8 * 1024 * 1024)
      expect(run.finish().rows).toHaveLength(10)
    },
  )

  it('of counts and percentiles is bounded, and they stay close', () => {
    const [distinct, percentiles] = [new DistinctCount(), new Percentiles()]
    for (let n = 1; n <= 200_000; n++) {
      distinct.add(`value ${n % 50_000}`)
      percentiles.add(n)
    }
    expect(Math.abs(distinct.count / 50_000 - 1)).toBeLessThan(0.05)
    for (const percent of [1, 50, 99])
      expect(Math.abs(percentiles.at(percent)! / (percent * 2000) - 1)).toBeLessThan(0.006)
  })

  it('of percentiles keeps signs and zeros apart', () => {
    const percentiles = new Percentiles()
    for (let n = 0; n < 3000; n++) percentiles.add([-100, 0, 100][n % 3]!)
    const values = [10, 50, 90].map((percent) => Math.round(percentiles.at(percent)! / 10))
    expect(values).toEqual([-10, 0, 10])
  })
})
