/** From a service revision's record to the SDK's shape: the only crossing. */
import type { ContainerImage, ServiceRevision } from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { targetGroupOf } from '../../model/load-balancing/revision-groups.ts'
import type { ServiceRevisionRecord } from '../../model/service-records.ts'
import type { ReadTables } from '../../store/tables.ts'
import { describeManaged } from './express/managed-resources.ts'
import { describeLaunch, describeLoadBalancers } from './describe-task-set.ts'

export const describeServiceRevision = (tables: ReadTables, revision: ServiceRevisionRecord): ServiceRevision => ({
  serviceRevisionArn: revision.serviceRevisionArn,
  serviceArn: revision.serviceArn,
  clusterArn: revision.clusterArn,
  ...describeLaunch(revision),
  containerImages: containerImages(tables, revision),
  guardDutyEnabled: false,
  ...loadBalancersOf(revision),
  ...managedOf(tables, revision),
  createdAt: dateOf(revision.createdAt),
})

/** AWS: which target group and which rule the revision uses, as the request may name two of them. */
const loadBalancersOf = (
  revision: ServiceRevisionRecord,
): Pick<ServiceRevision, 'loadBalancers' | 'resolvedConfiguration'> =>
  revision.loadBalancers === undefined
    ? {}
    : {
        loadBalancers: describeLoadBalancers(revision),
        resolvedConfiguration: {
          loadBalancers: revision.loadBalancers.map((loadBalancer) =>
            compact({
              targetGroupArn: targetGroupOf(loadBalancer),
              productionListenerRule: loadBalancer.advancedConfiguration?.productionListenerRule,
            }),
          ),
        },
      }

const managedOf = (
  tables: ReadTables,
  { serviceArn }: ServiceRevisionRecord,
): Pick<ServiceRevision, 'ecsManagedResources'> => {
  const express = tables.services.get(serviceArn)?.express
  return express === undefined ? {} : { ecsManagedResources: describeManaged(tables, express) }
}

/** The images of the definition, with the digests that tasks of the revision are held to. */
const containerImages = (tables: ReadTables, revision: ServiceRevisionRecord): ContainerImage[] => {
  const definition = tables.taskDefinitions.get(revision.taskDefinitionArn)
  return (definition?.containerDefinitions ?? []).map(({ name = '', image }) =>
    compact({ containerName: name, image, imageDigest: revision.imageDigests?.[name] }),
  )
}
