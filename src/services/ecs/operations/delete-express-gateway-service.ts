/**
 * DeleteExpressGatewayService: no more tasks for an Express service. It is DRAINING until the last of them is asked to stop; what ECS made
 * for it goes when it becomes INACTIVE.
 */
import type { DeleteExpressGatewayServiceRequest, DeleteExpressGatewayServiceResponse } from '@aws-sdk/client-ecs'
import { drainService } from '../drain-service.ts'
import type { EcsOperation } from '../context.ts'
import { describeExpress } from '../express/describe.ts'
import { getExpressService, onExpressService } from '../express/express-lookups.ts'
import { serviceNotActive, serviceNotFound } from '../faults.ts'

export const deleteExpressGatewayService: EcsOperation<
  DeleteExpressGatewayServiceRequest,
  DeleteExpressGatewayServiceResponse
> = {
  access: onExpressService,
  handle: (input, context) => {
    const service = getExpressService(context, input)
    if (service === undefined) throw serviceNotFound()
    if (service.status === 'INACTIVE') throw serviceNotActive()
    if (service.status === 'DRAINING') return { service: describeExpress(context, service) }
    const express = { ...service.express, updatedAt: context.now }
    drainService(context, service)
    const drained = context.tx.services.update(service.serviceArn, { express })
    return { service: describeExpress(context, { ...drained, express }) }
  },
}
