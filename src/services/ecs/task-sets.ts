/** What the operations on task sets have in common: the service they belong to, which must leave them to others, and their scale. */
import type { Scale } from '@aws-sdk/client-ecs'
import { isArn, taskSetArn } from '../../model/arn.ts'
import type { ServiceRecord, TaskSetRecord } from '../../model/service-records.ts'
import type { EcsContext } from './context.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter, serviceNotActive, taskSetNotFound } from './faults.ts'
import { requireCluster } from './lookups.ts'
import { missing } from './missing-member.ts'
import { requireService } from './service-lookups.ts'

interface ServiceIdentity {
  readonly cluster: string | undefined
  readonly service: string | undefined
}

/** The service whose task sets are meant, ACTIVE or DRAINING. */
export const requireTaskSetService = (context: EcsContext, { cluster, service }: ServiceIdentity): ServiceRecord => {
  const found = requireService(context, requireCluster(context, cluster), service)
  if (found.status === 'INACTIVE') throw serviceNotActive()
  // AWS: the sentence as clients report it, e.g. https://github.com/hashicorp/terraform-provider-aws/issues/30347
  if (found.deploymentController !== 'EXTERNAL')
    throw invalidParameter(
      'Amazon ECS only supports task set management on services configured to use external deployment controllers.',
    )
  return found
}

/** Like `requireTaskSetService`, for what a service that is being deleted takes no more. */
export const requireActiveTaskSetService = (context: EcsContext, identity: ServiceIdentity): ServiceRecord => {
  const service = requireTaskSetService(context, identity)
  if (service.status !== 'ACTIVE') throw serviceNotActive()
  return service
}

/** The ARN that a task set's id or ARN stands for, in the service; whether there is such a task set is another question. */
export const taskSetArnIn = ({ serviceArn }: ServiceRecord, identifier: string): string =>
  isArn(identifier) ? identifier : taskSetArn(serviceArn, identifier)

export const getTaskSet = (
  { tx }: EcsContext,
  service: ServiceRecord,
  identifier: string,
): TaskSetRecord | undefined => {
  const arn = taskSetArnIn(service, identifier)
  return tx.taskSets
    .find('byService', service.serviceArn)
    .find(({ taskSetId }) => taskSetArn(service.serviceArn, taskSetId) === arn)
}

/** `member` is the name under which the request names it. */
export const requireTaskSet = (
  context: EcsContext,
  service: ServiceRecord,
  identifier: string | undefined,
  member: 'taskSet' | 'primaryTaskSet' = 'taskSet',
): TaskSetRecord => {
  if (!identifier) throw missing(member)
  const taskSet = getTaskSet(context, service, identifier)
  if (taskSet === undefined) throw taskSetNotFound()
  return taskSet
}

/** One that is being deleted changes no more. */
export const checkNotDraining = ({ status, taskSetId }: TaskSetRecord): void => {
  if (status === 'DRAINING') throw invalidParameter(`The task set ${taskSetId} is DRAINING.`)
}

export const checkedScalePercent = ({ value, unit = 'PERCENT' }: Scale): number => {
  oneOf('scale.unit', unit, ecsEnums.ScaleUnit)
  if (value === undefined || !(value >= 0 && value <= 100))
    throw invalidParameter('scale.value must be a number between 0 and 100.')
  return value
}
