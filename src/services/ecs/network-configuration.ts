/**
 * Network configurations of RunTask and StartTask. A definition in `awsvpc` mode needs one, as in ECS, and it is checked. There are no
 * VPCs here: subnets and security groups have no effect, and the tasks share the network of their host.
 */
import type { NetworkConfiguration } from '@aws-sdk/client-ecs'
import { SECURITY_GROUPS, SUBNETS } from '../../model/limits.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import type { LaunchType } from '../../model/task-reservation.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'

export const checkNetworkConfiguration = (
  configuration: NetworkConfiguration | undefined,
  { networkMode }: TaskDefinitionRecord,
  launchType: LaunchType,
): void => {
  const vpc = configuration?.awsvpcConfiguration
  if (networkMode !== 'awsvpc') {
    if (vpc === undefined) return
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.')
  }
  if (vpc === undefined)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  checkCount('subnets', vpc.subnets?.length ?? 0, SUBNETS)
  if (!vpc.subnets?.length) throw invalidParameter('subnets can not be empty.')
  checkCount('securityGroups', vpc.securityGroups?.length ?? 0, SECURITY_GROUPS)
  checkPublicIp(vpc.assignPublicIp, launchType)
}

const checkCount = (member: string, count: number, max: number): void => {
  if (count > max) throw invalidParameter(`${member} can have at most ${max} items.`)
}

const checkPublicIp = (assignPublicIp: string | undefined, launchType: LaunchType): void => {
  if (assignPublicIp === undefined) return
  if (oneOf('assignPublicIp', assignPublicIp, ecsEnums.AssignPublicIp) === 'ENABLED' && launchType !== 'FARGATE')
    throw invalidParameter('Assign public IP is not supported for this launch type.')
}
