/** CloudWatch Logs as the server has it, in this process: files on a disk, and the whole gateway with signatures verified. */
import path from 'node:path'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { signRequest } from '../../src/model/signature-v4.ts'
import { bootstrap } from '../../src/roles/bootstrap.ts'
import { ControlPlane } from '../../src/roles/control-plane.ts'
import { SqliteJournal } from '../../src/store/journal/sqlite.ts'
import { FileLogStore } from '../../src/store/logs/file-log-store.ts'
import { StoredLogGroups } from '../../src/store/logs/stored-log-groups.ts'
import { Store } from '../../src/store/store.ts'
import { aSealer } from '../../test/services-deps.ts'
import { scratchDirectory } from './scratch.ts'
import { passingStores } from '../../test/passing-stores.ts'

const ENDPOINT = 'http://127.0.0.1:4566'

/** A request that is signed, to be made when time is taken. */
export type SignedCall = ReturnType<LogSite['signed']>

export class LogSite {
  readonly directory: string
  readonly logsDirectory: string
  readonly store: Store
  readonly logs: FileLogStore
  readonly clock = new SystemClock()
  readonly #controlPlane: ControlPlane
  readonly #rootAccessKey: { readonly accessKeyId: string; readonly secretAccessKey: string }

  private constructor(given: Pick<LogSite, 'directory' | 'logsDirectory' | 'store' | 'logs'>, boot: Boot) {
    this.directory = given.directory
    this.logsDirectory = given.logsDirectory
    this.store = given.store
    this.logs = given.logs
    const { keys, rootAccessKey } = boot
    this.#rootAccessKey = rootAccessKey
    this.#controlPlane = new ControlPlane({
      ...HOME,
      ...passingStores(this.clock),
      store: given.store,
      clock: this.clock,
      ids: new SystemIds(),
      log: silentLog,
      isDev: false,
      endpoint: ENDPOINT,
      keys,
      logs: given.logs,
    })
  }

  static async open(): Promise<LogSite> {
    const directory = scratchDirectory()
    const logsDirectory = path.join(directory, 'logs')
    const store = await Store.open(SqliteJournal.open(path.join(directory, 'server')), (error) => {
      throw error
    })
    const sealer = aSealer()
    const groups = new StoredLogGroups(store, sealer)
    const logs = await FileLogStore.open({ directory: logsDirectory, groups, log: silentLog })
    const [clock, ids] = [new SystemClock(), new SystemIds()]
    const boot = await bootstrap({ ...HOME, store, clock, ids, sealer, cluster: 'default' })
    return new LogSite({ directory, logsDirectory, store, logs }, boot)
  }

  signed(operation: string, input: object) {
    const body = Buffer.from(JSON.stringify(input))
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` }
    return {
      method: 'POST',
      url: '/',
      headers: signRequest({
        method: 'POST',
        url: new URL(`${ENDPOINT}/`),
        headers,
        body,
        region: HOME.region,
        service: 'logs',
        credentials: this.#rootAccessKey,
        now: this.clock.now(),
      }),
      body,
      sourceIp: '127.0.0.1',
    }
  }

  /** The answer's bytes. */
  async send(request: SignedCall): Promise<Buffer> {
    const { status, body } = await this.#controlPlane.gateway.handle(request)
    if (status !== 200) throw new Error(body.toString())
    return body
  }

  call(operation: string, input: object): Promise<Buffer> {
    return this.send(this.signed(operation, input))
  }

  async createGroup(logGroupName: string, streams: readonly string[]): Promise<void> {
    await this.call('CreateLogGroup', { logGroupName })
    for (const logStreamName of streams) await this.call('CreateLogStream', { logGroupName, logStreamName })
  }

  /** Ids by which the log store knows a group and its streams. */
  idsOf(logGroupName: string): { readonly groupId: string; readonly streamIds: readonly string[] } {
    const { logGroups, logStreams } = this.store.tables
    const group = [...logGroups.rows()].find(({ name }) => name === logGroupName)
    const groupId = group?.groupId ?? ''
    return { groupId, streamIds: logStreams.find('byGroup', groupId).map(({ streamId }) => streamId) }
  }

  async close(): Promise<void> {
    await this.#controlPlane.stop()
    await this.logs.close()
    await this.store.close()
  }
}

const HOME = { account: '000000000000', region: 'us-east-1' } as const

type Boot = Awaited<ReturnType<typeof bootstrap>>
