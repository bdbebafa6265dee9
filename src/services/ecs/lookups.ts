/** Finds what a request names by name, id or ARN, in the caller's account and region; not found is a fault in ECS's words. */
import { clusterArn, isArn, parseArn, taskDefinitionArn, taskDefinitionFamilyArn } from '../../model/arn.ts'
import type { ClusterRecord, TaskDefinitionRecord } from '../../model/records.ts'
import type { EcsContext } from './context.ts'
import { clientException, clusterNotFound, invalidParameter } from './faults.ts'
import { missing } from './missing-member.ts'

const DEFAULT_CLUSTER = 'default'
/** Cluster names, families, container names: AWS states the same characters for all. */
export const ECS_NAME = /^[a-zA-Z0-9_-]{1,255}$/

/** The resource part of an ECS ARN without its type: `name` of `cluster/name`. Another type or shape is a fault. */
const resourceOfArn = (arn: string, type: string): string => {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ecs') throw invalidParameter('Invalid identifier: Identifier is not an Amazon ECS ARN.')
  const [actualType = '', name, ...rest] = parsed.resource.split('/')
  if (!name || rest.length > 0) throw invalidParameter('Invalid identifier: Unexpected number of separators')
  if (actualType !== type)
    throw invalidParameter(`Invalid identifier: Identifier is for ${actualType}. Expected ${type}.`)
  return name
}

/** The ARN that a cluster's name, or its ARN, stands for; whether there is such a cluster is another question. */
export const clusterArnOf = (context: EcsContext, nameOrArn: string | undefined): string => {
  const identifier = nameOrArn ?? DEFAULT_CLUSTER
  if (isArn(identifier)) {
    resourceOfArn(identifier, 'cluster')
    return identifier
  }
  if (!ECS_NAME.test(identifier))
    throw invalidParameter(`Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${identifier}`)
  return clusterArn(context.region, context.account, identifier)
}

/** The cluster, INACTIVE ones included; undefined also for an ARN of another account or region. */
export const findCluster = (context: EcsContext, nameOrArn: string | undefined): ClusterRecord | undefined => {
  const cluster = context.tx.clusters.get(clusterArnOf(context, nameOrArn))
  if (cluster === undefined) return undefined
  return cluster.clusterArn === clusterArn(context.region, context.account, cluster.clusterName) ? cluster : undefined
}

/** The ACTIVE cluster of that name or ARN, `default` if none is named. */
export const requireCluster = (context: EcsContext, nameOrArn: string | undefined): ClusterRecord => {
  const cluster = findCluster(context, nameOrArn)
  if (cluster?.status !== 'ACTIVE') throw clusterNotFound()
  return cluster
}

/** The key of a family in the store: what all ARNs of its revisions begin with. */
export const familyArn = (context: EcsContext, family: string): string =>
  taskDefinitionFamilyArn(context.region, context.account, family)

/** The highest ACTIVE revision of a family. */
export const latestActive = (context: EcsContext, family: string): TaskDefinitionRecord | undefined => {
  const arn = familyArn(context, family)
  const latest = context.tx.taskDefinitionFamilies.get(arn)?.latestRevision ?? 0
  for (let revision = latest; revision > 0; revision--) {
    const definition = context.tx.taskDefinitions.get(`${arn}:${revision}`)
    if (definition?.status === 'ACTIVE') return definition
  }
  return undefined
}

/** A task definition by `family` (its latest ACTIVE revision), `family:revision` or ARN, whatever its status. */
export const findTaskDefinition = (context: EcsContext, identifier: string): TaskDefinitionRecord | undefined => {
  const { family, revision } = partsOf(identifier)
  const arn =
    revision === undefined
      ? familyArn(context, family)
      : taskDefinitionArn(context.region, context.account, family, revision)
  if (isArn(identifier) && identifier !== arn) return undefined
  return revision === undefined ? latestActive(context, family) : context.tx.taskDefinitions.get(arn)
}

/** The ARN that `family:revision`, or an ARN, stands for; a fault if it names no revision. */
export const taskDefinitionArnOf = (context: EcsContext, identifier: string): string => {
  const { family, revision } = partsOf(identifier)
  if (revision === undefined) throw clientException('A revision must be specified for the task definition.')
  return isArn(identifier) ? identifier : taskDefinitionArn(context.region, context.account, family, revision)
}

const partsOf = (identifier: string): { readonly family: string; readonly revision?: number } => {
  const name = isArn(identifier) ? resourceOfArn(identifier, 'task-definition') : identifier
  const [family = '', ...revision] = name.split(':')
  if (!ECS_NAME.test(family)) throw clientException('Family contains invalid characters.')
  return revision.length === 0 ? { family } : { family, revision: revisionOf(revision.join(':')) }
}

const revisionOf = (text: string): number => {
  if (!/^[1-9][0-9]{0,9}$/.test(text)) throw invalidParameter(`Invalid revision number. Number: ${text}`)
  return Number(text)
}

/** Like `findTaskDefinition`, for operations that describe a definition. */
export const requireTaskDefinition = (
  context: EcsContext,
  identifier: string | undefined,
  message = 'Unable to describe task definition.',
): TaskDefinitionRecord => {
  if (!identifier) throw missing('taskDefinition')
  const definition = findTaskDefinition(context, identifier)
  if (definition === undefined) throw clientException(message)
  return definition
}

/** The definition to start tasks from: it must exist and be ACTIVE. */
export const requireActiveTaskDefinition = (
  context: EcsContext,
  identifier: string | undefined,
): TaskDefinitionRecord => {
  const definition = requireTaskDefinition(context, identifier, 'TaskDefinition not found.')
  if (definition.status !== 'ACTIVE') throw clientException('TaskDefinition is inactive')
  return definition
}
