import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../../test/cpu-time.ts'
import { RegularExpression } from './regular-expression.ts'
import { UnsupportedExpression } from './syntax.ts'

describe('an expression', () => {
  it.each<readonly [string, string, (string | undefined)[]]>([
    ['a(b*)c', 'xabbc', ['bb']],
    ['(a|ab)(c|bcd)', 'abcd', ['a', 'bcd']],
    ['(?<user>\\w+)@(\\S+?)\\.com', 'to ada@example.com', ['ada', 'example']],
    ['(?P<a>x)?(y)', 'y', [undefined, 'y']],
    ['(?i)ERR(or)', 'an Error', ['or']],
    ['^(?i:w)arn$', 'Warn', []],
    ['(?s)a(.)b', 'a\nb', ['\n']],
    ['(?m)^(b)$', 'a\nb\nc', ['b']],
    ['\\b(cat)\\b', 'concat cat', ['cat']],
    ['(a*)*', 'b', [undefined]],
    ['(.)$', 'x😀', ['😀']],
    ['[^\\d\\s]{2,3}?', '1 ab', []],
    ['x{,2}y', 'xxxy', []],
    ['\\x41\\u0042\\x{43}', 'ABC', []],
    ['a{b}', 'a{b}', []],
    ['[]a]', ']', []],
    ['[a\\-z]+(-)', 'a-z-', ['-']],
  ])('%s finds its groups in %j', (text, line, groups) => {
    expect(new RegularExpression(text).exec(line)?.groups).toEqual(groups)
  })

  it.each([
    '(',
    ')',
    '[a',
    'a**',
    '*a',
    '\\',
    '\\1',
    '(?=a)',
    '(?<!a)',
    'a{3,1}',
    '[z-a]',
    'a{1001}',
    '\\p{L}',
    '(a{1000}){9}',
  ])('%s is refused', (text) => {
    expect(() => new RegularExpression(text)).toThrow(UnsupportedExpression)
  })

  it('says which of its groups have names', () => {
    expect(new RegularExpression('(a)(?<b>c)(?:d)').groupNames).toEqual([undefined, 'b'])
  })

  it.each<readonly [string, string[][]]>([
    ['abc', [['abc']]],
    ['a+bc', [['a'], ['bc']]],
    ['(?:foo|bar)baz', [['foo', 'bar'], ['baz']]],
    ['(?:foo|.*)baz', [['baz']]],
    ['x?', []],
    ['(?i)a1', [['1']]],
  ])('%s needs what it spells out', (text, literals) => {
    expect(new RegularExpression(text).literals).toEqual(literals)
  })
})

const anAtom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '^', '$', '\\b')
const anExpression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    anAtom,
    fc.tuple(tie('node'), tie('node')).map(([one, other]) => one + other),
    fc.tuple(tie('node'), tie('node')).map(([one, other]) => `(${one}|${other})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{1,2}'))
      .map(([one, count]) => `(?:${one})${count}`),
  ),
})).node

const attempted = (text: string): RegularExpression | undefined => {
  try {
    return new RegularExpression(text)
  } catch (error) {
    if (error instanceof UnsupportedExpression) return undefined
    throw error
  }
}

describe('any expression', () => {
  const aLine = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 12 })

  it('matches what JavaScript’s own matches, from the same place', () => {
    fc.assert(
      fc.property(anExpression, aLine, (text, line) => {
        const expected = new RegExp(text).exec(line)
        const expression = new RegularExpression(text)
        expect(expression.test(line)).toBe(expected !== null)
        expect(expression.exec(line)?.start).toBe(expected?.index)
      }),
      { numRuns: 5000 },
    )
  })

  it('has groups where those of JavaScript are, if none of them repeats', () => {
    const flat = fc.array(fc.constantFrom('a', 'b', '(a*)', '(b+?)', '(.)', '(\\w*?)', '(a|ab)', ' ?'), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(flat, aLine, (parts, line) => {
        const expected = new RegExp(parts.join('')).exec(line)
        const found = new RegularExpression(parts.join('')).exec(line)
        expect(found?.groups).toEqual(expected?.slice(1))
        expect(found?.end).toBe(expected === null ? undefined : expected.index + expected[0].length)
      }),
      { numRuns: 5000 },
    )
  })

  it('matches nothing that lacks its literals', () => {
    fc.assert(
      fc.property(anExpression, aLine, (text, line) => {
        const expression = new RegularExpression(text)
        fc.pre(expression.test(line))
        for (const group of expression.literals) expect(group.some((literal) => line.includes(literal))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('is read or refused, whatever it is', () => {
    const anyText = fc.string({
      unit: fc.constantFrom(...Array.from('ab()[]{}|*+?^$.\\-,:<>=!Pi123😀')),
      maxLength: 14,
    })
    fc.assert(
      fc.property(anyText, aLine, (text, line) => {
        expect(() => attempted(text)?.exec(line)).not.toThrow()
      }),
      { numRuns: 5000 },
    )
  })
})

describe('time', () => {
  it.each([
    ['(a+)+$', 'a'],
    ['(a|a)*b', 'a'],
    ['a*a*a*a*a*b', 'a'],
    ['x[xy]*z', 'x'],
    ['(?:a?){30}a{30}b', 'a'],
    ['\\b(a+)+\\b!', 'a'],
  ])('of %s grows with the text alone', (text, character) => {
    const line = character.repeat(50_000)
    const expression = new RegularExpression(text)
    const used = cpuMs(() => {
      expression.test(line)
      expression.exec(line)
    })
    expect(used).toBeLessThan(3000)
  })

  it('of reading one that repeats nothing very often is short', () => {
    const used = cpuMs(() => {
      for (const nothing of ['x{0}', '', '(?i)'])
        expect(new RegularExpression(`${'(?:'.repeat(9)}${nothing}${'){1000}'.repeat(9)}a`).test('a')).toBe(true)
    })
    expect(used).toBeLessThan(1000)
  })

  it('is bounded where very many repetitions meet a very long text, of which the beginning is read', () => {
    const expression = new RegularExpression('\\b(?:[a ]?){480}x')
    const used = cpuMs(() => {
      expect(expression.test(`a x${'a '.repeat(500_000)}`)).toBe(true)
      expect(expression.test('a '.repeat(500_000))).toBe(false)
    })
    expect(used).toBeLessThan(3000)
    expect(new RegularExpression('\\b(a+)\\s(b+)$').exec(`${'c '.repeat(400_000)}aaa bbb`)?.groups).toEqual([
      'aaa',
      'bbb',
    ])
    expect(new RegularExpression('(?:[a ]?){480}$').exec('a '.repeat(500_000))).toBeUndefined()
  })

  it('is bounded where the text asks for very many states', () => {
    const expression = new RegularExpression('[ab]*a[ab]{14}c')
    let seed = 1
    const line = Array.from({ length: 30_000 }, () =>
      (seed = (seed * 48_271) % 2_147_483_647) % 2 === 0 ? 'a' : 'b',
    ).join('')
    expect(expression.test(line)).toBe(false)
    expect(expression.test(`${line}${'a'.repeat(15)}c`)).toBe(true)
  })
})
