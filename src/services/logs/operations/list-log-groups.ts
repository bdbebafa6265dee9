/** ListLogGroups: groups in the order of their names, by patterns of names, class, tags and indexed fields. */
import type { ListLogGroupsRequest, ListLogGroupsResponse, LogGroupSummary } from '@aws-sdk/client-cloudwatch-logs'
import { logGroupArn } from '../../../model/arn.ts'
import { type LogGroupRecord, logGroupRegionKey } from '../../../model/log-records.ts'
import { ANY } from '../../../model/policy/glob-codes.ts'
import { codesOf, matcherOf } from '../../../model/policy/glob.ts'
import { onAllGroups } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { checkClass, isOfClass } from '../group-class.ts'
import { DEFAULT_INDEXES, indexedFields } from '../index-policies.ts'
import { page } from '../page.ts'

type Request = ListLogGroupsRequest

const PATTERNS = 5
const STAR = 42
/** AWS: pieces of names, each of which may be bound to the beginning. */
const PATTERN = /^\^?[.\-_/#A-Za-z0-9]{3,24}$/

const check = ({ includeLinkedAccounts = false, accountIdentifiers, dataSources, logGroupClass }: Request): void => {
  if (includeLinkedAccounts || accountIdentifiers !== undefined)
    throw invalidParameter('There are no accounts that are linked for monitoring.')
  if (dataSources !== undefined) throw invalidParameter('Log groups have no data sources.')
  checkClass(logGroupClass)
}

/** Whether a name matches. Throws `InvalidParameterException`. */
const namesOf = (text: string | undefined): ((name: string) => boolean) => {
  if (text === undefined) return () => true
  const patterns = text.split('|')
  if (patterns.length > PATTERNS || !patterns.every((pattern) => PATTERN.test(pattern)))
    throw invalidParameter('The specified logGroupNamePattern is not valid.')
  return (name) =>
    patterns.some((pattern) => (pattern.startsWith('^') ? name.startsWith(pattern.slice(1)) : name.includes(pattern)))
}

const hasTags = ({ tags }: LogGroupRecord, { logGroupTags = [] }: Request): boolean =>
  logGroupTags.every(({ key, values = [] }) =>
    tags.some((tag) => tag.key === key && (values.length === 0 || values.some((value) => isLike(tag.value, value)))),
  )

/** Stars stand for any characters. */
const isLike = (value: string, pattern: string): boolean =>
  matcherOf(codesOf(pattern).map((code) => (code === STAR ? ANY : code)))(value)

const hasIndexes = ({ logGroupClass, indexPolicy }: LogGroupRecord, { fieldIndexNames = [] }: Request): boolean => {
  if (fieldIndexNames.length === 0) return true
  const own = indexPolicy === undefined ? [] : [...indexedFields(indexPolicy.document).keys()]
  const names = logGroupClass === 'STANDARD' ? [...DEFAULT_INDEXES, ...own] : []
  return fieldIndexNames.every((name) => names.includes(name))
}

const describe = ({ name, arn, logGroupClass }: LogGroupRecord): LogGroupSummary => ({
  logGroupName: name,
  logGroupArn: arn,
  logGroupClass,
})

export const listLogGroups: LogsOperation<Request, ListLogGroupsResponse> = {
  access: onAllGroups,
  handle: (request, context) => {
    check(request)
    const isMatch = namesOf(request.logGroupNamePattern)
    const { logGroupClass, logGroupNamePattern, logGroupTags, fieldIndexNames } = request
    const { tx, region, account } = context
    const isWanted = (group: LogGroupRecord): boolean =>
      isMatch(group.name) &&
      (logGroupClass === undefined || isOfClass(group.logGroupClass, logGroupClass)) &&
      hasTags(group, request) &&
      hasIndexes(group, request)
    const { items, ...rest } = page(context, request, {
      scope: ['ListLogGroups', logGroupNamePattern, logGroupClass, logGroupTags, fieldIndexNames],
      prefix: logGroupArn(region, account, ''),
      rowsAfter: (position) => tx.logGroups.iterateAfter('inRegion', logGroupRegionKey(region, account), position),
      keyOf: ({ arn }) => arn,
      itemOf: (group) => (isWanted(group) ? describe(group) : undefined),
    })
    return { logGroups: items, ...rest }
  },
}
