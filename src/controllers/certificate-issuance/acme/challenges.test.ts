import { describe, expect, it } from 'vitest'
import type { AcmeAuthorization } from './acme-messages.ts'
import { chosenChallenge } from './challenges.ts'

const authorization = (token: string): AcmeAuthorization => ({
  identifier: { type: 'dns', value: 'example.com' },
  status: 'pending',
  challenges: [{ type: 'http-01', url: 'https://acme.example/1', status: 'pending', token }],
})

describe('the token of a challenge', () => {
  it('is what RFC 8555 lets it be', () => {
    const token = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0'
    expect(chosenChallenge(authorization(token), false).token).toBe(token)
  })

  it.each(['', '*', '../admin', 'a b', 'a%0aset'])('is not believed otherwise: %s', (token) => {
    expect(() => chosenChallenge(authorization(token), false)).toThrow('a token that is none')
  })
})
