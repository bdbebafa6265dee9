/** Options that the roles share, and what they mean. */
import { UserError, wholeNumber } from '../kit/command.ts'
import { defaultDataDir, registryDir } from '../kit/installation.ts'
import { LineLog, type Log, type LogLevel } from '../kit/log.ts'
import type { Clock } from '../kit/clock.ts'
import type { Patience } from '../controllers/index.ts'
import { AUDIT_DAYS } from '../model/audit-limits.ts'
import { certificateOptions, type CertificateValues, checkCertificateOptions } from './certificate-options.ts'
import type { RegistryStorage } from './registry-parts.ts'
import { s3Place } from '../store/blobs/s3-place.ts'
import { DEFAULT_ADDRESS_POOL, parseAddressPool } from '../model/load-balancing/address-pool.ts'
import { DEFAULT_BALANCER_SUFFIX, type LoadBalancingSettings } from '../model/load-balancing/settings.ts'
import { REGISTRY_SUFFIX } from './registry-host.ts'
import { INSTANCE_LOSS_GRACE_MS, LONGEST_PATIENCE_SECONDS, SERVICE_SETTLING_MS } from '../model/limits.ts'

export const logOptions = {
  'log-level': {
    type: 'string',
    valueName: 'LEVEL',
    description: 'least severe lines to write; on a terminal the default is warn, elsewhere info',
    choices: ['debug', 'info', 'warn', 'error'],
  },
  'log-format': {
    type: 'string',
    valueName: 'FORMAT',
    description: 'json or text; on a terminal text, elsewhere json',
    choices: ['json', 'text'],
  },
} as const

export const serverOptions = {
  dev: { type: 'boolean', description: 'accept any credentials, as local AWS emulators do; loopback only' },
  port: { type: 'string', valueName: 'PORT', description: 'where to listen; 0 picks a free port', default: '4566' },
  host: { type: 'string', valueName: 'ADDRESS', description: 'where to listen', default: '127.0.0.1' },
  tls: {
    type: 'boolean',
    description: 'serve HTTPS, with a certificate of an authority of its own that is made on demand',
  },
  'tls-cert': { type: 'string', valueName: 'FILE', description: 'serve HTTPS with this certificate (PEM)' },
  'tls-key': { type: 'string', valueName: 'FILE', description: 'the key of that certificate (PEM)' },
  'plain-http': {
    type: 'boolean',
    description: 'serve plain HTTP beyond loopback too, where something in front of it speaks HTTPS',
  },
  advertise: {
    type: 'string',
    valueName: 'URL',
    description: 'where agents reach it, if not at that address, e.g. https://ecs.example.com',
  },
  'data-dir': { type: 'string', valueName: 'DIR', description: 'where state is kept', default: defaultDataDir() },
  'master-key-file': {
    type: 'string',
    valueName: 'FILE',
    description: 'the key that seals what is secret, if not the one that the first start makes in the data directory',
  },
  account: { type: 'string', valueName: 'ID', description: 'the account, 12 digits', default: '000000000000' },
  region: {
    type: 'string',
    valueName: 'REGION',
    description: 'the region of calls that name none',
    default: 'us-east-1',
  },
  'balancer-addresses': {
    type: 'string',
    valueName: 'RANGES',
    description: 'the addresses that load balancers get, e.g. 10.0.5.0/24,10.0.6.10-10.0.6.20',
    default: DEFAULT_ADDRESS_POOL,
  },
  'balancer-suffix': {
    type: 'string',
    valueName: 'DOMAIN',
    description: 'what follows <name>-<id>.<region>.elb. in the names of load balancers',
    default: DEFAULT_BALANCER_SUFFIX,
  },
  'trust-stores': {
    type: 'string',
    valueName: 'DIR',
    description: 'where CreateTrustStore finds its files, in the place of S3: <bucket>/<key>',
  },
  'registry-suffix': {
    type: 'string',
    valueName: 'DOMAIN',
    description: 'what follows <account>.dkr.ecr.<region>. in the names of the container registry',
    default: REGISTRY_SUFFIX,
  },
  'registry-storage': {
    type: 'string',
    valueName: 'URL',
    description: 'the S3 that images are kept in, if not the data directory: s3://bucket/prefix?region=eu-west-1',
  },
  'registry-destinations': {
    type: 'string',
    valueName: 'FILE',
    description: 'where registries are that images may be replicated to, with their access keys (JSON)',
  },
  'registry-encryption': {
    type: 'string',
    valueName: 'MODE',
    description: 'whether images that are pushed from now on are encrypted on disk: on or off',
    choices: ['on', 'off'],
    default: 'on',
  },
  advisories: {
    type: 'string',
    valueName: 'FILE',
    description: 'what images are compared with when they are scanned: advisories in the format of OSV',
  },
  ...certificateOptions,
  cluster: {
    type: 'string',
    valueName: 'NAME',
    description: 'the cluster to create at the first start',
    default: 'default',
  },
  'audit-days': {
    type: 'string',
    valueName: 'DAYS',
    description: 'how long it is kept who called what',
    default: String(AUDIT_DAYS),
  },
  'instance-loss-grace-seconds': {
    type: 'string',
    valueName: 'SECONDS',
    description: 'how long an agent may be silent until the tasks of services on its instance are replaced',
    default: String(INSTANCE_LOSS_GRACE_MS / 1000),
  },
  'service-settling-seconds': {
    type: 'string',
    valueName: 'SECONDS',
    description: 'how long a task without a health check runs before its service counts it as healthy',
    default: String(SERVICE_SETTLING_MS / 1000),
  },
  ...logOptions,
} as const

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/

/** Refuses combinations that would be unsafe or meaningless. */
export const checkServerOptions = (
  values: CertificateValues & {
    dev: boolean
    host: string
    tls: boolean
    'tls-cert': string | undefined
    'tls-key': string | undefined
    'plain-http': boolean
    account: string
    region: string
    cluster: string
    'registry-suffix': string
    'balancer-addresses': string
    'balancer-suffix': string
    'trust-stores': string | undefined
    'data-dir': string
    'registry-storage': string | undefined
    'registry-encryption': string
    advertise: string | undefined
    'instance-loss-grace-seconds': string
    'service-settling-seconds': string
  },
): void => {
  patienceOf(values)
  checkCertificateOptions(values)
  registryStorage(values)
  loadBalancingSettings(values)
  if (values.dev && !LOOPBACK.test(values.host)) {
    throw new UserError(
      `--dev accepts any credentials and so listens on loopback only; leave it out to listen on ${values.host}.`,
    )
  }
  checkTls(values)
  if (values.advertise !== undefined && !/^https?:\/\/[^\s/?#]+\/*$/.test(values.advertise))
    throw new UserError(`--advertise is "${values.advertise}"; it must look like https://ecs.example.com.`)
  if (!/^\d{12}$/.test(values.account))
    throw new UserError(`--account is "${values.account}"; an account is 12 digits.`)
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(values.region))
    throw new UserError(`--region is "${values.region}"; it must look like us-east-1.`)
  if (!DOMAIN.test(values['registry-suffix']))
    throw new UserError(
      `--registry-suffix is "${values['registry-suffix']}"; it must be a domain in small letters, like images.example.com.`,
    )
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(values.cluster)) {
    throw new UserError(
      `--cluster is "${values.cluster}"; a cluster name has 1 to 255 letters, digits, hyphens and underscores.`,
    )
  }
}

/** Credentials are worth nothing if they can be listened to. */
const checkTls = (values: {
  readonly host: string
  readonly tls: boolean
  readonly 'tls-cert': string | undefined
  readonly 'tls-key': string | undefined
  readonly 'plain-http': boolean
}): void => {
  const hasFiles = values['tls-cert'] !== undefined
  if (hasFiles !== (values['tls-key'] !== undefined))
    throw new UserError('--tls-cert and --tls-key belong together: give both.')
  if (hasFiles && values.tls)
    throw new UserError('--tls makes a certificate, and --tls-cert names one: give one of them.')
  if (LOOPBACK.test(values.host) || values.tls || hasFiles || values['plain-http']) return
  throw new UserError(
    `Beyond loopback Longshore serves HTTPS: add --tls, or --tls-cert and --tls-key, or --plain-http if something in front of ${values.host} speaks HTTPS.`,
  )
}

/** Refuses what is no place in an S3. */
export const registryStorage = (values: {
  readonly 'data-dir': string
  readonly 'registry-storage': string | undefined
  readonly 'registry-encryption': string
}): RegistryStorage => {
  const text = values['registry-storage']
  const s3 = text === undefined ? undefined : s3Place(text)
  if (text !== undefined && s3 === undefined)
    throw new UserError(
      `--registry-storage is "${text}"; it must look like s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-west-1&path-style=true.`,
    )
  return { directory: registryDir(values['data-dir']), s3, isEncrypting: values['registry-encryption'] === 'on' }
}

/** Refuses what are no addresses, or no domain. */
export const loadBalancingSettings = (values: {
  readonly 'balancer-addresses': string
  readonly 'balancer-suffix': string
  readonly 'trust-stores': string | undefined
}): LoadBalancingSettings => {
  const { 'balancer-addresses': addresses, 'balancer-suffix': suffix, 'trust-stores': trustStoresDirectory } = values
  const addressPool = parseAddressPool(addresses)
  if (addressPool === undefined)
    throw new UserError(
      `--balancer-addresses is "${addresses}"; it must look like 10.0.5.0/24, 10.0.6.10-10.0.6.20, or several with commas.`,
    )
  if (!DOMAIN.test(suffix))
    throw new UserError(`--balancer-suffix is "${suffix}"; it must be a domain in small letters, like example.com.`)
  return { suffix, addressPool, trustStoresDirectory }
}

/** Refuses what is no number of seconds. */
export const patienceOf = (values: {
  readonly 'instance-loss-grace-seconds': string
  readonly 'service-settling-seconds': string
}): Patience => {
  const msOf = (name: keyof typeof values): number =>
    wholeNumber(name, values[name], 0, LONGEST_PATIENCE_SECONDS) * 1000
  return { instanceLossGraceMs: msOf('instance-loss-grace-seconds'), settlingMs: msOf('service-settling-seconds') }
}

/** Readable and quiet on a terminal; complete lines for machines elsewhere. */
export const logSettings = (values: { 'log-level': string | undefined; 'log-format': string | undefined }) => {
  const isTerminal = process.stderr.isTTY === true
  return {
    level: (values['log-level'] ?? (isTerminal ? 'warn' : 'info')) as LogLevel,
    format: (values['log-format'] ?? (isTerminal ? 'text' : 'json')) as 'json' | 'text',
  }
}

export const openLog = (clock: Clock, values: Parameters<typeof logSettings>[0]): Log =>
  new LineLog({ clock, ...logSettings(values), write: (line) => void process.stderr.write(line) })
