/** ListServices: ARNs of a cluster's ACTIVE services. */
import type { ListServicesRequest, ListServicesResponse } from '@aws-sdk/client-ecs'
import { SERVICES_PAGE_SIZE } from '../../../model/limits.ts'
import type { ServiceRecord } from '../../../model/service-records.ts'
import { clusterKey, onAnything } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { requireCluster } from '../lookups.ts'
import { page } from '../page.ts'
import { primaryRevision } from '../service-lookups.ts'

export const listServices: EcsOperation<ListServicesRequest, ListServicesResponse> = {
  access: (input, context) => onAnything(clusterKey(context, input)),
  handle: (input, context) => {
    const { clusterArn } = requireCluster(context, input.cluster)
    const matches = filterOf(input, context)
    const services = context.tx.services
      .find('byCluster', clusterArn)
      .filter((service) => service.status === 'ACTIVE' && matches(service))
    const scope = JSON.stringify([
      'ListServices',
      clusterArn,
      input.launchType,
      input.schedulingStrategy,
      input.resourceManagementType,
    ])
    const { items, nextToken } = page(context, scope, services, input, ({ serviceArn }) => serviceArn, {
      defaultSize: SERVICES_PAGE_SIZE,
    })
    return { serviceArns: items.map(({ serviceArn }) => serviceArn), ...(nextToken !== undefined && { nextToken }) }
  },
}

const filterOf = (input: ListServicesRequest, { tx }: EcsContext): ((service: ServiceRecord) => boolean) => {
  const launchType = input.launchType && oneOf('launchType', input.launchType, ecsEnums.LaunchType)
  const strategy =
    input.schedulingStrategy && oneOf('schedulingStrategy', input.schedulingStrategy, ecsEnums.SchedulingStrategy)
  const management =
    input.resourceManagementType &&
    oneOf('resourceManagementType', input.resourceManagementType, ecsEnums.ResourceManagementType)
  return (service) =>
    (management === undefined || (management === 'ECS') === (service.express !== undefined)) &&
    (strategy === undefined || service.schedulingStrategy === strategy) &&
    (launchType === undefined || launchTypeOf(tx, service) === launchType)
}

/** As described: a service with a capacity provider strategy has none. */
const launchTypeOf = (tx: EcsContext['tx'], service: ServiceRecord): string | undefined => {
  const revision = primaryRevision(tx, service)
  return revision?.capacityProviderStrategy.length ? undefined : revision?.launchType
}
