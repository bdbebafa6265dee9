/** PutDestinationPolicy: who may subscribe with a destination, beside those whose own policies say so. */
import type { PutDestinationPolicyRequest } from '@aws-sdk/client-cloudwatch-logs'
import type { LogsOperation } from '../context.ts'
import { checkAccessPolicy, onDestination, requireDestination } from '../destinations.ts'

export const putDestinationPolicy: LogsOperation<PutDestinationPolicyRequest> = {
  access: onDestination,
  handle: (input, context) => {
    const { accessPolicy = '' } = input
    checkAccessPolicy(accessPolicy)
    const { arn } = requireDestination(context, input)
    context.tx.logDestinations.update(arn, { accessPolicy })
    return {}
  },
}
