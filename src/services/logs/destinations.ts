/** Destinations of subscriptions: their names, who may use them, and how the API shows them. */
import type { Destination } from '@aws-sdk/client-cloudwatch-logs'
import { isLogDestinationArn, logDestinationArn, logGroupNameOf, logStreamArn } from '../../model/arn.ts'
import type { LogDestinationRecord } from '../../model/log-filter-records.ts'
import { LOG_DESTINATION_POLICY_LENGTH } from '../../model/log-limits.ts'
import { MalformedPolicy } from '../../model/policy/malformed-policy.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { checkConstraints } from '../constraints.ts'
import type { Demand } from '../operations.ts'
import { groupArnOf, onTagged } from './access.ts'
import type { LogsContext } from './context.ts'
import { invalidParameter, notFound } from './faults.ts'
import { FILTER_NAME } from './filters.ts'

export interface NamesDestination {
  readonly destinationName?: string | undefined
}

export const destinationArnOf = (
  { region, account }: LogsContext,
  { destinationName = '' }: NamesDestination,
): string => logDestinationArn(region, account, destinationName)

export const onDestination = (input: NamesDestination, context: LogsContext): readonly Demand[] => [
  onTagged(context, destinationArnOf(context, input)),
]

/** What who subscribes to events must be allowed to do with where they go. */
export const onDelivery = (context: LogsContext, destinationArn: string): readonly Demand[] => {
  if (isLogDestinationArn(destinationArn)) {
    const resourcePolicy = context.tx.logDestinations.get(destinationArn)?.accessPolicy
    return [{ ...onTagged(context, destinationArn), ...(resourcePolicy !== undefined && { resourcePolicy }) }]
  }
  if (logGroupNameOf(destinationArn) === undefined) return []
  const resource = logStreamArn(groupArnOf(context, destinationArn))
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource }))
}

/** Throws `InvalidParameterException` for what cannot be a name. */
export const checkDestinationName = (input: NamesDestination): void =>
  checkConstraints(input, { destinationName: FILTER_NAME }, invalidParameter)

/** Throws `ResourceNotFoundException`. */
export const requireDestination = (context: LogsContext, input: NamesDestination): LogDestinationRecord => {
  checkDestinationName(input)
  const destination = context.tx.logDestinations.get(destinationArnOf(context, input))
  if (destination === undefined) throw notFound('The specified destination does not exist.')
  return destination
}

/** Throws `InvalidParameterException` if it is no policy of a resource. */
export const checkAccessPolicy = (accessPolicy: string): void => {
  checkConstraints({ accessPolicy }, { accessPolicy: { min: 1, max: LOG_DESTINATION_POLICY_LENGTH } }, invalidParameter)
  try {
    parsePolicyDocument(accessPolicy, 'resource')
  } catch (error) {
    if (error instanceof MalformedPolicy) throw invalidParameter(`The access policy is not valid: ${error.message}`)
    throw error
  }
}

export const describeDestination = (destination: LogDestinationRecord): Destination => ({
  destinationName: destination.name,
  targetArn: destination.target,
  roleArn: destination.roleArn,
  arn: destination.arn,
  creationTime: destination.createdAt,
  ...(destination.accessPolicy !== undefined && { accessPolicy: destination.accessPolicy }),
})
