/** CreateTaskSet: a task set of a service whose deployments are controlled from outside, with a revision of its own. */
import type { CreateTaskSetRequest, CreateTaskSetResponse } from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { defined } from '../../../kit/assert.ts'
import { deploymentIdOf, resourceId } from '../../../model/arn.ts'
import { TASK_SET_CLIENT_TOKEN_LENGTH, TASK_SETS_PER_SERVICE } from '../../../model/limits.ts'
import type { ServiceRecord, ServiceRevisionRecord, TaskSetRecord } from '../../../model/service-records.ts'
import { taskSetNamed } from '../access-arns.ts'
import { launchingNewService } from '../access-launches.ts'
import { ANY, creating, on, serviceArnOf } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeTaskSet } from '../describe-task-set.ts'
import { invalidParameter, unsupportedFeature } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { missing } from '../missing-member.ts'
import { checkedRevision, newRevision, type RevisionSettings } from '../revision-settings.ts'
import { checkPlacement } from '../service-settings.ts'
import { checkedTags } from '../tags.ts'
import { checkedScalePercent, requireActiveTaskSetService } from '../task-sets.ts'

export const createTaskSet: EcsOperation<CreateTaskSetRequest, CreateTaskSetResponse> = {
  access: (input, context) => {
    const { keys, roles } = launchingNewService(context, input)
    const demand = on(context.tx, taskSetNamed(serviceArnOf(context, input), ANY), keys)
    return [...creating(context, 'CreateTaskSet', input.tags, demand), ...roles]
  },
  clientToken: {
    of: ({ clientToken }) => checkedToken(clientToken),
    scope: ({ cluster = 'default', service = '' }) => `${resourceId(cluster)}/${resourceId(service)}`,
  },
  handle: (input, context) => {
    const service = requireActiveTaskSetService(context, input)
    refuseUnsupported(input)
    if (!input.taskDefinition) throw missing('taskDefinition')
    const settings = checkedRevision(context, requireCluster(context, input.cluster), input)
    checkService(context, service, settings)
    checkCount(context, service)
    const revision = context.tx.serviceRevisions.insert(newRevision(context, service, settings))
    const taskSet = context.tx.taskSets.insert(newTaskSet(context, input, revision))
    return { taskSet: describeTaskSet(context.tx, service, taskSet, true) }
  },
}

const checkedToken = (token: string | undefined): string | undefined => {
  if (!token) return undefined
  if (token.length > TASK_SET_CLIENT_TOKEN_LENGTH || !/^[\x21-\x7e]*$/.test(token))
    throw invalidParameter(
      `clientToken can have up to ${TASK_SET_CLIENT_TOKEN_LENGTH} characters in the range of 33-126.`,
    )
  return token
}

/** There is no service discovery. */
const refuseUnsupported = ({ serviceRegistries }: CreateTaskSetRequest): void => {
  if (serviceRegistries?.length) throw unsupportedFeature('serviceRegistries is not supported for task sets.')
}

/** Whether what the service says of all its tasks goes with these. */
const checkService = ({ tx }: EcsContext, service: ServiceRecord, settings: RevisionSettings): void => {
  const definition = defined(tx.taskDefinitions.get(settings.taskDefinitionArn), 'the definition of a revision')
  checkPlacement(service, service, definition, settings.launchType)
  if (service.enableExecuteCommand && !definition.taskRoleArn)
    throw invalidParameter(
      "The task set couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your " +
        'task definition and try again.',
    )
}

/** AWS: task sets that drain count too. The sentence: https://github.com/pipe-cd/pipecd/issues/4692 */
const checkCount = ({ tx }: EcsContext, { serviceArn }: ServiceRecord): void => {
  const count = tx.taskSets.findSize('byService', serviceArn)
  if (count >= TASK_SETS_PER_SERVICE)
    throw invalidParameter(
      `${count} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`,
    )
}

/** AWS: without a scale, a task set begins with no tasks. */
const newTaskSet = (
  { now }: EcsContext,
  { externalId, scale, tags }: CreateTaskSetRequest,
  { serviceRevisionArn, serviceArn, clusterArn }: ServiceRevisionRecord,
): TaskSetRecord =>
  compact({
    taskSetId: deploymentIdOf(serviceRevisionArn),
    serviceArn,
    serviceRevisionArn,
    clusterArn,
    status: 'ACTIVE' as const,
    scalePercent: scale === undefined ? 0 : checkedScalePercent(scale),
    externalId,
    stabilityStatus: 'STABILIZING' as const,
    stabilityStatusAt: now,
    createdAt: now,
    updatedAt: now,
    tags: checkedTags(tags),
  })
