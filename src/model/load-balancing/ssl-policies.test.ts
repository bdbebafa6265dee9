import { describe, expect, it } from 'vitest'
import { DEFAULT_SSL_POLICY, getSslPolicy, SSL_POLICIES } from './ssl-policies.ts'

describe('security policies', () => {
  it('have names of their own', () =>
    expect(new Set(SSL_POLICIES.map(({ name }) => name)).size).toBe(SSL_POLICIES.length))

  it('name each cipher once', () => {
    for (const { ciphers } of SSL_POLICIES) expect(new Set(ciphers).size).toBe(ciphers.length)
  })

  it('have ciphers of TLS 1.3, first, if and only if they have TLS 1.3', () => {
    for (const { protocols, ciphers } of SSL_POLICIES) {
      const count = ciphers.filter((cipher) => cipher.startsWith('TLS_')).length
      expect(count > 0).toBe(protocols.includes('TLSv1.3'))
      expect(ciphers.slice(0, count).every((cipher) => cipher.startsWith('TLS_'))).toBe(true)
    }
  })

  it.each([
    [DEFAULT_SSL_POLICY, ['TLSv1', 'TLSv1.1', 'TLSv1.2'], 18],
    ['ELBSecurityPolicy-TLS13-1-2-2021-06', ['TLSv1.2', 'TLSv1.3'], 11],
    ['ELBSecurityPolicy-TLS13-1-2-Res-2021-06', ['TLSv1.2', 'TLSv1.3'], 7],
    ['ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06', ['TLSv1.2', 'TLSv1.3'], 15],
    ['ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06', ['TLSv1.2', 'TLSv1.3'], 21],
    ['ELBSecurityPolicy-TLS13-1-3-2021-06', ['TLSv1.3'], 3],
    ['ELBSecurityPolicy-TLS-1-2-2017-01', ['TLSv1.2'], 12],
    ['ELBSecurityPolicy-TLS-1-0-2015-04', ['TLSv1', 'TLSv1.1', 'TLSv1.2'], 19],
    ['ELBSecurityPolicy-FS-1-2-Res-2020-10', ['TLSv1.2'], 4],
    ['ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04', ['TLSv1.2', 'TLSv1.3'], 14],
  ])('%s has %j and %i ciphers', (name, protocols, ciphers) => {
    expect(getSslPolicy(name)).toMatchObject({ protocols })
    expect(getSslPolicy(name)?.ciphers).toHaveLength(ciphers)
  })
})
