/** Names of groups and streams, and the two ways in which requests name a group. */
import { isArn, logGroupNameOf, parseArn } from '../../model/arn.ts'
import { LOG_GROUP_NAME, LOG_STREAM_NAME } from '../../model/log-limits.ts'
import type { CallContext } from '../../wire/service.ts'
import { checkConstraints, type Constraint } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

export const GROUP_NAME: Constraint = { ...LOG_GROUP_NAME, pattern: /^[.\-_/#A-Za-z0-9]+$/ }
const STREAM_NAME: Constraint = { ...LOG_STREAM_NAME, pattern: /^[^:*]*$/ }
const IDENTIFIER: Constraint = { min: 1, max: 2048, pattern: /^[\w#+=/:,.@-]*$/ }

export interface NamesGroup {
  readonly logGroupName?: string | undefined
}

export interface IdentifiesGroup extends NamesGroup {
  readonly logGroupIdentifier?: string | undefined
}

export interface NamesStream {
  readonly logStreamName?: string | undefined
}

/** Throws `InvalidParameterException` if a name that is given cannot be one. */
export const checkNames = (input: IdentifiesGroup & NamesStream): void =>
  checkConstraints(
    input,
    { logGroupName: GROUP_NAME, logGroupIdentifier: IDENTIFIER, logStreamName: STREAM_NAME },
    invalidParameter,
  )

/** The name of the group that a request names by name or ARN. Throws `InvalidParameterException` if it does both, or neither. */
export const identifiedGroup = (call: CallContext, input: IdentifiesGroup): string => {
  const { logGroupName, logGroupIdentifier } = input
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined))
    throw invalidParameter('Exactly one of logGroupName and logGroupIdentifier must be specified.')
  return logGroupName ?? nameOfIdentifier(call, logGroupIdentifier ?? '')
}

/** Of a name or an ARN. Groups of other accounts and regions are seen from nowhere. */
export const nameOfIdentifier = ({ account, region }: CallContext, identifier: string): string => {
  if (!isArn(identifier)) return identifier
  const arn = parseArn(identifier)
  const name = logGroupNameOf(identifier)
  if (name === undefined || arn?.account !== account || arn.region !== region)
    throw invalidParameter('The specified logGroupIdentifier is not of a log group of this account and region.')
  return name
}
