/** CreateLogGroup: a group, of a class that cannot be changed later. */
import type { CreateLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logGroupArn } from '../../../model/arn.ts'
import { LOG_GROUPS_PER_REGION } from '../../../model/log-limits.ts'
import { logGroupRegionKey, newLogGroup } from '../../../model/log-records.ts'
import { checkedTags, requestTagContext } from '../../checked-tags.ts'
import type { Demand } from '../../operations.ts'
import { onNamed, onTagged } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { encryptionWith } from '../encryption.ts'
import { alreadyExists, invalidParameter, limitExceeded, tagFaults } from '../faults.ts'
import { isGroupClass } from '../group-class.ts'
import { getGroup } from '../lookups.ts'
import { checkNames } from '../names.ts'
import { tagsOf } from '../tags.ts'

/** Who gives tags must be allowed to. */
const access = (input: CreateLogGroupRequest, context: LogsContext): readonly Demand[] => {
  const tags = tagsOf(input.tags)
  const demands = onNamed({ logGroupName: input.logGroupName }, context)
  const onGroup = demands.map((demand) => ({ ...demand, context: { ...demand.context, ...requestTagContext(tags) } }))
  if (tags.length === 0) return onGroup
  const arn = logGroupArn(context.region, context.account, input.logGroupName ?? '')
  return [...onGroup, { ...onTagged(context, arn, tags), action: 'logs:TagResource' }]
}

export const createLogGroup: LogsOperation<CreateLogGroupRequest> = {
  access,
  handle: (input, context) => {
    const { logGroupName: name = '', kmsKeyId, logGroupClass = 'STANDARD', deletionProtectionEnabled = false } = input
    const { tx, region, account } = context
    checkNames(input)
    if (name.startsWith('aws/')) throw invalidParameter("Log group names can't start with the string aws/")
    if (!isGroupClass(logGroupClass)) throw invalidParameter('The specified logGroupClass is not valid.')
    if (getGroup(context, name) !== undefined) throw alreadyExists('The specified log group already exists')
    if (tx.logGroups.findSize('inRegion', logGroupRegionKey(region, account)) >= LOG_GROUPS_PER_REGION)
      throw limitExceeded('Resource limit exceeded.')
    const arn = logGroupArn(region, account, name)
    tx.logGroups.insert({
      ...newLogGroup(context, { name, tags: checkedTags(tagsOf(input.tags), tagFaults) }),
      logGroupClass,
      isProtected: deletionProtectionEnabled,
      // AWS: what is only delivered elsewhere is kept for one day.
      ...(logGroupClass === 'DELIVERY' && { retentionDays: 1 }),
      ...(kmsKeyId !== undefined && encryptionWith(context, { arn }, kmsKeyId)),
    })
    return {}
  },
}
