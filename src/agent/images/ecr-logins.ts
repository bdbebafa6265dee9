/**
 * Passwords for this installation's own registry, kept for as long as they are good: one for each registry and role, so that a hundred tasks of one
 * role ask once.
 */
import type { EcrAuthData } from '../../agentlink/acs-messages.ts'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import type { EcrPassword } from '../../agentlink/ecr-api.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import type { RegistryLogin } from '../engine/tools.ts'
import type { EcrReader } from '../links.ts'
import { type RegistryCredentials, RuntimeError } from '../runtime.ts'

export interface EcrLoginsOptions {
  readonly reader: EcrReader
  readonly credentials: Pick<CredentialsStore, 'get'>
  readonly clock: Clock
  readonly ids: Ids
}

/** There is no password, so that the registry was not asked at all. */
export class EcrLoginError extends RuntimeError {}

interface Known {
  readonly password: Promise<EcrPassword>
  /** Milliseconds since the epoch, once it is there. */
  renewAt: number
  useCount: number
}

/** Renewed after this part of their life, or somewhat later: not all hosts at the same moment. */
const RENEWED_AFTER = 0.5
const JITTER = 0.4

export class EcrLogins {
  readonly #options: EcrLoginsOptions
  readonly #known = new Map<string, Known>()

  constructor(options: EcrLoginsOptions) {
    this.#options = options
  }

  /** As the task's execution role or, where the payload says so, as this container instance. */
  loginFor(task: EngineTask, place: EcrAuthData): RegistryLogin {
    const { executionCredentialsId: id } = task
    const role = place.useExecutionRole && id !== undefined ? this.#options.credentials.get(id)?.credentials : undefined
    const name = place.useExecutionRole ? (role?.roleArn ?? `of ${task.arn}`) : 'instance'
    const key = JSON.stringify([place.registryId, place.region, name])
    return {
      key,
      place,
      credentials: () => {
        if (place.useExecutionRole && role === undefined) return Promise.reject(NOT_YET)
        return this.#passwordOf(key, () => this.#options.reader.password(place.region, place.registryId, role))
      },
      refused: () => this.#forget(key),
    }
  }

  async #passwordOf(key: string, ask: () => Promise<EcrPassword>): Promise<RegistryCredentials> {
    const known = this.#current(key) ?? this.#ask(key, ask)
    known.useCount++
    try {
      const { username, password } = await known.password
      return { username, password }
    } catch (error) {
      if (!(error instanceof ControlApiError)) throw error
      throw new EcrLoginError(error.isTransient ? 'refused' : 'denied', `${error.type}: ${error.message}`)
    }
  }

  #current(key: string): Known | undefined {
    const known = this.#known.get(key)
    return known !== undefined && known.renewAt > this.#options.clock.now() ? known : undefined
  }

  #ask(key: string, ask: () => Promise<EcrPassword>): Known {
    this.#dropOld()
    const asked: Known = { password: ask(), renewAt: Number.POSITIVE_INFINITY, useCount: 0 }
    this.#known.set(key, asked)
    asked.password.then(
      ({ expiresAt }) => (asked.renewAt = this.#renewalOf(expiresAt)),
      // Whoever asked hears why.
      () => this.#known.get(key) === asked && this.#known.delete(key),
    )
    return asked
  }

  #renewalOf(expiresAt: number): number {
    const { clock, ids } = this.#options
    return clock.now() + (expiresAt - clock.now()) * (RENEWED_AFTER + JITTER * ids.random())
  }

  #dropOld(): void {
    for (const [key, { renewAt }] of this.#known) if (renewAt <= this.#options.clock.now()) this.#known.delete(key)
  }

  /** Whether another one may do better: this one had been good before. */
  #forget(key: string): boolean {
    const known = this.#known.get(key)
    this.#known.delete(key)
    return known !== undefined && known.useCount > 1
  }
}

/** After a start of the agent, the credentials of roles come with its connection: tried again in a moment. */
const NOT_YET = new EcrLoginError('refused', 'The credentials of the execution role are not there yet.')
