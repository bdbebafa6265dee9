/**
 * Keeps sessions of ECS Exec true to who is connected: agents are told of sessions whose client has come, both ends are led together, and a
 * session ends when its command, its task, its client or its agent is gone, or when somebody ends its row.
 *
 * What is here beside the rows (connections, tokens of agents) is lost with the process, and both ends come back for it.
 */
import { timingSafeEqual } from 'node:crypto'
import type { AgentMessage } from '../../agentlink/acs-messages.ts'
import type { AcsHost, AcsSession } from '../../agentlink/acs-server.ts'
import { CLOSE_GOING_AWAY } from '../../agentlink/socket.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { endedSession, hasEnded, type SessionRecord, sessionTarget, tokenDigest } from '../../model/exec-session.ts'
import {
  AGENT_CONNECT_MS,
  AGENT_RECONNECT_MS,
  AGENT_RECONNECT_PAUSE_MS,
  DATA_CHANNEL_PING_MS,
  SESSION_RESUME_MS,
  TASK_END_MS,
} from '../../model/exec-limits.ts'
import { REASON_LENGTH } from '../../model/limits.ts'
import type { TaskRecord } from '../../model/records.ts'
import type { ChangeSet, Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import type { Connection } from './connection.ts'
import { Deliveries } from './deliveries.ts'
import { type Presence, whyOver } from './why-over.ts'
import type { Relay, RelayOptions, Side } from './relay.ts'

export interface ExecSessionsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Base URL that agents reach this server under. */
  readonly endpoint: string
}

/** A connection that says whose it is. */
export interface Arrival {
  readonly sessionId: string
  readonly tokenValue: string
  readonly connection: Connection
  readonly makeRelay: (options: RelayOptions) => Relay
}

export class ExecSessions implements Controller {
  readonly name = 'exec-sessions'
  readonly everyMs = DATA_CHANNEL_PING_MS
  readonly #options: ExecSessionsOptions
  readonly #store: Store
  readonly #deliveries: Deliveries
  readonly #relays = new Map<string, Relay>()
  readonly #startedAt: number
  #wake: (sessionId: string) => void = () => {}

  constructor(options: ExecSessionsOptions) {
    this.#options = options
    this.#store = options.store
    this.#startedAt = options.clock.now()
    this.#deliveries = new Deliveries({
      ...options,
      refused: (sessionId, reason) => this.#endInBackground(sessionId, reason),
    })
  }

  /** The host of the agents' sessions, which is also told of those of their commands. */
  hosting(host: AcsHost): AcsHost {
    return {
      admit: (parameters, caller) => host.admit(parameters, caller),
      connected: (session) => {
        const handler = host.connected(session)
        this.#agentConnected(session)
        return {
          message: (message) => {
            this.#agentAnswered(message)
            handler.message(message)
          },
          drained: () => handler.drained(),
          closed: () => {
            this.#deliveries.disconnected(session)
            handler.closed()
          },
        }
      },
    }
  }

  /**
   * Takes the connection over if the token is one of the session's; it is good no more then. Whoever comes with a connection has loaded what
   * relays are made of: without sessions nobody needs it.
   */
  async admit({ sessionId, tokenValue, connection, makeRelay }: Arrival): Promise<boolean> {
    const digest = tokenDigest(tokenValue)
    const side = this.#deliveries.takeToken(sessionId, digest)
      ? 'agent'
      : await this.#takeClientToken(sessionId, digest)
    const session = this.#store.tables.sessions.get(sessionId)
    if (side === undefined || session === undefined || hasEnded(session)) return false
    const relay = this.#relayOf(session, makeRelay)
    if (!connection.isOpen) return false
    relay.attach(side, connection)
    this.#options.log.info('data channel opened', { sessionId, side })
    if (!relay.has('agent')) this.#awaitAgent(session, relay)
    return true
  }

  /** The process ends: both ends come back to whoever is there then. */
  close(): void {
    for (const relay of this.#relays.values()) relay.drop(CLOSE_GOING_AWAY, 'The control plane is stopping')
    this.#relays.clear()
  }

  watch(wake: (sessionId: string) => void): () => void {
    this.#wake = wake
    const unwatch = this.#store.watch(['sessions', 'tasks'], (changeSet) => this.#changed(changeSet))
    return () => {
      this.#wake = () => {}
      unwatch()
    }
  }

  *keys(): Iterable<string> {
    // The period is also that of the pings, by which connections stay open.
    for (const relay of this.#relays.values()) relay.turn()
    for (const session of this.#store.tables.sessions.rows()) if (!hasEnded(session)) yield session.sessionId
  }

  async reconcile(sessionId: string): Promise<void> {
    const session = this.#store.tables.sessions.get(sessionId)
    if (session === undefined || hasEnded(session)) return
    const relay = this.#relays.get(sessionId)
    const reason = whyOver(session, this.#store.tables, this.#presence(session, relay))
    if (reason !== undefined) await this.#end(sessionId, reason)
    else if (relay?.has('agent') === false) this.#deliver(session)
  }

  #presence({ deliveredAt = this.#startedAt }: SessionRecord, relay: Relay | undefined): Presence {
    const now = this.#options.clock.now()
    const sinceStartMs = now - this.#startedAt
    return {
      now,
      clientAwayMs: relay?.awayMs('client') ?? sinceStartMs,
      agentAwayMs: relay?.awayMs('agent') ?? sinceStartMs,
      hadAgent: relay?.hadAgent === true || deliveredAt < this.#startedAt,
    }
  }

  #agentConnected(link: AcsSession): void {
    this.#deliveries.connected(link)
    for (const session of this.#store.tables.sessions.find('liveOnInstance', link.containerInstanceId)) {
      const relay = this.#relays.get(session.sessionId)
      const isWanted = session.deliveredAt !== undefined || relay?.has('client') === true
      if (isWanted && relay?.has('agent') !== true) this.#deliver(session)
    }
  }

  #agentAnswered(message: AgentMessage): void {
    if (message.type === 'NackRequest') this.#deliveries.nacked(message.message.messageId, message.message.reason)
  }

  #deliver({ sessionId }: SessionRecord): void {
    const told = this.#deliveries.deliver(sessionId).then((isDone) => {
      if (!isDone) this.#checkLater(sessionId, AGENT_RECONNECT_PAUSE_MS)
    })
    told.catch((error: unknown) =>
      this.#options.log.error('telling an agent of a session failed', { sessionId, error }),
    )
  }

  #takeClientToken(sessionId: string, digest: string): Promise<'client' | undefined> {
    const now = this.#options.clock.now()
    return this.#store.transact((tx) => {
      const session = tx.sessions.get(sessionId)
      if (session === undefined || hasEnded(session) || session.tokenExpiresAt <= now) return undefined
      if (session.tokenDigest === undefined || !isSame(session.tokenDigest, digest)) return undefined
      tx.sessions.update(sessionId, { tokenDigest: undefined, status: 'Connected' })
      return 'client'
    })
  }

  #relayOf(session: SessionRecord, makeRelay: Arrival['makeRelay']): Relay {
    const { sessionId, clusterArn, taskId, runtimeId } = session
    const known = this.#relays.get(sessionId)
    if (known !== undefined) return known
    const { clock, ids } = this.#options
    const made: Relay = makeRelay({
      sessionId,
      targetId: sessionTarget(clusterArn, taskId, runtimeId),
      clock,
      ids,
      listener: {
        lost: (side) => this.#lost(session, made, side),
        agentEnded: (output) => this.#endInBackground(sessionId, output),
      },
    })
    this.#relays.set(sessionId, made)
    return made
  }

  #lost(session: SessionRecord, relay: Relay, side: Side): void {
    const { sessionId } = session
    this.#options.log.info('data channel lost', { sessionId, side })
    if (side === 'client') this.#checkLater(sessionId, SESSION_RESUME_MS)
    else this.#awaitAgent(session, relay)
  }

  #awaitAgent(session: SessionRecord, { hadAgent }: Relay): void {
    this.#checkLater(session.sessionId, hadAgent ? AGENT_RECONNECT_MS : AGENT_CONNECT_MS)
    this.#deliver(session)
  }

  #checkLater(sessionId: string, delayMs: number): void {
    this.#options.clock.setTimer(delayMs + 1, () => this.#wake(sessionId))
  }

  #changed({ changes }: ChangeSet): void {
    for (const { table, key, after } of changes) {
      if (table === 'tasks') this.#taskChanged(after as TaskRecord | undefined)
      else if (after === undefined || hasEnded(after as SessionRecord)) this.#over(key, after as SessionRecord)
    }
  }

  /** Its agent, which saw it, too, may have the rest of the output to send. */
  #taskChanged(task: TaskRecord | undefined): void {
    if (task?.lastStatus !== 'STOPPED' || task.enableExecuteCommand !== true) return
    for (const { sessionId } of this.#store.tables.sessions.find('liveInTask', task.taskId))
      this.#checkLater(sessionId, TASK_END_MS)
  }

  #over(sessionId: string, session: SessionRecord | undefined): void {
    this.#relays.get(sessionId)?.end(session?.reason ?? '')
    this.#relays.delete(sessionId)
    this.#deliveries.forget(sessionId)
  }

  async #end(sessionId: string, reason: string): Promise<void> {
    const { clock, log } = this.#options
    await this.#store.transact((tx) => {
      const session = tx.sessions.get(sessionId)
      if (session === undefined || hasEnded(session)) return
      const status = session.status === 'Connecting' ? 'Failed' : 'Terminated'
      const kept = reason.slice(0, REASON_LENGTH) // Agents say it, and are not to fill the store.
      tx.sessions.update(sessionId, endedSession(status, kept, clock.now()))
      log.info('session ended', { sessionId, from: session.status, to: status, reason: kept })
    })
  }

  #endInBackground(sessionId: string, reason: string): void {
    this.#end(sessionId, reason).catch((error: unknown) =>
      this.#options.log.error('ending a session failed', { sessionId, error }),
    )
  }
}

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
