/** StartQuery: begins a query of Insights over one or more groups. */
import type { StartQueryRequest, StartQueryResponse } from '@aws-sdk/client-cloudwatch-logs'
import { type Query, compileQuery } from '../../../model/insights/query.ts'
import { MalformedQuery } from '../../../model/insights/malformed-query.ts'
import { INSIGHTS_QUERY_LENGTH, INSIGHTS_RESULTS } from '../../../model/limits.ts'
import { INSIGHTS_GROUPS_PER_QUERY } from '../../../model/log-limits.ts'
import type { LogGroupRecord } from '../../../model/log-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { continued } from '../../operations.ts'
import { onNamed } from '../access.ts'
import type { LogsContext, LogsDeps, LogsOperation } from '../context.ts'
import { invalidParameter, limitExceeded, malformedQuery, notFound } from '../faults.ts'
import type { QueryOrder } from '../insights-query.ts'
import { checkLanguage } from '../query-language.ts'
import { getGroup } from '../lookups.ts'
import { checkNames, nameOfIdentifier } from '../names.ts'

/** Names or ARNs, as given. */
const groupsOf = ({ logGroupName, logGroupNames, logGroupIdentifiers }: StartQueryRequest): readonly string[] =>
  logGroupName === undefined ? (logGroupNames ?? logGroupIdentifiers ?? []) : [logGroupName]

const check = (input: StartQueryRequest): void => {
  checkLanguage(input.queryLanguage)
  checkConstraints(
    input,
    {
      logGroupNames: { min: 1, max: INSIGHTS_GROUPS_PER_QUERY },
      logGroupIdentifiers: { min: 1, max: INSIGHTS_GROUPS_PER_QUERY },
      queryString: { min: 0, max: INSIGHTS_QUERY_LENGTH },
      startTime: { min: 0 },
      endTime: { min: 0 },
      limit: { min: 1, max: INSIGHTS_RESULTS },
    },
    invalidParameter,
  )
  const { logGroupName, logGroupNames, logGroupIdentifiers, startTime = 0, endTime = 0 } = input
  const given = [logGroupName, logGroupNames, logGroupIdentifiers].filter((each) => each !== undefined)
  if (given.length !== 1)
    throw invalidParameter('Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.')
  for (const name of logGroupNames ?? []) checkNames({ logGroupName: name })
  for (const logGroupIdentifier of logGroupIdentifiers ?? []) checkNames({ logGroupIdentifier })
  checkNames({ logGroupName })
  if (startTime > endTime) throw invalidParameter('The startTime of a query cannot be after its endTime.')
}

const requireQueried = (context: LogsContext, nameOrArn: string): LogGroupRecord => {
  const name = nameOfIdentifier(context, nameOrArn)
  const group = getGroup(context, name)
  if (group === undefined) throw notFound(`Log group '${name}' does not exist for account ID '${context.account}'`)
  return group
}

const compiled = (text: string): Query => {
  try {
    return compileQuery(text)
  } catch (error) {
    if (!(error instanceof MalformedQuery)) throw error
    throw malformedQuery(error.message, error.location)
  }
}

/** Times of queries are whole seconds, the last of which is included. */
const SECOND_MS = 1000

export const startQuery: LogsOperation<StartQueryRequest, StartQueryResponse> = continued<
  LogsDeps,
  StartQueryRequest,
  StartQueryResponse,
  QueryOrder
>({
  access: (input, context) => groupsOf(input).flatMap((name) => onNamed({ logGroupIdentifier: name }, context)),
  handle: (input, context) => {
    check(input)
    const { queryString = '', startTime = 0, endTime = 0, limit } = input
    const groups = groupsOf(input).map((name) => requireQueried(context, name))
    return {
      account: context.account,
      region: context.region,
      query: compiled(queryString),
      groups: [...new Set(groups)],
      start: startTime * SECOND_MS,
      end: endTime * SECOND_MS + SECOND_MS - 1,
      limit,
      userIdentity: context.principal.arn,
    }
  },
  finish: async (order, { queries }) => {
    if (queries.isFull) throw limitExceeded('Account maximum query concurrency limit exceeded.')
    return { queryId: queries.start(order).queryId }
  },
})
