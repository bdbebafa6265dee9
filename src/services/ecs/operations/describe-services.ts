/** DescribeServices: up to ten services of one cluster, deleted ones too; what is not found is a failure in the answer. */
import type { DescribeServicesRequest, DescribeServicesResponse, Failure, Service } from '@aws-sdk/client-ecs'
import { DESCRIBE_SERVICES } from '../../../model/limits.ts'
import { isArn } from '../../../model/arn.ts'
import { onServices } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeService } from '../describe-service.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { missing } from '../missing-member.ts'
import { getService, serviceArnIn } from '../service-lookups.ts'

export const describeServices: EcsOperation<DescribeServicesRequest, DescribeServicesResponse> = {
  access: onServices,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const identifiers = new Set(input.services)
    if (identifiers.size === 0) throw missing('services')
    if (identifiers.size > DESCRIBE_SERVICES)
      throw invalidParameter(`Services can have at most ${DESCRIBE_SERVICES} items.`)
    const withTags = eachOneOf('include', input.include, ecsEnums.ServiceField).has('TAGS')
    const services: Service[] = []
    const failures: Failure[] = []
    for (const identifier of identifiers) {
      const service = getService(context, cluster, identifier)
      if (service !== undefined) services.push(describeService(context, service, { withTags }))
      else failures.push({ arn: isArn(identifier) ? identifier : serviceArnIn(cluster, identifier), reason: 'MISSING' })
    }
    return { services, failures }
  },
}
