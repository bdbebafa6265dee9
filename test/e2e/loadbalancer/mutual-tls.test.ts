import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { aCertificatePair } from '../../builders/a-certificate.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { ask, echoed, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS, temporaryDirectory } from './haproxy-under-test.ts'

interface ClientCertificate {
  readonly cert: string
  readonly key: string
}

/** An authority made by OpenSSL, with certificates of clients and a list of those that it revoked. */
const anAuthority = (authorityName: string) => {
  const directory = temporaryDirectory()
  const at = (name: string): string => path.join(directory, name)
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { cwd: directory, stdio: 'ignore' })
  mkdirSync(at('issued'))
  writeFileSync(at('index.txt'), '')
  writeFileSync(at('serial'), '1000\n')
  writeFileSync(at('number'), '01\n')
  writeFileSync(
    at('ca.conf'),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\ncrlnumber=number\nnew_certs_dir=issued\ncertificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\ndefault_crl_days=2\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`,
  )
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-days', '2', '-subj', `/CN=${authorityName}`, '-keyout', 'ca.key', '-out', 'ca.pem')
  const issue = (name: string, ...dates: string[]): ClientCertificate => {
    openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    openssl('ca', '-config', 'ca.conf', '-batch', '-notext', '-in', `${name}.csr`, '-out', `${name}.pem`, ...dates)
    return { cert: readFileSync(at(`${name}.pem`), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') }
  }
  const [good, revoked] = [issue('good', '-days', '2'), issue('revoked', '-days', '2')]
  const expired = issue('expired', '-startdate', '20200101000000Z', '-enddate', '20210101000000Z')
  openssl('ca', '-config', 'ca.conf', '-revoke', 'revoked.pem')
  openssl('ca', '-config', 'ca.conf', '-gencrl', '-out', 'crl.pem')
  const read = (name: string): string => readFileSync(at(name), 'utf8')
  const made = { authority: read('ca.pem'), revocations: read('crl.pem'), good, revoked, expired }
  rmSync(directory, { recursive: true })
  return made
}

const TRUST_STORE = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/t/0123456789abcdef'

describe.each(PROGRAMS)('client certificates, by %s', (program) => {
  const authority = anAuthority('One')
  const other = anAuthority('Other')
  let target: EchoTarget
  let certificate: Awaited<ReturnType<typeof aCertificatePair>>

  beforeAll(async () => {
    target = await EchoTarget.start()
    certificate = await aCertificatePair({ now: Date.now() - 3_600_000 })
  })
  afterAll(() => target.stop())

  const table = (port: number, revocations: readonly string[], isExpiryIgnored: boolean): RoutingTable => {
    const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/a'
    const { certificate: chain, key: privateKey } = certificate
    return aRoutingTable({
      port,
      certificates: [{ certificateArn, domainNames: ['a'], chain, privateKey }],
      trustStores: [
        {
          trustStoreArn: TRUST_STORE,
          caCertificatesBundle: [authority.authority, other.authority].join('\n'),
          revocations,
        },
      ],
      listener: {
        protocol: 'HTTPS',
        mutualAuthentication: {
          Mode: 'verify',
          TrustStoreArn: TRUST_STORE,
          IgnoreClientCertificateExpiry: isExpiryIgnored,
        },
      },
      groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
    })
  }

  /** Who is let in: what the target is told of them. */
  const admitted = async (port: number): Promise<readonly string[]> => {
    const clients = [authority.good, authority.revoked, authority.expired, other.good, other.revoked]
    const answers = await Promise.allSettled(clients.map((client) => ask({ port, isEncrypted: true, ...client })))
    return answers.map((answer) =>
      answer.status === 'fulfilled'
        ? (echoed(answer.value).headers['x-amzn-mtls-clientcert-subject'] ?? 'unknown')
        : 'refused',
    )
  }

  it.each([
    ['without lists', [], false, ['CN=good', 'CN=revoked', 'refused', 'CN=good', 'CN=revoked']],
    ['whatever their age', [], true, ['CN=good', 'CN=revoked', 'CN=expired', 'CN=good', 'CN=revoked']],
    ['with a list of one authority', ['one'], false, ['CN=good', 'refused', 'refused', 'CN=good', 'CN=revoked']],
    ['with lists of both', ['one', 'other'], false, ['CN=good', 'refused', 'refused', 'CN=good', 'refused']],
    ['with a list, whatever their age', ['one'], true, ['CN=good', 'refused', 'CN=expired', 'CN=good', 'CN=revoked']],
  ])('are looked at %s', async (_, lists, isExpiryIgnored, expected) => {
    const port = await freePort()
    const revocations = lists.map((name) => (name === 'one' ? authority : other).revocations)
    const haproxy = await HaproxyUnderTest.start(program, table(port, revocations, isExpiryIgnored), [port])
    try {
      expect(await admitted(port)).toEqual(expected)
    } finally {
      await haproxy.stop()
    }
  })
})
