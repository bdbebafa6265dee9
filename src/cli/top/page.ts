/** The page as lines of text. Pure: what it shows, in which order and how wide is given. */
import { visible } from '../../kit/visible.ts'
import { isoText } from '../../kit/timestamps.ts'
import { COLUMNS, fit, type FittedColumn, gap } from './columns.ts'
import { bytes, mebibytes, percent } from './format.ts'
import type { ClusterUsage, SilentInstance, UsageKind, UsageRow } from '../../model/usage.ts'

export const SORTS = ['cpu', 'memory', 'network', 'name'] as const
export type Sort = (typeof SORTS)[number]

export interface View {
  readonly by: UsageKind
  readonly sort: Sort
  readonly width: number
  readonly hasColours: boolean
}

/** What is seen of a page. */
export interface Page {
  readonly head: readonly string[]
  readonly titles: string
  readonly rows: readonly string[]
  /** What is missing, and why. */
  readonly notes: readonly string[]
}

type Style = 'bold' | 'dim' | 'yellow' | 'red'

const CODES: Readonly<Record<Style, string>> = { bold: '1', dim: '2', yellow: '33', red: '31' }
const HIGH_PERCENT = 70
const FULL_PERCENT = 90
const UNITS_PER_CPU = 1024

export const styled = (text: string, style: Style | undefined, hasColours: boolean): string =>
  style === undefined || !hasColours ? text : `\u001b[${CODES[style]}m${text}\u001b[0m`

export const pageOf = (usages: readonly ClusterUsage[], view: View): Page => {
  const rows = sortedRows(
    usages.flatMap((usage) => usage.rows),
    view.sort,
  )
  const columns = fit(COLUMNS[view.by], rows, view.width)
  const titles = columns.map((column) => aligned(column, column.title)).join(gap)
  return {
    head: usages.length === 1 && usages[0] !== undefined ? headOf(usages[0], view) : [],
    titles: styled(cut(titles, view.width), 'bold', view.hasColours),
    rows: rows.map((row) => lineOf(row, columns, view)),
    notes: notesOf(usages, rows, view).map((note) => cut(note, view.width)),
  }
}

const SORT_BY: Readonly<Record<Exclude<Sort, 'name'>, (row: UsageRow) => number>> = {
  cpu: ({ usage, cpuPercent }) => cpuPercent ?? usage.cpuUnits ?? -1,
  memory: ({ usage, memoryPercent }) => memoryPercent ?? usage.memoryMiB ?? -1,
  network: ({ usage }) => (usage.networkRxBytesPerSecond ?? -1) + (usage.networkTxBytesPerSecond ?? 0),
}

/** The most first; equal ones by name, so that they do not jump about. */
export const sortedRows = (rows: readonly UsageRow[], sort: Sort): UsageRow[] =>
  rows.toSorted((one, other) => {
    const byName = one.name < other.name ? -1 : 1
    return sort === 'name' ? byName : SORT_BY[sort](other) - SORT_BY[sort](one) || byName
  })

const headOf = ({ at, cluster }: ClusterUsage, { width, hasColours }: View): string[] => {
  const { usage, reserved } = cluster
  const first = `cluster ${visible(cluster.name)}   ${countOf(cluster)}   ${isoText(at).slice(11, 19)} UTC`
  const parts = [
    partOf('CPU', cluster.cpuPercent, `${reserved.cpuUnits / UNITS_PER_CPU} vCPU`),
    partOf('memory', cluster.memoryPercent, mebibytes(reserved.memoryMiB)),
    ...(usage.networkRxBytesPerSecond === undefined
      ? []
      : [`network ${bytes(usage.networkRxBytesPerSecond)}/s in, ${bytes(usage.networkTxBytesPerSecond)}/s out`]),
  ]
  return [styled(cut(first, width), 'bold', hasColours), cut(parts.join('   '), width)]
}

const partOf = (what: string, part: number | undefined, whole: string): string =>
  part === undefined ? `${what} ${whole}` : `${what} ${percent(part)} % of ${whole}`

const countOf = ({ runningTasks }: UsageRow): string =>
  runningTasks === 1 ? '1 running task' : `${runningTasks} running tasks`

const lineOf = (row: UsageRow, columns: readonly FittedColumn[], { hasColours }: View): string =>
  columns
    .map((column) => styled(aligned(column, visible(column.text(row))), styleOf(column, row), hasColours))
    .join(gap)
    .trimEnd()

const styleOf = ({ level }: FittedColumn, row: UsageRow): Style | undefined => {
  if (row.reportedTasks === 0) return 'dim'
  const value = level?.(row) ?? 0
  if (value >= FULL_PERCENT) return 'red'
  return value >= HIGH_PERCENT ? 'yellow' : undefined
}

const aligned = ({ fitted, isNumeric, keepsEnd }: FittedColumn, text: string): string => {
  const kept = keepsEnd === true && text.length > fitted ? `…${text.slice(1 - fitted)}` : cut(text, fitted)
  return isNumeric ? kept.padStart(fitted) : kept.padEnd(fitted)
}

export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`

const notesOf = (usages: readonly ClusterUsage[], rows: readonly UsageRow[], { by }: View): string[] => {
  const silent = usages.flatMap(({ silentInstances }) => silentInstances).map(silence)
  if (rows.length === 0) return [`There is no ${by === 'task' ? 'running task' : by}.`, ...silent]
  const waiting = rows.filter(({ runningTasks, reportedTasks }) => reportedTasks < runningTasks)
  if (silent.length > 0 || waiting.length === 0) return silent
  const count = waiting.reduce((sum, { runningTasks, reportedTasks }) => sum + runningTasks - reportedTasks, 0)
  return [`Of ${count} running ${count === 1 ? 'task' : 'tasks'} nothing is known yet: agents report every 20 seconds.`]
}

const silence = ({ containerInstanceId, agentConnected, runningTasks }: SilentInstance): string => {
  const tasks = `${runningTasks} ${runningTasks === 1 ? 'task' : 'tasks'}`
  const why = agentConnected ? 'is ECS_DISABLE_METRICS set?' : 'its agent is not connected.'
  return `No metrics from instance ${containerInstanceId.slice(0, 12)} (${tasks}): ${why}`
}
