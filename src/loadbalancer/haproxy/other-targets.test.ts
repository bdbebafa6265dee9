import { describe, expect, it } from 'vitest'
import type { RoutingTable, TargetGroupRoute } from '../../model/load-balancing/routing.ts'
import { aTargetGroup } from '../../../test/builders/a-load-balancer.ts'
import { groupsWithOtherTargets } from './other-targets.ts'

const aGroup = (name: string, targets: readonly number[] = []): TargetGroupRoute => ({
  ...aTargetGroup({ name }),
  attributes: {},
  targets: targets.map((port) => ({ key: `10.0.0.1:${port}`, address: '10.0.0.1', port, isDraining: false })),
})

const aTable = (groups: readonly TargetGroupRoute[], rest: Partial<RoutingTable> = {}): RoutingTable => ({
  loadBalancers: new Map(),
  certificates: new Map(),
  trustStores: new Map(),
  targetGroups: new Map(groups.map((group) => [group.targetGroupArn, group])),
  ...rest,
})

const [web, api] = [aGroup('web', [1]), aGroup('api', [1])]

describe('groups with other targets', () => {
  it('are those that were told anew with the same settings', () => {
    const more = aGroup('web', [1, 2])
    expect(groupsWithOtherTargets(aTable([web, api]), aTable([more, api]))).toEqual([more])
    expect(groupsWithOtherTargets(aTable([web, api]), aTable([web, api]))).toEqual([])
  })

  it('are not told apart where anything else is new', () => {
    const other = { ...web, healthCheck: { ...web.healthCheck, intervalSeconds: 7 } }
    const certificate = { certificateArn: 'a', domainNames: [], chain: '', privateKey: '' }
    expect(groupsWithOtherTargets(aTable([web]), aTable([other]))).toBeUndefined()
    expect(groupsWithOtherTargets(aTable([web]), aTable([web, api]))).toBeUndefined()
    expect(groupsWithOtherTargets(aTable([web]), aTable([api]))).toBeUndefined()
    expect(
      groupsWithOtherTargets(aTable([web]), aTable([web], { certificates: new Map([['a', certificate]]) })),
    ).toBeUndefined()
  })
})
