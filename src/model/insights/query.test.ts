/** Queries, and the rows that they make of events. */
import { describe, expect, it } from 'vitest'
import { MalformedQuery, QueryTooLarge } from './malformed-query.ts'
import { compileQuery, type QueryOptions } from './query.ts'
import type { LogEvent } from './row.ts'

const NOON = 1_767_268_800_000
const TIMES: QueryOptions = { now: NOON + 3_600_000, start: 0, end: NOON + 3_600_000 }

/** Events a minute apart, from noon on. */
const events = (...messages: readonly (string | object)[]): LogEvent[] =>
  messages.map((message, index) => ({
    timestamp: NOON + index * 60_000,
    ingestionTime: NOON + index * 60_000 + 500,
    message: typeof message === 'string' ? message : JSON.stringify(message),
    logStream: `stream-${index % 2}`,
    log: '000000000000:/app',
    ptr: `p${index}`,
  }))

/** Rows without pointers, as objects. */
const rowsOf = (query: string, given: readonly LogEvent[], options: Partial<QueryOptions> = {}) =>
  compileQuery(query)
    .run(given, { ...TIMES, ...options })
    .rows.map((row) =>
      Object.fromEntries(row.filter(({ field }) => field !== '@ptr').map(({ field, value }) => [field, value])),
    )

/** What an expression is for one event. */
const valueOf = (expression: string, message: string | object = {}): string | undefined =>
  rowsOf(`fields ${expression} as result`, events(message))[0]?.['result']

const APP = events(
  { level: 'INFO', user: { name: 'ada', id: 7 }, latency: 12, ok: true, tags: ['a', 'b'] },
  { level: 'ERROR', user: { name: 'bob', id: 12 }, latency: 250.5, ok: false, tags: [] },
  { level: 'WARN', user: { name: 'ada', id: 7 }, latency: 40, ok: true },
  'GET /index.html 200 in 31 ms',
  { level: 'ERROR', user: { name: 'eve', id: 3 }, latency: 90, error: 'Timeout "x"' },
)

describe('a query', () => {
  it('that names no fields shows time and message, the latest first, with a pointer', () => {
    const { rows, statistics } = compileQuery('filter level = "ERROR"').run(APP, TIMES)
    expect(rows).toEqual([
      [
        { field: '@timestamp', value: '2026-01-01 12:04:00.000' },
        { field: '@message', value: APP[4]!.message },
        { field: '@ptr', value: 'p4' },
      ],
      [
        { field: '@timestamp', value: '2026-01-01 12:01:00.000' },
        { field: '@message', value: APP[1]!.message },
        { field: '@ptr', value: 'p1' },
      ],
    ])
    const bytesScanned = APP.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0)
    expect(statistics).toEqual({ recordsMatched: 2, recordsScanned: 5, bytesScanned })
  })

  it('looks at the time it is asked about alone, its ends included', () => {
    const query = compileQuery('fields @ptr')
    const { rows, statistics } = query.run(APP, { ...TIMES, start: NOON + 60_000, end: NOON + 180_000 })
    expect(rows).toEqual([3, 2, 1].map((index) => [{ field: '@ptr', value: `p${index}` }]))
    expect(statistics.recordsScanned).toBe(3)
  })

  it.each<readonly [string, readonly Record<string, string>[]]>([
    [
      'fields level, user.name | sort @timestamp asc | limit 2',
      [
        { level: 'INFO', 'user.name': 'ada' },
        { level: 'ERROR', 'user.name': 'bob' },
      ],
    ],
    ['FIELDS level | FILTER latency > 50 | SORT latency DESC', [{ level: 'ERROR' }, { level: 'ERROR' }]],
    ['fields tags.1 as second | filter ispresent(second)', [{ second: 'b' }]],
    ['fields `user`.`name` as n | filter n in ["bob", "eve"] | sort n desc', [{ n: 'eve' }, { n: 'bob' }]],
    ['fields level | filter user.id not in [7, 3] and ispresent(level)', [{ level: 'ERROR' }]],
    ['fields level | filter ok = true and latency < 20', [{ level: 'INFO' }]],
    ['fields level | filter ok = "false"', [{ level: 'ERROR' }]],
    ['fields ok | filter ok = 1 | limit 1', [{ ok: '1' }]],
    ['fields level | filter not (level like /ERR|WARN/) and level != ""', [{}, { level: 'INFO' }]],
    ['fields level | filter level not like "ERR" and ispresent(level)', [{ level: 'WARN' }, { level: 'INFO' }]],
    ['fields level | filter level =~ /(?i)^warn$/', [{ level: 'WARN' }]],
    ['fields level # what\n| filter @message like "Time" # and what not | x', [{ level: 'ERROR' }]],
    ['fields level | filter error = "Timeout \\"x\\""', [{ level: 'ERROR' }]],
    ['fields level | filter error = \'Timeout "x"\'', [{ level: 'ERROR' }]],
    [
      'fields level | filter latency >= 40 and latency <= 90 or level = "INFO" | sort latency',
      [{ level: 'INFO' }, { level: 'WARN' }, { level: 'ERROR' }],
    ],
    [
      'fields @timestamp | filter toMillis(@timestamp) >= (now() * 1000 - 3420000)',
      [{ '@timestamp': '2026-01-01 12:04:00.000' }, { '@timestamp': '2026-01-01 12:03:00.000' }],
    ],
    [
      'fields @logStream, @log, @ingestionTime | filter latency = 12',
      [{ '@logStream': 'stream-0', '@log': '000000000000:/app', '@ingestionTime': '2026-01-01 12:00:00.500' }],
    ],
    [
      'parse @message "* /* * in * ms" as method, path, status, ms | filter ispresent(ms) | display method, path, status, ms',
      [{ method: 'GET', path: 'index.html', status: '200', ms: '31' }],
    ],
    ['parse "GET * " as path | filter ispresent(path) | display path', [{ path: '/index.html' }]],
    ['parse @message "in *" as rest | filter ispresent(rest) | display rest', [{ rest: '31 ms' }]],
    [
      'parse @message /(?<method>[A-Z]+) \\/(\\S+) (?<status>\\d{3})/ | filter status = 200 | display method, status',
      [{ method: 'GET', status: '200' }],
    ],
    [
      'parse @message /([A-Z]+) (\\S+) \\d/ as m, p | filter ispresent(p) | display m, p',
      [{ m: 'GET', p: '/index.html' }],
    ],
    [
      'fields level | parse user.name "*a" as before | filter ispresent(before)',
      [
        { level: 'WARN', before: '' },
        { level: 'INFO', before: '' },
      ],
    ],
    ['fields level | display user.name | filter latency = 12', [{ 'user.name': 'ada' }]],
    ['fields latency * 2 + 1 | filter latency = 12', [{ 'latency * 2 + 1': '25' }]],
    ['fields level | sort level, latency desc | limit 3', [{}, { level: 'ERROR' }, { level: 'ERROR' }]],
    [
      'fields user.name | filter ispresent(level) | dedup user.name',
      [{ 'user.name': 'eve' }, { 'user.name': 'ada' }, { 'user.name': 'bob' }],
    ],
    ['fields level | sort latency desc | dedup level | limit 2', [{ level: 'ERROR' }, { level: 'WARN' }]],
    ['fields error | dedup error | limit 10', [{ error: 'Timeout "x"' }, {}, {}, {}, {}]],
    ['limit 2 | filter level = "ERROR" | fields level', [{ level: 'ERROR' }]],
    [
      'fields jsonParse(@message) as j | unnest j.tags into tag | filter j.level = "INFO" | display tag, j.user.name',
      [
        { tag: 'a', 'j.user.name': 'ada' },
        { tag: 'b', 'j.user.name': 'ada' },
      ],
    ],
    ['fields jsonParse(@message) as j | filter j.tags[1] = "b" | display j.tags', [{ 'j.tags': '["a","b"]' }]],
    ['fields level | unnest level into one | filter one = "INFO"', [{ level: 'INFO', one: 'INFO' }]],
  ])('%s', (query, expected) => {
    expect(rowsOf(query, APP)).toEqual(expected)
  })

  it.each<readonly [string, readonly Record<string, string>[]]>([
    ['stats count(*)', [{ 'count(*)': '5' }]],
    ['stats count() as n, count(level) as levels', [{ n: '5', levels: '4' }]],
    [
      'stats count(*) as n by level | sort n desc, level',
      [{ level: 'ERROR', n: '2' }, { n: '1' }, { level: 'INFO', n: '1' }, { level: 'WARN', n: '1' }],
    ],
    [
      'stats sum(latency), avg(latency), min(latency), max(latency)',
      [{ 'sum(latency)': '392.5', 'avg(latency)': '98.125', 'min(latency)': '12', 'max(latency)': '250.5' }],
    ],
    ['stats stddev(latency) as d', [{ d: '92.3041' }]],
    [
      'stats pct(latency, 50) as half, pct(latency, 100) as all, median(latency) as m',
      [{ half: '40', all: '250.5', m: '40' }],
    ],
    ['stats count_distinct(user.name) as users', [{ users: '3' }]],
    [
      'stats earliest(level) as first, latest(level) as last, sortsFirst(user.name) as a, sortsLast(user.name) as z',
      [{ first: 'INFO', last: 'ERROR', a: 'ada', z: 'eve' }],
    ],
    [
      'stats count(*) by bin(2m)',
      [
        { 'bin(2m)': '2026-01-01 12:00:00.000', 'count(*)': '2' },
        { 'bin(2m)': '2026-01-01 12:02:00.000', 'count(*)': '2' },
        { 'bin(2m)': '2026-01-01 12:04:00.000', 'count(*)': '1' },
      ],
    ],
    ['stats count(*) as n by datefloor(@timestamp, 1h) as hour', [{ hour: '2026-01-01 12:00:00.000', n: '5' }]],
    ['stats sum(latency) / count(*) + 1 as mean', [{ mean: '79.5' }]],
    ['filter ispresent(level) | stats count(*) as n by user.name | filter n > 1', [{ 'user.name': 'ada', n: '2' }]],
    ['stats count(*) as n by level | stats max(n) as most, count(*) as levels', [{ most: '2', levels: '4' }]],
    [
      'stats sum(latency) as s by bin(2m) as @t | stats max(s) as m by dateceil(@t, 10m) as t',
      [
        { t: '2026-01-01 12:00:00.000', m: '262.5' },
        { t: '2026-01-01 12:10:00.000', m: '90' },
      ],
    ],
    ['filter level = "NONE" | stats count(*)', []],
    [
      'stats count(*) as n by user.id | fields n * 10 as tens | sort user.id | limit 2',
      [
        { n: '1', tens: '10' },
        { 'user.id': '3', n: '1', tens: '10' },
      ],
    ],
    ['STATS AVG(latency) AS a BY ok | display a | sort a desc | limit 1', [{ a: '250.5' }]],
  ])('%s', (query, expected) => {
    expect(rowsOf(query, APP)).toEqual(expected)
  })

  it('sorts texts before numbers, and digits in texts by their number', () => {
    const texts = [
      '3',
      'a12345hfh',
      '0',
      '@_',
      '111A',
      '2',
      '!:',
      '01',
      'A',
      '5A',
      '0#',
      '1',
      '*%04',
      '#',
      '2345_',
      '@',
      'A9876fghj',
    ]
    const query = 'fields v | sort v | display v'
    const sorted = [
      '!:',
      '#',
      '*%04',
      '0#',
      '5A',
      '111A',
      '2345_',
      '@',
      '@_',
      'A',
      'A9876fghj',
      'a12345hfh',
      '0',
      '01',
      '1',
      '2',
      '3',
    ]
    expect(rowsOf(query, events(...texts.map((v) => ({ v })))).map(({ v }) => v)).toEqual(sorted)
  })

  it('gives no more rows than it is asked for, nor than there may be', () => {
    const many = events(...Array.from({ length: 10_050 }, (_, n) => ({ n })))
    const late = { end: NOON * 2 }
    expect(rowsOf('fields n', many, late)).toHaveLength(10_000)
    expect(rowsOf('fields n', many, { ...late, limit: 3 })).toEqual([{ n: '10049' }, { n: '10048' }, { n: '10047' }])
    expect(rowsOf('fields n | sort n | limit 2', many, { ...late, limit: 3 })).toEqual([{ n: '0' }, { n: '1' }])
  })
})

describe('an expression', () => {
  it.each<readonly [string, string | undefined]>(
    [
      ['1 + 2 * 3 ^ 2', '19'],
      ['(1 + 2) * -3', '-9'],
      ['10 % 4', '2'],
      ['1 / 3', '0.3333'],
      ['1 / 0', undefined],
      ['2 - 1 - 1', '0'],
      ['abs(-2.5)', '2.5'],
      ['ceil(1.2) + floor(1.8)', '3'],
      ['greatest(1, 3, 2) - least(4, 2)', '1'],
      ['log(1)', '0'],
      ['sqrt(16)', '4'],
      ['sqrt(-1)', undefined],
      ['round(2.567, 1)', '2.6'],
      ['toInt("12.7")', '12'],
      ['isNumeric("1e3")', '1'],
      ['strlen("a😀b")', '3'],
      ['trim("  x ")', 'x'],
      ['ltrim("xyZxyfooxyZ", "xyZ")', 'fooxyZ'],
      ['rtrim("xyZfooxyxyZ", "xyZ")', 'xyZfoo'],
      ['trim("xyZxyfooxyxyZ", "xyZ")', 'foo'],
      ['toupper("ab") ', 'AB'],
      ['tolower("AB")', 'ab'],
      ['substr("xyZfooxyZ", 3)', 'fooxyZ'],
      ['substr("xyZfooxyZ", 3, 3)', 'foo'],
      ['replace("foo", "o", "0")', 'f00'],
      ['strcontains("abc", "b")', '1'],
      ['strcontains("abc", "B")', '0'],
      ['strcontains("abc", "B", true)', '1'],
      ['startsWith("abc", "ab") + endsWith("abc", "x")', '1'],
      ['concat("a", 1, "b")', 'a1b'],
      ['coalesce(none, "x")', 'x'],
      ['ispresent(none)', '0'],
      ['isempty(none)', '1'],
      ['isblank("  ")', '1'],
      ['if(1 < 2, "yes", "no")', 'yes'],
      ['case(1 > 2, "a", 2 > 1, "b", "c")', 'b'],
      ['case(1 > 2, "a", "c")', 'c'],
      ['case(1 > 2, "a")', undefined],
      ['urldecode(urlencode("a b/ä"))', 'a b/ä'],
      ['base64decode(base64encode("ä"))', 'ä'],
      ['split("a,b", ",")', '["a","b"]'],
      ['fromMillis(0)', '1970-01-01 00:00:00.000'],
      ['toMillis(@timestamp)', String(NOON)],
      ['datefloor(fromMillis(1768000000000), 1d)', '2026-01-09 00:00:00.000'],
      ['dateceil(fromMillis(1768000000000), 1mo)', '2026-02-01 00:00:00.000'],
      ['datefloor(fromMillis(1768000000000), 1w)', '2026-01-05 00:00:00.000'],
      ['datefloor(fromMillis(1768000000000), 1q)', '2026-01-01 00:00:00.000'],
      ['datefloor(fromMillis(1768000000000), 90s)', '2026-01-09 23:06:00.000'],
      ['datefloor(fromMillis(-1), 1year)', '1969-01-01 00:00:00.000'],
      ['queryTimeRange()', String(TIMES.end)],
      ['messageSize("ä")', '2'],
      ['jsonArraySize("[1,2]")', '2'],
      ['jsonArrayContains("[1,2]", 2)', '1'],
      ['jsonStringify(jsonParse("{\\"a\\":[1]}"))', '{"a":[1]}'],
      ['toupper(jsonParse("[]"))', undefined],
      ['isValidIp("::1")', '1'],
      ['isValidIpV4("::1")', '0'],
      ['isIpInSubnet("192.0.2.7", "192.0.2.0/24")', '1'],
      ['isIpv6InSubnet("2001:db8::1", "2001:db8::/32")', '1'],
      ['isIpv4InSubnet("192.0.3.7", "192.0.2.0/24")', '0'],
      ['"b" > "a"', '1'],
      ['"10" > "9"', '1'],
      ['not true', '0'],
    ].filter(([expression]) => expression !== 'bin(3 h)') as [string, string | undefined][],
  )('%s', (expression, expected) => {
    expect(valueOf(expression)).toBe(expected)
  })

  it('finds names that begin with @ under one more, and of many fields two hundred', () => {
    expect(valueOf('@@id', { '@id': 5 })).toBe('5')
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`f${index}`, index]))
    expect([valueOf('f199', many), valueOf('f200', many)]).toEqual(['199', undefined])
  })
})

const refused = (text: string): MalformedQuery => {
  try {
    compileQuery(text)
  } catch (error) {
    if (error instanceof MalformedQuery) return error
    throw error
  }
  throw new Error(`${text} was read`)
}

describe('a query is refused', () => {
  it.each<readonly [string, string, number, number]>([
    ['', 'unexpected end of the query', 0, 0],
    ['fields', 'unexpected end of the query', 6, 6],
    ['fields a | bad x', 'unexpected symbol found bad at line 1 and position 12', 11, 14],
    ['fields a\n| filter b = /x/i', 'unexpected symbol found / at line 2 and position 14', 22, 23],
    ['fields a | filter b like /x/i', 'unexpected symbol found i at line 1 and position 29', 28, 29],
    ['fields a b', 'unexpected symbol found b at line 1 and position 10', 9, 10],
    ['fields a |', 'unexpected end of the query', 10, 10],
    ['sort bin(1d) desc', 'unexpected symbol found ( at line 1 and position 9', 8, 9],
    ['filter a = "x', 'the quotation mark is never closed at line 1 and position 12', 11, 12],
    ['filter a like /x', 'the regular expression is never closed by a / at line 1 and position 15', 14, 15],
    ['filter a like /(x/', 'The regular expression has an unmatched (.', 17, 17],
    ['filter a like /(?=x)/', 'The regular expression has a look around, which is not supported.', 16, 20],
    ['limit 0', 'a limit is between 1 and 10000, found 0 at line 1 and position 7', 6, 7],
    ['limit 20000', 'a limit is between 1 and 10000, found 20000 at line 1 and position 7', 6, 11],
    ['fields what(a)', 'The function what is not supported here.', 7, 14],
    ['fields strlen()', 'The function strlen has the wrong number of arguments.', 7, 15],
    ['fields count(*)', 'The function count is not supported here.', 7, 15],
    ['fields bin(a)', 'The function bin needs a period, such as 5m.', 7, 13],
    ['fields 5m', 'This is no value.', 7, 9],
    ['stats level', 'The command stats takes aggregations, such as count(*).', 6, 11],
    ['stats sum()', 'The function sum has the wrong number of arguments.', 6, 11],
    ['stats sum(max(a))', 'The function max is not supported here.', 10, 16],
    ['parse @message "* *" as a', 'the pattern has 2 fields and 1 names, found at line 1 and position 16', 15, 16],
    ['parse @message "none"', 'the pattern has 0 fields and 0 names, found at line 1 and position 16', 15, 16],
    ['stats count(*) | stats max(`count(*)`) | stats min(x)', 'A query has 2 stats commands at most.', 41, 53],
    ['stats count(*) as n | sort n | stats max(n)', 'The command sort must be behind the second stats.', 22, 29],
    ['dedup a | fields b', 'Only the command limit can be behind dedup.', 10, 18],
    ['stats count(*) by a | stats max(b)', 'Unknown symbols found in or after stats: b', 22, 34],
    ['stats count(*) by a | stats count(*) by bin(5m)', 'Unknown symbols found in or after stats: @timestamp', 22, 47],
    ['stats count(*) as n | sort m', 'Unknown symbols found in or after stats: m', 22, 28],
    ['pattern @message', 'the command pattern is not supported, found at line 1 and position 1', 0, 7],
    ['__proto__ a', 'unexpected symbol found __proto__ at line 1 and position 1', 0, 9],
    [`filter ${'('.repeat(200)}`, 'the expression is nested too deeply at line 1 and position 109', 108, 109],
  ])('%s', (text, message, startCharOffset, endCharOffset) => {
    const error = refused(text)
    expect([error.message, error.location]).toEqual([message, { startCharOffset, endCharOffset }])
  })

  it('while it runs, if it makes too many groups', () => {
    const run = compileQuery('stats count(*) by @message').start(TIMES)
    const [event] = events('x') as [LogEvent]
    const pushAll = () => {
      for (let index = 0; index <= 100_000; index++) run.push({ ...event, message: String(index) })
    }
    expect(pushAll).toThrow(QueryTooLarge)
  })
})

describe('literals of a query', () => {
  it.each<readonly [string, string[][]]>([
    ['fields a', []],
    ['filter @message like "abc" and x = 1', [['abc']]],
    ['filter @message like /time.?out [0-9]+ x/', [['time'], ['out '], [' x']]],
    ['filter @message like "a" or @message like "b"', [['a', 'b']]],
    ['filter @message like "a" or b = 1', []],
    ['filter @message not like "a"', []],
    ['filter level = "ERROR" | filter @message like "x"', [['ERROR', '\\u'], ['x']]],
    ['filter level in ["WARN", "ERROR"]', [['WARN', '\\u', 'ERROR']]],
    ['filter status = "200"', []],
    ['filter @logStream = "x"', []],
    ['fields "x" as level | filter level = "ERROR"', []],
    ['fields level | filter level = "ERROR"', [['ERROR', '\\u']]],
    ['parse @message "* *" as a, b | filter a = "x"', []],
    ['limit 5 | filter @message like "x"', []],
    ['stats count(*) as n by level | filter level = "x"', []],
  ])('%s', (text, expected) => {
    expect(compileQuery(text).literals.map((group) => group.map(String))).toEqual(expected)
  })
})
