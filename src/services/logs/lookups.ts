/** Groups and streams by what requests call them. */
import { logGroupArn } from '../../model/arn.ts'
import { DAY_MS } from '../../model/limits.ts'
import { type LogGroupRecord, logStreamKey, type LogStreamRecord } from '../../model/log-records.ts'
import { LOG_INDEX_GROUPS } from '../../model/log-limits.ts'
import { checkConstraints } from '../constraints.ts'
import type { LogsContext } from './context.ts'
import { checkIsStandard } from './group-class.ts'
import { groupNotFound, invalidParameter, streamNotFound } from './faults.ts'
import { checkNames, type IdentifiesGroup, identifiedGroup, type NamesStream } from './names.ts'

export const getGroup = ({ tx, region, account }: LogsContext, name: string): LogGroupRecord | undefined =>
  tx.logGroups.get(logGroupArn(region, account, name))

/** Throws `ResourceNotFoundException`, or `InvalidParameterException` for what cannot be a name. */
export const requireGroup = (context: LogsContext, input: IdentifiesGroup): LogGroupRecord => {
  checkNames(input)
  const group = getGroup(context, identifiedGroup(context, input))
  if (group === undefined) throw groupNotFound()
  return group
}

interface IdentifiesGroups {
  readonly logGroupIdentifiers: readonly string[] | undefined
}

/** Groups that are of the class STANDARD, as the operation wants it, in the order given. Throws likewise. */
export const requireGroups = (
  context: LogsContext,
  { logGroupIdentifiers = [] }: IdentifiesGroups,
  operation: string,
): readonly LogGroupRecord[] => {
  checkConstraints(
    { logGroupIdentifiers },
    { logGroupIdentifiers: { min: 1, max: LOG_INDEX_GROUPS } },
    invalidParameter,
  )
  return logGroupIdentifiers.map((logGroupIdentifier) => {
    const group = requireGroup(context, { logGroupIdentifier })
    checkIsStandard(group, operation)
    return group
  })
}

export interface Found {
  readonly group: LogGroupRecord
  readonly stream: LogStreamRecord
}

/** Throws likewise, for the group and then for the stream. */
export const requireStream = (context: LogsContext, input: IdentifiesGroup & NamesStream): Found => {
  checkNames(input)
  const group = requireGroup(context, input)
  const stream = context.tx.logStreams.get(logStreamKey(group.groupId, input.logStreamName ?? ''))
  if (stream === undefined) throw streamNotFound()
  return { group, stream }
}

/** Events before this time have expired. */
export const expiryOf = ({ retentionDays }: LogGroupRecord, now: number): number =>
  retentionDays === undefined ? Number.NEGATIVE_INFINITY : now - retentionDays * DAY_MS
