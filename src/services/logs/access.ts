/**
 * What callers of CloudWatch Logs must be allowed to do.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
import { isArn, logGroupArn, logGroupNameOf, logStreamArn } from '../../model/arn.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import { requestTagContext } from '../checked-tags.ts'
import type { Demand } from '../operations.ts'
import type { LogsContext } from './context.ts'
import type { IdentifiesGroup, NamesStream } from './names.ts'

/** The operation's action on the group, or on the stream of it if the request names one, whether or not there is one. */
export const onNamed = (input: IdentifiesGroup & NamesStream, context: LogsContext): readonly Demand[] => {
  const arn = groupArnOf(context, input.logGroupName ?? input.logGroupIdentifier ?? '')
  return [{ resource: logStreamArn(arn, input.logStreamName), context: resourceTags(context, arn) }]
}

/** Likewise, on each group. */
export const onEachNamed = (
  { logGroupIdentifiers = [] }: { readonly logGroupIdentifiers: readonly string[] | undefined },
  context: LogsContext,
): readonly Demand[] => logGroupIdentifiers.flatMap((logGroupIdentifier) => onNamed({ logGroupIdentifier }, context))

/** Who asks for masked data must be allowed to see it, whether or not there is any. */
export const mayUnmask = (
  { unmask = false, ...input }: IdentifiesGroup & NamesStream & { readonly unmask?: boolean | undefined },
  context: LogsContext,
): readonly Demand[] => (unmask ? onNamed(input, context).map((demand) => ({ ...demand, action: 'logs:Unmask' })) : [])

/** AWS: the action has no resources. */
export const onAnything = (): readonly Demand[] => []

/** AWS: lists of groups are on a group without a name. */
export const onAllGroups = (_input: object, context: LogsContext): readonly Demand[] => [
  { resource: logStreamArn(groupArnOf(context, '')) },
]

/** Tags are changed on the resource's own ARN. */
export const onTagged = (context: LogsContext, arn: string, tags: readonly Tag[] = []): Demand => ({
  resource: arn,
  context: { ...resourceTags(context, arn), ...requestTagContext(tags) },
})

/** What is removed has keys alone. */
export const tagKeysContext = (keys: readonly string[]): ContextValues =>
  keys.length === 0 ? {} : { 'aws:tagkeys': keys }

export const groupArnOf = ({ region, account }: LogsContext, nameOrArn: string): string => {
  if (!isArn(nameOrArn)) return logGroupArn(region, account, nameOrArn)
  return logGroupNameOf(nameOrArn) === undefined ? nameOrArn : nameOrArn.replace(/:\*$/, '')
}

const resourceTags = ({ tx }: LogsContext, arn: string): ContextValues => {
  const { tags = [] } = tx.logGroups.get(arn) ?? tx.logDestinations.get(arn) ?? {}
  return Object.fromEntries(tags.map(({ key, value }) => [`aws:resourcetag/${key.toLowerCase()}`, [value]]))
}
