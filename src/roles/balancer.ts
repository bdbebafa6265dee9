/**
 * `longshore balancer`: serves load balancers on this machine. It is told what to do over a websocket of its own, keeps that on disk, and
 * steers HAProxy, which serves on whatever becomes of this process or of the control plane.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { BalancerClient } from '../agentlink/balancer-client.ts'
import { ecsSigner } from '../agentlink/signer.ts'
import { webSocketOpener } from '../agentlink/web-sockets.ts'
import { type Clock, SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values, wholeNumber } from '../kit/command.ts'
import { type Ids, SystemIds } from '../kit/ids.ts'
import { defaultDataDir, readPrivate, writePrivate } from '../kit/installation.ts'
import type { Log } from '../kit/log.ts'
import { hasParent, untilToldToEnd } from '../kit/process-end.ts'
import { trustCertificates } from '../kit/trust.ts'
import { version } from '../kit/version.ts'
import type { DnsAddress } from '../loadbalancer/dns/dns-server.ts'
import { BALANCER_TABLE_MESSAGE_BYTES } from '../model/load-balancing/balancer-limits.ts'
import { type AddressPool, parseAddressPool } from '../model/load-balancing/address-pool.ts'
import { openCredentials, openMachine } from './agent-identity.ts'
import { accessLogsPlace, uploadTo } from './balancer/access-logs-place.ts'
import { haproxyVersion } from './balancer/haproxy-version.ts'
import { Serving } from './balancer/serving.ts'
import { sayReady } from './child.ts'
import { findProgram } from './find-program.ts'
import { logOptions, openLog } from './options.ts'
import { inDataDir } from './running.ts'
import { HOW_TO_INSTALL } from './up-balancer.ts'

const options = {
  join: {
    type: 'string',
    valueName: 'TOKEN',
    description: "join with a token of 'longshore token create --balancer'; later starts need none",
  },
  endpoint: { type: 'string', valueName: 'URL', description: 'where the control plane is, if not where it joined' },
  region: {
    type: 'string',
    valueName: 'REGION',
    description: 'the region to sign for, if it did not join',
    default: 'us-east-1',
  },
  'ca-cert': {
    type: 'string',
    valueName: 'FILE',
    description: 'trust the authorities in this file (PEM) too, e.g. that of a server with --tls',
  },
  'data-dir': {
    type: 'string',
    valueName: 'DIR',
    description: 'where its identity and what it serves are kept',
    default: path.join(defaultDataDir(), 'balancer'),
  },
  addresses: {
    type: 'string',
    valueName: 'RANGES',
    description: 'serve those load balancers alone whose address is among these, e.g. 10.0.5.0/24',
  },
  'shared-address': {
    type: 'string',
    valueName: 'ADDRESS',
    description: 'an address on which all of them are served, told apart by their names; none for none',
    default: '127.0.0.1',
  },
  'availability-zone': { type: 'string', valueName: 'ZONE', description: 'the zone that this machine is in' },
  dns: {
    type: 'string',
    valueName: 'ADDRESS:PORT',
    description: 'answer DNS queries for names of load balancers there, by UDP and TCP',
  },
  'access-logs': {
    type: 'string',
    valueName: 'FILE',
    description: 'the S3 that access logs are uploaded to (JSON); without it they stay in the data directory',
  },
  haproxy: { type: 'string', valueName: 'FILE', description: 'HAProxy, 2.6 or later', default: 'haproxy' },
  end: { type: 'boolean', description: 'end the HAProxy that a balancer left behind, instead of serving' },
  ...logOptions,
} as const

type BalancerValues = Values<typeof options>

export const balancerCommand = command({
  name: 'balancer',
  summary: 'serve load balancers on this machine',
  details: 'It ends, and HAProxy serves on: the next start takes it over.',
  options,
  run: async (values) => {
    if (values['ca-cert'] !== undefined) trustCertificates(values['ca-cert'])
    const pool = poolOf(values.addresses)
    const program = findProgram(values.haproxy)
    if (program === undefined)
      throw new UserError(
        `Load balancers are served by HAProxy, and "${values.haproxy}" is not installed: ${HOW_TO_INSTALL}`,
      )
    await runBalancer(values, program, pool)
    return 0
  },
})

const poolOf = (text: string | undefined): AddressPool | undefined => {
  const pool = text === undefined ? undefined : parseAddressPool(text)
  if (text !== undefined && pool === undefined)
    throw new UserError(
      `--addresses is "${text}"; it must look like 10.0.5.0/24, 10.0.6.10-10.0.6.20, or several with commas.`,
    )
  return pool
}

/** Runs until the process is told to end. */
const runBalancer = async (values: BalancerValues, program: string, pool: AddressPool | undefined): Promise<void> => {
  const [clock, ids] = [new SystemClock(), new SystemIds()]
  const log = openLog(clock, values)
  const { 'data-dir': directory, 'shared-address': shared, 'availability-zone': availabilityZone } = values
  inDataDir(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }))
  const ended = untilToldToEnd()
  const serving = new Serving({
    directory,
    program,
    version: await haproxyVersion(program),
    pool,
    clock,
    ids,
    log,
    ...(shared !== 'none' && { sharedAddress: shared }),
    ...(availabilityZone !== undefined && { availabilityZone }),
    ...(values['access-logs'] !== undefined && { upload: uploadTo(accessLogsPlace(values['access-logs'])) }),
    ...(values.dns !== undefined && { dns: dnsAddress(values.dns) }),
  })
  if (values.end) return serving.end()
  try {
    // Traffic comes first: what is new can wait for a control plane that is away.
    await serving.start()
    sayReady({ directory })
    const connected = connect(values, { clock, ids, log, serving })
    if (await Promise.race([connected.then(() => true), ended])) await ended
  } finally {
    await serving.close()
  }
}

interface Connecting {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly serving: Serving
}

/** Resolves when it is known who this machine is; the connection comes and goes by itself from then on. */
const connect = async (values: BalancerValues, { clock, ids, log, serving }: Connecting): Promise<void> => {
  const { 'data-dir': dataDirectory, join: joinText } = values
  const machine = await openMachine(dataDirectory, joinText)
  const endpoint = values.endpoint ?? machine?.endpoint
  if (endpoint === undefined)
    throw new UserError('It is not known where the control plane is: join with --join, or say --endpoint.')
  const source = { variables: process.env, machine, dataDirectory, endpoint, joinText, log }
  const credentials = await openCredentials(source)
  const client = new BalancerClient({
    clock,
    ids,
    log,
    openSocket: webSocketOpener(BALANCER_TABLE_MESSAGE_BYTES),
    sign: ecsSigner({ clock, region: machine?.region ?? values.region, credentials }),
    endpoint,
    balancerId: machine?.instanceId ?? ownId(dataDirectory, ids),
    version: version(),
    onTable: (told) => serving.told(told),
    onDisconnected: () => serving.unheard(),
  })
  serving.reportTo(client)
  client.start()
  if (!hasParent()) process.stdout.write(`Longshore balancer ${version()} serves the load balancers of ${endpoint}\n`)
}

/** Of a balancer that came with an access key. */
const ownId = (directory: string, ids: Ids): string => {
  const file = path.join(directory, 'balancer-id.json')
  const known = readPrivate<{ readonly balancerId: string }>(file)
  if (known !== undefined) return known.balancerId
  const balancerId = ids.uuid()
  writePrivate(file, { balancerId })
  return balancerId
}

const dnsAddress = (text: string): DnsAddress => {
  const [, address = '', port = ''] = /^\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})$/.exec(text) ?? []
  if (address === '') throw new UserError(`--dns is "${text}"; it must look like 10.0.0.2:53 or [::1]:53.`)
  return { address, port: wholeNumber('dns', port, 0, 65_535) }
}
