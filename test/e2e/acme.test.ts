/** Certificates from a real ACME server, which looks at the names that they are for. */
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { CertificateIssuance } from '../../src/controllers/certificate-issuance/certificate-issuance.ts'
import { ControllerLoop } from '../../src/controllers/loop.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createAuthority } from '../../src/kit/x509.ts'
import type { CertificateRecord } from '../../src/model/certificate-records.ts'
import type { Store } from '../../src/store/store.ts'
import { aCertificate, aListenerWith } from '../builders/a-certificate.ts'
import { aSealer, emptyStore } from '../services-deps.ts'
import { until } from './longshore.ts'
import { BLOCKED_DOMAIN, type Pebble, startPebble } from './pebble.ts'

const { certificateArn: ARN } = aCertificate()

let pebble: Pebble
let site: Server
let store: Store
let loop: ControllerLoop | undefined
/** Whether balancers answer what they are asked. */
let isAnswering = true

beforeAll(async () => {
  pebble = await startPebble()
  // In the place of a balancer: it answers by what is stored.
  site = createServer((request, response) => {
    const token = request.url?.replace('/.well-known/acme-challenge/', '')
    const challenges = [...store.tables.certificateOrders.rows()].flatMap((order) => order.challenges)
    const found = challenges.find((challenge) => challenge.type === 'http-01' && challenge.token === token)
    if (found === undefined || !isAnswering) response.writeHead(404).end()
    else response.end(found.keyAuthorization)
  }).listen(pebble.httpPort, '127.0.0.1')
  await once(site, 'listening')
})
afterAll(async () => {
  site.close()
  await pebble.stop()
})
beforeEach(async () => {
  store = await emptyStore()
  isAnswering = true
})
afterEach(async () => {
  await loop?.stop()
})

const start = (given: { readonly dnsHook?: string } = {}): void => {
  const [clock, ids] = [new SystemClock(), new SystemIds()]
  const { directoryUrl, trusted } = pebble
  const authority = () => createAuthority({ clock, ids })
  const acme = { kind: 'acme', directoryUrl, trusted, contact: 'ops@example.com' } as const
  const certificateAuthority = { ...acme, authority, ...given }
  const options = { store, clock, ids, log: silentLog, sealer: aSealer(), certificateAuthority }
  loop = new ControllerLoop([new CertificateIssuance(options)], options)
  loop.start()
}

const request = (...names: readonly string[]) =>
  store.transact((tx) =>
    tx.certificates.insert(
      aCertificate({
        domainName: names[0] ?? '',
        subjectAlternativeNames: names,
        createdAt: Date.now(),
        keyAlgorithm: 'RSA_2048',
        validations: names.map((domainName) => ({
          domainName,
          status: 'PENDING_VALIDATION',
          recordName: `_0.${domainName}.`,
          recordValue: '_1.acm-validations.aws.',
        })),
      }),
    ),
  )
const row = (): CertificateRecord => store.tables.certificates.get(ARN) as CertificateRecord
const becomes = (status: CertificateRecord['status']) => until(`the status ${status}`, () => row().status === status)

it('are issued when load balancers answer for their names', async () => {
  start()
  await request('www.example.com', 'example.com')
  await becomes('ISSUED')
  const { issued, validations, directoryUrl } = row()
  expect(directoryUrl).toBe(pebble.directoryUrl)
  expect(issued?.facts.domainNames.toSorted()).toEqual(['example.com', 'www.example.com'])
  expect(validations.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS'])
  const [shown, issuer] = [new X509Certificate(issued?.certificate ?? ''), new X509Certificate(issued?.chain ?? '')]
  expect(shown.checkIssued(issuer) && shown.verify(issuer.publicKey)).toBe(true)
  expect([...store.tables.certificateOrders.rows()]).toEqual([])
})

it('are issued for wildcards by DNS records, which are taken away again', async () => {
  start({ dnsHook: pebble.dnsHook })
  await request('*.example.org', 'example.org')
  await becomes('ISSUED')
  expect(row().issued?.facts.domainNames.toSorted()).toEqual(['*.example.org', 'example.org'])
})

it('are renewed in time, and revoked', async () => {
  start()
  await request('renewed.example.com')
  await becomes('ISSUED')
  const { serial } = row().issued?.facts ?? {}
  await store.transact((tx) => {
    tx.listeners.insert(aListenerWith(ARN))
    tx.certificates.update(ARN, {
      renewal: { status: 'PENDING_AUTO_RENEWAL', updatedAt: Date.now(), validations: [] },
    })
  })
  await until('the renewal', () => row().renewal?.status === 'SUCCESS')
  expect(row().issued?.facts.serial).not.toBe(serial)
  await store.transact((tx) =>
    tx.certificates.update(ARN, { status: 'REVOKED', revocationReason: 'SUPERSEDED', isRevocationDue: true }),
  )
  await until('the revocation', () => row().isRevocationDue === undefined)
})

it('are not issued while nobody answers, and it stands in the order why', async () => {
  isAnswering = false
  start()
  await request('silent.example.com')
  const order = () => store.tables.certificateOrders.get(ARN)
  await until('the first failure', () => (order()?.failedAttempts ?? 0) > 0)
  expect(order()).toMatchObject({ challenges: [], problem: expect.stringContaining('unauthorized') as string })
  expect(row().status).toBe('PENDING_VALIDATION')
})

it('fail for names that the server issues nothing for', async () => {
  start()
  await request(BLOCKED_DOMAIN)
  await becomes('FAILED')
  expect(row().failureReason).toBe('DOMAIN_NOT_ALLOWED')
})

it('are issued by a server that has forgotten the account', async () => {
  start()
  await request('www.example.net')
  await becomes('ISSUED')
  await loop?.stop()
  await pebble.restart()
  await store.transact((tx) => tx.certificates.remove(ARN))
  start()
  await request('again.example.net')
  await until('the order', () => store.tables.certificateOrders.has(ARN))
  // The first attempt finds out; the next is due at once.
  await until('the first failure', () => (store.tables.certificateOrders.get(ARN)?.failedAttempts ?? 0) > 0)
  await loop?.stop()
  await store.transact((tx) => tx.certificateOrders.update(ARN, { retryAt: undefined }))
  start()
  await becomes('ISSUED')
  expect(row().domainName).toBe('again.example.net')
})
