/** Finds services that a request names by name or ARN, within one cluster. */
import { clusterNameOf, isArn, parseArn, serviceArn } from '../../model/arn.ts'
import type { ClusterRecord } from '../../model/records.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter, serviceNotActive, serviceNotFound } from './faults.ts'
import { ECS_NAME } from './lookups.ts'
import { missing } from './missing-member.ts'

/** The ARN that a name or ARN stands for in the cluster; whether there is such a service is another question. */
export const serviceArnIn = (cluster: ClusterRecord, identifier: string): string => {
  if (isArn(identifier)) return longArn(cluster, identifier)
  if (!ECS_NAME.test(identifier)) throw invalidParameter(`Invalid service name: ${identifier}`)
  return serviceArn(cluster.clusterArn, identifier)
}

/** ARNs of the first format do not name the cluster. */
const longArn = (cluster: ClusterRecord, arn: string): string => {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ecs') throw invalidParameter('Invalid identifier: Identifier is not an Amazon ECS ARN.')
  const [type, ...path] = parsed.resource.split('/')
  if (type !== 'service') throw invalidParameter(`Invalid identifier: Identifier is for ${type}. Expected service.`)
  const name = path.pop()
  const clusterName = clusterNameOf(cluster.clusterArn)
  if (!name || path.length > 1) throw invalidParameter('Invalid identifier: Unexpected number of separators')
  if (path.length === 1 && path[0] !== clusterName)
    throw invalidParameter(`Invalid identifier: Identifier is for cluster ${path[0]}. Your cluster is ${clusterName}`)
  const isOwn = cluster.clusterArn.startsWith(arn.slice(0, arn.lastIndexOf(':') + 1))
  return isOwn ? serviceArn(cluster.clusterArn, name) : arn
}

/** The service, INACTIVE ones included; undefined also for an ARN of another account or region. */
export const getService = ({ tx }: EcsContext, cluster: ClusterRecord, identifier: string): ServiceRecord | undefined =>
  tx.services.get(serviceArnIn(cluster, identifier))

/** The service, whatever its status. */
export const requireService = (
  context: EcsContext,
  cluster: ClusterRecord,
  identifier: string | undefined,
): ServiceRecord => {
  if (!identifier) throw missing('service')
  const service = getService(context, cluster, identifier)
  if (service === undefined) throw serviceNotFound()
  return service
}

/** The service, which must be ACTIVE. */
export const requireActiveService = (
  context: EcsContext,
  cluster: ClusterRecord,
  identifier: string | undefined,
): ServiceRecord => {
  const service = requireService(context, cluster, identifier)
  if (service.status !== 'ACTIVE') throw serviceNotActive()
  return service
}
