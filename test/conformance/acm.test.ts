/** Every operation of Certificate Manager through the AWS SDK for JavaScript, over HTTP, and IAM's server certificates. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  ACMClient,
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ExportCertificateCommand,
  GetAccountConfigurationCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  ListCertificateDomainValidationsCommand,
  ListTagsForCertificateCommand,
  paginateListCertificates,
  paginateSearchCertificates,
  PutAccountConfigurationCommand,
  RemoveTagsFromCertificateCommand,
  RenewCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
  ResendValidationEmailCommand,
  RevokeCertificateCommand,
  UpdateCertificateOptionsCommand,
} from '@aws-sdk/client-acm'
import { IAM } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CertificateIssuance } from '../../src/controllers/certificate-issuance/certificate-issuance.ts'
import { DAY_MS } from '../../src/model/limits.ts'
import { acmService } from '../../src/services/acm/index.ts'
import type { ServicesDeps } from '../../src/services/deps.ts'
import { iamService } from '../../src/services/iam/index.ts'
import { aCertificatePair, aListenerWith, type TestCertificate } from '../builders/a-certificate.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

const LOAD_BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/0123456789abcdef'

let server: ServiceServer
let deps: ServicesDeps
let acm: ACMClient
let iam: IAM
let pair: TestCertificate
let imported: string
let requested: string

/** What the controller does in a server. */
const settle = async (): Promise<void> => {
  const controller = new CertificateIssuance(deps)
  for (let round = 0; round < 3; round++) for (const key of controller.keys()) await controller.reconcile(key)
}
const files = ({ certificate, chain, key }: TestCertificate) => ({
  Certificate: Buffer.from(certificate),
  CertificateChain: Buffer.from(chain),
  PrivateKey: Buffer.from(key),
})
const importPair = async (given: Partial<ConstructorParameters<typeof ImportCertificateCommand>[0]> = {}) => {
  const { CertificateArn = '' } = await acm.send(new ImportCertificateCommand({ ...files(pair), ...given }))
  return CertificateArn
}
const request = async (given: Partial<RequestCertificateCommandInput> = {}): Promise<string> => {
  const input = { DomainName: 'www.example.com', ValidationMethod: 'DNS', ...given } as const
  const { CertificateArn = '' } = await acm.send(new RequestCertificateCommand(input))
  return CertificateArn
}
const describeOf = async (CertificateArn: string) =>
  (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate
const use = (arn: string) => deps.store.transact((tx) => tx.listeners.put(aListenerWith(arn)))
const refusal = (code: string, message?: RegExp) =>
  expect.objectContaining({ name: code, ...(message && { message: expect.stringMatching(message) as string }) })

beforeAll(async () => {
  server = await serviceServer((given) => acmService((deps = given)), iamService)
  acm = new ACMClient(server.client)
  iam = new IAM(server.client)
  pair = await aCertificatePair({ names: ['www.example.com', 'example.com'], now: Date.now() })
})
afterAll(async () => {
  acm.destroy()
  iam.destroy()
  await server.close()
})
beforeEach(async () => {
  await deps.store.transact((tx) => {
    for (const { certificateArn } of Array.from(tx.certificates.rows())) tx.certificates.remove(certificateArn)
    for (const { certificateArn } of Array.from(tx.certificateOrders.rows()))
      tx.certificateOrders.remove(certificateArn)
    for (const { listenerArn } of Array.from(tx.listeners.rows())) tx.listeners.remove(listenerArn)
  })
  imported = await importPair({ Tags: [{ Key: 'stage', Value: 'test' }] })
  requested = await request({ KeyAlgorithm: 'EC_prime256v1', SubjectAlternativeNames: ['*.example.com'] })
})

describe('ImportCertificate', () => {
  it('keeps a certificate, which is described as it is', async () => {
    expect(imported).toMatch(new RegExp(`^arn:aws:acm:${REGION}:${ACCOUNT}:certificate/[0-9a-f-]{36}$`))
    expect(await describeOf(imported)).toMatchObject({
      CertificateArn: imported,
      DomainName: 'www.example.com',
      SubjectAlternativeNames: ['www.example.com', 'example.com'],
      Subject: 'CN=www.example.com',
      Issuer: 'Longshore',
      Serial: new X509Certificate(pair.certificate).serialNumber.toLowerCase().replaceAll(/..(?!$)/g, '$&:'),
      Status: 'ISSUED',
      Type: 'IMPORTED',
      KeyAlgorithm: 'EC_prime256v1',
      SignatureAlgorithm: 'SHA256WITHECDSA',
      KeyUsages: [{ Name: 'DIGITAL_SIGNATURE' }],
      ExtendedKeyUsages: [{ Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' }],
      InUseBy: [],
      RenewalEligibility: 'INELIGIBLE',
      Options: { CertificateTransparencyLoggingPreference: 'DISABLED', Export: 'DISABLED' },
    })
    expect(await acm.send(new GetCertificateCommand({ CertificateArn: imported }))).toMatchObject({
      Certificate: pair.certificate,
      CertificateChain: pair.chain,
    })
  })

  it('puts another certificate in the place of one that was imported', async () => {
    const next = await aCertificatePair({ names: ['www.example.com', 'new.example.com'], now: Date.now() })
    expect(await importPair({ CertificateArn: imported, ...files(next) })).toBe(imported)
    expect(await describeOf(imported)).toMatchObject({
      SubjectAlternativeNames: ['www.example.com', 'new.example.com'],
    })
    const other = await aCertificatePair({ now: Date.now(), algorithm: 'RSA_2048' })
    await expect(importPair({ CertificateArn: imported, ...files(other) })).rejects.toEqual(
      refusal('ValidationException', /key type/),
    )
    await expect(importPair({ CertificateArn: imported, Tags: [{ Key: 'a' }] })).rejects.toEqual(
      refusal('InvalidParameterException'),
    )
    await expect(importPair({ CertificateArn: requested })).rejects.toEqual(refusal('ValidationException'))
  })

  it('refuses what does not belong together', async () => {
    const other = await aCertificatePair({ now: Date.now() })
    const bytes = (text: string) => Buffer.from(text)
    const encrypted = createPrivateKey(pair.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    })
    const wrong = [
      [{ PrivateKey: bytes(other.key) }, /does not match/],
      [{ PrivateKey: bytes(encrypted as string) }, /must not be encrypted/],
      [{ PrivateKey: bytes('key') }, /not supported/],
      [{ Certificate: bytes('certificate') }, /PEM/],
      [{ Certificate: bytes(pair.certificate + pair.chain) }, /more than one certificate/],
      [{ CertificateChain: bytes(other.chain) }, /index within the chain of the invalid certificate is: 0/],
      [{ CertificateChain: undefined }, /not a valid self signed/],
      [files(await aCertificatePair({ now: Date.now() - 100 * DAY_MS })), /has expired/],
      [files(await aCertificatePair({ now: Date.now() + DAY_MS })), /not yet valid/],
    ] as const
    for (const [given, message] of wrong)
      await expect(importPair(given)).rejects.toEqual(refusal('ValidationException', message))
  })
})

describe('RequestCertificate', () => {
  it('answers with a certificate that is pending, and then issued', async () => {
    const pending = await describeOf(requested)
    expect(pending).toMatchObject({
      Status: 'PENDING_VALIDATION',
      Type: 'AMAZON_ISSUED',
      SubjectAlternativeNames: ['www.example.com', '*.example.com'],
      DomainValidationOptions: [
        {
          DomainName: 'www.example.com',
          ValidationStatus: 'PENDING_VALIDATION',
          ValidationMethod: 'DNS',
          ResourceRecord: { Type: 'CNAME' },
        },
        { DomainName: '*.example.com' },
      ],
    })
    await expect(acm.send(new GetCertificateCommand({ CertificateArn: requested }))).rejects.toEqual(
      refusal('RequestInProgressException'),
    )
    await settle()
    const issued = await describeOf(requested)
    expect(issued).toMatchObject({
      Status: 'ISSUED',
      Issuer: 'Longshore',
      DomainValidationOptions: [{ ValidationStatus: 'SUCCESS' }, { ValidationStatus: 'SUCCESS' }],
    })
    expect(issued?.DomainValidationOptions?.[0]?.ResourceRecord).toEqual(
      pending?.DomainValidationOptions?.[0]?.ResourceRecord,
    )
    const { Certificate = '' } = await acm.send(new GetCertificateCommand({ CertificateArn: requested }))
    expect(new X509Certificate(Certificate).checkHost('shop.example.com')).toBe('*.example.com')
    const validations = await acm.send(new ListCertificateDomainValidationsCommand({ CertificateArn: requested }))
    expect(validations.DomainValidationSummaryList).toMatchObject([
      { DomainName: '*.example.com', ActiveValidationConfiguration: { ValidationStatus: 'SUCCESS' } },
      { DomainName: 'www.example.com' },
    ])
  })

  it('gives the same certificate to the same request with the same token', async () => {
    const first = await request({ IdempotencyToken: 'once' })
    expect(await request({ IdempotencyToken: 'once' })).toBe(first)
    expect(await request({ IdempotencyToken: 'twice' })).not.toBe(first)
    expect(await request({ IdempotencyToken: 'once', DomainName: 'example.net' })).not.toBe(first)
  })

  it('refuses what cannot be', async () => {
    const wrong: readonly [Partial<RequestCertificateCommandInput>, string][] = [
      [{ DomainName: 'not a name' }, 'ValidationException'],
      [{ DomainName: 'a.*.example.com' }, 'ValidationException'],
      [{ DomainName: `${'a'.repeat(60)}.example.com` }, 'InvalidParameterException'],
      [{ ValidationMethod: 'EMAIL' }, 'InvalidParameterException'],
      [{ KeyAlgorithm: 'RSA_4096' }, 'InvalidParameterException'],
      [{ ManagedBy: 'CLOUDFRONT' }, 'InvalidParameterException'],
      [{ Tags: [{ Key: 'aws:x' }] }, 'InvalidTagException'],
      [
        { DomainValidationOptions: [{ DomainName: 'www.example.com', ValidationDomain: 'example.com' }] },
        'InvalidDomainValidationOptionsException',
      ],
    ]
    for (const [given, code] of wrong) await expect(request(given)).rejects.toEqual(refusal(code))
  })
})

describe('certificates', () => {
  it('are listed by status, key type and time', async () => {
    const list = async (input: object) => {
      const found: (string | undefined)[] = []
      for await (const page of paginateListCertificates({ client: acm, pageSize: 1 }, input))
        found.push(...(page.CertificateSummaryList ?? []).map(({ CertificateArn }) => CertificateArn))
      return found
    }
    const Includes = { keyTypes: ['EC_prime256v1'] }
    expect(await list({})).toEqual([])
    expect(new Set(await list({ Includes }))).toEqual(new Set([imported, requested]))
    expect(await list({ Includes, CertificateStatuses: ['ISSUED'] })).toEqual([imported])
    expect(await list({ Includes, CertificateKeyPairOrigins: ['AWS_MANAGED'] })).toEqual([requested])
    expect(await list({ Includes: { ...Includes, keyUsage: ['DIGITAL_SIGNATURE'] } })).toEqual([imported])
    expect(await list({ Includes, SortBy: 'CREATED_AT', SortOrder: 'DESCENDING' })).toEqual([requested, imported])
    await expect(list({ SortBy: 'CREATED_AT' })).rejects.toEqual(refusal('ValidationException'))
  })

  it('are found by statements of filters', async () => {
    await use(imported)
    const search = async (FilterStatement: object) => {
      const found: (string | undefined)[] = []
      const input = { FilterStatement: FilterStatement as never, SortBy: 'CREATED_AT', SortOrder: 'ASCENDING' } as const
      for await (const page of paginateSearchCertificates({ client: acm, pageSize: 1 }, input))
        found.push(...(page.Results ?? []).map(({ CertificateArn }) => CertificateArn))
      return found
    }
    const inUse = { Filter: { AcmCertificateMetadataFilter: { InUse: true } } }
    const named = (Value: string) => ({
      Filter: {
        X509AttributeFilter: { SubjectAlternativeName: { DnsName: { Value, ComparisonOperator: 'CONTAINS' } } },
      },
    })
    expect(await search(named('example.com'))).toEqual([imported, requested])
    expect(await search(inUse)).toEqual([imported])
    expect(await search({ Not: inUse })).toEqual([requested])
    expect(await search({ And: [inUse, named('*')] })).toEqual([])
    expect(await search({ Or: [inUse, named('*')] })).toEqual([imported, requested])
    expect(await search({ Filter: { X509AttributeFilter: { NotAfter: { End: new Date() } } } })).toEqual([])
  })

  it('are not deleted while a listener shows them', async () => {
    await use(imported)
    expect(await describeOf(imported)).toMatchObject({ InUseBy: [LOAD_BALANCER] })
    const remove = () => acm.send(new DeleteCertificateCommand({ CertificateArn: imported }))
    await expect(remove()).rejects.toEqual(refusal('ResourceInUseException', /is in use/))
    await use(requested)
    await remove()
    await expect(describeOf(imported)).rejects.toEqual(refusal('ResourceNotFoundException', /Could not find/))
    await expect(describeOf('arn:aws:acm:us-east-1:123456789012:other')).rejects.toEqual(refusal('InvalidArnException'))
    await expect(describeOf('x'.repeat(20))).rejects.toEqual(refusal('ValidationException'))
  })

  it('are exported and revoked where they were requested for export', async () => {
    const arn = await request({ DomainName: 'export.example.com', Options: { Export: 'ENABLED' } })
    const open = (CertificateArn: string, Passphrase = Buffer.from('open sesame')) =>
      acm.send(new ExportCertificateCommand({ CertificateArn, Passphrase }))
    const revoke = (CertificateArn: string) =>
      acm.send(new RevokeCertificateCommand({ CertificateArn, RevocationReason: 'SUPERSEDED' }))
    await expect(open(imported)).rejects.toEqual(refusal('ValidationException', /not exportable/))
    await expect(open(arn)).rejects.toEqual(refusal('RequestInProgressException'))
    await settle()
    await expect(open(arn, Buffer.from('a#b$c'))).rejects.toEqual(refusal('ValidationException', /passphrase/))
    await expect(revoke(arn)).rejects.toEqual(refusal('ValidationException', /not exported/))
    const { PrivateKey = '', Certificate = '' } = await open(arn)
    expect(PrivateKey).toContain('BEGIN ENCRYPTED PRIVATE KEY')
    const key = createPrivateKey({ key: PrivateKey, passphrase: 'open sesame' })
    expect(new X509Certificate(Certificate).checkPrivateKey(key)).toBe(true)
    expect(await describeOf(arn)).toMatchObject({ RenewalEligibility: 'ELIGIBLE' })
    expect(await revoke(arn)).toMatchObject({ CertificateArn: arn })
    expect(await describeOf(arn)).toMatchObject({ Status: 'REVOKED', RevocationReason: 'SUPERSEDED' })
    await expect(revoke(arn)).rejects.toEqual(refusal('ConflictException'))
  })

  it('are renewed on request while they are in use', async () => {
    await settle()
    const renew = (CertificateArn: string) => acm.send(new RenewCertificateCommand({ CertificateArn }))
    await expect(renew(requested)).rejects.toEqual(refusal('ValidationException', /not eligible/))
    await use(requested)
    const { Serial } = (await describeOf(requested)) ?? {}
    await renew(requested)
    expect(await describeOf(requested)).toMatchObject({ RenewalSummary: { RenewalStatus: 'PENDING_AUTO_RENEWAL' } })
    await settle()
    const renewed = await describeOf(requested)
    expect(renewed).toMatchObject({ RenewalSummary: { RenewalStatus: 'SUCCESS' } })
    expect(renewed?.Serial).not.toBe(Serial)
  })

  it('have tags and options', async () => {
    const tags = async () => (await acm.send(new ListTagsForCertificateCommand({ CertificateArn: imported }))).Tags
    await acm.send(new AddTagsToCertificateCommand({ CertificateArn: imported, Tags: [{ Key: 'team', Value: 'web' }] }))
    expect(await tags()).toEqual([
      { Key: 'stage', Value: 'test' },
      { Key: 'team', Value: 'web' },
    ])
    const Tags = [{ Key: 'stage', Value: 'other' }, { Key: 'team' }]
    await acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn: imported, Tags }))
    expect(await tags()).toEqual([{ Key: 'stage', Value: 'test' }])
    const update = (CertificateArn: string, Options: object) =>
      acm.send(new UpdateCertificateOptionsCommand({ CertificateArn, Options }))
    await update(requested, { CertificateTransparencyLoggingPreference: 'DISABLED' })
    expect(await describeOf(requested)).toMatchObject({
      Options: { CertificateTransparencyLoggingPreference: 'DISABLED' },
    })
    await expect(update(requested, { Export: 'ENABLED' })).rejects.toEqual(refusal('ValidationException'))
    await expect(update(imported, {})).rejects.toEqual(refusal('InvalidStateException'))
    const email = { CertificateArn: requested, Domain: 'www.example.com', ValidationDomain: 'example.com' }
    await expect(acm.send(new ResendValidationEmailCommand(email))).rejects.toEqual(refusal('InvalidStateException'))
  })
})

it('keeps the configuration of the account', async () => {
  const get = () => acm.send(new GetAccountConfigurationCommand({}))
  expect(await get()).toMatchObject({ ExpiryEvents: { DaysBeforeExpiry: 45 } })
  const put = { IdempotencyToken: 't', ExpiryEvents: { DaysBeforeExpiry: 7 } }
  await acm.send(new PutAccountConfigurationCommand(put))
  expect(await get()).toMatchObject({ ExpiryEvents: { DaysBeforeExpiry: 7 } })
})

describe("IAM's server certificates", () => {
  const upload = (given: object = {}) =>
    iam.uploadServerCertificate({
      ServerCertificateName: 'site',
      CertificateBody: pair.certificate,
      CertificateChain: pair.chain,
      PrivateKey: pair.key,
      ...given,
    })

  it('are uploaded, renamed where listeners show them, tagged and deleted', async () => {
    const { ServerCertificateMetadata: { Arn: arn = '', ServerCertificateId } = {} } = await upload({ Path: '/web/' })
    expect(arn).toBe(`arn:aws:iam::${ACCOUNT}:server-certificate/web/site`)
    expect(ServerCertificateId).toMatch(/^ASCA[A-Z2-7]{17}$/)
    await expect(upload()).rejects.toEqual(refusal('EntityAlreadyExistsException'))
    await use(arn)
    await expect(iam.deleteServerCertificate({ ServerCertificateName: 'site' })).rejects.toEqual(
      refusal('DeleteConflictException', /in use by/),
    )
    await iam.updateServerCertificate({ ServerCertificateName: 'site', NewServerCertificateName: 'shop', NewPath: '/' })
    const renamed = `arn:aws:iam::${ACCOUNT}:server-certificate/shop`
    expect([...deps.store.tables.listeners.rows()].map(({ certificateArns }) => certificateArns)).toEqual([[renamed]])
    await iam.tagServerCertificate({ ServerCertificateName: 'shop', Tags: [{ Key: 'a', Value: '1' }] })
    expect(await iam.listServerCertificateTags({ ServerCertificateName: 'shop' })).toMatchObject({
      Tags: [{ Key: 'a', Value: '1' }],
    })
    await iam.untagServerCertificate({ ServerCertificateName: 'shop', TagKeys: ['a'] })
    expect(await iam.getServerCertificate({ ServerCertificateName: 'shop' })).toMatchObject({
      ServerCertificate: { CertificateBody: pair.certificate, CertificateChain: pair.chain },
    })
    expect(await iam.listServerCertificates({})).toMatchObject({
      ServerCertificateMetadataList: [{ Arn: renamed }],
      IsTruncated: false,
    })
    expect((await iam.getAccountSummary({})).SummaryMap).toMatchObject({ ServerCertificates: 1 })
    await use(imported)
    await iam.deleteServerCertificate({ ServerCertificateName: 'shop' })
    await expect(iam.getServerCertificate({ ServerCertificateName: 'shop' })).rejects.toEqual(
      refusal('NoSuchEntityException'),
    )
  })

  it('are refused with faults of their own', async () => {
    const other = await aCertificatePair({ now: Date.now() })
    await expect(upload({ PrivateKey: other.key })).rejects.toEqual(refusal('KeyPairMismatchException'))
    await expect(upload({ CertificateBody: 'none' })).rejects.toEqual(refusal('MalformedCertificateException'))
  })
})
