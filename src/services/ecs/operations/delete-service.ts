/**
 * DeleteService: no more tasks for the service. It is DRAINING until the service scheduler has asked the last of them to stop, and
 * INACTIVE after that.
 */
import type { DeleteServiceRequest, DeleteServiceResponse } from '@aws-sdk/client-ecs'
import type { ServiceRecord } from '../../../model/service-records.ts'
import { onService } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { drainService } from '../drain-service.ts'
import { describeService } from '../describe-service.ts'
import { invalidParameter, serviceNotFound } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { requireService } from '../service-lookups.ts'

export const deleteService: EcsOperation<DeleteServiceRequest, DeleteServiceResponse> = {
  access: onService,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const service = requireService(context, cluster, input.service)
    if (service.status === 'INACTIVE') throw serviceNotFound()
    if (service.status === 'DRAINING') return { service: describeService(context, service) }
    if (!input.force) checkNothingRuns(context, service)
    return { service: describeService(context, drainService(context, service)) }
  },
}

/** AWS: only a service that says itself how many tasks it has can be scaled to none before. */
const checkNothingRuns = ({ tx }: EcsContext, service: ServiceRecord): void => {
  if (service.schedulingStrategy === 'REPLICA' && service.desiredCount > 0)
    throw invalidParameter('The service cannot be stopped while it is scaled above 0.')
  if (tx.taskSets.findSize('byService', service.serviceArn) > 0)
    throw invalidParameter('The service cannot be stopped while deployments are active.')
}
