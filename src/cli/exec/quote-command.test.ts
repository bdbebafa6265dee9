import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitCommand } from '../../agent/exec/command-line.ts'
import { quoteCommand } from './quote-command.ts'

describe('a command line of words', () => {
  it('is split into the same words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (words) => {
        expect(splitCommand(quoteCommand(words))).toEqual(words)
      }),
    )
  })

  it('is left as it is where it is plain', () => {
    expect(quoteCommand(['ls', '-l', '/'])).toBe('ls -l /')
    expect(quoteCommand(['sh', '-c', "echo it's | cat"])).toBe(`sh -c 'echo it'\\''s | cat'`)
  })
})
