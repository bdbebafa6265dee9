/** Certificates for tests: made by an authority of the test's own, and rows of Certificate Manager. */
import { ManualClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import {
  type CertificatePair,
  createAuthority,
  createKey,
  type NewKeyAlgorithm,
  signCertificate,
} from '../../src/kit/x509.ts'
import type { CertificateRecord } from '../../src/model/certificate-records.ts'
import type { ListenerRecord } from '../../src/model/load-balancing/records.ts'

export interface TestCertificate {
  readonly certificate: string
  readonly chain: string
  readonly key: string
  readonly authority: CertificatePair
}

export const aCertificatePair = async ({
  names = ['www.example.com'],
  now = Date.UTC(2026, 0, 1),
  days = 90,
  algorithm = 'EC_prime256v1' as NewKeyAlgorithm,
}: {
  readonly names?: readonly string[]
  readonly now?: number
  readonly days?: number
  readonly algorithm?: NewKeyAlgorithm
} = {}): Promise<TestCertificate> => {
  const maker = { clock: new ManualClock(now), ids: new SystemIds() }
  const authority = await createAuthority(maker)
  const key = await createKey(algorithm)
  const request = { subject: `CN=${names[0]}`, names, days }
  const certificate = await signCertificate(authority, { key, algorithm }, request, maker)
  return { certificate, chain: authority.cert, key, authority }
}

const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-4234-8234-123456789012'

/** Requested, and not yet issued. */
export const aCertificate = (given: Partial<CertificateRecord> = {}): CertificateRecord => ({
  certificateArn: ARN,
  account: '123456789012',
  region: 'us-east-1',
  type: 'AMAZON_ISSUED',
  status: 'PENDING_VALIDATION',
  domainName: 'www.example.com',
  subjectAlternativeNames: ['www.example.com'],
  keyAlgorithm: 'EC_prime256v1',
  exportOption: 'DISABLED',
  isExported: false,
  transparencyLogging: 'ENABLED',
  createdAt: Date.UTC(2026, 0, 1),
  validations: [
    {
      domainName: 'www.example.com',
      status: 'PENDING_VALIDATION',
      recordName: '_0.www.example.com.',
      recordValue: '_1.acm-validations.aws.',
    },
  ],
  tags: [],
  ...given,
})

/** A listener that shows a certificate. */
export const aListenerWith = (certificateArn: string): ListenerRecord => ({
  listenerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/web/0123456789abcdef/fedcba9876543210',
  loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/0123456789abcdef',
  port: 443,
  protocol: 'HTTPS',
  certificateArns: [certificateArn],
  alpnPolicy: [],
  attributes: {},
  createdAt: Date.UTC(2026, 0, 1),
  tags: [],
})
