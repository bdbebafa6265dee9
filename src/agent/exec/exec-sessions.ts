/**
 * The sessions of ECS Exec that this agent has: begins them in containers that run, within the limit of each container, and ends them with
 * their containers and with the agent. Loaded with the first session.
 */
import type { ResumeSessionMessage, StartSessionMessage } from '../../agentlink/exec-messages.ts'
import type { SessionCaller } from '../../agentlink/session-api.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { parseArn } from '../../model/arn.ts'
import { sessionEncryptionContext } from '../../model/data-channel/session-cipher.ts'
import { SESSIONS_PER_CONTAINER } from '../../model/exec-session.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import { type EngineContainer, type EngineTask, findContainer, isStopped } from '../engine/task.ts'
import type { ExecLink } from '../links.ts'
import type { ContainerRuntime } from '../runtime.ts'
import { ExecSession } from './exec-session.ts'
import { executeCommandAgent } from './managed-agent.ts'
import { SessionChannel } from './session-channel.ts'
import { SessionEnd } from './session-end.ts'
import { Transcript } from './transcript.ts'

export interface ExecSessionsOptions {
  readonly runtime: Pick<ContainerRuntime, 'exec'>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly agentVersion: string
  readonly link: ExecLink
  readonly credentials: Pick<CredentialsStore, 'get'>
  readonly taskOf: (arn: string) => EngineTask | undefined
}

export class ExecSessions {
  readonly #options: ExecSessionsOptions
  readonly #running = new Map<string, { readonly session: ExecSession; readonly ended: Promise<void> }>()

  constructor(options: ExecSessionsOptions) {
    this.#options = options
  }

  /** Begins a session. A sentence that says why not, if it cannot. A message that comes again changes nothing. */
  start(message: StartSessionMessage): string | undefined {
    if (this.#running.has(message.sessionId)) return undefined
    const container = this.#container(message)
    const refusal = this.#refusal(message, container)
    if (refusal !== undefined) return refusal
    const session = this.#make(message)
    const ended = session.run().finally(() => this.#running.delete(message.sessionId))
    this.#running.set(message.sessionId, { session, ended })
    return undefined
  }

  /** Goes on with a session over another connection. */
  resume(message: ResumeSessionMessage): string | undefined {
    const running = this.#running.get(message.sessionId)
    if (running === undefined) return 'The session has ended.'
    running.session.resume(message)
    return undefined
  }

  /** Hears of every change of a task. */
  changed(task: EngineTask): void {
    for (const { session } of this.#running.values()) {
      const { taskArn, containerName } = session.message
      const container = taskArn === task.arn ? findContainer(task, containerName) : undefined
      if (container !== undefined && isStopped(container)) session.containerStopped()
    }
  }

  /** Ends them all. */
  async stop(): Promise<void> {
    const running = [...this.#running.values()]
    for (const { session } of running) session.end('The container agent is stopping.')
    await Promise.all(running.map(({ ended }) => ended))
  }

  #container({ taskArn, containerName }: StartSessionMessage): EngineContainer | undefined {
    const task = this.#options.taskOf(taskArn)
    return task && findContainer(task, containerName)
  }

  #refusal(message: StartSessionMessage, container: EngineContainer | undefined): string | undefined {
    if (container?.knownStatus !== 'RUNNING' || container.dockerId !== message.runtimeId || container.restartPending)
      return 'The container is not running.'
    const limit = sessionLimit(container)
    const isOfIt = ({ session }: { readonly session: ExecSession }): boolean =>
      session.message.runtimeId === message.runtimeId
    const count = [...this.#running.values()].filter(isOfIt).length
    return count < limit ? undefined : `The container has ${limit} sessions already; it can have no more at once.`
  }

  #make(message: StartSessionMessage): ExecSession {
    const { runtime, clock, ids, log, agentVersion, link } = this.#options
    const { sessionId } = message
    return new ExecSession({
      message,
      runtime,
      clock,
      log,
      agentVersion,
      openChannel: (listener) =>
        new SessionChannel({ sessionId, clock, ids, log, openDataSocket: link.openDataSocket, listener }),
      transcript: this.#transcript(message),
      decryptDataKey: (encryptedKey) => this.#decrypt(message, encryptedKey),
    })
  }

  #transcript({ taskArn, logging }: StartSessionMessage): Transcript | undefined {
    if (logging === undefined) return undefined
    const { clock, log, link } = this.#options
    return new Transcript({
      clock,
      log,
      api: link.api,
      caller: this.#caller(taskArn, logging.region),
      destination: { logGroupName: logging.cloudWatchLogGroupName, logStreamName: logging.cloudWatchLogStreamName },
    })
  }

  async #decrypt(
    { taskArn, kmsKeyId = '', sessionId, targetId }: StartSessionMessage,
    encryptedKey: Uint8Array,
  ): Promise<Uint8Array> {
    const caller = this.#caller(taskArn, parseArn(taskArn)?.region ?? '')
    const context = sessionEncryptionContext(sessionId, targetId)
    try {
      return await this.#options.link.api.decryptDataKey(caller, kmsKeyId, encryptedKey, context)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new SessionEnd(`The data key of the session cannot be decrypted with the task's role: ${reason}`)
    }
  }

  #caller(taskArn: string, region: string): SessionCaller {
    const credentials = () => {
      const id = this.#options.taskOf(taskArn)?.credentialsId
      const found = id === undefined ? undefined : this.#options.credentials.get(id)
      if (found === undefined) throw new SessionEnd('The task has no credentials of a role.')
      return found.credentials
    }
    return { region, credentials }
  }
}

const sessionLimit = (container: EngineContainer): number => {
  const limit = Number(executeCommandAgent(container)?.properties?.['sessionLimit'])
  return Number.isInteger(limit) && limit > 0 ? limit : SESSIONS_PER_CONTAINER
}
