/** What balancers and the control plane say to each other, taken from texts: what is none of it is undefined, and the ends ignore it. */
import type { TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2'
import { BALANCER_REPORTS_PER_MESSAGE, BALANCER_TEXT_LENGTH } from '../model/load-balancing/balancer-limits.ts'
import type { BalancerMessage, ControlMessage, RoutingItem } from '../model/load-balancing/messages.ts'

type Parts = Readonly<Record<string, unknown>>
type WellFormed<Type extends string> = Readonly<Record<Type, (message: Parts) => boolean>>

const isParts = (value: unknown): value is Parts => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): boolean => typeof value === 'string'
/** What balancers say is kept and shown, so that it has an end. */
const isShortText = (value: unknown): boolean => typeof value === 'string' && value.length <= BALANCER_TEXT_LENGTH
const isShortTextOrAbsent = (value: unknown): boolean => value === undefined || isShortText(value)
const isTimeOrAbsent = (value: unknown): boolean => value === undefined || Number.isSafeInteger(value)
const isRevision = ({ revision }: Parts): boolean => Number.isSafeInteger(revision)

const STATES: Readonly<Record<TargetHealthStateEnum, true>> = {
  draining: true,
  healthy: true,
  initial: true,
  unavailable: true,
  unhealthy: true,
  'unhealthy.draining': true,
  unused: true,
}

const KINDS: Readonly<Record<RoutingItem['kind'], true>> = {
  loadBalancer: true,
  targetGroup: true,
  certificate: true,
  trustStore: true,
}

const isOneOf = (names: Readonly<Record<string, true>>, value: unknown): boolean =>
  typeof value === 'string' && Object.hasOwn(names, value)

const isBooleanOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'boolean'

const isReport = (value: unknown): boolean =>
  isParts(value) &&
  isShortText(value['targetGroupArn']) &&
  isShortText(value['target']) &&
  isOneOf(STATES, value['state']) &&
  isTimeOrAbsent(value['registeredAt']) &&
  isShortTextOrAbsent(value['reason']) &&
  isShortTextOrAbsent(value['description']) &&
  isBooleanOrAbsent(value['isDrained']) &&
  isBooleanOrAbsent(value['isAnomalous'])

const areReports = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= BALANCER_REPORTS_PER_MESSAGE && value.every(isReport)

const ofBalancer: WellFormed<BalancerMessage['type']> = {
  hello: ({ balancerId, version }) => isShortText(balancerId) && balancerId !== '' && isShortText(version),
  applied: isRevision,
  loadBalancer: ({ loadBalancerArn, problem }) => isShortText(loadBalancerArn) && isShortTextOrAbsent(problem),
  targetHealth: ({ reports }) => areReports(reports),
  heartbeat: () => true,
}

const ofControl: WellFormed<ControlMessage['type']> = {
  welcome: ({ cookieKey, suffix }) => isText(cookieKey) && isText(suffix),
  set: ({ item }) => isParts(item) && isOneOf(KINDS, item['kind']) && isText(item['key']) && isParts(item['value']),
  remove: ({ kind, key }) => isOneOf(KINDS, kind) && isText(key),
  ready: isRevision,
  heartbeat: () => true,
}

const decode = (text: string, wellFormed: WellFormed<string>): Parts | undefined => {
  const value = parsed(text)
  if (!isParts(value) || typeof value['type'] !== 'string' || !Object.hasOwn(wellFormed, value['type']))
    return undefined
  return wellFormed[value['type']]?.(value) === true ? value : undefined
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export const decodeBalancerMessage = (text: string): BalancerMessage | undefined =>
  decode(text, ofBalancer) as BalancerMessage | undefined

/** The control plane is believed about what is in an item. */
export const decodeControlMessage = (text: string): ControlMessage | undefined =>
  decode(text, ofControl) as ControlMessage | undefined
