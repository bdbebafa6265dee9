/**
 * ECS Exec as the agent sees it: takes the control plane's messages, acknowledges or refuses them, and ends what sessions of an agent before it
 * have left. The sessions themselves are loaded with the first one.
 */
import type { AgentMessage } from '../../agentlink/acs-messages.ts'
import type { ResumeSessionMessage, StartSessionMessage } from '../../agentlink/exec-messages.ts'
import type { SessionReceiver } from '../engine/acs-handler.ts'
import type { EngineTask } from '../engine/task.ts'
import type { ContainerRuntime } from '../runtime.ts'
import type { ExecSessions, ExecSessionsOptions } from './exec-sessions.ts'

export interface ExecGateOptions extends Omit<ExecSessionsOptions, 'link'> {
  readonly runtime: Pick<ContainerRuntime, 'exec' | 'endLeftExecs'>
  readonly link: () => Promise<ExecSessionsOptions['link']>
  readonly send: (message: AgentMessage) => void
}

type SessionMessage = StartSessionMessage | ResumeSessionMessage

export class ExecGate implements SessionReceiver {
  readonly #options: ExecGateOptions
  #loading: Promise<ExecSessions> | undefined
  #sessions: ExecSessions | undefined
  #isStopped = false

  constructor(options: ExecGateOptions) {
    this.#options = options
  }

  start(message: StartSessionMessage): void {
    void this.#handle(message, (sessions) => sessions.start(message))
  }

  resume(message: ResumeSessionMessage): void {
    void this.#handle(message, (sessions) => sessions.resume(message))
  }

  changed(task: EngineTask | undefined): void {
    if (task !== undefined) this.#sessions?.changed(task)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#sessions?.stop()
  }

  /** Their sessions are gone with the agent that had them. */
  async endLeft(tasks: Iterable<EngineTask>): Promise<void> {
    const containers = [...tasks].flatMap((task) => task.containers)
    const open = containers.filter(({ managedAgent }) => managedAgent?.status === 'RUNNING')
    await Promise.all(open.map(({ dockerId = '' }) => this.#endLeftIn(dockerId)))
  }

  async #endLeftIn(runtimeId: string): Promise<void> {
    const { runtime, log } = this.#options
    try {
      const count = await runtime.endLeftExecs(runtimeId)
      if (count > 0) log.info('ended commands of exec sessions that are gone', { runtimeId, count })
    } catch (error) {
      log.warn('commands of exec sessions that are gone may run on', { runtimeId, error })
    }
  }

  async #handle(message: SessionMessage, begin: (sessions: ExecSessions) => string | undefined): Promise<void> {
    const { log, send } = this.#options
    const { clusterArn: cluster, containerInstanceArn: containerInstance, messageId, sessionId } = message
    let reason: string | undefined
    try {
      const sessions = await this.#load()
      reason = this.#isStopped ? 'The container agent is stopping.' : begin(sessions)
    } catch (error) {
      log.error('exec session cannot be started', { sessionId, error })
      reason = 'The container agent failed; its log says why.'
    }
    if (reason === undefined) return send({ type: 'AckRequest', message: { cluster, containerInstance, messageId } })
    log.info('exec session refused', { sessionId, reason })
    send({ type: 'NackRequest', message: { cluster, containerInstance, messageId, reason } })
  }

  #load(): Promise<ExecSessions> {
    this.#loading ??= this.#make()
    return this.#loading
  }

  async #make(): Promise<ExecSessions> {
    const [module, link] = await Promise.all([import('./exec-sessions.ts'), this.#options.link()])
    this.#sessions = new module.ExecSessions({ ...this.#options, link })
    return this.#sessions
  }
}
