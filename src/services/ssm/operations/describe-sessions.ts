/** DescribeSessions: the sessions that there are, or those that are over, from the oldest on. */
import type { DescribeSessionsRequest, DescribeSessionsResponse, Session, SessionFilter } from '@aws-sdk/client-ssm'
import { dateOf, parseIso8601 } from '../../../kit/timestamps.ts'
import {
  EXECUTE_COMMAND_DOCUMENT,
  hasEnded,
  type SessionRecord,
  sessionRegionKey,
  sessionTarget,
} from '../../../model/exec-session.ts'
import { SESSION_MAXIMUM_SECONDS, SESSIONS_PAGE } from '../../../model/exec-limits.ts'
import type { SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'
import { page } from '../page.ts'

export const describeSessions: SsmOperation<DescribeSessionsRequest, DescribeSessionsResponse> = {
  access: () => [{ resource: '*' }],
  handle: (input, context) => {
    const { State: state, Filters: filters = [] } = input
    const tests = filters.map(testOf)
    const isWanted = (row: SessionRecord): boolean =>
      hasEnded(row) === (state === 'History') && tests.every((passes) => passes(row))
    const { items, nextToken } = page(context, input, {
      scope: ['DescribeSessions', state, filters],
      sizes: SESSIONS_PAGE,
      rowsAfter: (position) =>
        context.tx.sessions.iterateAfter('inRegion', sessionRegionKey(context.region, context.account), position),
      keyOf: ({ sessionId }) => sessionId,
      itemOf: (row) => (isWanted(row) ? describe(row) : undefined),
    })
    return { Sessions: items, ...(nextToken !== undefined && { NextToken: nextToken }) }
  },
}

const targetOf = ({ clusterArn, taskId, runtimeId }: SessionRecord): string =>
  sessionTarget(clusterArn, taskId, runtimeId)

const FILTERS: Readonly<Record<string, (row: SessionRecord, value: string) => boolean>> = {
  __proto__: null as never,
  InvokedAfter: ({ startedAt }, value) => startedAt >= timeOf(value),
  InvokedBefore: ({ startedAt }, value) => startedAt < timeOf(value),
  Target: (row, value) => targetOf(row) === value,
  Owner: ({ owner }, value) => owner === value,
  Status: ({ status }, value) => status === value,
  SessionId: ({ sessionId }, value) => sessionId === value,
  AccessType: (_row, value) => value === 'Standard',
}

const testOf = ({ key = '' as never, value = '' }: SessionFilter): ((row: SessionRecord) => boolean) => {
  const passes = FILTERS[key]
  if (passes === undefined) throw fault('InvalidFilterKey', `Sessions cannot be filtered by ${key}.`)
  if (key.startsWith('Invoked')) timeOf(value)
  return (row) => passes(row, value)
}

const timeOf = (value: string): number => {
  const time = parseIso8601(value)
  if (time === undefined) throw fault('ValidationException', `${value} is not a time in ISO 8601 format.`)
  return time
}

const describe = (row: SessionRecord): Session => ({
  SessionId: row.sessionId,
  Target: targetOf(row),
  Status: row.status,
  StartDate: dateOf(row.startedAt),
  ...(row.endedAt !== undefined && { EndDate: dateOf(row.endedAt) }),
  DocumentName: EXECUTE_COMMAND_DOCUMENT,
  Owner: row.owner,
  ...(row.reason && { Details: row.reason }),
  MaxSessionDuration: String(SESSION_MAXIMUM_SECONDS / 60),
  AccessType: 'Standard',
})
