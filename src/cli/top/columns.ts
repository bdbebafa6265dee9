/** The columns of the table, by what its rows are; those that matter least go first where the terminal is narrow. */
import { bytes, mebibytes, percent, sparkline, UNKNOWN } from './format.ts'
import type { UsageKind, UsageRow } from '../../model/usage.ts'

export interface Column {
  readonly title: string
  /** The least that it takes. */
  readonly width: number
  readonly isNumeric: boolean
  /** May be cut to its width, and gets what is left over. */
  readonly isFlexible?: boolean
  /** Its end tells more than its beginning: it is cut at the left. */
  readonly keepsEnd?: boolean
  readonly text: (row: UsageRow) => string
  /** Percent that decides its colour. */
  readonly level?: (row: UsageRow) => number | undefined
}

/** Minutes in a sparkline. */
export const HISTORY_MINUTES = 15

const flexible = (title: string, width: number, text: Column['text']): Column => ({
  title,
  width,
  isNumeric: false,
  isFlexible: true,
  text,
})
const fixed = (title: string, width: number, text: Column['text']): Column => ({ title, width, isNumeric: false, text })
const numeric = (title: string, width: number, text: Column['text'], level?: Column['level']): Column => ({
  title,
  width,
  isNumeric: true,
  text,
  ...(level && { level }),
})

const cpu = numeric(
  'CPU %',
  5,
  (row) => percent(row.cpuPercent),
  (row) => row.cpuPercent,
)
const memory = numeric(
  'MEM %',
  5,
  (row) => percent(row.memoryPercent),
  (row) => row.memoryPercent,
)
const memoryUsed = numeric('MEMORY', 6, (row) => mebibytes(row.usage.memoryMiB))
const history = fixed('CPU, 15 MINUTES', HISTORY_MINUTES, (row) => sparkline(row.history?.cpuPercent ?? []))
const received = numeric('RX/S', 5, (row) => bytes(row.usage.networkRxBytesPerSecond))
const sent = numeric('TX/S', 5, (row) => bytes(row.usage.networkTxBytesPerSecond))
const disk = numeric('READ/WRITE/S', 12, ({ usage }) =>
  usage.storageReadBytesPerSecond === undefined && usage.storageWriteBytesPerSecond === undefined
    ? UNKNOWN
    : `${bytes(usage.storageReadBytesPerSecond)}/${bytes(usage.storageWriteBytesPerSecond)}`,
)
const tasks = numeric('TASKS', 5, ({ runningTasks, desiredTasks }) =>
  desiredTasks === undefined ? String(runningTasks) : `${runningTasks}/${desiredTasks}`,
)

const SHORT_ID = 12
const used = [cpu, memory, memoryUsed, history, received, sent, disk]

/** From left to right, which is also from what matters most to what matters least. */
export const COLUMNS: Readonly<Record<UsageKind, readonly Column[]>> = {
  cluster: [flexible('CLUSTER', 12, ({ name }) => name), tasks, ...used],
  service: [flexible('SERVICE', 12, nameOfService), tasks, ...used],
  task: [
    // Ids of tasks begin with the time at which they were made.
    { ...flexible('TASK', SHORT_ID, ({ name }) => name), keepsEnd: true },
    flexible('SERVICE', 8, ({ service, family = UNKNOWN }) => service ?? `(${family})`),
    ...used,
    fixed('HEALTH', 9, ({ healthStatus = UNKNOWN }) => healthStatus),
    fixed('INSTANCE', SHORT_ID, ({ containerInstanceId = UNKNOWN }) => containerInstanceId.slice(0, SHORT_ID)),
  ],
  instance: [
    flexible('INSTANCE', SHORT_ID, ({ name }) => name),
    tasks,
    ...used,
    fixed('AGENT', 12, ({ agentConnected }) => (agentConnected === true ? 'connected' : 'disconnected')),
    fixed('STATUS', 8, ({ status = UNKNOWN }) => status),
  ],
}

/** Tasks of no service are under their family. */
function nameOfService({ name, family }: UsageRow): string {
  return family === undefined ? name : `(${name})`
}

const GAP = 2

/** A column with the width that it has now. */
export interface FittedColumn extends Column {
  readonly fitted: number
}

/** As many columns as fit, from the left. Flexible ones get what is left over, as far as their rows need it. */
export const fit = (columns: readonly Column[], rows: readonly UsageRow[], width: number): readonly FittedColumn[] => {
  const chosen: FittedColumn[] = []
  let left = width
  for (const column of columns) {
    const needed = Math.max(column.width, column.title.length) + (chosen.length === 0 ? 0 : GAP)
    if (needed > left && chosen.length > 0) break
    left -= needed
    chosen.push({ ...column, fitted: Math.max(column.width, column.title.length) })
  }
  const grown = (column: FittedColumn): FittedColumn => {
    const longest = Math.max(0, ...rows.map((row) => column.text(row).length))
    const extra = Math.max(0, Math.min(longest - column.fitted, left))
    left -= extra
    return { ...column, fitted: column.fitted + extra }
  }
  // Names are more welcome than the whole of an id, which is left of them.
  return chosen.reduceRight<FittedColumn[]>(
    (columnsSoFar, column) => [column.isFlexible === true ? grown(column) : column, ...columnsSoFar],
    [],
  )
}

export const gap = ' '.repeat(GAP)
