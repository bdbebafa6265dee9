/** Why tasks find no place, in words: container instances that say no for the same reason make one phrase. */
import type { ContainerInstance, Resource, Service, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Refusal } from './last-plan.ts'
import { count, listed } from './words.ts'

/** Where tasks look for a place, and what they ask of it. */
export interface Search {
  readonly service: Service
  readonly definition: TaskDefinition | undefined
  /** By id. */
  readonly instances: ReadonlyMap<string, ContainerInstance>
}

/** Refusals that are kept of one placement. */
const MOST_REFUSALS = 100

/** E.g. `2 instances have too little memory (at most 512 MiB free, on i-1; 1024 needed), 1 is DRAINING`. */
export const placementWords = (refusals: readonly Refusal[], search: Search): string => {
  const asked = refusals.filter(({ containerInstanceId }) => containerInstanceId !== undefined)
  if (asked.length === 0) return withoutInstances(refusals, search)
  const more = refusals.length < MOST_REFUSALS ? '' : ` (of the first ${MOST_REFUSALS} that were asked)`
  return phrases(asked, search) + more
}

const phrases = (refusals: readonly Refusal[], search: Search): string =>
  [...Map.groupBy(refusals, (refusal) => kindOf(refusal, search))]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([kind, group], index) => phrase(kind, group, search, index === 0))
    .join(', ')

/** Placement asked none: there is none, or none that can take tasks at all. */
const withoutInstances = (refusals: readonly Refusal[], search: Search): string => {
  const told = refusals.map(({ detail }) => detail).find((detail) => detail !== undefined)
  if (told !== undefined) return told
  if (refusals.some(({ reason }) => reason.includes('capacity provider')))
    return 'no instance of its capacity provider can take tasks'
  const unable = [...search.instances].flatMap(([containerInstanceId, { status, agentConnected }]) => {
    if (status !== 'ACTIVE') return { containerInstanceId, reason: 'INACTIVE' }
    return agentConnected === true ? [] : { containerInstanceId, reason: 'AGENT' }
  })
  if (unable.length > 0) return phrases(unable, search)
  return search.instances.size === 0
    ? 'the cluster has no container instance; start an agent that joins it'
    : 'no instance could take tasks then'
}

/** An instance that takes no tasks says so with its status. */
const kindOf = ({ reason, containerInstanceId = '' }: Refusal, { instances }: Search): string =>
  reason === 'INACTIVE' ? (instances.get(containerInstanceId)?.status ?? reason) : reason

const phrase = (kind: string, refusals: readonly Refusal[], search: Search, isFirst: boolean): string => {
  const number = isFirst ? count(refusals.length, 'instance') : String(refusals.length)
  return `${number} ${predicate(kind, refusals, search)}`
}

const predicate = (kind: string, refusals: readonly Refusal[], search: Search): string => {
  const isOne = refusals.length === 1
  const has = isOne ? 'has' : 'have'
  switch (kind) {
    case 'RESOURCE:MEMORY':
      return `${has} too little memory${shortage('MEMORY', 'MiB ', refusals, search)}`
    case 'RESOURCE:CPU':
      return `${has} too little CPU${shortage('CPU', 'units ', refusals, search)}`
    case 'RESOURCE:PORTS':
      return `${has} a host port in use that the task needs${hostPorts(search.definition)}`
    case 'RESOURCE:GPU':
      return `${has} too few free GPUs`
    case 'ATTRIBUTE':
      return `${isOne ? 'lacks' : 'lack'} what the task definition requires${missingAttributes(refusals, search)}`
    case 'AGENT':
      return `${has} no connected agent`
    case 'ACTIVE':
      return `${isOne ? 'was' : 'were'} not ACTIVE then`
    case 'DRAINING':
    case 'INACTIVE':
      return `${isOne ? 'is' : 'are'} ${kind}`
    default:
      return constraintWords(kind, isOne, search)
  }
}

const constraintWords = (reason: string, isOne: boolean, { service, definition }: Search): string => {
  if (reason.startsWith('DistinctInstance')) {
    return `${isOne ? 'runs' : 'run'} a task of the service already (constraint distinctInstance)`
  }
  if (!reason.startsWith('MemberOf')) return `${isOne ? 'says' : 'say'} ${reason}`
  const constraints = [...(service.placementConstraints ?? []), ...(definition?.placementConstraints ?? [])]
  const expressions = constraints.flatMap(({ type, expression }) => (type === 'memberOf' ? (expression ?? []) : []))
  return `${isOne ? 'does' : 'do'} not satisfy the constraint ${listed(expressions)}`
}

const shortage = (
  resource: 'CPU' | 'MEMORY',
  unit: string,
  refusals: readonly Refusal[],
  { instances, definition }: Search,
): string => {
  const free = refusals
    .flatMap(({ containerInstanceId }) => instances.get(containerInstanceId ?? '') ?? [])
    .map((instance) => ({ instance, amount: amountOf(instance.remainingResources, resource) }))
    .toSorted((a, b) => b.amount - a.amount)
  const [most] = free
  const needed = definition === undefined ? 0 : neededOf(definition, resource)
  const facts = [
    ...(most === undefined
      ? []
      : [
          `${free.length > 1 ? 'at most ' : ''}${most.amount} ${unit}free${free.length > 1 ? ',' : ''} on ${instanceName(most.instance)}`,
        ]),
    ...(needed === 0 ? [] : [`${needed} needed`]),
  ]
  return facts.length === 0 ? '' : ` (${facts.join('; ')})`
}

const amountOf = (resources: readonly Resource[] | undefined, resource: string): number =>
  resources?.find(({ name }) => name === resource)?.integerValue ?? 0

/** The task's own size, or what its containers reserve together. */
const neededOf = (definition: TaskDefinition, resource: 'CPU' | 'MEMORY'): number => {
  const { cpu, memory, containerDefinitions = [] } = definition
  const own = Number(resource === 'CPU' ? cpu : memory)
  if (own > 0) return own
  return containerDefinitions.reduce(
    (sum, container) =>
      sum + ((resource === 'CPU' ? container.cpu : (container.memoryReservation ?? container.memory)) ?? 0),
    0,
  )
}

const instanceName = ({ ec2InstanceId, containerInstanceArn = '' }: ContainerInstance): string =>
  ec2InstanceId ?? containerInstanceArn.slice(containerInstanceArn.lastIndexOf('/') + 1)

const hostPorts = (definition: TaskDefinition | undefined): string => {
  const ports = (definition?.containerDefinitions ?? []).flatMap(({ portMappings = [] }) =>
    portMappings.flatMap(({ hostPort, containerPort }) =>
      definition?.networkMode === 'host' ? (hostPort ?? containerPort ?? []) : (hostPort ?? []),
    ),
  )
  const fixed = [...new Set(ports)].filter((port) => port > 0)
  return fixed.length === 0 ? '' : ` (${fixed.join(', ')})`
}

const missingAttributes = (refusals: readonly Refusal[], { instances, definition }: Search): string => {
  const present = new Set(
    refusals.flatMap(({ containerInstanceId = '' }) =>
      (instances.get(containerInstanceId)?.attributes ?? []).map(({ name }) => name),
    ),
  )
  const missing = (definition?.requiresAttributes ?? []).flatMap(({ name = '' }) => (present.has(name) ? [] : name))
  return missing.length === 0 ? '' : ` (${missing.join(', ')})`
}
