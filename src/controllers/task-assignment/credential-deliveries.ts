/**
 * Which credentials one agent has: decides for which tasks it must be sent new ones. Kept in memory only: after a restart nothing is known
 * of what agents have, and all of it is sent anew.
 */
import type { MintedCredentials } from './task-credentials.ts'

/** Times are milliseconds since the epoch. */
interface Delivery {
  readonly messageId: string
  /** Ids of the credentials that the agent has not acknowledged. */
  readonly unacked: readonly string[]
  /** While any are not acknowledged. */
  readonly repeatAt: number
  readonly refreshAt: number
}

/** After this long without an acknowledgement, credentials are sent again. */
const REPEAT_MS = 60_000
/** Where nothing can be sent because ECS may not assume the role: until it is tried again. */
const REFUSED_RETRY_MS = 10 * 60_000
/** The share of their life after which credentials are replaced, spread so that those of one moment do not all end in one moment. */
const REFRESH_AFTER = 0.5
const REFRESH_SPREAD = 0.1

export class CredentialDeliveries {
  readonly #byTask = new Map<string, Delivery>()

  /** Whether the agent must be sent credentials of the task now. */
  isDue(taskId: string, now: number): boolean {
    const delivery = this.#byTask.get(taskId)
    if (delivery === undefined) return true
    return now >= (delivery.unacked.length > 0 ? delivery.repeatAt : delivery.refreshAt)
  }

  /** `chance` is a number in [0, 1). */
  sent(taskId: string, messageId: string, minted: MintedCredentials, now: number, chance: number): void {
    const { roles, expiresAt = now, refusedRoleArn } = minted
    const life = REFRESH_AFTER + REFRESH_SPREAD * chance
    this.#byTask.set(taskId, {
      messageId,
      unacked: roles.map(({ roleCredentials }) => roleCredentials.credentialsId),
      repeatAt: now + REPEAT_MS,
      refreshAt: refusedRoleArn === undefined ? now + (expiresAt - now) * life : now + REFUSED_RETRY_MS,
    })
  }

  acked(messageId: string, credentialsId: string): void {
    for (const [taskId, delivery] of this.#byTask) {
      if (delivery.messageId !== messageId) continue
      const unacked = delivery.unacked.filter((id) => id !== credentialsId)
      this.#byTask.set(taskId, { ...delivery, unacked })
    }
  }

  forget(taskId: string): void {
    this.#byTask.delete(taskId)
  }

  /** The agent has connected anew: what it has not acknowledged is due at once; one that was started anew has nothing. */
  reconnected(isNewProcess: boolean): void {
    for (const [taskId, { unacked }] of this.#byTask) {
      if (isNewProcess || unacked.length > 0) this.#byTask.delete(taskId)
    }
  }
}
