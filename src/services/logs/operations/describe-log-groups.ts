/** DescribeLogGroups: groups in the order of their names, by what their names begin with or have in them, by class, or as named. */
import type { DescribeLogGroupsRequest, DescribeLogGroupsResponse, LogGroup } from '@aws-sdk/client-cloudwatch-logs'
import { logGroupArn } from '../../../model/arn.ts'
import { LOG_GROUP_IDENTIFIERS, LOG_GROUP_NAME } from '../../../model/log-limits.ts'
import { type LogGroupRecord, logGroupRegionKey } from '../../../model/log-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAllGroups } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { describeGroup } from '../describe.ts'
import { invalidParameter } from '../faults.ts'
import { checkClass, isOfClass } from '../group-class.ts'
import { getGroup } from '../lookups.ts'
import { GROUP_NAME, nameOfIdentifier } from '../names.ts'
import { page, pageSize } from '../page.ts'

type Request = DescribeLogGroupsRequest

/** No account sees into another. */
const checkAccounts = ({ includeLinkedAccounts = false, accountIdentifiers }: Request): void => {
  if (includeLinkedAccounts || accountIdentifiers !== undefined)
    throw invalidParameter('There are no accounts that are linked for monitoring.')
}

const check = (request: Request): void => {
  checkAccounts(request)
  checkConstraints(
    request,
    {
      logGroupNamePrefix: GROUP_NAME,
      logGroupNamePattern: { ...GROUP_NAME, min: 0, max: LOG_GROUP_NAME.max, pattern: /^[.\-_/#A-Za-z0-9]*$/ },
      logGroupIdentifiers: { min: 1, max: LOG_GROUP_IDENTIFIERS },
    },
    invalidParameter,
  )
  const { logGroupNamePrefix, logGroupNamePattern, logGroupClass, logGroupIdentifiers } = request
  if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
  if (logGroupIdentifiers !== undefined && (logGroupNamePrefix ?? logGroupNamePattern ?? logGroupClass) !== undefined)
    throw invalidParameter('logGroupIdentifiers cannot be specified with other filters.')
  checkClass(logGroupClass)
}

const describe = ({ logs, tx }: LogsContext, group: LogGroupRecord, { logGroupNamePattern }: Request): LogGroup => {
  const described = describeGroup(
    group,
    logs.storedBytes(group.groupId),
    tx.metricFilters.findSize('byGroup', group.groupId),
  )
  if (logGroupNamePattern === undefined) return described
  const { arn, creationTime, logGroupName } = described
  return { arn, creationTime, logGroupName }
}

/** Those that there are, in the order given. */
const byIdentifiers = (context: LogsContext, request: Request): DescribeLogGroupsResponse => {
  pageSize(request)
  const groups = (request.logGroupIdentifiers ?? []).flatMap((identifier) => {
    const group = getGroup(context, nameOfIdentifier(context, identifier))
    return group === undefined ? [] : [describe(context, group, request)]
  })
  return { logGroups: groups }
}

export const describeLogGroups: LogsOperation<Request, DescribeLogGroupsResponse> = {
  access: onAllGroups,
  handle: (request, context) => {
    check(request)
    if (request.logGroupIdentifiers !== undefined) return byIdentifiers(context, request)
    const { logGroupNamePrefix = '', logGroupNamePattern = '', logGroupClass } = request
    const { tx, region, account } = context
    const { items, ...rest } = page(context, request, {
      scope: ['DescribeLogGroups', logGroupNamePrefix, logGroupNamePattern, logGroupClass],
      prefix: logGroupArn(region, account, logGroupNamePrefix),
      rowsAfter: (position) => tx.logGroups.iterateAfter('inRegion', logGroupRegionKey(region, account), position),
      keyOf: ({ arn }) => arn,
      itemOf: (group) => {
        const isWanted = group.name.includes(logGroupNamePattern)
        if (!isWanted || (logGroupClass !== undefined && !isOfClass(group.logGroupClass, logGroupClass)))
          return undefined
        return describe(context, group, request)
      },
    })
    return { logGroups: items, ...rest }
  },
}
