/**
 * The ECS API as an agent uses it: AWS JSON 1.1, signed, over plain HTTP. Not the SDK's client: that one alone takes as much memory as the
 * whole agent may have. Retries are those of the ECS agent; when to give up for good is for the caller.
 */
import type {
  AttachmentStateChange,
  Attribute,
  RegisterContainerInstanceRequest,
  SubmitTaskStateChangeRequest,
  Tag,
} from '@aws-sdk/client-ecs'
import { Backoff, type BackoffPolicy } from '../kit/backoff.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { util } from '../kit/node.ts'
import { ControlApiError, errorOfAnswer, unreachable } from './control-api-error.ts'
import type { HttpAnswer, HttpTransport } from './http-transport.ts'
import type { Signer } from './signer.ts'

export interface ControlApiOptions {
  /** e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: string
  readonly sign: Signer
  readonly clock: Clock
  readonly ids: Ids
  readonly userAgent: string
  readonly transport: HttpTransport
}

export interface PollEndpoints {
  /** Base URL of ACS; absent if the service gave none. */
  readonly endpoint?: string
  /** Base URL of TCS. */
  readonly telemetryEndpoint?: string
}

export interface RegisteredInstance {
  readonly containerInstanceArn: string
  readonly attributes: readonly Attribute[]
}

interface CallOptions {
  readonly retries: RetryPolicy
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

interface RetryPolicy {
  readonly backoff: BackoffPolicy
  /** No attempt begins later than this after the first. */
  readonly withinMs: number
  readonly isRetried: (error: ControlApiError) => boolean
}

const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.'
/** Dial and handshake limits of the ECS agent are 30 s and 10 s; an answer is a matter of milliseconds. */
const CALL_TIMEOUT_MS = 60_000
/** Three round trips. */
const DISCOVER_TIMEOUT_MS = 6000
const ENDPOINT_CACHE_MS = 12 * 3_600_000

const NO_RETRY: RetryPolicy = {
  backoff: { minMs: 0, maxMs: 0, jitter: 0, multiplier: 1 },
  withinMs: 0,
  isRetried: () => false,
}
const REGISTRATION: RetryPolicy = {
  backoff: { minMs: 3000, maxMs: 192_000, jitter: 0.2, multiplier: 2 },
  withinMs: 3_600_000,
  isRetried: ({ type }) => ['ThrottlingException', 'ServerException', 'LimitExceededException'].includes(type),
}
/** A state change is repeated until it is accepted or refused for good. */
const SUBMISSION: RetryPolicy = {
  backoff: { minMs: 1000, maxMs: 30_000, jitter: 0.2, multiplier: 1.3 },
  withinMs: 24 * 3_600_000,
  isRetried: ({ isTransient }) => isTransient,
}
const READING: RetryPolicy = {
  backoff: { minMs: 500, maxMs: 10_000, jitter: 0.1, multiplier: 1.5 },
  withinMs: 30_000,
  isRetried: ({ isTransient }) => isTransient,
}

export class ControlApi {
  readonly #options: ControlApiOptions
  readonly #endpoints = new Map<string, { readonly found: PollEndpoints; readonly expiresAt: number }>()

  constructor(options: ControlApiOptions) {
    this.#options = options
  }

  /** `clientToken`: one per start of the agent. Rejects with `ControlApiError`. */
  async registerContainerInstance(
    request: RegisterContainerInstanceRequest & { readonly clientToken: string },
    signal?: AbortSignal,
  ): Promise<RegisteredInstance> {
    const output = await this.#call('RegisterContainerInstance', request, { retries: REGISTRATION, signal })
    const instance = output.containerInstance as Partial<RegisteredInstance> | undefined
    if (instance?.containerInstanceArn === undefined) {
      throw new ControlApiError({ type: 'InvalidAnswer', message: 'RegisterContainerInstance answered no ARN.' })
    }
    return { containerInstanceArn: instance.containerInstanceArn, attributes: instance.attributes ?? [] }
  }

  /** Gives the name of the cluster. */
  async createCluster(clusterName: string): Promise<string> {
    const output = await this.#call('CreateCluster', { clusterName }, { retries: NO_RETRY })
    return (output.cluster as { readonly clusterName?: string } | undefined)?.clusterName ?? clusterName
  }

  /** Where to connect. Asked anew after 12 hours; when the service does not answer, what it said last still counts. */
  async discoverPollEndpoint(containerInstanceArn: string, cluster: string): Promise<PollEndpoints> {
    const cached = this.#endpoints.get(containerInstanceArn)
    if (cached !== undefined && this.#options.clock.now() < cached.expiresAt) return cached.found
    try {
      const input = { containerInstance: containerInstanceArn, cluster, zoneId: '' }
      const options = { retries: NO_RETRY, timeoutMs: DISCOVER_TIMEOUT_MS }
      const found = (await this.#call('DiscoverPollEndpoint', input, options)) as PollEndpoints
      this.#endpoints.set(containerInstanceArn, { found, expiresAt: this.#options.clock.now() + ENDPOINT_CACHE_MS })
      return found
    } catch (error) {
      if (cached === undefined) throw error
      return cached.found
    }
  }

  async submitTaskStateChange(request: SubmitTaskStateChangeRequest, signal?: AbortSignal): Promise<void> {
    await this.#call('SubmitTaskStateChange', request, { retries: SUBMISSION, signal })
  }

  async submitAttachmentStateChanges(
    cluster: string,
    attachments: readonly AttachmentStateChange[],
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#call('SubmitAttachmentStateChanges', { cluster, attachments }, { retries: SUBMISSION, signal })
  }

  async listTagsForResource(resourceArn: string): Promise<readonly Tag[]> {
    const output = await this.#call('ListTagsForResource', { resourceArn }, { retries: READING })
    return (output.tags as readonly Tag[] | undefined) ?? []
  }

  /** For draining the instance that the agent runs on; not repeated, the caller looks again anyway. */
  async updateContainerInstancesState(
    cluster: string,
    containerInstanceArn: string,
    status: 'ACTIVE' | 'DRAINING',
  ): Promise<void> {
    const input = { cluster, containerInstances: [containerInstanceArn], status }
    await this.#call('UpdateContainerInstancesState', input, { retries: NO_RETRY })
  }

  async #call(operation: string, input: object, options: CallOptions): Promise<Readonly<Record<string, unknown>>> {
    const { clock, ids } = this.#options
    const backoff = new Backoff(options.retries.backoff, ids)
    const startedAt = clock.monotonic()
    for (;;) {
      try {
        return await this.#attempt(operation, input, options)
      } catch (error) {
        if (!(error instanceof ControlApiError) || !options.retries.isRetried(error)) throw error
        const delayMs = backoff.next()
        if (clock.monotonic() - startedAt + delayMs > options.retries.withinMs) throw error
        await this.#sleep(delayMs, options.signal)
      }
    }
  }

  async #attempt(
    operation: string,
    input: object,
    { timeoutMs = CALL_TIMEOUT_MS, signal }: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>> {
    const body = JSON.stringify(withEpochSeconds(input))
    const url = `${this.#options.endpoint.replace(/\/+$/, '')}/`
    const signed = this.#options.sign({
      method: 'POST',
      url,
      body,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': TARGET_PREFIX + operation },
    })
    const headers = { ...signed, 'user-agent': this.#options.userAgent }
    let answer: HttpAnswer
    try {
      answer = await this.#options.transport({ url, headers, body, timeoutMs, signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw unreachable(operation, error)
    }
    return outputOf(operation, answer)
  }

  /** Ends early, by rejecting, when the signal is aborted. */
  #sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimer(delayMs, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      const onAbort = (): void => {
        timer.cancel()
        reject(signal?.reason as Error)
      }
      if (signal?.aborted === true) onAbort()
      else signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}

const outputOf = (operation: string, answer: HttpAnswer): Readonly<Record<string, unknown>> => {
  if (answer.status !== 200) throw errorOfAnswer(operation, answer)
  try {
    return JSON.parse(answer.body === '' ? '{}' : answer.body) as Record<string, unknown>
  } catch (error) {
    throw unreachable(operation, error)
  }
}

/** AWS: JSON 1.1 has times as epoch seconds. */
const withEpochSeconds = (value: unknown): unknown => {
  if (util.types.isDate(value)) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(withEpochSeconds)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withEpochSeconds(member)]))
}
