/** Subscription filters: where they may deliver to, and how the API shows them. */
import type { PutSubscriptionFilterRequest, SubscriptionFilter } from '@aws-sdk/client-cloudwatch-logs'
import { isLogDestinationArn, logGroupNameOf } from '../../model/arn.ts'
import type { SubscriptionFilterRecord } from '../../model/log-filter-records.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { groupArnOf } from './access.ts'
import type { LogsContext } from './context.ts'
import { invalidParameter } from './faults.ts'
import { getGroup } from './lookups.ts'
import { nameOfIdentifier } from './names.ts'

/** Throws `InvalidParameterException` for what means nothing to the destinations that there are. */
export const checkDelivery = ({ roleArn, distribution, emitSystemFields = [] }: PutSubscriptionFilterRequest): void => {
  // AWS: so it says of destinations that need no role.
  if (roleArn !== undefined) throw invalidParameter('destinationArn for vendor logs cannot be used with roleArn')
  if (distribution !== undefined && distribution !== 'ByLogStream')
    throw invalidParameter('Only streams of Kinesis have another distribution than ByLogStream.')
  if (emitSystemFields.length > 0) throw invalidParameter('emitSystemFields is not supported.')
}

/** Throws `InvalidParameterException` if events of the group cannot be delivered there. */
export const checkDestination = (context: LogsContext, source: LogGroupRecord, destinationArn: string): void => {
  if (isLogDestinationArn(destinationArn)) {
    if (!context.tx.logDestinations.has(destinationArn) || !isOwn(context, destinationArn)) throw noDestination()
    return
  }
  if (logGroupNameOf(destinationArn) === undefined)
    throw invalidParameter(
      'The destinationArn is neither that of a log group nor that of a destination, which PutDestination makes of a URL. ' +
        'Functions of Lambda and streams of Kinesis and Firehose are not supported.',
    )
  if (getGroup(context, nameOfIdentifier(context, destinationArn)) === undefined) throw noDestination()
  if (leadsTo(context, groupArnOf(context, destinationArn), source.arn))
    throw invalidParameter('The events would come back to the log group that they are from.')
}

/** AWS: it tries to deliver, and says so of all that fails. */
const noDestination = () =>
  invalidParameter('Could not deliver test message to specified destination. Check if the destination is valid.')

const isOwn = ({ tx, account, region }: LogsContext, arn: string): boolean => {
  const destination = tx.logDestinations.get(arn)
  return destination?.account === account && destination.region === region
}

/** Whether events that come to the one group get to the other by subscriptions, also by groups that are not there at the moment. */
const leadsTo = (context: LogsContext, from: string, to: string): boolean => {
  const reached = new Set([from])
  // What is added meanwhile is looked at too.
  for (const arn of reached) for (const next of destinationsOf(context, arn)) reached.add(next)
  return reached.has(to)
}

/** Groups that events of a group are delivered to. */
const destinationsOf = (context: LogsContext, groupArn: string): readonly string[] => {
  const group = context.tx.logGroups.get(groupArn)
  const filters = group === undefined ? [] : context.tx.subscriptionFilters.find('byGroup', group.groupId)
  return filters
    .filter(({ destinationArn }) => logGroupNameOf(destinationArn) !== undefined)
    .map(({ destinationArn }) => groupArnOf(context, destinationArn))
}

export const describeSubscriptionFilter = (filter: SubscriptionFilterRecord): SubscriptionFilter => ({
  filterName: filter.name,
  logGroupName: filter.groupName,
  filterPattern: filter.pattern,
  destinationArn: filter.destinationArn,
  distribution: 'ByLogStream',
  applyOnTransformedLogs: false,
  creationTime: filter.createdAt,
})
