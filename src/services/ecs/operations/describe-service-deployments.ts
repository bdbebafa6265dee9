/** DescribeServiceDeployments: passages of services to another revision, past and present; what is not found is a failure. */
import type { DescribeServiceDeploymentsRequest, DescribeServiceDeploymentsResponse } from '@aws-sdk/client-ecs'
import { DESCRIBE_SERVICE_DEPLOYMENTS } from '../../../model/limits.ts'
import { onPartsOfServices } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeServiceDeployment } from '../describe-service-deployment.ts'
import { invalidParameter } from '../faults.ts'
import { missing } from '../missing-member.ts'
import { findByArns, getByArn } from '../service-deployment-lookups.ts'

export const describeServiceDeployments: EcsOperation<
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse
> = {
  access: ({ serviceDeploymentArns }, context) => onPartsOfServices(serviceDeploymentArns, context),
  handle: ({ serviceDeploymentArns: arns = [] }, context) => {
    if (arns.length === 0) throw missing('serviceDeploymentArns')
    if (arns.length > DESCRIBE_SERVICE_DEPLOYMENTS)
      throw invalidParameter(`serviceDeploymentArns can have at most ${DESCRIBE_SERVICE_DEPLOYMENTS} items.`)
    const { found, failures } = findByArns(arns, (arn) =>
      getByArn(context, context.tx.serviceDeployments, 'service-deployment', arn),
    )
    return { serviceDeployments: found.map((row) => describeServiceDeployment(context.tx, row)), failures }
  },
}
