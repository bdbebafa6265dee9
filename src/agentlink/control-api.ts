/** The ECS API as an agent uses it. Retries are those of the ECS agent; when to give up for good is for the caller. */
import type {
  AttachmentStateChange,
  Attribute,
  RegisterContainerInstanceRequest,
  SubmitTaskStateChangeRequest,
} from '@aws-sdk/client-ecs'
import { ControlApiError } from './control-api-error.ts'
import { JsonCaller, type JsonCallerOptions, type RetryPolicy } from './json-caller.ts'
import type { Signer } from './signer.ts'

export interface ControlApiOptions extends JsonCallerOptions {
  readonly sign: Signer
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

export class ControlApi {
  readonly #options: ControlApiOptions
  readonly #caller: JsonCaller
  readonly #endpoints = new Map<string, { readonly found: PollEndpoints; readonly expiresAt: number }>()

  constructor(options: ControlApiOptions) {
    this.#options = options
    this.#caller = new JsonCaller(options)
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

  /** For draining the instance that the agent runs on; not repeated, the caller looks again anyway. */
  async updateContainerInstancesState(
    cluster: string,
    containerInstanceArn: string,
    status: 'ACTIVE' | 'DRAINING',
  ): Promise<void> {
    const input = { cluster, containerInstances: [containerInstanceArn], status }
    await this.#call('UpdateContainerInstancesState', input, { retries: NO_RETRY })
  }

  #call(
    operation: string,
    input: object,
    { timeoutMs = CALL_TIMEOUT_MS, retries, signal }: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { sign } = this.#options
    return this.#caller.call({ target: TARGET_PREFIX + operation, input, sign, retries, timeoutMs, signal })
  }
}
