/** What callers must be allowed to do who start tasks, now or by a service: on what, with which condition keys, and with whose roles. */
import type { RunTaskRequest, StartTaskRequest } from '@aws-sdk/client-ecs'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Demand } from '../operations.ts'
import { ANY, clusterKey, creating, on } from './access.ts'
import { clusterNamed, taskDefinitionNamed, taskNamed } from './access-arns.ts'
import { launchKeys, type LaunchRequest, taskDefinitionKeys } from './access-keys.ts'
import type { EcsContext } from './context.ts'
import { type InfrastructureRoles, passInfrastructureRoles, passTaskRoles } from './pass-role.ts'

/** What is not said to be on is off, for something new. */
const completed = <Request extends LaunchRequest>(request: Request): Request => ({
  ...request,
  enableExecuteCommand: request.enableExecuteCommand ?? false,
})

/** RunTask and StartTask: on the task definition; the tasks that get the tags do not exist yet. */
export const startingTasks = (
  action: 'RunTask' | 'StartTask',
  input: RunTaskRequest | StartTaskRequest,
  context: EcsContext,
  keys: ContextValues = {},
): readonly Demand[] => {
  const arn = taskDefinitionNamed(context, input.taskDefinition ?? '')
  const demand = on(context.tx, arn, {
    ...clusterKey(context, input),
    ...launchKeys(context, completed(input)),
    ...keys,
  })
  return [
    ...creating(context, action, input.tags, demand, taskNamed(clusterNamed(context, input.cluster), ANY)),
    ...passTaskRoles(context, input.overrides, context.tx.taskDefinitions.get(arn)),
    ...passInfrastructureRoles(context, input),
  ]
}

type ServiceRequest = LaunchRequest & InfrastructureRoles & { readonly taskDefinition?: string | undefined }

interface ServiceAccess {
  readonly keys: ContextValues
  /** For the roles that the request hands over. */
  readonly roles: readonly Demand[]
}

/** What a request asks for that changes what a service's tasks are made of, or how they are launched. */
export const launchingService = (context: EcsContext, request: ServiceRequest): ServiceAccess => {
  const arn = request.taskDefinition && taskDefinitionNamed(context, request.taskDefinition)
  const definition = arn ? context.tx.taskDefinitions.get(arn) : undefined
  return {
    keys: { ...launchKeys(context, request), ...(arn && taskDefinitionKeys(arn, definition)) },
    roles: [...passTaskRoles(context, definition), ...passInfrastructureRoles(context, request)],
  }
}

/** Like `launchingService`, for a service or task set that is new. */
export const launchingNewService = (context: EcsContext, request: ServiceRequest): ServiceAccess =>
  launchingService(context, completed(request))
