/** DescribeExpressGatewayService: an Express service, a deleted one too, with the revisions that have tasks. */
import type { DescribeExpressGatewayServiceRequest, DescribeExpressGatewayServiceResponse } from '@aws-sdk/client-ecs'
import type { EcsOperation } from '../context.ts'
import { eachOneOf, ecsEnums } from '../enums.ts'
import { describeExpress } from '../express/describe.ts'
import { getExpressService, onExpressService } from '../express/express-lookups.ts'
import { resourceNotFound } from '../faults.ts'

export const describeExpressGatewayService: EcsOperation<
  DescribeExpressGatewayServiceRequest,
  DescribeExpressGatewayServiceResponse
> = {
  access: onExpressService,
  handle: (input, context) => {
    const service = getExpressService(context, input)
    if (service === undefined) throw resourceNotFound('The specified service was not found.')
    const withTags = eachOneOf('include', input.include, ecsEnums.ExpressGatewayServiceInclude).has('TAGS')
    return { service: describeExpress(context, service, { withTags }) }
  },
}
