/** DescribeServiceRevisions: what the tasks of services are made of, or were; what is not found is a failure. */
import type { DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse } from '@aws-sdk/client-ecs'
import { DESCRIBE_SERVICE_DEPLOYMENTS } from '../../../model/limits.ts'
import { onPartsOfServices } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeServiceRevision } from '../describe-service-revision.ts'
import { invalidParameter } from '../faults.ts'
import { missing } from '../missing-member.ts'
import { findByArns, getByArn } from '../service-deployment-lookups.ts'

export const describeServiceRevisions: EcsOperation<DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse> =
  {
    access: ({ serviceRevisionArns }, context) => onPartsOfServices(serviceRevisionArns, context),
    handle: ({ serviceRevisionArns: arns = [] }, context) => {
      if (arns.length === 0) throw missing('serviceRevisionArns')
      if (arns.length > DESCRIBE_SERVICE_DEPLOYMENTS)
        throw invalidParameter(`serviceRevisionArns can have at most ${DESCRIBE_SERVICE_DEPLOYMENTS} items.`)
      const { found, failures } = findByArns(arns, (arn) =>
        getByArn(context, context.tx.serviceRevisions, 'service-revision', arn),
      )
      return { serviceRevisions: found.map((row) => describeServiceRevision(context.tx, row)), failures }
    },
  }
