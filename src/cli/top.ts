/** `longshore top`: what clusters, services, tasks and container instances use now, as a table that lives. */
import { ECSClient } from '@aws-sdk/client-ecs'
import { SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values } from '../kit/command.ts'
import type { RunningNote } from '../kit/installation.ts'
import { clientCredentials, dataDirOption, requireNote } from './options.ts'
import { Refused } from './own-call.ts'
import { HISTORY_MINUTES } from './top/columns.ts'
import { Live } from './top/live.ts'
import { pageOf, type Sort, sortedRows, SORTS } from './top/page.ts'
import { KINDS } from './top/state.ts'
import { Terminal } from './top/terminal.ts'
import { readUsage } from './top/usage.ts'
import type { ClusterUsage, UsageKind } from '../model/usage.ts'

const options = {
  ...dataDirOption,
  cluster: { type: 'string', valueName: 'NAME', description: 'the cluster, if not that of `up`' },
  by: { type: 'string', valueName: 'KIND', description: 'what the rows are', choices: KINDS, default: 'service' },
  sort: { type: 'string', valueName: 'ORDER', description: 'what comes first', choices: SORTS, default: 'cpu' },
  once: { type: 'boolean', description: 'print the table once and end' },
  json: { type: 'boolean', description: 'print JSON once, for scripts' },
  interval: {
    type: 'string',
    valueName: 'TIME',
    description: 'time between two looks, e.g. 500ms or 5s',
    default: '2s',
  },
} as const

type TopValues = Values<typeof options>

export const topCommand = command({
  name: 'top',
  summary: 'show what tasks use',
  details: `Utilisation is of what tasks reserve; of clusters and container instances, of what there is. Agents report every 20 seconds.
Where the output is no terminal, the table is printed once.`,
  options,
  run: async (values) => {
    const intervalMs = durationOf(values.interval)
    const note = requireNote(values['data-dir'])
    const credentials = clientCredentials(values['data-dir'], note)
    const client = new ECSClient({ endpoint: note.endpoint, region: note.region, credentials })
    try {
      const isOnce = values.once || values.json || !process.stdout.isTTY
      await (isOnce ? printOnce(client, note, values) : live(client, note, values, intervalMs))
      return 0
    } catch (error) {
      throw complaint(error, note)
    } finally {
      client.destroy()
    }
  },
})

interface Choice {
  readonly cluster: string
  readonly by: UsageKind
  readonly sort: Sort
}

const choiceOf = ({ cluster, by, sort }: TopValues, note: RunningNote): Choice => ({
  cluster: cluster ?? note.cluster,
  by: by as UsageKind,
  sort: sort as Sort,
})

/** Where nothing says how wide it may be. */
const PLAIN_WIDTH = 120

const printOnce = async (client: ECSClient, note: RunningNote, values: TopValues): Promise<void> => {
  const { cluster, by, sort } = choiceOf(values, note)
  const usages = await readUsage(client, { cluster, by, historyMinutes: HISTORY_MINUTES })
  process.stdout.write(values.json ? json(usages, sort) : plain(usages, by, sort))
}

const json = (usages: readonly ClusterUsage[], sort: Sort): string =>
  `${JSON.stringify(
    usages.map((usage) => ({ ...usage, rows: sortedRows(usage.rows, sort) })),
    null,
    2,
  )}\n`

const plain = (usages: readonly ClusterUsage[], by: UsageKind, sort: Sort): string => {
  const isTerminal = process.stdout.isTTY
  const width = isTerminal ? process.stdout.columns : PLAIN_WIDTH
  const { head, titles, rows, notes } = pageOf(usages, { by, sort, width, hasColours: wantsColours(isTerminal) })
  return [...head, '', titles.trimEnd(), ...rows, ...notes, ''].join('\n').replace(/^\n/, '')
}

/** https://no-color.org */
const wantsColours = (isTerminal: boolean): boolean => isTerminal && !process.env['NO_COLOR']

const live = async (client: ECSClient, note: RunningNote, values: TopValues, intervalMs: number): Promise<void> => {
  const { cluster, by, sort } = choiceOf(values, note)
  const table = new Live(
    {
      terminal: new Terminal(process.stdin, process.stdout),
      clock: new SystemClock(),
      intervalMs,
      hasColours: wantsColours(true),
      ask: (kind, historyMinutes) => readUsage(client, { cluster, by: kind, historyMinutes }),
      passing: (error) => (isPassing(error) ? `No answer from ${note.endpoint}; trying again.` : undefined),
    },
    { by, sort, scrolled: 0 },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => table.end())
  await table.run()
}

/** A server that restarts is back in a moment; what it refuses, it refuses again. */
const isPassing = (error: unknown): boolean => !(error instanceof Refused || error instanceof UserError)

const complaint = (error: unknown, { endpoint, processId }: RunningNote): unknown => {
  if (error instanceof UserError) return error
  const { message } = error as Error
  return new UserError(
    isPassing(error)
      ? `Longshore runs as process ${processId}, but ${endpoint} does not answer as it should (${message}): its log says why.`
      : message,
    { cause: error },
  )
}

const SHORTEST_MS = 200

const durationOf = (text: string): number => {
  const [, amount = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? []
  const factor = unit === 'ms' ? 1 : unit === 'm' ? 60_000 : 1000
  const milliseconds = amount === '' ? 0 : Number(amount) * factor
  if (milliseconds < SHORTEST_MS)
    throw new UserError(`--interval "${text}" must be a time of ${SHORTEST_MS}ms or more, e.g. 2s.`)
  return milliseconds
}
