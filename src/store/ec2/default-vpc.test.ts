import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { emptyStore } from '../../../test/services-deps.ts'
import { defaultVpcOf, ensureDefaultVpc, makeDefaultVpc } from './default-vpc.ts'
import { defaultSecurityGroupOf, findSubnets, getVpc, zoneOfSubnet } from './lookups.ts'
import { zoneIdOf, zonesOf } from './zones.ts'

const home = { account: '123456789012', region: 'eu-west-1', now: 1000 }

describe('the default VPC', () => {
  it('is there with its subnets, and is the same the next time and in another installation', async () => {
    const store = await emptyStore()
    const vpc = await store.transact((tx) => ensureDefaultVpc(tx, home))
    expect(vpc).toMatchObject({
      isDefault: true,
      cidrBlocks: [{ cidrBlock: '172.31.0.0/16' }],
      enableDnsHostnames: true,
    })
    expect(await store.transact((tx) => ensureDefaultVpc(tx, { ...home, now: 2000 }))).toBe(vpc)
    const elsewhere = await (await emptyStore()).transact((tx) => ensureDefaultVpc(tx, home))
    expect(elsewhere?.vpcId).toBe(vpc?.vpcId)
    const subnets = store.tables.subnets.find('byVpc', vpc!.vpcId)
    expect(subnets.map(({ zoneName, cidrBlock }) => [zoneName, cidrBlock])).toEqual([
      ['eu-west-1a', '172.31.0.0/20'],
      ['eu-west-1b', '172.31.16.0/20'],
      ['eu-west-1c', '172.31.32.0/20'],
    ])
    const [gateway] = [...store.tables.internetGateways.rows()]
    expect(store.tables.routeTables.find('byVpc', vpc!.vpcId)).toMatchObject([
      { routes: [{ destination: '0.0.0.0/0', gatewayId: gateway!.internetGatewayId }], associations: [{}] },
    ])
    expect(zoneOfSubnet(store.tables, subnets[1]!.subnetId)).toBe('eu-west-1b')
    expect(defaultSecurityGroupOf(store.tables, vpc!.vpcId)).toMatchObject({ groupName: 'default' })
  })

  it('stays away when it was deleted, until another one is asked for', async () => {
    const store = await emptyStore()
    await store.transact((tx) => {
      const { vpcId } = ensureDefaultVpc(tx, home)!
      tx.vpcs.remove(vpcId)
      expect(ensureDefaultVpc(tx, home)).toBeUndefined()
      expect(makeDefaultVpc(tx, home).vpcId).not.toBe(vpcId)
    })
    expect(defaultVpcOf(store.tables, { account: home.account, region: 'us-east-1' })).toBeUndefined()
  })

  it('is found by those who name its subnets before anybody asked for it', async () => {
    const known = await (await emptyStore()).transact((tx) => ensureDefaultVpc(tx, home)!.vpcId)
    const store = await emptyStore()
    expect(await store.transact((tx) => getVpc(tx, home, known)?.vpcId)).toBe(known)
    const [subnet] = [...store.tables.subnets.rows()]
    expect(await store.transact((tx) => findSubnets(tx, home, ['subnet-1', subnet!.subnetId]))).toEqual({
      found: [subnet],
      missing: ['subnet-1'],
    })
    const abroad = { ...home, region: 'us-east-1' }
    expect(await store.transact((tx) => findSubnets(tx, abroad, [subnet!.subnetId]).found)).toEqual([])
  })
})

describe('the zones of a region', () => {
  it('are those that every region has and those that agents name', async () => {
    const store = await emptyStore()
    const attributes = [{ name: 'ecs.availability-zone', value: 'rack-7' }]
    const instance = aContainerInstance({ attributes })
    await store.transact((tx) => tx.containerInstances.insert(instance))
    const region = instance.clusterArn.split(':')[3]!
    expect(zonesOf(store.tables, region)).toEqual([`${region}a`, `${region}b`, `${region}c`, 'rack-7'])
    expect(zonesOf(store.tables, 'ap-southeast-2')).toHaveLength(3)
  })

  it.each([
    ['us-east-1', 'us-east-1a', 'use1-az1'],
    ['ap-southeast-2', 'ap-southeast-2c', 'apse2-az3'],
    ['us-gov-west-1', 'us-gov-west-1b', 'usgw1-az2'],
    ['us-east-1', 'rack-7', 'rack-7'],
  ])('of %s have ids: %s is %s', (region, zone, id) => {
    expect(zoneIdOf(region, zone)).toBe(id)
  })
})
