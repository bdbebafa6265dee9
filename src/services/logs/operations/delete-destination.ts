/** DeleteDestination: what subscriptions would deliver to it waits for another of its name, and is dropped after a day. */
import type { DeleteDestinationRequest } from '@aws-sdk/client-cloudwatch-logs'
import type { LogsOperation } from '../context.ts'
import { onDestination, requireDestination } from '../destinations.ts'

export const deleteDestination: LogsOperation<DeleteDestinationRequest> = {
  access: onDestination,
  handle: (input, context) => {
    context.tx.logDestinations.remove(requireDestination(context, input).arn)
    return {}
  },
}
