import { describe, expect, it } from 'vitest'
import { HmacPageTokens } from './page-tokens.ts'

const tokens = new HmacPageTokens('secret')

describe('page tokens', () => {
  it('open to the position that they were sealed with', () => {
    for (const position of ['', 'a', 'arn:aws:ecs:us-east-1:000000000000:cluster/é', 'x'.repeat(1000)]) {
      expect(tokens.open('ListTasks/default', tokens.seal('ListTasks/default', position))).toBe(position)
    }
  })

  it('do not show their position', () => {
    const token = tokens.seal('ListTasks', 'cluster/private')
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('private')
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it('do not open under another scope or another key', () => {
    const token = tokens.seal('ab', 'c')
    expect(tokens.open('a', token)).toBeUndefined()
    expect(tokens.open('abc', tokens.seal('ab', 'cd'))).toBeUndefined()
    expect(new HmacPageTokens('other').open('ab', token)).toBeUndefined()
  })

  it('do not open when a single character was changed, added or taken away', () => {
    const token = tokens.seal('scope', 'position')
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'A' ? 'B' : 'A'
      expect(tokens.open('scope', token.slice(0, index) + other + token.slice(index + 1))).toBeUndefined()
      expect(tokens.open('scope', token.slice(0, index))).toBeUndefined()
    }
    expect(tokens.open('scope', `${token}A`)).toBeUndefined()
    expect(tokens.open('scope', 'not a token')).toBeUndefined()
  })

  it('are the same on every replica', () => {
    expect(new HmacPageTokens('secret').seal('s', 'p')).toBe(tokens.seal('s', 'p'))
  })
})
