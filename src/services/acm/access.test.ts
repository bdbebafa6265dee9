import { describe, expect, it } from 'vitest'
import { emptyStore, servicesDeps } from '../../../test/services-deps.ts'
import type { NamedDemand } from '../operations.ts'
import { acmService } from './index.ts'

const ACCOUNT = '123456789012'

/** What a call of somebody in the account asks the guard for. */
const demandsOf = async (operation: string, input: object): Promise<readonly NamedDemand[]> => {
  const asked: NamedDemand[] = []
  const guard = {
    applies: () => true,
    check: (_: unknown, __: unknown, demands: readonly NamedDemand[]) => void asked.push(...demands),
  }
  const { call } = acmService(servicesDeps(await emptyStore(), { guard }))
  const principal = { arn: `arn:aws:iam::${ACCOUNT}:user/ada`, account: ACCOUNT, userId: 'A', accessKeyId: 'AKIA' }
  const place = { account: ACCOUNT, region: 'us-east-1', sourceIp: '', userAgent: '' }
  await call(operation, input, { requestId: 'r', now: 0, principal, ...place }).catch(() => undefined)
  return asked
}

describe('callers of Certificate Manager', () => {
  it('ask for the names that the certificate will have, however they write them', async () => {
    const names = { DomainName: 'Shop.Example.COM', SubjectAlternativeNames: ['*.EXAMPLE.com'] }
    const [demand] = await demandsOf('RequestCertificate', names)
    expect(demand?.context?.['acm:domainnames']).toEqual(['shop.example.com', '*.example.com'])
  })
})
