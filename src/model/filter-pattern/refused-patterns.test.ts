/** Patterns that are none, values taken from lines, and the literals that save a search from looking. */
import { describe, expect, it } from 'vitest'
import { literalsOf, parseFilterPattern } from './filter-pattern.ts'
import { InvalidFilterPattern } from './invalid-filter-pattern.ts'

const refused = (text: string): InvalidFilterPattern => {
  try {
    parseFilterPattern(text)
  } catch (error) {
    if (error instanceof InvalidFilterPattern) return error
    throw error
  }
  throw new Error(`${text} was read`)
}

describe('a pattern is refused', () => {
  it.each<readonly [string, number, string]>([
    ['a.b', 0, "Invalid character(s) in term 'a.b'."],
    ['ERROR: x', 0, "Invalid character(s) in term 'ERROR:'."],
    ['ERROR && WARN', 6, "Invalid character(s) in term '&&'."],
    ['a "b', 2, 'The quotation mark is never closed.'],
    ['-', 1, "Invalid character(s) in term ''."],
    ['%a', 0, 'The regular expression is never closed by a "%".'],
    ['%a!%', 2, 'Invalid character(s) in the regular expression: "!".'],
    ['%(a)%', 1, 'Invalid character(s) in the regular expression: "(".'],
    ['%\\(a%', 1, 'Invalid character(s) in the regular expression: "\\".'],
    ['%\\bx%', 1, 'Invalid character(s) in the regular expression: "\\".'],
    ['%é%', 1, 'Invalid character(s) in the regular expression: "é".'],
    ['%*a%', 2, 'The regular expression has nothing to repeat.'],
    ['%[a%', 3, 'The regular expression has an unmatched [.'],
    ['{ $.a }', 6, 'Expected one of the operators =, !=, <, <=, > and >=.'],
    ['{ a = 1 }', 2, 'Expected a property selector, which begins with "$".'],
    ['{ $ = 1 }', 3, 'Expected the name of a property behind "$.".'],
    ['{ $. = 1 }', 4, 'Expected the name of a property behind ".".'],
    ['{ $.a == 1 }', 7, 'Expected a value: a number, a text or a regular expression.'],
    ['{ $.a > x }', 8, 'The operator > compares with a number.'],
    ['{ $.a IS NOT NULL }', 9, 'Expected TRUE, FALSE or NULL behind IS.'],
    ['{ $.a EXISTS }', 6, 'Expected one of the operators =, !=, <, <=, > and >=.'],
    ['{ $.a NOT 1 }', 10, 'Expected EXISTS behind NOT.'],
    ['{ $.a = 1', 9, 'Expected "}".'],
    ['{ $.a = 1 } x', 12, 'Unexpected characters behind the pattern.'],
    ['{ ($.a = 1 }', 11, 'Expected ")".'],
    ['{ $.a = 1 AND $.b = 2 }', 10, 'Expected "}".'],
    ['{ $.a = @x }', 8, 'Expected a value: a number, a text or a regular expression.'],
    ['{ $.a[*].b[*] = 1 }', 13, 'A property selector has one wildcard at most.'],
    ['{ $.a[x] = 1 }', 6, 'Expected an index, a "*" or a quoted name in the brackets.'],
    ['{ $.a = %x% || $.b = %y% || $.c = %z% }', 39, 'A filter pattern has 2 regular expressions at most.'],
    [`{ ${'('.repeat(60)}$.a = 1`, 53, 'The parentheses are nested too deeply.'],
    ['[a,', 3, 'Expected the name of a field.'],
    ['[a', 2, 'Expected one of the operators =, !=, <, <=, > and >=.'],
    ['[a = ]', 5, 'Expected a value: a number, a text or a regular expression.'],
    ['[a = 1 || b = 2]', 10, 'Expected a condition on the field "a".'],
    ['[..., x, ...]', 12, 'The pattern has more than one ellipsis.'],
    ['["x"]', 1, 'Expected the name of a field.'],
    ['[a > x]', 5, 'The operator > compares with a number.'],
    ['a'.repeat(1025), 1024, 'A filter pattern has 1024 characters at most.'],
  ])('%s', (text, position, sentence) => {
    const error = refused(text)
    expect(error.message).toBe(`${sentence} (at character ${position + 1} of the filter pattern)`)
    expect(error.position).toBe(position)
  })
})

const LINE = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'

describe('values of a line', () => {
  it('have the names of the pattern’s fields, and numbers where it names none', () => {
    const pattern = parseFilterPattern('[..., request = *.html*, status_code = 4*, ]')
    expect(Object.fromEntries(pattern.extracted(LINE))).toEqual({
      $1: '127.0.0.1',
      $2: '-',
      $3: 'frank',
      $4: '10/Oct/2000:13:25:15 -0700',
      $request: 'GET /index.html HTTP/1.0',
      $status_code: '404',
      $7: '1534',
    })
  })

  it('in the last field of a pattern without ellipsis are the rest of the line', () => {
    const pattern = parseFilterPattern('[ip, user, rest]')
    expect(pattern.extractor('$rest')(LINE)).toBe(LINE.slice(12))
    expect(pattern.extractor('$2')(LINE)).toBe('-')
    expect(pattern.extractor('$9')(LINE)).toBeUndefined()
    expect(pattern.extracted('x')).toEqual(new Map())
  })

  it('are selected from JSON', () => {
    const pattern = parseFilterPattern('{ $.latency = * && $.list[*] > 1 }')
    const line = '{"latency":12.5,"list":[{},2,3],"user":{"name":"ada"},"none":null}'
    expect(pattern.extractor('$.latency')(line)).toBe('12.5')
    expect(pattern.extractor('$.user.name')(line)).toBe('ada')
    expect(pattern.extractor('$.none')(line)).toBeUndefined()
    expect(pattern.extractor('$.latency')('text')).toBeUndefined()
    expect(Object.fromEntries(pattern.extracted(line))).toEqual({ '$.latency': '12.5', '$.list[*]': '2' })
  })

  it.each([
    ['{ $.a = 1 }', '$a'],
    ['{ $.a = 1 }', '$.a b'],
    ['{ $.a = 1 }', '1'],
    ['[a, b]', '$c'],
    ['[a, b]', '$.a'],
    ['[a, b]', '1'],
    ['ERROR', '$a'],
  ])('are refused where %s has no %s', (text, reference) => {
    expect(() => parseFilterPattern(text).extractor(reference)).toThrow(InvalidFilterPattern)
  })
})

describe('literals', () => {
  it.each<readonly [string, string[][]]>([
    ['', []],
    ['ERROR "disk full" -x', [['ERROR'], ['disk full']]],
    ['?a ?b', [['a', 'b']]],
    ['?a ?%.%', []],
    ['%time.?out [0-9]% x', [['time'], ['out '], ['x']]],
    ['%a|%', []],
    ['[..., a = *.html && a != x, b > 1, c = 7]', [['.html']]],
    ['[a = x || a = yy, ...]', [['x', 'yy']]],
    [
      '{ $.level = "ERROR" }',
      [
        ['ERROR', '\\u'],
        ['level', '\\u'],
      ],
    ],
    ['{ $.level = "ERROR" || $.code = 5 }', [['ERROR', '\\u', 'code']]],
    [
      '{ $.path = "/a/items" }',
      [
        ['items', '\\u'],
        ['path', '\\u'],
      ],
    ],
    ['{ $.a NOT EXISTS }', []],
    [
      '{ $.flag IS TRUE && $.n = "1e3" }',
      [
        ['flag', '\\u'],
        ['n', '\\u'],
      ],
    ],
    [
      '{ $.list[0] = %ab?c% }',
      [
        ['a', '\\u'],
        ['c', '\\u'],
        ['list', '\\u'],
      ],
    ],
  ])('of %s', (text, expected) => {
    const found = literalsOf(parseFilterPattern(text)).map((group) => group.map(String))
    expect(found.map((group) => group.toSorted())).toEqual(expected.map((group) => group.toSorted()))
  })
})
