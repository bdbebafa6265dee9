/**
 * Access logs as files: each load balancer that has them switched on gets a file every five minutes, compressed and named as AWS names its
 * objects, below the bucket's and prefix's directories. With an S3 they wait there only until they are uploaded.
 */
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { dateOf } from '../../kit/timestamps.ts'
import type { LoadBalancerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'
import { readAccessLog, readConnectionLog, sectionOfLog } from '../configuration/access-log.ts'
import { listenerName } from '../configuration/names.ts'
import type { RenderedConfiguration } from '../configuration/settings.ts'
import { albLine, type LoggingListener, requestOfLog } from './alb-line.ts'
import { LogUploads, type Upload } from './log-uploads.ts'
import { nlbLine } from './nlb-line.ts'

export interface AccessLogsOptions {
  readonly directory: string
  /** Puts a file into a bucket; absent without S3. */
  readonly upload?: Upload
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** Where a load balancer's files go. */
interface Destination {
  readonly bucket: string
  readonly prefix: string
  readonly loadBalancer: LoadBalancerRoute
}

const FILE_EVERY_MS = 5 * 60_000
const WRITE_EVERY_MS = 1000
/** Of lines that wait to be written; beyond that they are dropped and counted. */
const WAITING_BYTES = 32 * 1024 * 1024

export class AccessLogs {
  readonly #options: AccessLogsOptions
  readonly #uploads: LogUploads | undefined
  /** Also of load balancers that are gone, or log no more, until their last lines are in a file. */
  readonly #destinations = new Map<string, Destination>()
  #rendered: RenderedConfiguration | undefined
  #table: RoutingTable | undefined
  #listeners: ReadonlyMap<string, LoggingListener> = new Map()
  /** Lines that are not written yet, by load balancer. */
  #waiting = new Map<string, string[]>()
  #waitingBytes = 0
  #lost = 0
  #timers: Timer[] = []
  #writing: Promise<void> = Promise.resolve()

  constructor(options: AccessLogsOptions) {
    this.#options = options
    const { upload, clock, log } = options
    this.#uploads = upload && new LogUploads({ directory: this.#closedDirectory, upload, clock, log })
  }

  /** Lines that could not be kept. */
  get lostLines(): number {
    return this.#lost
  }

  start(): void {
    for (const each of [this.#openDirectory, this.#closedDirectory]) mkdirSync(each, { recursive: true, mode: 0o700 })
    this.#uploads?.start()
    this.#writeLater()
    this.#closeLater()
  }

  /** What lines are about from now on. */
  declare(table: RoutingTable, rendered: RenderedConfiguration): void {
    this.#table = table
    this.#rendered = rendered
    for (const loadBalancer of table.loadBalancers.values()) {
      const destination = destinationOf(loadBalancer)
      if (destination !== undefined) this.#destinations.set(loadBalancer.loadBalancerArn, destination)
    }
    this.#listeners = new Map(
      [...table.loadBalancers.values()].flatMap((loadBalancer) =>
        loadBalancer.listeners.map((listener) => [listenerName(listener.listenerArn), { loadBalancer, listener }]),
      ),
    )
  }

  /** A line that HAProxy wrote; others than those of requests and connections are passed over. */
  add(line: string): void {
    const found = this.#listeners.get(sectionOfLog(line))
    if (found === undefined || destinationOf(found.loadBalancer) === undefined) return
    const text = this.#entry(line, found)
    if (text === undefined || this.#waitingBytes + text.length > WAITING_BYTES) {
      this.#lost++
      return
    }
    this.#waitingBytes += text.length
    const arn = found.loadBalancer.loadBalancerArn
    const lines = this.#waiting.get(arn) ?? []
    lines.push(`${text}\n`)
    this.#waiting.set(arn, lines)
  }

  /** Undefined: the line was cut off, as it was too long. */
  #entry(line: string, found: LoggingListener): string | undefined {
    if (this.#table === undefined || this.#rendered === undefined) return undefined
    if (found.listener.protocol === 'TLS') return nlbLine(readConnectionLog(line), found, this.#table)
    const fields = readAccessLog(line)
    const isWhole = /^\d+$/.test(fields.totalMilliseconds)
    return isWhole ? albLine(requestOfLog(fields, found, this.#table, this.#rendered)) : undefined
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel()
    this.#uploads?.stop()
    await this.#inTurn(() => this.#write())
  }

  /** Ends the files of this period. */
  async closeFiles(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#write()
      const arns = readdirSync(this.#openDirectory).map((name) =>
        decodeURIComponent(name.replace(/\.closing(\.gz)?$/, '')),
      )
      for (const arn of new Set(arns)) await this.#closeFile(arn)
    })
    void this.#uploads?.run()
  }

  /** No bucket's name begins with a dot. */
  get #openDirectory(): string {
    return path.join(this.#options.directory, '.open')
  }

  get #closedDirectory(): string {
    const { directory, upload } = this.#options
    return upload === undefined ? directory : path.join(directory, '.upload')
  }

  #writeLater(): void {
    this.#timers[0] = this.#options.clock.setTimer(
      WRITE_EVERY_MS,
      () => void this.#inTurn(() => this.#write()).then(() => this.#writeLater()),
    )
  }

  /** Periods end when the clock's minutes are a multiple of five, as with AWS. */
  #closeLater(): void {
    const { clock } = this.#options
    const left = FILE_EVERY_MS - (clock.now() % FILE_EVERY_MS)
    this.#timers[1] = clock.setTimer(left, () => void this.closeFiles().then(() => this.#closeLater()))
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing
      .then(work)
      .catch((error: unknown) => this.#options.log.error('access logs are not kept', { error }))
    return this.#writing
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = new Map()
    this.#waitingBytes = 0
    for (const [arn, lines] of waiting) await appendFile(this.#openFile(arn), lines.join(''), { mode: 0o600 })
  }

  #openFile(arn: string): string {
    return path.join(this.#openDirectory, encodeURIComponent(arn))
  }

  async #closeFile(arn: string): Promise<void> {
    // Before the first table nothing is known of what an earlier process left.
    if (this.#table === undefined) return
    const [open, closing] = [this.#openFile(arn), `${this.#openFile(arn)}.closing`]
    // An earlier process did not come to its end.
    if (existsSync(closing)) await this.#compress(arn, closing)
    if (!existsSync(open)) return
    renameSync(open, closing)
    await this.#compress(arn, closing)
    const loadBalancer = this.#table.loadBalancers.get(arn)
    if (loadBalancer === undefined || destinationOf(loadBalancer) === undefined) this.#destinations.delete(arn)
  }

  async #compress(arn: string, closing: string): Promise<void> {
    const destination = this.#destinations.get(arn)
    if (destination !== undefined) {
      const file = path.join(this.#closedDirectory, destination.bucket, this.#keyOf(destination))
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      const compressed = `${closing}.gz`
      await pipeline(createReadStream(closing), createGzip(), createWriteStream(compressed, { mode: 0o600 }))
      renameSync(compressed, file)
    }
    rmSync(closing)
  }

  /** AWS: the name of the object. */
  #keyOf({ prefix, loadBalancer: { loadBalancerArn, type, addresses } }: Destination): string {
    const { clock, ids } = this.#options
    const [, , , region = '', account = '', resource = ''] = loadBalancerArn.split(':')
    const end = dateOf(clock.now()).toISOString()
    const [day = '', time = ''] = end.split('T')
    const stamp = `${day.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z`
    const name = resource.replace(/^loadbalancer\//, '').replaceAll('/', '.')
    const address = type === 'application' ? `_${addresses[0] ?? '127.0.0.1'}` : ''
    const random = ids.uuid().replaceAll('-', '').slice(0, 8)
    return [
      ...(prefix === '' ? [] : [prefix]),
      `AWSLogs/${account}/elasticloadbalancing/${region}/${day.replaceAll('-', '/')}`,
      `${account}_elasticloadbalancing_${region}_${name}_${stamp}${address}_${random}.log.gz`,
    ].join('/')
  }
}

/** Undefined if it has none. Names of buckets and prefixes are checked where they are set; none leads out of the directory. */
const destinationOf = (loadBalancer: LoadBalancerRoute): Destination | undefined => {
  const { attributes } = loadBalancer
  const bucket = attributes['access_logs.s3.bucket'] ?? ''
  const prefix = (attributes['access_logs.s3.prefix'] ?? '').replace(/^\/+|\/+$/g, '')
  if (attributes['access_logs.s3.enabled'] !== 'true' || !/^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket)) return undefined
  if (prefix.split('/').some((part) => part === '..' || part === '.')) return undefined
  return { bucket, prefix, loadBalancer }
}
