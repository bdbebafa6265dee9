import { X509Certificate } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { aCertificate, aCertificatePair, aListenerWith } from '../../../test/builders/a-certificate.ts'
import { aSealer, emptyStore } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { signCertificate } from '../../kit/x509.ts'
import { type CertificateRecord, certificateStatus } from '../../model/certificate-records.ts'
import { CERTIFICATE_VALIDATION_MS } from '../../model/certificate-limits.ts'
import { DAY_MS } from '../../model/limits.ts'
import { certificateMaterial } from '../../store/certificates/certificate-material.ts'
import type { Store } from '../../store/store.ts'
import {
  type Advance,
  type CertificateAuthority,
  IssuanceFailure,
  type IssuanceRequest,
} from './certificate-authority.ts'
import { CertificateIssuance } from './certificate-issuance.ts'

const START = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000
const { certificateArn: ARN } = aCertificate()

/** Signs, unless it is told to fail. */
class ScriptedAuthority implements CertificateAuthority {
  readonly #clock: ManualClock
  failure: Error | undefined
  attempts = 0
  revoked: string[] = []
  /** Days that certificates last. */
  days = 90

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  async advance({ row, order, privateKey: key }: IssuanceRequest): Promise<Advance> {
    if (order.orderUrl === undefined)
      return { kind: 'waiting', patch: { orderUrl: 'https://acme.test/order/1' }, againInMs: 0 }
    this.attempts++
    if (this.failure !== undefined) throw this.failure
    const { authority } = await aCertificatePair({ now: this.#clock.now() })
    const request = { subject: `CN=${row.domainName}`, names: row.subjectAlternativeNames, days: this.days }
    const maker = { clock: this.#clock, ids: new SystemIds() }
    const certificate = await signCertificate(authority, { key, algorithm: 'EC_prime256v1' }, request, maker)
    return { kind: 'issued', certificate, chain: authority.cert, directoryUrl: 'https://acme.test/directory' }
  }

  revoke({ certificateArn }: CertificateRecord): Promise<void> {
    this.revoked.push(certificateArn)
    return Promise.resolve()
  }
}

let store: Store
let clock: ManualClock
let authority: ScriptedAuthority
let controller: CertificateIssuance

const aController = (): CertificateIssuance =>
  new CertificateIssuance({
    store,
    clock,
    ids: new SystemIds(),
    log: silentLog,
    sealer: aSealer(),
    certificateAuthority: authority,
  })

beforeEach(async () => {
  store = await emptyStore()
  clock = new ManualClock(START)
  authority = new ScriptedAuthority(clock)
  controller = aController()
})

/** As the loop does: until nothing is to be done now. */
const settle = async (): Promise<void> => {
  for (let round = 0; round < 10; round++) for (const key of controller.keys()) await controller.reconcile(key)
}
const pass = async (ms: number): Promise<void> => {
  await clock.advance(ms)
  await settle()
}
const insert = (given: Partial<CertificateRecord> = {}) =>
  store.transact((tx) => tx.certificates.insert(aCertificate(given)))
const use = () => store.transact((tx) => tx.listeners.insert(aListenerWith(ARN)))
const row = (): CertificateRecord => store.tables.certificates.get(ARN) as CertificateRecord
const order = () => store.tables.certificateOrders.get(ARN)

describe('a certificate that is requested', () => {
  it('is issued, and listeners can show it with its key', async () => {
    await insert()
    await settle()
    expect(row()).toMatchObject({ status: 'ISSUED', issuedAt: START, validations: [{ status: 'SUCCESS' }] })
    expect(order()).toBeUndefined()
    const material = certificateMaterial(row(), aSealer())
    expect(material?.domainNames).toEqual(['www.example.com'])
    const { createPrivateKey } = await import('node:crypto')
    const shown = new X509Certificate(material?.chain ?? '')
    expect(shown.checkPrivateKey(createPrivateKey(material?.privateKey ?? ''))).toBe(true)
  })

  it('is signed by the authority of the installation where no other is chosen', async () => {
    controller = new CertificateIssuance({ store, clock, ids: new SystemIds(), log: silentLog, sealer: aSealer() })
    await insert({ keyAlgorithm: 'RSA_2048', subjectAlternativeNames: ['www.example.com', '*.example.com'] })
    await settle()
    const { issued, status } = row()
    expect(status).toBe('ISSUED')
    expect(issued?.facts).toMatchObject({
      keyAlgorithm: 'RSA_2048',
      issuer: 'Longshore',
      subject: 'CN=www.example.com',
      signatureAlgorithm: 'SHA256WITHECDSA',
      domainNames: ['www.example.com', '*.example.com'],
      keyUsages: ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'],
      extendedKeyUsages: [{ Name: 'TLS_WEB_SERVER_AUTHENTICATION' }],
    })
    expect(
      new X509Certificate(issued?.certificate ?? '').verify(new X509Certificate(issued?.chain ?? '').publicKey),
    ).toBe(true)
  })

  it('keeps its key through a restart, whatever line the server ended at', async () => {
    await insert()
    await controller.reconcile(ARN)
    const { sealedPrivateKey } = order() ?? {}
    controller = aController()
    await controller.reconcile(ARN)
    expect(order()).toMatchObject({ sealedPrivateKey, orderUrl: 'https://acme.test/order/1' })
    controller = aController()
    await settle()
    expect(row().status).toBe('ISSUED')
  })

  it('is tried again, less and less often, and times out after 72 hours', async () => {
    await insert()
    authority.failure = new IssuanceFailure('connection: refused')
    await settle()
    expect(order()).toMatchObject({ failedAttempts: 1, problem: 'connection: refused', retryAt: START + 120_000 })
    expect(order()?.orderUrl).toBeUndefined()
    expect(authority.attempts).toBe(1)
    await pass(119_999)
    expect(authority.attempts).toBe(1)
    await pass(1)
    expect(authority.attempts).toBe(2)
    for (let hour = 0; hour < 71; hour++) await pass(HOUR_MS)
    expect(row().status).toBe('PENDING_VALIDATION')
    expect(authority.attempts).toBeLessThan(20)
    await clock.advance(START + CERTIFICATE_VALIDATION_MS - clock.now())
    await settle()
    expect(row()).toMatchObject({ status: 'VALIDATION_TIMED_OUT', validations: [{ status: 'FAILED' }] })
    expect(order()).toBeUndefined()
  })

  it('is issued when what hindered it is gone', async () => {
    await insert()
    authority.failure = new IssuanceFailure('connection: refused')
    await settle()
    authority.failure = undefined
    await pass(HOUR_MS)
    expect(row().status).toBe('ISSUED')
  })

  it('fails at once where another attempt would fail in the same way', async () => {
    await insert()
    authority.failure = new IssuanceFailure('caa: forbidden', { reason: 'CAA_ERROR', isFinal: true })
    await settle()
    expect(row()).toMatchObject({ status: 'FAILED', failureReason: 'CAA_ERROR', validations: [{ status: 'FAILED' }] })
    expect(order()).toBeUndefined()
  })

  it('waits as long as the authority asks for', async () => {
    await insert()
    authority.failure = new IssuanceFailure('rateLimited: too many', { retryInMs: 5 * HOUR_MS })
    await settle()
    expect(order()?.retryAt).toBe(START + 5 * HOUR_MS)
  })

  it('leaves an attempt that could not be made to the loop', async () => {
    await insert()
    await controller.reconcile(ARN)
    await controller.reconcile(ARN)
    authority.failure = new Error('connect ECONNREFUSED')
    await expect(controller.reconcile(ARN)).rejects.toThrow('ECONNREFUSED')
    expect(order()).toMatchObject({ failedAttempts: 0, orderUrl: 'https://acme.test/order/1' })
  })

  it('may be deleted meanwhile', async () => {
    await insert()
    await controller.reconcile(ARN)
    await store.transact((tx) => {
      tx.certificateOrders.remove(ARN)
      tx.certificates.remove(ARN)
    })
    await settle()
    expect(store.tables.certificates.size).toBe(0)
  })
})

describe('renewal', () => {
  beforeEach(async () => {
    await insert()
    await settle()
  })

  it('comes when a third of the life is left, and keeps the ARN', async () => {
    await use()
    const { serial } = row().issued?.facts ?? {}
    await pass(59 * DAY_MS)
    expect(row().issued?.facts.serial).toBe(serial)
    await pass(DAY_MS + HOUR_MS)
    expect(row().issued?.facts.serial).not.toBe(serial)
    expect(row()).toMatchObject({ issuedAt: START + 60 * DAY_MS + HOUR_MS, renewal: { status: 'SUCCESS' } })
  })

  it('comes 60 days before the end of one that lasts longer', async () => {
    authority.days = 395
    await use()
    await pass(70 * DAY_MS)
    const { issuedAt = 0 } = row()
    await pass(334 * DAY_MS)
    expect(row().issuedAt).toBe(issuedAt)
    await pass(2 * DAY_MS)
    expect(row().issuedAt).toBe(clock.now())
  })

  it('does not come for a certificate that nobody uses, which expires', async () => {
    await pass(100 * DAY_MS)
    expect(certificateStatus(row(), clock.now())).toBe('EXPIRED')
    expect(authority.attempts).toBe(1)
  })

  it('comes for one that was exported', async () => {
    await store.transact((tx) => tx.certificates.update(ARN, { isExported: true }))
    await pass(61 * DAY_MS)
    expect(row()).toMatchObject({ renewal: { status: 'SUCCESS' }, isExported: false })
  })

  it('shows why it does not succeed, while the old certificate stays', async () => {
    await use()
    const { issued } = row()
    authority.failure = new IssuanceFailure('caa: forbidden', {
      reason: 'CAA_ERROR',
      isFinal: true,
      domainName: 'www.example.com',
    })
    await pass(61 * DAY_MS)
    expect(row()).toMatchObject({
      status: 'ISSUED',
      issued,
      renewal: { status: 'PENDING_VALIDATION', reason: 'CAA_ERROR', validations: [{ status: 'FAILED' }] },
    })
    for (let day = 0; day < 35; day++) await pass(DAY_MS)
    expect(row().renewal?.status).toBe('FAILED')
    authority.failure = undefined
    await pass(DAY_MS)
    expect(row().renewal?.status).toBe('SUCCESS')
    expect(certificateStatus(row(), clock.now())).toBe('ISSUED')
  })

  it('comes at once where it is asked for', async () => {
    await use()
    await store.transact((tx) =>
      tx.certificates.update(ARN, { renewal: { status: 'PENDING_AUTO_RENEWAL', updatedAt: START, validations: [] } }),
    )
    await pass(DAY_MS)
    expect(row()).toMatchObject({ issuedAt: START + DAY_MS, renewal: { status: 'SUCCESS' } })
  })
})

it('tells the authority of a certificate that was revoked', async () => {
  await insert({ status: 'REVOKED', isRevocationDue: true })
  await settle()
  expect(authority.revoked).toEqual([ARN])
  expect(row().isRevocationDue).toBeUndefined()
})
