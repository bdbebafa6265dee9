/**
 * `iam:PassRole`: who hands a role over to ECS, or to what runs in a task, must be allowed to hand over that one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
import type {
  DeploymentConfiguration,
  LoadBalancer,
  ServiceConnectConfiguration,
  ServiceVolumeConfiguration,
  TaskVolumeConfiguration,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs'
import { isArn, roleArn } from '../../model/arn.ts'
import { iamKey } from '../../model/iam-records.ts'
import type { Demand } from '../operations.ts'
import type { EcsContext } from './context.ts'

const TASKS = 'ecs-tasks.amazonaws.com'
const ECS = 'ecs.amazonaws.com'

/** The ARN of a role, which may be named in short: then with the path that it has. */
export const roleNamed = ({ tx, account }: EcsContext, nameOrArn: string): string =>
  isArn(nameOrArn) ? nameOrArn : (tx.roles.get(iamKey(account, nameOrArn))?.arn ?? roleArn(account, nameOrArn))

/** A demand for each of the roles, once. */
const passRoles = (context: EcsContext, roles: readonly (string | undefined)[], service: string): readonly Demand[] => {
  const arns = new Set(roles.flatMap((role) => (role ? roleNamed(context, role) : [])))
  return [...arns].map((resource) => ({
    action: 'iam:PassRole',
    resource,
    context: { 'iam:passedtoservice': [service] },
  }))
}

interface TaskRoles {
  readonly taskRoleArn?: string | undefined
  readonly executionRoleArn?: string | undefined
}

/** The roles of tasks: those of the first that has one. AWS: starting tasks hands over the roles that their definition names, too. */
export const passTaskRoles = (
  context: EcsContext,
  ...givers: readonly (TaskRoles | undefined)[]
): readonly Demand[] => {
  const first = (role: keyof TaskRoles): string | undefined => givers.map((giver) => giver?.[role]).find(Boolean)
  return passRoles(context, [first('taskRoleArn'), first('executionRoleArn')], TASKS)
}

/** What ECS itself does with a role of the customer. */
export interface InfrastructureRoles {
  readonly role?: string | undefined
  readonly deploymentConfiguration?: DeploymentConfiguration | undefined
  readonly loadBalancers?: readonly LoadBalancer[] | undefined
  readonly managedInstancesProvider?: { readonly infrastructureRoleArn?: string | undefined } | undefined
  readonly serviceConnectConfiguration?: ServiceConnectConfiguration | undefined
  readonly volumeConfigurations?: readonly (TaskVolumeConfiguration | ServiceVolumeConfiguration)[] | undefined
  readonly vpcLatticeConfigurations?: readonly VpcLatticeConfiguration[] | undefined
}

export const passInfrastructureRoles = (context: EcsContext, request: InfrastructureRoles): readonly Demand[] =>
  passRoles(
    context,
    [
      request.role,
      request.managedInstancesProvider?.infrastructureRoleArn,
      ...(request.deploymentConfiguration?.lifecycleHooks ?? []).map(({ roleArn: role }) => role),
      ...(request.loadBalancers ?? []).map(({ advancedConfiguration }) => advancedConfiguration?.roleArn),
      ...(request.serviceConnectConfiguration?.services ?? []).map(({ tls }) => tls?.roleArn),
      ...(request.volumeConfigurations ?? []).map(({ managedEBSVolume }) => managedEBSVolume?.roleArn),
      ...(request.vpcLatticeConfigurations ?? []).map(({ roleArn: role }) => role),
    ],
    ECS,
  )
