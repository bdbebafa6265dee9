/**
 * The relay between Docker's awslogs driver and the control plane. The driver tries a batch of events for less than a second and then drops
 * it; the relay keeps it, beyond its own end, for as long as it takes. It signs with credentials that are good now, whenever a batch comes through, and Docker is
 * given a key that is good for the relay alone.
 */
import path from 'node:path'
import type { HttpTransport } from '../../agentlink/http-transport.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { resourceId } from '../../model/arn.ts'
import type { SigningCredentials } from '../../model/signature-v4.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import { type EngineTask, findContainer } from '../engine/task.ts'
import { isHostAddress } from '../metadata/caller.ts'
import type { AuditLog } from '../metadata/audit-log.ts'
import type { MetadataRoute } from '../metadata/route.ts'
import { Forwarder } from './forwarder.ts'
import { bufferOf, logConfigOf } from './log-settings.ts'
import { LogSpool } from './log-spool.ts'
import { Outbox } from './outbox.ts'
import { containerOf, type RelayedContainer, RelayKeys } from './relay-keys.ts'
import { relayRoute } from './relay-route.ts'
import { RelayServer } from './relay-server.ts'
import { keepRelayState, readRelayState } from './relay-state.ts'

export interface LogRelayOptions {
  /** Of the control plane. */
  readonly endpoint: string
  readonly dataDirectory: string
  /** Of the agent itself: tasks without an execution role log with the permissions of their container instance. */
  readonly ownCredentials: () => SigningCredentials
  /** File descriptor of a socket that listens already and outlives this process: who connects while there is no agent waits for one. */
  readonly inheritedSocket?: number
  readonly transport: HttpTransport<Uint8Array>
  readonly userAgent: string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** What the relay has to know of tasks. The agent knows it. */
export interface LogRelaySource {
  tasks(): Iterable<EngineTask>
  readonly credentials: Pick<CredentialsStore, 'get'>
}

/** After the container's end Docker sends the rest at once; it says nowhere that it is done. Measured: 30 ms on a busy machine. */
const QUIET_MS = 300
/** What has not come through by then is not waited for. */
const DRAIN_MS = 30_000
const DRAIN_POLL_MS = 50
/** How long an agent that ends still delivers; the next one has the rest. */
const CLOSE_MS = 5000

export class LogRelay {
  readonly #options: LogRelayOptions
  readonly #keys: RelayKeys
  readonly #server: RelayServer
  readonly #forwarder: Forwarder
  readonly #spool: LogSpool
  /** By the access key of the container. */
  readonly #outboxes = new Map<string, Outbox>()
  readonly #source: Promise<LogRelaySource>
  #serve!: (source: LogRelaySource) => void
  #port = 0

  private constructor(options: LogRelayOptions, secret: string, spool: LogSpool) {
    this.#options = options
    this.#spool = spool
    this.#keys = new RelayKeys(secret)
    this.#forwarder = new Forwarder(options)
    this.#source = new Promise((resolve) => (this.#serve = resolve))
    this.#server = new RelayServer({
      keys: this.#keys,
      onCall: async (container, call, signal) => this.#outboxOf(container, await this.#source).take(call, signal),
    })
  }

  /**
   * Listens where it did before, and has what was not delivered then. Until `serve` is called, all of it waits. Rejects if the data
   * directory cannot be written.
   */
  static async open(options: LogRelayOptions): Promise<LogRelay> {
    const { dataDirectory, ids, log } = options
    const { port, secret } = readRelayState(dataDirectory, ids)
    const relay = new LogRelay(options, secret, await LogSpool.open(path.join(dataDirectory, 'log-spool'), log))
    await relay.#listen(port)
    keepRelayState(dataDirectory, { port: relay.#port, secret })
    return relay
  }

  serve(source: LogRelaySource): void {
    for (const accessKeyId of this.#spool.containersLeft) {
      const container = containerOf(accessKeyId)
      if (container !== undefined) this.#outboxOf(container, source)
    }
    this.#serve(source)
  }

  /** What Docker's driver has to be told besides the options of the task definition. */
  logOptions(task: EngineTask, { definition }: EngineTask['containers'][number]): Readonly<Record<string, string>> {
    const container = { taskId: resourceId(task.arn), containerName: definition.name }
    return {
      'awslogs-endpoint': `http://127.0.0.1:${this.#port}`,
      'awslogs-credentials-endpoint': this.#keys.pathOf(container),
    }
  }

  /** Where Docker gets keys. */
  route(source: LogRelaySource, audit: Pick<AuditLog, 'record'>): MetadataRoute {
    const taskArn = (container: RelayedContainer): string | undefined => taskOf(container, source)?.arn
    return relayRoute({ keys: this.#keys, isHostAddress, taskArn, audit })
  }

  /** Resolves when the last lines of a task whose containers have ended are where they belong, or it is hopeless to wait. */
  async drained(taskArn: string): Promise<void> {
    const { clock } = this.#options
    const startedAt = clock.monotonic()
    const passed = (): number => clock.monotonic() - startedAt
    for (;;) {
      const mine = this.#outboxesOf(taskArn)
      const quietMs = Math.min(passed(), ...mine.map(({ quietMs: quiet }) => quiet))
      if (mine.length === 0 || quietMs >= QUIET_MS || passed() >= DRAIN_MS) return
      await clock.sleep(DRAIN_POLL_MS)
    }
  }

  /** The task is gone, and so is what it still had to say. */
  forget(taskArn: string): void {
    for (const outbox of this.#outboxesOf(taskArn)) void outbox.end()
    for (const key of this.#keysOf(taskArn)) this.#outboxes.delete(key)
  }

  async close(): Promise<void> {
    const { clock } = this.#options
    const emptied = Promise.all([...this.#outboxes.values()].map((outbox) => outbox.emptied()))
    await Promise.race([emptied, clock.sleep(CLOSE_MS)])
    await this.#server.close()
    for (const outbox of this.#outboxes.values()) outbox.stop()
  }

  async #listen(port: number): Promise<void> {
    this.#port = await this.#listenAnywhere(port)
    if (this.#port === port) return
    this.#options.log.warn('the log relay has another port now; containers that log at the old one lose their lines', {
      port,
      newPort: this.#port,
    })
  }

  async #listenAnywhere(port: number): Promise<number> {
    const { inheritedSocket: fd } = this.#options
    if (fd !== undefined) return this.#server.listen({ fd })
    try {
      return await this.#server.listen({ port })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      return this.#server.listen({ port: 0 })
    }
  }

  #outboxOf(container: RelayedContainer, source: LogRelaySource): Outbox {
    const { accessKeyId } = this.#keys.keyOf(container)
    const known = this.#outboxes.get(accessKeyId)
    if (known !== undefined) return known
    const outbox = this.#makeOutbox(accessKeyId, container, source)
    this.#outboxes.set(accessKeyId, outbox)
    return outbox
  }

  #makeOutbox(accessKeyId: string, container: RelayedContainer, source: LogRelaySource): Outbox {
    const { clock, log, ownCredentials } = this.#options
    const task = taskOf(container, source)
    const found = task && findContainer(task, container.containerName)
    const config = found && logConfigOf(found)
    return new Outbox({
      forwarder: this.#forwarder,
      clock,
      buffer: bufferOf(config?.options ?? {}),
      keep: (call) => this.#spool.keep(accessKeyId, call),
      left: this.#spool.takeLeft(accessKeyId),
      credentialsOf: () => credentialsOf(taskOf(container, source), source, ownCredentials),
      onLost: (why) => log.warn('log events are lost', { taskArn: task?.arn, container: container.containerName, why }),
    })
  }

  #outboxesOf(taskArn: string): Outbox[] {
    return this.#keysOf(taskArn).flatMap((key) => this.#outboxes.get(key) ?? [])
  }

  #keysOf(taskArn: string): string[] {
    const taskId = resourceId(taskArn)
    return [...this.#outboxes.keys()].filter((key) => containerOf(key)?.taskId === taskId)
  }
}

const taskOf = ({ taskId }: RelayedContainer, source: LogRelaySource): EngineTask | undefined => {
  for (const task of source.tasks()) if (task.arn.endsWith(`/${taskId}`)) return task
  return undefined
}

/** AWS: the execution role's where the task has one, else those of the container instance. */
const credentialsOf = (
  task: EngineTask | undefined,
  { credentials }: LogRelaySource,
  ownCredentials: () => SigningCredentials,
): SigningCredentials | 'gone' | undefined => {
  if (task === undefined) return 'gone'
  const { executionCredentialsId: id } = task
  return id === undefined ? ownCredentials() : credentials.get(id)?.credentials
}
