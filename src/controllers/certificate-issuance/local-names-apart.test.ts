import { describe, expect, it } from 'vitest'
import type { CertificateRecord } from '../../model/certificate-records.ts'
import type { CertificateAuthority, IssuanceRequest } from './certificate-authority.ts'
import { LocalNamesApart } from './local-names-apart.ts'

const authority = (name: string): CertificateAuthority => ({
  advance: () => Promise.resolve({ kind: 'issued', certificate: name }),
  revoke: () => Promise.resolve(),
})

const issuedFor = async (...subjectAlternativeNames: string[]): Promise<unknown> => {
  const row = { subjectAlternativeNames } as unknown as CertificateRecord
  return new LocalNamesApart(authority('own'), authority('acme')).advance({ row } as IssuanceRequest)
}

describe('with an ACME server', () => {
  it('the own authority signs for names below localhost', async () => {
    expect(await issuedFor('shop.ecs.us-east-1.localhost')).toMatchObject({ certificate: 'own' })
  })

  it('all others are asked of the server', async () => {
    expect(await issuedFor('shop.example.com')).toMatchObject({ certificate: 'acme' })
    expect(await issuedFor('shop.example.com', 'shop.localhost')).toMatchObject({ certificate: 'acme' })
  })
})
