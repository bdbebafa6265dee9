/** DescribeDestinations: destinations in the order of their names. */
import type { DescribeDestinationsRequest, DescribeDestinationsResponse } from '@aws-sdk/client-cloudwatch-logs'
import { logDestinationArn } from '../../../model/arn.ts'
import { logGroupRegionKey } from '../../../model/log-records.ts'
import { onTagged } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { checkDestinationName, describeDestination } from '../destinations.ts'
import { page } from '../page.ts'

export const describeDestinations: LogsOperation<DescribeDestinationsRequest, DescribeDestinationsResponse> = {
  access: (_input, context) => [onTagged(context, logDestinationArn(context.region, context.account, '*'))],
  handle: (request, context) => {
    const { DestinationNamePrefix: destinationName } = request
    checkDestinationName({ destinationName })
    const { tx, region, account } = context
    const prefix = logDestinationArn(region, account, destinationName ?? '')
    const { items, ...rest } = page(context, request, {
      scope: ['DescribeDestinations', prefix],
      prefix,
      rowsAfter: (position) =>
        tx.logDestinations.iterateAfter('inRegion', logGroupRegionKey(region, account), position),
      keyOf: ({ arn }) => arn,
      itemOf: describeDestination,
    })
    return { destinations: items, ...rest }
  },
}
