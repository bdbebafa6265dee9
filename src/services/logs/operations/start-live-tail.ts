/** StartLiveTail: events as they come to up to ten groups, for three hours at the most. */
import type { StartLiveTailRequest, StartLiveTailResponse } from '@aws-sdk/client-cloudwatch-logs'
import { isArn } from '../../../model/arn.ts'
import { LIVE_TAIL_GROUPS, LIVE_TAIL_STREAM_FILTERS } from '../../../model/log-limits.ts'
import type { LogGroupRecord } from '../../../model/log-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { onEachNamed } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { checkedPattern } from '../filter-patterns.ts'
import { checkIsStandard } from '../group-class.ts'
import { requireGroup } from '../lookups.ts'
import { checkNames } from '../names.ts'

type Request = StartLiveTailRequest

const check = (input: Request): void => {
  const streams = { min: 1, max: LIVE_TAIL_STREAM_FILTERS }
  checkConstraints(
    input,
    {
      logGroupIdentifiers: { min: 1, max: LIVE_TAIL_GROUPS },
      logStreamNames: streams,
      logStreamNamePrefixes: streams,
    },
    invalidParameter,
  )
  const { logGroupIdentifiers = [], logStreamNames, logStreamNamePrefixes } = input
  for (const logStreamName of [...(logStreamNames ?? []), ...(logStreamNamePrefixes ?? [])])
    checkNames({ logStreamName })
  if (logStreamNames !== undefined && logStreamNamePrefixes !== undefined)
    throw invalidParameter('logStreamNames and logStreamNamePrefixes cannot be specified together.')
  if ((logStreamNames ?? logStreamNamePrefixes) !== undefined && logGroupIdentifiers.length > 1)
    throw invalidParameter('Log streams can be specified only together with a single log group.')
}

/** AWS: groups are named by ARN, without the star. */
const requireTailed = (context: LogsContext, logGroupIdentifier: string): LogGroupRecord => {
  if (!isArn(logGroupIdentifier) || logGroupIdentifier.endsWith(':*'))
    throw invalidParameter(`The log group identifier ${logGroupIdentifier} is not the ARN of a log group.`)
  const group = requireGroup(context, { logGroupIdentifier })
  checkIsStandard(group, 'StartLiveTail')
  return group
}

const wantsStream = ({ logStreamNames, logStreamNamePrefixes }: Request): ((name: string) => boolean) => {
  if (logStreamNames !== undefined) return (name) => logStreamNames.includes(name)
  if (logStreamNamePrefixes === undefined) return () => true
  return (name) => logStreamNamePrefixes.some((prefix) => name.startsWith(prefix))
}

export const startLiveTail: LogsOperation<Request, StartLiveTailResponse> = {
  access: onEachNamed,
  handle: (input, context) => {
    const { liveTails, ids, requestId } = context
    check(input)
    const { logGroupIdentifiers = [], logEventFilterPattern: filter, ...streams } = input
    const pattern = checkedPattern(filter ?? '')
    const groups = [...new Set(logGroupIdentifiers)].map((identifier) => requireTailed(context, identifier))
    liveTails.check()
    const sessionStart = {
      requestId,
      sessionId: ids.uuid(),
      logGroupIdentifiers: groups.map(({ arn }) => arn),
      ...streams,
      ...(filter !== undefined && { logEventFilterPattern: filter }),
    }
    const request = { groups, pattern, wantsStream: wantsStream(input), start: { sessionStart } }
    return { responseStream: liveTails.start(request) }
  },
}
