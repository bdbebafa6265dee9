/**
 * Certificates made here: keys, requests, authorities, and what authorities sign. The library behind it takes some megabytes, so it is
 * loaded when there is something to make or to read.
 */
import { createPublicKey, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import type * as X509 from '@peculiar/x509'
import type { Clock } from './clock.ts'
import type { Ids } from './ids.ts'
import { dateOf } from './timestamps.ts'

export type X509Library = typeof X509

/** A certificate and its key, PEM both. */
export interface CertificatePair {
  readonly cert: string
  /** PKCS #8. */
  readonly key: string
}

export type NewKeyAlgorithm = 'RSA_2048' | 'EC_prime256v1' | 'EC_secp384r1'

export interface Maker {
  readonly clock: Clock
  readonly ids: Ids
}

export interface CertificateRequest {
  /** e.g. `CN=www.example.com`. */
  readonly subject: string
  /** DNS names and addresses. */
  readonly names: readonly string[]
  readonly days: number
}

const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3650
/** Clocks of clients may be behind ours. */
const BACKDATED_MS = 3_600_000

const ALGORITHMS = {
  RSA_2048: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  EC_prime256v1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EC_secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
} as const

/** What authorities sign with. */
const AUTHORITY_ALGORITHM = ALGORITHMS.EC_prime256v1

export const loadX509 = async (): Promise<X509Library> => {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(webcrypto as never)
  return x509
}

/** A new private key, PKCS #8 in PEM. */
export const createKey = async (algorithm: NewKeyAlgorithm): Promise<string> => {
  const { privateKey } = await generate(ALGORITHMS[algorithm])
  return keyText(privateKey)
}

/** An authority of its own: whoever trusts its certificate trusts what it signs. */
export const createAuthority = async ({ clock, ids }: Maker): Promise<CertificatePair> => {
  const x509 = await loadX509()
  const keys = await generate(AUTHORITY_ALGORITHM)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Longshore local authority ${ids.hex32().slice(0, 8)}, O=Longshore`,
    keys,
    ...validity(clock, AUTHORITY_DAYS),
    serialNumber: serial(ids),
    signingAlgorithm: AUTHORITY_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })
  return { cert: pemText(certificate), key: await keyText(keys.privateKey) }
}

/** The certificate of a server for the key, signed by the authority; without the authority's own. */
export const signCertificate = async (
  authority: CertificatePair,
  { key, algorithm }: { readonly key: string; readonly algorithm: NewKeyAlgorithm },
  { subject, names, days }: CertificateRequest,
  { clock, ids }: Maker,
): Promise<string> => {
  const x509 = await loadX509()
  const issuer = new x509.X509Certificate(authority.cert)
  const { publicKey } = await importPair(key, algorithm)
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.subject,
    publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', keyBytes(authority.key), AUTHORITY_ALGORITHM, false, [
      'sign',
    ]),
    ...validity(clock, days),
    serialNumber: serial(ids),
    signingAlgorithm: AUTHORITY_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(keyUsages(x509, algorithm), true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      alternativeNames(x509, names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  })
  return pemText(certificate)
}

/** A request for a certificate of these names (PKCS #10), DER. */
export const createSigningRequest = async (
  { key, algorithm }: { readonly key: string; readonly algorithm: NewKeyAlgorithm },
  names: readonly string[],
): Promise<Uint8Array> => {
  const x509 = await loadX509()
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    keys: await importPair(key, algorithm),
    signingAlgorithm: ALGORITHMS[algorithm],
    extensions: [alternativeNames(x509, names)],
  })
  return new Uint8Array(request.rawData)
}

const generate = (algorithm: (typeof ALGORITHMS)[NewKeyAlgorithm]): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>

const importPair = async (pem: string, algorithm: NewKeyAlgorithm): Promise<webcrypto.CryptoKeyPair> => {
  const parameters = ALGORITHMS[algorithm]
  const privateKey = await webcrypto.subtle.importKey('pkcs8', keyBytes(pem), parameters, false, ['sign'])
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' })
  return { privateKey, publicKey: await webcrypto.subtle.importKey('spki', spki, parameters, true, ['verify']) }
}

/** RSA keys may also carry the key of a session. */
const keyUsages = ({ KeyUsageFlags }: X509Library, algorithm: NewKeyAlgorithm): number =>
  KeyUsageFlags.digitalSignature | (algorithm === 'RSA_2048' ? KeyUsageFlags.keyEncipherment : 0)

const alternativeNames = (x509: X509Library, names: readonly string[]): X509.SubjectAlternativeNameExtension =>
  new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
  )

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
