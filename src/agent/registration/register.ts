/**
 * Registers the container instance, and finds out who it is. Transient failures are waited out: the engine looks after its containers
 * meanwhile. What cannot be put right by waiting is an `AgentError` with the exit code that tells a supervisor whether to try again.
 */
import type { Resource } from '@aws-sdk/client-ecs'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import { Backoff } from '../../kit/backoff.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { AttributeRecord, Tag } from '../../model/records.ts'
import type { AgentControl } from '../links.ts'
import { type HostPlace, lostAttributes, placeOf } from './registration.ts'

/** Why the agent cannot run. */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  /** 1: a supervisor may start it again. 5: it would fail in the same way. */
  readonly exitCode: 1 | 5

  constructor(message: string, exitCode: 1 | 5) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface RegistrationOptions {
  readonly control: Pick<AgentControl, 'registerContainerInstance' | 'createCluster'>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Undefined: `default`, made if it is missing. */
  readonly cluster: string | undefined
  /** Of an earlier registration. */
  readonly containerInstanceArn: string | undefined
  readonly totalResources: Resource[]
  readonly capabilities: readonly AttributeRecord[]
  readonly customAttributes: readonly AttributeRecord[]
  readonly tags: Tag[]
  /** Undefined: where the calls come from. */
  readonly privateIpAddress?: string | undefined
  readonly signal: AbortSignal
}

export interface Registered extends HostPlace {
  readonly cluster: string
  readonly containerInstanceArn: string
}

const DEFAULT_CLUSTER = 'default'
const RETRY = { minMs: 100, maxMs: 15_000, jitter: 0.2, multiplier: 2 }

export const register = async (options: RegistrationOptions): Promise<Registered> => {
  // One token for all attempts: an answer that was lost does not make a second instance.
  const clientToken = options.ids.uuid()
  const backoff = new Backoff(RETRY, options.ids)
  let { containerInstanceArn } = options
  for (;;) {
    try {
      return await attempt({ ...options, containerInstanceArn }, clientToken)
    } catch (error) {
      if (!(error instanceof ControlApiError)) throw error
      if (containerInstanceArn !== undefined && isUnknownInstance(error)) {
        options.log.warn('control plane does not know this container instance any more; registering a new one', {
          containerInstanceArn,
          error: error.message,
        })
        containerInstanceArn = undefined
      } else if (error.isTransient) {
        const retryInMs = backoff.next()
        options.log.info('control plane does not answer yet', { retryInMs, error: error.message })
        await options.clock.sleep(retryInMs)
        options.signal.throwIfAborted()
      } else {
        throw asAgentError(error)
      }
    }
  }
}

const attempt = async (options: RegistrationOptions, clientToken: string): Promise<Registered> => {
  const { control, cluster, log } = options
  try {
    return await call(options, cluster ?? DEFAULT_CLUSTER, clientToken)
  } catch (error) {
    if (cluster !== undefined || !isMissingCluster(error)) throw error
    log.info('creating cluster', { clusterName: DEFAULT_CLUSTER })
    return call(options, await control.createCluster(DEFAULT_CLUSTER), clientToken)
  }
}

const call = async (options: RegistrationOptions, cluster: string, clientToken: string): Promise<Registered> => {
  const { control, containerInstanceArn, totalResources, capabilities, customAttributes, tags, signal } = options
  const { privateIpAddress } = options
  // AWS: custom attributes are told at the first registration only; later the control plane's values stand.
  const attributes = containerInstanceArn === undefined ? [...capabilities, ...customAttributes] : [...capabilities]
  const answer = await control.registerContainerInstance(
    {
      cluster,
      clientToken,
      instanceIdentityDocument: privateIpAddress === undefined ? '' : JSON.stringify({ privateIp: privateIpAddress }),
      instanceIdentityDocumentSignature: '',
      totalResources,
      attributes,
      ...(containerInstanceArn !== undefined && { containerInstanceArn }),
      ...(tags.length > 0 && { tags }),
    },
    signal,
  )
  const lost = lostAttributes(attributes, answer.attributes).map(({ name }) => name)
  if (lost.length > 0) {
    throw new AgentError(`The control plane did not keep these attributes of the instance: ${lost.join(', ')}.`, 5)
  }
  return { cluster, containerInstanceArn: answer.containerInstanceArn, ...placeOf(answer.attributes) }
}

const isMissingCluster = (error: unknown): boolean =>
  error instanceof ControlApiError &&
  (error.type === 'ClusterNotFoundException' || error.message.includes('Cluster not found.'))

/** The instance was deregistered while the agent was away, or the control plane has lost its state. */
const isUnknownInstance = ({ type, message }: ControlApiError): boolean =>
  (type === 'InvalidParameterException' || type === 'ClientException') && /\b(not found|inactive)\b/i.test(message)

const asAgentError = ({ type, message }: ControlApiError): AgentError =>
  new AgentError(
    `The container instance cannot be registered: ${type}: ${message}`,
    type === 'InvalidParameterException' || type === 'ClientException' ? 5 : 1,
  )
