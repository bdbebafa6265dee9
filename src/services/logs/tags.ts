/** Tags of groups, which the API has as maps. */
import type { LogGroupRecord } from '../../model/log-records.ts'
import type { Tag } from '../../model/records.ts'
import { mergedTags, tagsWithout } from '../checked-tags.ts'
import type { LogsContext } from './context.ts'
import { groupArnOf } from './access.ts'
import { notFound, tagFaults } from './faults.ts'

export const tagsOf = (tags: Readonly<Record<string, string>> | undefined = {}): readonly Tag[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }))

export const tagMap = (tags: readonly Tag[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

export const addTags = ({ tx }: LogsContext, { arn, tags }: LogGroupRecord, added: readonly Tag[]): void => {
  tx.logGroups.update(arn, { tags: mergedTags(tags, added, tagFaults) })
}

export const removeTags = ({ tx }: LogsContext, { arn, tags }: LogGroupRecord, keys: readonly string[]): void => {
  tx.logGroups.update(arn, { tags: tagsWithout(tags, keys) })
}

/** Throws `ResourceNotFoundException`: only groups are here that can have tags. */
export const requireTagged = (context: LogsContext, resourceArn: string | undefined): LogGroupRecord => {
  const group = context.tx.logGroups.get(groupArnOf(context, resourceArn ?? ''))
  if (group === undefined || group.account !== context.account || group.region !== context.region)
    throw notFound('The specified resource does not exist.')
  return group
}
