/** Which targets a task is to be, by the load balancers of its revision, the ports that its agent reported and where its host is. */
import type { NetworkBinding } from '@aws-sdk/client-ecs'
import { targetInstanceId } from '../../../model/load-balancing/instance-target.ts'
import type { TargetGroupRecord, TargetRecord } from '../../../model/load-balancing/records.ts'
import { targetGroupOf } from '../../../model/load-balancing/revision-groups.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../../model/records.ts'
import type { RevisionLoadBalancer, ServiceRevisionRecord } from '../../../model/service-records.ts'
import { hostOf, type ReadTables } from '../../../store/tables.ts'

export type WantedTarget = Pick<TargetRecord, 'targetGroupArn' | 'targetId' | 'port'>

export interface WantedTargets {
  readonly targets: readonly WantedTarget[]
  /** Target groups that are gone. */
  readonly missingGroups: readonly string[]
}

/** Of a task that runs. What is not known yet, like a port that the agent has still to report, is left out. */
export const wantedTargets = (
  tables: Pick<ReadTables, 'targetGroups' | 'containerInstances' | 'taskDefinitions'>,
  task: TaskRecord,
  { loadBalancers = [] }: ServiceRevisionRecord,
): WantedTargets => {
  const instance = tables.containerInstances.get(hostOf(task) ?? '')
  const isOnHostNetwork = tables.taskDefinitions.get(task.taskDefinitionArn)?.networkMode === 'host'
  const targets: WantedTarget[] = []
  const missingGroups: string[] = []
  for (const loadBalancer of loadBalancers) {
    const targetGroupArn = targetGroupOf(loadBalancer)
    const group = tables.targetGroups.get(targetGroupArn)
    const port = isOnHostNetwork ? loadBalancer.containerPort : group && hostPortOf(task, loadBalancer, group)
    const target = group && instance && targetAt(group, instance, port)
    if (target !== undefined) targets.push({ targetGroupArn, ...target })
    else if (group === undefined) missingGroups.push(targetGroupArn)
  }
  return { targets, missingGroups }
}

/** The port on the host that leads to the container's. */
const hostPortOf = (
  task: TaskRecord,
  { containerName, containerPort }: RevisionLoadBalancer,
  { protocol }: TargetGroupRecord,
): number | undefined => {
  const { networkBindings = [] } = task.containers.find(({ name }) => name === containerName) ?? {}
  const [binding] = networkBindings
    .filter((candidate) => candidate.containerPort === containerPort && isOf(protocol, candidate))
    .toSorted((one, other) => Number(isOfIpv6(one)) - Number(isOfIpv6(other)))
  return binding?.hostPort
}

/**
 * Tasks have no network interfaces of their own here: the address of a target of the type `ip` is that of the task's host, its port the one
 * that leads to the container there.
 */
const targetAt = (
  { targetType }: TargetGroupRecord,
  instance: ContainerInstanceRecord,
  port: number | undefined,
): Pick<TargetRecord, 'targetId' | 'port'> | undefined => {
  const targetId = targetType === 'ip' ? instance.privateIpAddress : targetInstanceId(instance)
  return port === undefined || targetId === undefined ? undefined : { targetId, port }
}

/** A target group of UDP has no use for a TCP port, and the other way round. */
const isOf = (groupProtocol: TargetGroupRecord['protocol'], { protocol = 'tcp' }: NetworkBinding): boolean =>
  groupProtocol === 'TCP_UDP' || (groupProtocol === 'UDP') === (protocol === 'udp')

const isOfIpv6 = ({ bindIP = '' }: NetworkBinding): boolean => bindIP.includes(':')
