/** `longshore audit`: who called what, from where, and with which outcome; the latest first. Asked of CloudTrail's API. */
import { CloudTrailClient, type Event, type LookupAttribute, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import { SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values, wholeNumber } from '../kit/command.ts'
import { dateOf, isoText } from '../kit/timestamps.ts'
import { clientCredentials, dataDirOption, requireNote } from './options.ts'
import { table } from './table.ts'

const options = {
  ...dataDirOption,
  user: { type: 'string', valueName: 'NAME', description: 'only calls of this user, role session, or root' },
  event: { type: 'string', valueName: 'NAME', description: 'only calls of this operation, e.g. RunTask' },
  resource: { type: 'string', valueName: 'NAME', description: 'only calls that name this resource, by name or ARN' },
  since: { type: 'string', valueName: 'TIME', description: 'only calls of the last e.g. 30m, 12h or 7d' },
  denied: { type: 'boolean', description: 'only calls that were refused or failed' },
  limit: { type: 'string', valueName: 'COUNT', description: 'how many calls to show', default: '50' },
  json: { type: 'boolean', description: 'print the events as JSON lines' },
} as const

type AuditValues = Values<typeof options>

const MOST = 100_000

export const auditCommand = command({
  name: 'audit',
  summary: 'show who called what',
  details: 'The latest calls first. Times are UTC.',
  options,
  run: async (values) => {
    const events = await find(values)
    process.stdout.write(values.json ? events.map((event) => `${event.CloudTrailEvent}\n`).join('') : page(events))
    return 0
  },
})

const find = async (values: AuditValues): Promise<Event[]> => {
  const limit = wholeNumber('limit', values.limit, 1, MOST)
  const filters = { LookupAttributes: attributesOf(values), ...sinceOf(values.since) }
  const note = requireNote(values['data-dir'])
  const credentials = clientCredentials(values['data-dir'], note)
  const client = new CloudTrailClient({ endpoint: note.endpoint, region: note.region, credentials })
  const events: Event[] = []
  try {
    for await (const { Events = [] } of paginateLookupEvents({ client }, filters)) {
      events.push(...Events.filter((event) => !values.denied || contentOf(event).errorCode !== undefined))
      if (events.length >= limit) break
    }
    return events.slice(0, limit)
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error })
  } finally {
    client.destroy()
  }
}

/** CloudTrail takes one attribute at a time. */
const attributesOf = ({ user, event, resource }: AuditValues): LookupAttribute[] => {
  const asked = [
    { AttributeKey: 'Username', AttributeValue: user },
    { AttributeKey: 'EventName', AttributeValue: event },
    { AttributeKey: 'ResourceName', AttributeValue: resource },
  ] as const
  const given = asked.filter(({ AttributeValue }) => AttributeValue !== undefined) as LookupAttribute[]
  if (given.length > 1)
    throw new UserError('Give one of --user, --event and --resource; CloudTrail takes one at a time.')
  return given
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const sinceOf = (since: string | undefined): { StartTime?: Date } => {
  if (since === undefined) return {}
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(since) ?? []
  if (count === undefined) throw new UserError(`--since is "${since}"; it must look like 30m, 12h or 7d.`)
  return { StartTime: dateOf(new SystemClock().now() - Number(count) * (UNIT_MS[unit] ?? 0)) }
}

interface Content {
  readonly sourceIPAddress?: string
  readonly errorCode?: string
  readonly userIdentity?: { readonly type?: string; readonly accessKeyId?: string }
}

const contentOf = ({ CloudTrailEvent = '{}' }: Event): Content => JSON.parse(CloudTrailEvent) as Content

const page = (events: readonly Event[]): string => {
  if (events.length === 0) return 'No such call is on record.\n'
  const rows = events.map((event) => {
    const { sourceIPAddress, errorCode, userIdentity } = contentOf(event)
    const time = isoText(event.EventTime?.getTime() ?? 0)
    const who = event.Username ?? `unknown (${userIdentity?.accessKeyId ?? 'no key'})`
    return [time, who, sourceIPAddress, event.EventSource?.split('.')[0], event.EventName, errorCode ?? 'ok']
  })
  return table(['TIME', 'WHO', 'FROM', 'SERVICE', 'CALL', 'RESULT'], rows)
}
