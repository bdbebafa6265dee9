/**
 * Tells agents of sessions: to begin one at most once, to come back to one as often as its connection is lost. Each message has a token that is
 * kept in memory alone, and good once.
 */
import { timingSafeEqual } from 'node:crypto'
import type { AcsSession } from '../../agentlink/acs-server.ts'
import type { ResumeSessionMessage, StartSessionMessage } from '../../agentlink/exec-messages.ts'
import { socketUrl } from '../../agentlink/link-url.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Clock } from '../../kit/clock.ts'
import { containerInstanceArn, taskArn } from '../../model/arn.ts'
import {
  dataChannelPath,
  hasEnded,
  newSessionToken,
  type SessionRecord,
  sessionTarget,
  tokenDigest,
} from '../../model/exec-session.ts'
import {
  AGENT_RECONNECT_PAUSE_MS,
  SESSION_IDLE_SECONDS,
  SESSION_MAXIMUM_SECONDS,
  SESSION_RESUME_MS,
} from '../../model/exec-limits.ts'
import type { Store } from '../../store/store.ts'
import { lacksEncryption, UNENCRYPTED_LOG_GROUP } from './log-encryption.ts'

export interface DeliveriesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  /** Base URL that agents reach this server under. */
  readonly endpoint: string
  /** A session cannot begin, or go on. */
  readonly refused: (sessionId: string, reason: string) => void
}

interface Sent {
  readonly messageId: string
  readonly tokenDigest: string
  readonly sentAt: number
}

export class Deliveries {
  readonly #options: DeliveriesOptions
  /** By container instance. */
  readonly #links = new Map<string, AcsSession>()
  /** What each session's agent was told last. */
  readonly #sent = new Map<string, Sent>()

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  connected(link: AcsSession): void {
    this.#links.set(link.containerInstanceId, link)
  }

  disconnected(link: AcsSession): void {
    if (this.#links.get(link.containerInstanceId) === link) this.#links.delete(link.containerInstanceId)
  }

  /** Whether it is the token that the session's agent was sent. It is good no more then. */
  takeToken(sessionId: string, digest: string): boolean {
    const sent = this.#sent.get(sessionId)
    if (sent === undefined || !timingSafeEqual(Buffer.from(sent.tokenDigest), Buffer.from(digest))) return false
    this.#sent.set(sessionId, { ...sent, tokenDigest: tokenDigest(newSessionToken()) })
    return true
  }

  nacked(messageId: string, reason: unknown): void {
    const sentence = typeof reason === 'string' && reason !== '' ? reason : 'The agent refused the session.'
    for (const [sessionId, sent] of this.#sent)
      if (sent.messageId === messageId) this.#options.refused(sessionId, sentence)
  }

  forget(sessionId: string): void {
    this.#sent.delete(sessionId)
  }

  /** Tells the agent, if it is connected. False if it was told just now, and may be told again a while later. */
  async deliver(sessionId: string): Promise<boolean> {
    const { store, clock } = this.#options
    const before = this.#sent.get(sessionId)
    const session = store.tables.sessions.get(sessionId)
    const link = this.#links.get(session?.containerInstanceId ?? '')
    if (link === undefined || session === undefined || hasEnded(session)) return true
    if (before !== undefined && clock.monotonic() - before.sentAt < AGENT_RECONNECT_PAUSE_MS) return false
    const token = this.#newToken(sessionId)
    const isFirst = await this.#markDelivered(sessionId)
    if (isFirst && lacksEncryption(session, store.tables)) this.#options.refused(sessionId, UNENCRYPTED_LOG_GROUP)
    else this.#send(link, session, token, isFirst)
    return true
  }

  #newToken(sessionId: string): Token {
    const { clock, ids } = this.#options
    const [messageId, tokenValue] = [ids.uuid(), newSessionToken()]
    this.#sent.set(sessionId, { messageId, tokenDigest: tokenDigest(tokenValue), sentAt: clock.monotonic() })
    return { messageId, tokenValue }
  }

  /** Written down before it is sent: a session that may have begun does not begin again. */
  #markDelivered(sessionId: string): Promise<boolean> {
    const { store, clock } = this.#options
    return store.transact((tx) => {
      if (tx.sessions.get(sessionId)?.deliveredAt !== undefined) return false
      tx.sessions.update(sessionId, { deliveredAt: clock.now() })
      return true
    })
  }

  #send(link: AcsSession, session: SessionRecord, { messageId, tokenValue }: Token, isFirst: boolean): void {
    const { sessionId, clusterArn, containerInstanceId } = session
    const reached = {
      clusterArn,
      containerInstanceArn: containerInstanceArn(clusterArn, containerInstanceId),
      messageId,
      sessionId,
      dataChannelUrl: socketUrl(this.#options.endpoint) + dataChannelPath(sessionId),
      tokenValue,
    }
    if (isFirst) link.send({ type: 'StartSessionMessage', message: { ...reached, ...termsOf(session) } })
    else link.send({ type: 'ResumeSessionMessage', message: reached })
  }
}

interface Token {
  readonly messageId: string
  readonly tokenValue: string
}

/** What a start says beyond a resumption. */
const termsOf = (session: SessionRecord): Omit<StartSessionMessage, keyof ResumeSessionMessage> => {
  const { clusterArn, taskId, runtimeId, containerName, sessionType, command, owner, kmsKeyId, logging } = session
  return {
    taskArn: taskArn(clusterArn, taskId),
    containerName,
    runtimeId,
    targetId: sessionTarget(clusterArn, taskId, runtimeId),
    sessionType,
    command,
    sessionOwner: owner,
    idleTimeoutSeconds: SESSION_IDLE_SECONDS,
    maximumSeconds: SESSION_MAXIMUM_SECONDS,
    resumeSeconds: SESSION_RESUME_MS / 1000,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(logging !== undefined && { logging }),
  }
}
