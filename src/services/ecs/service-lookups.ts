/** Finds services that a request names by name or ARN, within one cluster; not found is a fault in ECS's words. */
import { clusterNameOf, isArn, parseArn, serviceArn } from '../../model/arn.ts'
import type { ClusterRecord } from '../../model/records.ts'
import type { ServiceRecord, ServiceRevisionRecord } from '../../model/service-records.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter, serviceNotActive, serviceNotFound } from './faults.ts'
import { missing } from './missing-member.ts'

/** The ARN that a name or ARN stands for, in the cluster; whether there is such a service is another question. */
export const serviceArnIn = (cluster: ClusterRecord, nameOrArn: string): string =>
  serviceArn(cluster.clusterArn, isArn(nameOrArn) ? nameOfArn(cluster, nameOrArn) : nameOrArn)

/** AWS: ARNs of the first format do not name the cluster. */
const nameOfArn = (cluster: ClusterRecord, arn: string): string => {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ecs') throw invalidParameter('Invalid identifier: Identifier is not an Amazon ECS ARN.')
  const [type, ...path] = parsed.resource.split('/')
  if (type !== 'service') throw invalidParameter(`Invalid identifier: Identifier is for ${type}. Expected service.`)
  const name = path.pop() ?? ''
  const clusterName = clusterNameOf(cluster.clusterArn)
  if (path.length > 1) throw invalidParameter('Invalid identifier: Unexpected number of separators')
  if (path.length === 1 && path[0] !== clusterName)
    throw invalidParameter(`Invalid identifier: Identifier is for cluster ${path[0]}. Your cluster is ${clusterName}`)
  return name
}

/** Whatever its status; undefined also for an ARN of another account or region. */
export const getService = (
  { tx }: EcsContext,
  cluster: ClusterRecord,
  nameOrArn: string,
): ServiceRecord | undefined => {
  const service = tx.services.get(serviceArnIn(cluster, nameOrArn))
  return isArn(nameOrArn) && !isOwn(cluster, nameOrArn) ? undefined : service
}

/** Whether a service's ARN is of the account and region of the cluster. */
const isOwn = ({ clusterArn }: ClusterRecord, arn: string): boolean =>
  arn.startsWith(clusterArn.slice(0, clusterArn.lastIndexOf(':') + 1))

export const requireService = (
  context: EcsContext,
  cluster: ClusterRecord,
  nameOrArn: string | undefined,
): ServiceRecord => {
  if (!nameOrArn) throw missing('service')
  const service = getService(context, cluster, nameOrArn)
  if (service === undefined) throw serviceNotFound()
  return service
}

/** The service to change: one that is being deleted, or was, changes no more. */
export const requireActiveService = (
  context: EcsContext,
  cluster: ClusterRecord,
  nameOrArn: string | undefined,
): ServiceRecord => {
  const service = requireService(context, cluster, nameOrArn)
  if (service.status !== 'ACTIVE') throw serviceNotActive()
  return service
}

/** The revision that new tasks of the service are of; undefined where task sets hold them and none is PRIMARY. */
export const primaryRevision = (
  tables: ReadTables,
  { serviceArn: arn }: ServiceRecord,
): ServiceRevisionRecord | undefined => {
  for (const holder of tables.deployments.iterate('byService', arn))
    if (holder.status === 'PRIMARY') return tables.serviceRevisions.get(holder.serviceRevisionArn)
  for (const holder of tables.taskSets.iterate('byService', arn))
    if (holder.status === 'PRIMARY') return tables.serviceRevisions.get(holder.serviceRevisionArn)
  return undefined
}
