/** The resources that have tags, found by ARN: clusters and what is in them, task definitions, and capacity providers. */
import { containerInstanceArn, parseArn, resourceId, taskArn, taskSetArn } from '../../model/arn.ts'
import type { Tag } from '../../model/records.ts'
import { findCapacityProvider } from './capacity-providers.ts'
import type { EcsContext } from './context.ts'
import { clusterNotFound, invalidParameter, resourceNotFound } from './faults.ts'
import { findCluster, findTaskDefinition } from './lookups.ts'

export interface TaggedResource {
  readonly tags: readonly Tag[]
  readonly setTags: (tags: readonly Tag[]) => void
}

type Find = (context: EcsContext, arn: string) => TaggedResource | undefined

const cluster: Find = (context, arn) => {
  const found = findCluster(context, arn)
  if (found?.status !== 'ACTIVE') throw clusterNotFound()
  return { tags: found.tags, setTags: (tags) => void context.tx.clusters.update(arn, { tags }) }
}

const taskDefinition: Find = (context, arn) => {
  const found = findTaskDefinition(context, arn)
  return found && { tags: found.tags, setTags: (tags) => void context.tx.taskDefinitions.update(arn, { tags }) }
}

const containerInstance: Find = (context, arn) => {
  const id = resourceId(arn)
  const found = context.tx.containerInstances.get(id)
  if (found === undefined || found.status === 'INACTIVE' || containerInstanceArn(found.clusterArn, id) !== arn)
    return undefined
  return { tags: found.tags, setTags: (tags) => void context.tx.containerInstances.update(id, { tags }) }
}

const task: Find = (context, arn) => {
  const id = resourceId(arn)
  const found = context.tx.tasks.get(id)
  if (found === undefined || taskArn(found.clusterArn, id) !== arn) return undefined
  return { tags: found.tags ?? [], setTags: (tags) => void context.tx.tasks.update(id, { tags }) }
}

const service: Find = (context, arn) => {
  const found = context.tx.services.get(arn)
  if (found === undefined || found.status === 'INACTIVE') return undefined
  return { tags: found.tags, setTags: (tags) => void context.tx.services.update(arn, { tags }) }
}

const taskSet: Find = (context, arn) => {
  const found = context.tx.taskSets.get(arn.split('/').slice(-2).join('/'))
  if (found === undefined || taskSetArn(found.serviceArn, found.taskSetId) !== arn) return undefined
  return { tags: found.tags, setTags: (tags) => void context.tx.taskSets.update(found.taskSetId, { tags }) }
}

/** Those of Fargate are nobody's to tag. */
const capacityProvider: Find = (context, arn) => {
  const found = findCapacityProvider(context, arn)
  if (found?.status !== 'ACTIVE') return undefined
  return { tags: found.tags, setTags: (tags) => void context.tx.capacityProviders.update(arn, { tags }) }
}

/** How to find each type, and how many segments its ARN has: those of what is in a cluster name it in the long format. */
const TYPES: Readonly<Record<string, { readonly find: Find; readonly segments: number }>> = {
  cluster: { find: cluster, segments: 2 },
  'task-definition': { find: taskDefinition, segments: 2 },
  'container-instance': { find: containerInstance, segments: 3 },
  task: { find: task, segments: 3 },
  service: { find: service, segments: 3 },
  'task-set': { find: taskSet, segments: 5 },
  'capacity-provider': { find: capacityProvider, segments: 2 },
}

/** The resource of that ARN in the caller's account and region. */
export const requireTagged = (context: EcsContext, arn: string | undefined): TaggedResource => {
  const parsed = parseArn(arn ?? '')
  if (arn === undefined || parsed?.service !== 'ecs') throw invalidParameter('Invalid resource ARN.')
  const segments = parsed.resource.split('/')
  const name = segments[0] ?? ''
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  if (type === undefined) throw invalidParameter(`Resources of type ${name} cannot be tagged.`)
  if (segments.length < type.segments) throw invalidParameter('Long arn format must be used for tagging operations')
  const isOwn = parsed.account === context.account && parsed.region === context.region
  const found = isOwn ? type.find(context, arn) : undefined
  if (found === undefined) throw resourceNotFound(`The specified ${name.replace('-', ' ')} was not found.`)
  return found
}
