/** Load balancers for `longshore status`. */
import { existsSync } from 'node:fs'
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import { balancerDir, type RootAccessKey, type RunningNote } from '../kit/installation.ts'
import { table } from './table.ts'

/** By name. Asked for only where there was a balancer: the server loads what answers with the first question. */
export const readLoadBalancers = async (
  dataDir: string,
  { endpoint, region }: RunningNote,
  credentials: RootAccessKey,
): Promise<readonly LoadBalancer[]> => {
  if (!existsSync(balancerDir(dataDir))) return []
  const { ElasticLoadBalancingV2Client, paginateDescribeLoadBalancers } =
    await import('@aws-sdk/client-elastic-load-balancing-v2')
  const client = new ElasticLoadBalancingV2Client({ endpoint, region, credentials })
  try {
    const found: LoadBalancer[] = []
    for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers({ client }, {}))
      found.push(...LoadBalancers)
    return found.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other), 'en'))
  } finally {
    client.destroy()
  }
}

const nameOf = ({ LoadBalancerName = '' }: LoadBalancer): string => LoadBalancerName

export const loadBalancerTable = (loadBalancers: readonly LoadBalancer[]): string =>
  table(
    ['LOAD BALANCER', 'TYPE', 'STATE', 'DNS NAME', 'WHY'],
    loadBalancers.map((each) => [nameOf(each), each.Type, each.State?.Code, each.DNSName, each.State?.Reason]),
  )

export const loadBalancerSummary = ({ LoadBalancerArn, Type, State, DNSName }: LoadBalancer): object => ({
  loadBalancerArn: LoadBalancerArn,
  type: Type,
  state: State?.Code,
  reason: State?.Reason,
  dnsName: DNSName,
})
