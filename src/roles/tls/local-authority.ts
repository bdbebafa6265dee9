/**
 * A certificate authority of the installation's own, made on demand: it signs the server's certificate, and whoever trusts its
 * certificate can talk to the server without a name that the world knows. Its key never leaves the data directory.
 */
import { webcrypto, X509Certificate as ParsedCertificate } from 'node:crypto'
import { isIP } from 'node:net'
import path from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { readFileIfPresent, serverDir, writePrivateText } from '../../kit/installation.ts'
import { dateOf } from '../../kit/timestamps.ts'

export interface Certificate {
  /** PEM, the authority's certificate included where there is one. */
  readonly cert: string
  /** PEM. */
  readonly key: string
}

export interface LocalAuthorityOptions {
  readonly dataDir: string
  /** Host names and addresses that the server is reached under. */
  readonly names: readonly string[]
  readonly clock: Clock
  readonly ids: Ids
}

const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3650
/** What clients accept at most. https://cabforum.org/working-groups/server/baseline-requirements/ */
const SERVER_DAYS = 397
/** A certificate that ends sooner than this is made anew. */
const RENEWAL_DAYS = 30
/** Clocks of clients may be behind ours. */
const BACKDATED_MS = 3_600_000

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const tlsFile = (dataDir: string, name: string): string => path.join(serverDir(dataDir), 'tls', name)

/** The certificate that clients have to trust. */
export const authorityFile = (dataDir: string): string => tlsFile(dataDir, 'ca.crt')

/** The server's certificate: the one in the data directory while it lasts and covers the names, else a new one. */
export const localCertificate = async (options: LocalAuthorityOptions): Promise<Certificate> => {
  const kept = readPair(options.dataDir, 'server')
  if (kept !== undefined && isGood(kept.cert, options)) return kept
  const authority = readPair(options.dataDir, 'ca') ?? (await createAuthority(options))
  return createServerCertificate(authority, options)
}

const readPair = (dataDir: string, name: string): Certificate | undefined => {
  const cert = readFileIfPresent(tlsFile(dataDir, `${name}.crt`))
  const key = readFileIfPresent(tlsFile(dataDir, `${name}.key`))
  return cert === undefined || key === undefined ? undefined : { cert, key }
}

/** The key first: a certificate without its key would be taken for one. */
const writePair = (dataDir: string, name: string, { cert, key }: Certificate): Certificate => {
  writePrivateText(tlsFile(dataDir, `${name}.key`), key)
  writePrivateText(tlsFile(dataDir, `${name}.crt`), cert)
  return { cert, key }
}

const isGood = (cert: string, { dataDir, names, clock }: LocalAuthorityOptions): boolean => {
  const parsed = new ParsedCertificate(cert)
  const authority = readFileIfPresent(authorityFile(dataDir))
  const covers = (name: string): boolean =>
    (isIP(name) === 0 ? parsed.checkHost(name) : parsed.checkIP(name)) !== undefined
  return (
    parsed.validToDate.getTime() - clock.now() > RENEWAL_DAYS * DAY_MS &&
    authority !== undefined &&
    parsed.checkIssued(new ParsedCertificate(authority)) &&
    names.every(covers)
  )
}

/** Loaded when there is something to sign: the library takes some megabytes. */
const library = async () => {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(webcrypto as never)
  return x509
}

const createAuthority = async ({ dataDir, clock, ids }: LocalAuthorityOptions): Promise<Certificate> => {
  const { X509CertificateGenerator, BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags } = await library()
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=Longshore local authority ${ids.hex32().slice(0, 8)}, O=Longshore`,
    keys,
    ...validity(clock, AUTHORITY_DAYS),
    serialNumber: serial(ids),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  })
  return writePair(dataDir, 'ca', { cert: pemText(certificate), key: await keyText(keys.privateKey) })
}

const createServerCertificate = async (
  authority: Certificate,
  { dataDir, names, clock, ids }: LocalAuthorityOptions,
): Promise<Certificate> => {
  const x509 = await library()
  const issuer = new x509.X509Certificate(authority.cert)
  const signingKey = await webcrypto.subtle.importKey('pkcs8', keyBytes(authority.key), ALGORITHM, false, ['sign'])
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Longshore, O=Longshore',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    ...validity(clock, SERVER_DAYS),
    serialNumber: serial(ids),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const cert = `${pemText(certificate)}${authority.cert}`
  return writePair(dataDir, 'server', { cert, key: await keyText(keys.privateKey) })
}

const validity = (clock: Clock, days: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: dateOf(clock.now() - BACKDATED_MS),
  notAfter: dateOf(clock.now() + days * DAY_MS),
})

/** Positive: the first bit of it is its sign. */
const serial = (ids: Ids): string => `0${ids.hex32().slice(1)}`

const pemText = (certificate: { toString(format: 'pem'): string }): string => `${certificate.toString('pem')}\n`

const keyText = async (key: webcrypto.CryptoKey): Promise<string> => {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  const lines = bytes.match(/.{1,64}/g) ?? []
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
}

const keyBytes = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64')
