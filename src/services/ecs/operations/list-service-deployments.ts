/** ListServiceDeployments: the deployments of one service, newest first, by status and time of creation. */
import type {
  CreatedAt,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeploymentStatus,
} from '@aws-sdk/client-ecs'
import { SERVICE_DEPLOYMENTS_PAGE_SIZE } from '../../../model/limits.ts'
import type { ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { onService } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeServiceDeploymentBrief } from '../describe-service-deployment.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { requireService } from '../service-lookups.ts'
import { requireCluster } from '../lookups.ts'
import { page } from '../page.ts'

export const listServiceDeployments: EcsOperation<ListServiceDeploymentsRequest, ListServiceDeploymentsResponse> = {
  access: onService,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const { serviceArn } = requireService(context, cluster, input.service)
    const statuses = eachOneOf('status', input.status, ecsEnums.ServiceDeploymentStatus)
    const matching = context.tx.serviceDeployments
      .find('byService', serviceArn)
      .filter((deployment) => hasStatus(deployment, statuses) && isWithin(deployment, input.createdAt))
    const scope = JSON.stringify(['ListServiceDeployments', serviceArn, [...statuses], input.createdAt])
    const { items, ...next } = page(context, scope, matching, input, newestLast, {
      descending: true,
      defaultSize: SERVICE_DEPLOYMENTS_PAGE_SIZE,
    })
    return { serviceDeployments: items.map(describeServiceDeploymentBrief), ...next }
  },
}

/** No status at all means every one. */
const hasStatus = ({ status }: ServiceDeploymentRecord, statuses: ReadonlySet<ServiceDeploymentStatus>): boolean =>
  statuses.size === 0 || statuses.has(status)

/** Both ends are left out. */
const isWithin = ({ createdAt }: ServiceDeploymentRecord, { after, before }: CreatedAt = {}): boolean =>
  (after === undefined || createdAt > after.getTime()) && (before === undefined || createdAt < before.getTime())

/** Digits of milliseconds since the epoch, so that texts have the order of the numbers. */
const TIME_DIGITS = 15

const newestLast = ({ createdAt, serviceDeploymentArn }: ServiceDeploymentRecord): string =>
  `${String(createdAt).padStart(TIME_DIGITS, '0')}/${serviceDeploymentArn}`
