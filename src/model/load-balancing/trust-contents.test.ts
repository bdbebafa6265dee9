import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMPTY_REVOCATION_LIST, REVOCATION_LIST } from '../../../test/builders/a-revocation-list.ts'
import { SystemClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { createAuthority, createKey, signCertificate } from '../../kit/x509.ts'
import { countRevoked } from './revocation-list.ts'
import { countCertificates, parseCaBundle, parseRevocationList } from './trust-contents.ts'

const MAKER = { clock: new SystemClock(), ids: new SystemIds() }

describe('a bundle of certificates', () => {
  it('is what stands between its marks', async () => {
    const { cert } = await createAuthority(MAKER)
    expect(parseCaBundle(`# one\n${cert}\n# two\n${cert}`)).toEqual({ pem: expect.not.stringContaining('#') })
    expect(countCertificates(`${cert}\n${cert}`)).toBe(2)
  })

  it('holds certificates of authorities alone', async () => {
    const authority = await createAuthority(MAKER)
    const key = { key: await createKey('EC_prime256v1'), algorithm: 'EC_prime256v1' } as const
    const names = { subject: 'CN=a', names: ['a'], days: 1 }
    const leaf = await signCertificate(authority, key, names, MAKER)
    expect(parseCaBundle(authority.cert + leaf)).toMatchObject({ problem: expect.stringContaining('authority') })
  })

  it.each([
    ['', 'no certificates'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'cannot be read'],
  ])('is not %j', (text, problem) =>
    expect(parseCaBundle(text)).toMatchObject({ problem: expect.stringContaining(problem) }),
  )
})

describe('a revocation list', () => {
  it('names certificates', () => {
    expect(parseRevocationList(REVOCATION_LIST)).toMatchObject({ revokedEntries: 3 })
    expect(parseRevocationList(EMPTY_REVOCATION_LIST)).toMatchObject({ revokedEntries: 0 })
    expect(parseRevocationList(REVOCATION_LIST + REVOCATION_LIST)).toMatchObject({ revokedEntries: 6 })
  })

  it('may be anything else, which is refused', () => {
    const der = Buffer.from(REVOCATION_LIST.replace(/-----[^-]+-----/g, ''), 'base64')
    fc.assert(
      fc.property(fc.nat(der.length - 1), (length) => {
        expect(countRevoked(der.subarray(0, length))).toBeUndefined()
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void countRevoked(bytes)))
    expect(parseRevocationList(REVOCATION_LIST.replace('MIH', 'AAA'))).toHaveProperty('problem')
  })
})
