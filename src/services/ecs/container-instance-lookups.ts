/** Finds the container instances of a cluster that a request names by id or ARN. */
import { containerInstanceArn, isArn, resourceId } from '../../model/arn.ts'
import type { ClusterRecord, ContainerInstanceRecord } from '../../model/records.ts'
import type { EcsContext } from './context.ts'
import { clientException, invalidParameter } from './faults.ts'
import { missing } from './missing-member.ts'

/** Ids as they are now, and UUIDs, which they once were. */
const INSTANCE_ID = /^[a-zA-Z0-9-]{1,128}$/

/** The ARN that an id or ARN stands for in the cluster; whether there is such an instance is another question. */
export const containerInstanceArnOf = (cluster: ClusterRecord, idOrArn: string): string => {
  if (isArn(idOrArn)) return idOrArn
  if (!INSTANCE_ID.test(idOrArn)) throw invalidParameter(`Invalid container instance identifier: ${idOrArn}`)
  return containerInstanceArn(cluster.clusterArn, idOrArn)
}

/** The instance, INACTIVE ones included; undefined also for one of another cluster. */
export const findContainerInstance = (
  context: EcsContext,
  cluster: ClusterRecord,
  idOrArn: string,
): ContainerInstanceRecord | undefined => {
  const arn = containerInstanceArnOf(cluster, idOrArn)
  const found = context.tx.containerInstances.get(resourceId(arn))
  return found !== undefined && containerInstanceArn(cluster.clusterArn, found.containerInstanceId) === arn
    ? found
    : undefined
}

/** The instance, which must be registered. */
export const requireContainerInstance = (
  context: EcsContext,
  cluster: ClusterRecord,
  idOrArn: string | undefined,
): ContainerInstanceRecord => {
  if (!idOrArn) throw missing('containerInstance')
  const found = findContainerInstance(context, cluster, idOrArn)
  if (found === undefined) throw invalidParameter(`Referenced container instance ${resourceId(idOrArn)} not found.`)
  // A deregistered instance stays so: an agent that comes back with its ARN has to register as a new one.
  if (found.status === 'INACTIVE') throw clientException(`Container instance ${found.containerInstanceId} is inactive.`)
  return found
}
