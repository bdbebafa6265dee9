/** What is answered to who asks what tasks use. */
import { clusterUsage } from '../controllers/agent-telemetry/cluster-usage.ts'
import { readHistory } from '../controllers/agent-telemetry/usage-history.ts'
import { parseArn } from '../model/arn.ts'
import type { ClusterUsage } from '../model/usage.ts'
import { Fault } from '../wire/fault.ts'
import type { Caller } from '../wire/sigv4.ts'
import { isCallersOwn, type OwnCallTools } from './own-call.ts'
import type { UsageQuery, UsageSources } from './usage.ts'

export const usageAnswer = async (
  { store, clock }: OwnCallTools,
  sources: UsageSources,
  { clusterArn: arn, by, historyMinutes }: UsageQuery,
  caller: Caller,
): Promise<ClusterUsage> => {
  const found = store.tables.clusters.get(arn)
  if (found === undefined || found.status === 'INACTIVE' || !isCallersOwn(arn, caller))
    throw new Fault({ code: 'ClusterNotFoundException', message: 'Cluster not found.' })
  const now = clock.now()
  const { cluster, rows, ...facts } = clusterUsage({
    tables: store.tables,
    book: sources.usage,
    clusterArn: arn,
    by,
    now,
  })
  if (historyMinutes === 0) return { ...facts, cluster: cluster.row, rows: rows.map(({ row }) => row) }
  const owner = { account: parseArn(arn)?.account ?? '', region: parseArn(arn)?.region ?? '' }
  const places = rows.map(({ source }) => source)
  const histories = await readHistory(sources.metrics, owner, places, now, historyMinutes)
  const withHistory = rows.map(({ row }, index) => ({ ...row, history: histories[index]! }))
  return { ...facts, cluster: cluster.row, rows: withHistory }
}
