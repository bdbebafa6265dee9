/** What RunTask and StartTask have in common: everything of a request that does not say where its tasks go. */
import type { RunTaskRequest, StartTaskRequest, Tag as TagInput, TaskOverride } from '@aws-sdk/client-ecs'
import { isDeploymentId } from '../../model/arn.ts'
import { GROUP_LENGTH } from '../../model/limits.ts'
import type { TaskLaunch } from '../../model/new-task.ts'
import type { ClusterRecord, Tag, TaskDefinitionRecord } from '../../model/records.ts'
import { type LaunchType, taskReservation } from '../../model/task-reservation.ts'
import type { EcsContext } from './context.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { fargatePlatformVersion } from './fargate.ts'
import { invalidParameter, unsupportedFeature } from './faults.ts'
import { checkCompatible } from './launch-target.ts'
import { checkNetworkConfiguration } from './network-configuration.ts'
import { checkedTags, mergedTags } from './tags.ts'
import { checkedOverrides } from './task-overrides.ts'

export interface LaunchSettings {
  readonly cluster: ClusterRecord
  readonly definition: TaskDefinitionRecord
  readonly launchType: LaunchType
  readonly platformVersion?: string | undefined
  readonly startedByLength: number
}

/** The request, checked, as new tasks are made from it. */
export const checkedLaunch = (
  context: EcsContext,
  input: RunTaskRequest | StartTaskRequest,
  { cluster, definition, launchType, platformVersion, startedByLength }: LaunchSettings,
): TaskLaunch => {
  checkCompatible(definition, launchType)
  checkVolumes(input, definition)
  checkNetworkConfiguration(input.networkConfiguration, definition, launchType)
  const overrides = checkedOverrides(input.overrides, definition, launchType)
  const enableExecuteCommand = input.enableExecuteCommand ?? false
  if (enableExecuteCommand) checkTaskRole(definition, overrides)
  return {
    clusterArn: cluster.clusterArn,
    definition,
    launchType,
    ...platform(platformVersion, definition, launchType),
    group: checkedGroup(input.group) ?? `family:${definition.family}`,
    ...(input.startedBy ? { startedBy: checkedStartedBy(input.startedBy, startedByLength) } : {}),
    ...(input.referenceId ? { referenceId: input.referenceId } : {}),
    ...(overrides === undefined ? {} : { overrides }),
    enableExecuteCommand,
    reservation: taskReservation(definition, overrides, launchType),
    tags: taskTags(input, definition, cluster),
    createdAt: context.now,
  }
}

const platform = (
  requested: string | undefined,
  definition: TaskDefinitionRecord,
  launchType: LaunchType,
): { readonly platformVersion?: string } => {
  if (launchType === 'FARGATE') return { platformVersion: fargatePlatformVersion(requested, definition) }
  if (requested) throw invalidParameter('The platform version must be null when specifying an EC2 launch type.')
  return {}
}

/** There are no volumes that come into being with a task. */
export const checkVolumes = (
  { volumeConfigurations }: { readonly volumeConfigurations?: readonly unknown[] | undefined },
  { volumes }: TaskDefinitionRecord,
): void => {
  if (volumeConfigurations?.length || volumes.some(({ configuredAtLaunch }) => configuredAtLaunch))
    throw unsupportedFeature('Amazon EBS volumes that are configured at launch are not supported.')
}

/** ECS Exec acts with the permissions of the task. */
const checkTaskRole = ({ taskRoleArn }: TaskDefinitionRecord, overrides: TaskOverride | undefined): void => {
  if (!taskRoleArn && !overrides?.taskRoleArn)
    throw invalidParameter(
      "The task couldn't be run because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    )
}

/** Tasks of services are told by their group: nobody else's may look like one. */
const checkedGroup = (group: string | undefined): string | undefined => {
  if (!group) return undefined
  if (group.length > GROUP_LENGTH) throw invalidParameter(`group can have at most ${GROUP_LENGTH} characters.`)
  if (group.startsWith('service:')) throw invalidParameter('group cannot begin with service:, which is reserved.')
  return group
}

/** Tasks of a deployment are counted by it. */
const checkedStartedBy = (startedBy: string, length: number): string => {
  if (startedBy.length > length || !/^[a-zA-Z0-9/_-]*$/.test(startedBy))
    throw invalidParameter(
      `startedBy can have up to ${length} letters, numbers, hyphens (-), forward slashes (/), and underscores (_).`,
    )
  if (isDeploymentId(startedBy)) throw invalidParameter('startedBy cannot begin with ecs-svc/, which is reserved.')
  return startedBy
}

/** Tags of the definition if asked for, those of the request over them, then what ECS adds itself. */
const taskTags = (
  input: {
    readonly tags?: readonly TagInput[] | undefined
    readonly propagateTags?: string | undefined
    readonly enableECSManagedTags?: boolean | undefined
  },
  definition: TaskDefinitionRecord,
  { clusterName }: ClusterRecord,
): readonly Tag[] => {
  const propagate = oneOf('propagateTags', input.propagateTags ?? 'NONE', ecsEnums.PropagateTags)
  if (propagate === 'SERVICE') throw invalidParameter('propagateTags SERVICE is valid for tasks of a service only.')
  const own = mergedTags(propagate === 'TASK_DEFINITION' ? definition.tags : [], checkedTags(input.tags))
  return input.enableECSManagedTags ? [...own, { key: 'aws:ecs:clusterName', value: clusterName }] : own
}
