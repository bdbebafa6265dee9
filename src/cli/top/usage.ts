/** What clusters use, as the server tells it (`GET /telemetry/usage`). Times are milliseconds since the epoch. */
import { type ECSClient, paginateListClusters } from '@aws-sdk/client-ecs'
import { UserError } from '../../kit/command.ts'
import { askServer } from '../own-call.ts'

export type UsageKind = 'cluster' | 'service' | 'task' | 'instance'

export interface Usage {
  readonly cpuUnits?: number
  readonly memoryMiB?: number
  readonly networkRxBytesPerSecond?: number
  readonly networkTxBytesPerSecond?: number
  readonly storageReadBytesPerSecond?: number
  readonly storageWriteBytesPerSecond?: number
}

export interface UsageRow {
  readonly name: string
  readonly runningTasks: number
  readonly reportedTasks: number
  readonly usage: Usage
  readonly reserved: { readonly cpuUnits: number; readonly memoryMiB: number }
  readonly cpuPercent?: number
  readonly memoryPercent?: number
  readonly desiredTasks?: number
  readonly service?: string
  readonly family?: string
  readonly healthStatus?: string
  readonly containerInstanceId?: string
  readonly status?: string
  readonly agentConnected?: boolean
  readonly history?: UsageHistory
}

/** One value for each of the last minutes, the oldest first. */
export interface UsageHistory {
  readonly cpuPercent: readonly (number | null)[]
  readonly memoryPercent: readonly (number | null)[]
}

export interface SilentInstance {
  readonly containerInstanceId: string
  readonly agentConnected: boolean
  readonly runningTasks: number
}

export interface ClusterUsage {
  readonly clusterArn: string
  readonly at: number
  readonly cluster: UsageRow
  readonly rows: readonly UsageRow[]
  readonly silentInstances: readonly SilentInstance[]
}

export interface UsageQuestion {
  readonly cluster: string
  readonly by: UsageKind
  readonly historyMinutes: number
}

/** By cluster it is of all clusters that there are, else of the one that is named. */
export const readUsage = async (
  client: ECSClient,
  { cluster, by, historyMinutes }: UsageQuestion,
): Promise<ClusterUsage[]> => {
  const clusters = by === 'cluster' ? await clusterArns(client) : [cluster]
  const query = { by, history: String(historyMinutes) }
  return Promise.all(
    clusters.map(async (each) => known(await askServer(client, '/telemetry/usage', { cluster: each, ...query }))),
  )
}

const known = (usage: ClusterUsage | undefined): ClusterUsage => {
  if (usage === undefined)
    throw new UserError('This server is older than the command: it does not tell what tasks use.')
  return usage
}

const clusterArns = async (client: ECSClient): Promise<string[]> => {
  const arns: string[] = []
  for await (const page of paginateListClusters({ client }, {})) arns.push(...(page.clusterArns ?? []))
  return arns
}
