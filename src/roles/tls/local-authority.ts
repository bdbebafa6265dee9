/**
 * A certificate authority of the installation's own, made on demand: it signs the server's certificate and those that Certificate Manager is
 * asked for, and whoever trusts its certificate can talk to them without a name that the world knows. Its key never leaves the data directory.
 */
import { X509Certificate as ParsedCertificate } from 'node:crypto'
import { isIP } from 'node:net'
import path from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { readFileIfPresent, serverDir, writePrivateText } from '../../kit/installation.ts'
import { type CertificatePair, createAuthority, createKey, signCertificate } from '../../kit/x509.ts'

/** `cert` includes the authority's certificate where there is one. */
export type Certificate = CertificatePair

export interface LocalAuthorityOptions {
  readonly dataDir: string
  /** Host names and addresses that the server is reached under. */
  readonly names: readonly string[]
  readonly clock: Clock
  readonly ids: Ids
}

const DAY_MS = 86_400_000
/** What clients accept at most. https://cabforum.org/working-groups/server/baseline-requirements/ */
const SERVER_DAYS = 397
/** A certificate that ends sooner than this is made anew. */
const RENEWAL_DAYS = 30

const tlsFile = (dataDir: string, name: string): string => path.join(serverDir(dataDir), 'tls', name)

/** The certificate that clients have to trust. */
export const authorityFile = (dataDir: string): string => tlsFile(dataDir, 'ca.crt')

/** The server's certificate: the one in the data directory while it lasts and covers the names, else a new one. */
export const localCertificate = async (options: LocalAuthorityOptions): Promise<Certificate> => {
  const kept = readPair(options.dataDir, 'server')
  if (kept !== undefined && isGood(kept.cert, options)) return kept
  return writePair(options.dataDir, 'server', await passingCertificate(options))
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

/** The installation's authority, made if there is none yet. */
export const localAuthority = async ({
  dataDir,
  clock,
  ids,
}: Omit<LocalAuthorityOptions, 'names'>): Promise<Certificate> =>
  readPair(dataDir, 'ca') ?? writePair(dataDir, 'ca', await createAuthority({ clock, ids }))

/** One that is kept nowhere. */
export const passingCertificate = async (options: LocalAuthorityOptions): Promise<Certificate> =>
  signServerCertificate(await localAuthority(options), options)

const signServerCertificate = async (
  authority: Certificate,
  { names, clock, ids }: LocalAuthorityOptions,
): Promise<Certificate> => {
  const algorithm = 'EC_prime256v1'
  const key = await createKey(algorithm)
  const request = { subject: 'CN=Longshore, O=Longshore', names, days: SERVER_DAYS }
  const cert = await signCertificate(authority, { key, algorithm }, request, { clock, ids })
  return { cert: `${cert}${authority.cert}`, key }
}
