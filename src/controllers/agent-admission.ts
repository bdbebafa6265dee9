/** Who may open a session as which container instance: the same for ACS and TCS. Pure. */
import type { Admission, Caller } from '../agentlink/session-server.ts'
import { clusterNameOf, containerInstanceArn, parseArn, resourceId } from '../model/arn.ts'
import { canBeAgentOf } from '../model/instance-registrant.ts'
import type { ContainerInstanceRecord } from '../model/records.ts'
import type { ReadTables } from '../store/tables.ts'

export interface Introduction {
  readonly containerInstanceArn: string
  /** Name or ARN; an agent that names none means the one it registered in. */
  readonly cluster: string
}

/** `caller`: whose key signed the request; undefined where signatures are not verified. */
export const admitAgent = (tables: ReadTables, introduction: Introduction, caller: Caller | undefined): Admission => {
  const arn = parseArn(introduction.containerInstanceArn)
  const id = resourceId(introduction.containerInstanceArn)
  const instance = tables.containerInstances.get(id)
  if (arn === undefined || (instance !== undefined && !isNamed(instance, introduction))) {
    return { exception: 'InvalidInstanceException', message: 'The specified container instance does not exist.' }
  }
  if (caller !== undefined && caller.account !== arn.account) {
    return { exception: 'AccessDeniedException', message: 'The container instance belongs to another account.' }
  }
  // Deregistered instances are forgotten after a while; their agents are to wait as they would have before.
  if (instance === undefined || instance.status === 'INACTIVE') {
    return { exception: 'InactiveInstanceException', message: 'The container instance is deregistered.' }
  }
  if (caller !== undefined && !canBeAgentOf(caller, instance)) {
    return { exception: 'AccessDeniedException', message: 'Another principal registered the container instance.' }
  }
  if (!namesCluster(introduction.cluster, instance.clusterArn)) {
    return { exception: 'InvalidClusterException', message: 'The container instance belongs to another cluster.' }
  }
  return { containerInstanceId: id }
}

const isNamed = (
  { clusterArn, containerInstanceId }: ContainerInstanceRecord,
  { containerInstanceArn: arn }: Introduction,
): boolean => containerInstanceArn(clusterArn, containerInstanceId) === arn

const namesCluster = (cluster: string, clusterArn: string): boolean =>
  cluster === '' || cluster === clusterArn || cluster === clusterNameOf(clusterArn)
