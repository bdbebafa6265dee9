/** The certificate that a server shows: from the operator's files, from the installation's own authority, or none. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import type { Clock } from '../../kit/clock.ts'
import { UserError } from '../../kit/command.ts'
import type { Ids } from '../../kit/ids.ts'
import { awsShaped } from '../../model/registry-home.ts'
import { inDataDir } from '../running.ts'
import { authorityFile, type Certificate, localCertificate, passingCertificate } from './local-authority.ts'
import { registryHost } from '../registry-host.ts'

export interface TlsValues {
  readonly 'tls-cert': string | undefined
  readonly 'tls-key': string | undefined
  readonly host: string
  readonly advertise: string | undefined
  readonly 'data-dir': string
  readonly account: string
  readonly region: string
  readonly 'registry-suffix': string
}

export interface ServerCertificate {
  /** The certificate as it is now: operators renew theirs, and ours end. */
  readonly current: () => Promise<Certificate>
  /** Changes when `current` may have another answer. */
  readonly version: () => string
  /** The certificate for a name that is none of those of `current`; absent where there is none but that. */
  readonly forName?: (name: string) => Promise<Certificate> | undefined
  /** What clients have to trust; absent where the operator's own certificate is shown. */
  readonly authorityFile?: string
  /** What the agent on this machine is to trust. */
  readonly trustFile: string
}

/** Throws `UserError` if the operator's files are not a certificate and its key. */
export const serverCertificate = (values: TlsValues, clock: Clock, ids: Ids): ServerCertificate => {
  const { 'tls-cert': certFile, 'tls-key': keyFile, 'data-dir': dataDir } = values
  if (certFile !== undefined && keyFile !== undefined) {
    const current = async (): Promise<Certificate> => readPair(certFile, keyFile)
    readPair(certFile, keyFile)
    return { current, trustFile: certFile, version: () => `${modifiedAt(certFile)}/${modifiedAt(keyFile)}` }
  }
  const names = [...namesOf(values)]
  return {
    current: () => inDataDir(dataDir, () => localCertificate({ dataDir, names, clock, ids })),
    version: () => String(Math.floor(clock.now() / DAY_MS)),
    forName: (name) =>
      isRegistryElsewhere(name, values)
        ? inDataDir(dataDir, () => passingCertificate({ dataDir, names: [name], clock, ids }))
        : undefined,
    authorityFile: authorityFile(dataDir),
    trustFile: authorityFile(dataDir),
  }
}

/** One of the account's registries in other regions. There may be any, so that no certificate could have all of their names. */
const isRegistryElsewhere = (name: string, { account, region, 'registry-suffix': suffix }: TlsValues): boolean => {
  const shaped = awsShaped(name, suffix)
  return shaped !== undefined && !shaped.isAtAws && shaped.registryId === account && shaped.region !== region
}

/**
 * The URL under which clients on this machine reach the server: the first that the certificate holds for. Throws `UserError` if it
 * holds for none.
 */
export const urlFor = ({ cert }: Certificate, urls: readonly string[]): string => {
  const parsed = new X509Certificate(cert)
  const url = urls.find((each) => {
    const name = new URL(each).hostname.replaceAll(/[[\]]/g, '')
    return (isIP(name) === 0 ? parsed.checkHost(name) : parsed.checkIP(name)) !== undefined
  })
  if (url !== undefined) return url
  const names = parsed.subjectAltName ?? parsed.subject.replaceAll('\n', ', ')
  throw new UserError(
    `The certificate holds for ${names}, and not for ${urls.join(' or ')}: say with --advertise under which of its names the server is reached.`,
  )
}

const DAY_MS = 86_400_000

const modifiedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

const readPair = (certFile: string, keyFile: string): Certificate => {
  const [cert, key] = [readText(certFile), readText(keyFile)]
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key }
  } catch (error) {
    throw new UserError(`${certFile} and ${keyFile} are no certificate and key in PEM (${(error as Error).message}).`, {
      cause: error,
    })
  }
  throw new UserError(`The key in ${keyFile} is not that of the certificate in ${certFile}.`)
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`Cannot read ${file} (${(error as Error).message}).`, { cause: error })
  }
}

/** Under which clients reach the server: this machine's names and addresses, what is advertised, and the registry's name as on AWS. */
const namesOf = (values: TlsValues): ReadonlySet<string> => {
  const { host, advertise, 'registry-suffix': suffix } = values
  const addresses = Object.values(networkInterfaces())
    .flatMap((some) => some ?? [])
    .filter(({ scopeid, family }) => family === 'IPv4' || !scopeid)
    .map(({ address }) => address)
  const advertised = advertise === undefined ? [] : [new URL(advertise).hostname.replaceAll(/[[\]]/g, '')]
  const wildcards = new Set(['0.0.0.0', '::'])
  const names = [
    'localhost',
    '127.0.0.1',
    '::1',
    hostname(),
    host,
    ...addresses,
    ...advertised,
    registryHost(values, suffix),
  ]
  return new Set(names.filter((name) => !wildcards.has(name)))
}
