/** Asks the server what clusters use. */
import { type ECSClient, paginateListClusters } from '@aws-sdk/client-ecs'
import { UserError } from '../../kit/command.ts'
import type { ClusterUsage, UsageKind } from '../../model/usage.ts'
import { askServer } from '../own-call.ts'

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
