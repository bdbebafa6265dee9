/** GetLogGroupFields: the fields that the latest events of a time have, and how many of a hundred events have each. */
import type { GetLogGroupFieldsRequest, GetLogGroupFieldsResponse } from '@aws-sdk/client-cloudwatch-logs'
import { discoveredFields, SYSTEM_FIELD_NAMES } from '../../../model/insights/row.ts'
import { INSIGHTS_FIELD_EVENTS } from '../../../model/log-limits.ts'
import type { LogGroupRecord } from '../../../model/log-records.ts'
import { settle } from '../../../kit/clock.ts'
import { checkConstraints } from '../../constraints.ts'
import { continued } from '../../operations.ts'
import { onNamed } from '../access.ts'
import type { LogsCall, LogsDeps, LogsOperation } from '../context.ts'
import { invalidParameter, orUnavailable } from '../faults.ts'
import { InsightsEvents } from '../insights-events.ts'
import { expiryOf, requireGroup } from '../lookups.ts'

interface Plan {
  readonly group: LogGroupRecord
  readonly from: number
  readonly to: number
}

const MINUTE_MS = 60_000

/** AWS: eight minutes around a time, or the last fifteen. */
const timesOf = (time: number | undefined, now: number): { readonly from: number; readonly to: number } =>
  time === undefined
    ? { from: now - 15 * MINUTE_MS, to: now + 1 }
    : { from: time * 1000 - 8 * MINUTE_MS, to: time * 1000 + 8 * MINUTE_MS }

/** How many events have each field. */
const counted = async ({ group, from, to }: Plan, { logs, tables, pageTokens, now }: LogsCall) => {
  const counts = new Map<string, number>()
  const known = new InsightsEvents(tables, pageTokens, group)
  let seen = 0
  for await (const events of logs.read({ groupId: group.groupId, from, to, direction: 'backward' })) {
    for (const { message } of known.of(events, now)) {
      seen++
      for (const name of [...SYSTEM_FIELD_NAMES, ...discoveredFields(message).keys()])
        counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    if (seen >= INSIGHTS_FIELD_EVENTS) break
    await settle()
  }
  return { counts, seen }
}

export const getLogGroupFields: LogsOperation<GetLogGroupFieldsRequest, GetLogGroupFieldsResponse> = continued<
  LogsDeps,
  GetLogGroupFieldsRequest,
  GetLogGroupFieldsResponse,
  Plan
>({
  access: onNamed,
  handle: (input, context) => {
    checkConstraints(input, { time: { min: 0 } }, invalidParameter)
    const group = requireGroup(context, input)
    const { from, to } = timesOf(input.time, context.now)
    return { group, from: Math.max(from, expiryOf(group, context.now)), to }
  },
  finish: async (plan, call) => {
    const { counts, seen } = await orUnavailable(() => counted(plan, call))
    const fields = [...counts].toSorted(([, one], [, other]) => other - one)
    return { logGroupFields: fields.map(([name, count]) => ({ name, percent: Math.round((count * 100) / seen) })) }
  },
})
