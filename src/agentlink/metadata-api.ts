/**
 * The ECS API as the task metadata server asks it on behalf of the containers that wait for its answer: once, and not for long. Tags are
 * read as the agent, the protection of a task is read and changed as the task's role.
 */
import type { Failure, ProtectedTask, Tag } from '@aws-sdk/client-ecs'
import type { SigningCredentials } from '../model/signature-v4.ts'
import { ControlApiError } from './control-api-error.ts'
import { JsonCaller, type JsonCallerOptions, type RetryPolicy } from './json-caller.ts'
import { ecsSigner, type Signer } from './signer.ts'

export interface MetadataApiOptions extends JsonCallerOptions {
  readonly region: string
  /** As the agent. */
  readonly sign: Signer
}

/** Whose protection, and as whom. */
export interface ProtectionCall {
  readonly credentials: SigningCredentials
  readonly cluster: string
  readonly taskArn: string
}

export interface ProtectionChange {
  readonly protectionEnabled: boolean
  readonly expiresInMinutes?: number
}

/** Times are as they are on the wire. */
export interface ProtectionAnswer {
  readonly protectedTasks?: readonly (Omit<ProtectedTask, 'expirationDate'> & {
    /** Epoch seconds. */
    readonly expirationDate?: number
  })[]
  readonly failures?: readonly Failure[]
}

const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.'
/** The container's request itself has no more than five seconds. */
const TAGS_TIMEOUT_MS = 2000
/** Source: the ECS agent. */
const PROTECTION_TIMEOUT_MS = 4000
/** What a call ends with that had no answer in time, as the SDKs of AWS name it. */
const CANCELED = 'RequestCanceled'

/** Who asks can ask again. */
const NO_RETRY: RetryPolicy = {
  backoff: { minMs: 0, maxMs: 0, jitter: 0, multiplier: 1 },
  withinMs: 0,
  isRetried: () => false,
}

/** Calls reject with `ControlApiError`; its type is `RequestCanceled` where time ran out. */
export class MetadataApi {
  readonly #options: MetadataApiOptions
  readonly #caller: JsonCaller

  constructor(options: MetadataApiOptions) {
    this.#options = options
    this.#caller = new JsonCaller(options)
  }

  async tagsOf(resourceArn: string): Promise<readonly Tag[]> {
    const output = await this.#call(this.#options.sign, 'ListTagsForResource', { resourceArn }, TAGS_TIMEOUT_MS)
    return (output['tags'] as readonly Tag[] | undefined) ?? []
  }

  protection(call: ProtectionCall): Promise<ProtectionAnswer> {
    return this.#protect(call, 'GetTaskProtection', {})
  }

  protect(call: ProtectionCall, change: ProtectionChange): Promise<ProtectionAnswer> {
    return this.#protect(call, 'UpdateTaskProtection', change)
  }

  #protect(
    { credentials, cluster, taskArn }: ProtectionCall,
    operation: string,
    more: object,
  ): Promise<ProtectionAnswer> {
    const { clock, region } = this.#options
    const sign = ecsSigner({ clock, region, credentials: () => credentials })
    return this.#call(sign, operation, { cluster, tasks: [taskArn], ...more }, PROTECTION_TIMEOUT_MS)
  }

  /** The limit is for the whole call, however slowly parts of the answer come. */
  async #call(
    sign: Signer,
    operation: string,
    input: object,
    timeoutMs: number,
  ): Promise<Readonly<Record<string, unknown>>> {
    const control = new AbortController()
    const message = `${operation} got no answer within ${timeoutMs} ms`
    const timer = this.#options.clock.setTimer(timeoutMs, () =>
      control.abort(new ControlApiError({ type: CANCELED, message })),
    )
    try {
      const { signal } = control
      return await this.#caller.call({
        target: TARGET_PREFIX + operation,
        input,
        sign,
        retries: NO_RETRY,
        // Silence of the connection is the later of the two.
        timeoutMs: 2 * timeoutMs,
        signal,
      })
    } finally {
      timer.cancel()
    }
  }
}
