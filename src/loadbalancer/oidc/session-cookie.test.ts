import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { realmOf } from './realm.ts'
import { openSession, sealSession, SESSION_PATTERN, type SessionCookie } from './session-cookie.ts'

const realm = realmOf('key', 'arn', { Issuer: 'https://i' } as Parameters<typeof realmOf>[2])

const cookie = (accessToken: string, refreshToken?: string): SessionCookie => ({
  session: { expiresAt: 1, endsAt: 2, claims: 'a.b=.c', identity: 'a|b ü', accessToken },
  renewal: refreshToken === undefined ? undefined : { refreshToken },
})

describe('cookies of sessions', () => {
  it('give back what was put into them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), fc.option(fc.string()), (access, refresh) => {
        const made = cookie(access, refresh ?? undefined)
        const text = (sealSession(realm, made) ?? []).join('')
        expect(text).toMatch(new RegExp(SESSION_PATTERN))
        expect(openSession(realm, text)).toEqual(made)
      }),
    )
  })

  it('are several if one would be too long, and none if all of them would', () => {
    expect(sealSession(realm, cookie('x'.repeat(6000)))?.map((shard) => shard.length < 4000)).toEqual([
      true,
      true,
      true,
    ])
    expect(sealSession(realm, cookie('x'.repeat(9000)))).toBeUndefined()
  })

  it('that were altered anywhere are none, their renewals included', () => {
    const text = (sealSession(realm, cookie('token', 'refresh')) ?? []).join('')
    for (let index = 0; index < text.length; index++) {
      // A character that differs in its highest bit; the lowest of the last one may mean nothing.
      const other = /[A-Z]/.test(text[index] ?? '') ? 'z' : 'B'
      expect(openSession(realm, `${text.slice(0, index)}${other}${text.slice(index + 1)}`)).toBeUndefined()
    }
  })

  it('do not take the renewal of another', () => {
    const [one, other] = [cookie('a', 'refresh'), cookie('b', 'refresh')].map((each) => sealSession(realm, each)?.[0])
    const mixed = [...(one ?? '').split('.').slice(0, 3), other?.split('.')[3]].join('.')
    expect(openSession(realm, mixed)).toBeUndefined()
  })
})
