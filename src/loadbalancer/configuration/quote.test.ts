import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, exactly, formatText, quoteWord, replacementText, safeExpression } from './quote.ts'

describe('quoting', () => {
  it('puts apostrophes outside of apostrophes', () => {
    expect(quoteWord(`it's "$HOME"`)).toBe(String.raw`'it'\''s "$HOME"'`)
  })

  it('refuses what cannot stand on a line', () => {
    for (const text of ['a\nb', 'a\0', '\r', '\x7f']) expect(() => quoteWord(text)).toThrow('control characters')
  })

  it('quotes arguments, formats and replacements each in their own way', () => {
    expect(call('req.hdr', 'a"b\\c,$)')).toBe(String.raw`req.hdr("a\"b\\c,$)")`)
    expect(formatText('100% %[src]')).toBe('100%% %%[src]')
    expect(replacementText('\\1%')).toBe(String.raw`\\1%%`)
  })

  it('leaves a regular expression what it means', () => {
    expect(safeExpression(`a b#'"%`)).toBe(String.raw`a\x20b\x23\x27\x22\x25`)
    expect(safeExpression(String.raw`\d\ \#[^ ]{1,2}`)).toBe(String.raw`\d\x20\x23[^\x20]{1,2}`)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.string({ unit: 'grapheme-ascii' }), (text, other) => {
        const expression = new RegExp(exactly(text))
        expect(expression.test(text)).toBe(true)
        expect(expression.test(other)).toBe(text === other)
      }),
    )
  })
})
