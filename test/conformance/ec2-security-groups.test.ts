/** Security groups and their rules as the official client and the AWS CLI see them. */
import { EC2, type IpPermission } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ec2Service } from '../../src/services/ec2/index.ts'
import { runAws } from '../aws-cli.ts'
import { refusalOf } from '../refusal-of.ts'
import { ACCOUNT, REGION, serviceServer, type ServiceServer } from './service-server.ts'

let server: ServiceServer
let ec2: EC2
let VpcId: string
let GroupId: string

beforeAll(async () => {
  server = await serviceServer(ec2Service)
  ec2 = new EC2(server.client)
})

afterAll(async () => {
  ec2.destroy()
  await server.close()
})

const newGroup = async (GroupName: string): Promise<string> =>
  (await ec2.createSecurityGroup({ GroupName, Description: 'for tests', VpcId })).GroupId!

beforeEach(async () => {
  VpcId = (await ec2.createVpc({ CidrBlock: '10.0.0.0/16' })).Vpc!.VpcId!
  GroupId = await newGroup('web')
})

const group = async (id = GroupId) => (await ec2.describeSecurityGroups({ GroupIds: [id] })).SecurityGroups![0]!

const EVERYTHING: IpPermission = {
  IpProtocol: '-1',
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [],
  UserIdGroupPairs: [],
  PrefixListIds: [],
}

const http = (CidrIp: string, more: Partial<IpPermission> = {}): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp }],
  ...more,
})

describe('a security group', () => {
  it('lets everything out and nothing in at first', async () => {
    expect(await group()).toEqual({
      GroupId,
      GroupName: 'web',
      Description: 'for tests',
      VpcId,
      OwnerId: ACCOUNT,
      SecurityGroupArn: `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${GroupId}`,
      IpPermissions: [],
      IpPermissionsEgress: [EVERYTHING],
      Tags: [],
    })
  })

  it('has a name of its own in its VPC', async () => {
    expect(await refusalOf(newGroup('web'))).toEqual([
      'InvalidGroup.Duplicate',
      `The security group 'web' already exists for VPC '${VpcId}'`,
    ])
    expect((await refusalOf(newGroup('default')))[0]).toBe('InvalidGroup.Reserved')
    expect((await refusalOf(newGroup('sg-web')))[0]).toBe('InvalidParameterValue')
    expect((await refusalOf(newGroup('web\n')))[0]).toBe('InvalidParameterValue')
  })

  it('stays while another one names it, and goes with its own rules', async () => {
    const other = await newGroup('app')
    const UserIdGroupPairs = [{ GroupId }]
    const permission = { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, UserIdGroupPairs }
    await ec2.authorizeSecurityGroupIngress({ GroupId: other, IpPermissions: [permission] })
    await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] })
    expect(await refusalOf(ec2.deleteSecurityGroup({ GroupId }))).toEqual([
      'DependencyViolation',
      `resource ${GroupId} has a dependent object`,
    ])
    await ec2.revokeSecurityGroupIngress({ GroupId: other, IpPermissions: [permission] })
    expect(await ec2.deleteSecurityGroup({ GroupId })).toMatchObject({ Return: true, GroupId })
    expect((await refusalOf(group()))[0]).toBe('InvalidGroup.NotFound')
    const { SecurityGroupRules } = await ec2.describeSecurityGroupRules({
      Filters: [{ Name: 'group-id', Values: [GroupId] }],
    })
    expect(SecurityGroupRules).toEqual([])
  })

  it('cannot be deleted if it came with the VPC', async () => {
    const { SecurityGroupForVpcs } = await ec2.getSecurityGroupsForVpc({ VpcId })
    const own = SecurityGroupForVpcs!.find(({ GroupName }) => GroupName === 'default')!
    expect(own).toMatchObject({ PrimaryVpcId: VpcId, Description: 'default VPC security group' })
    expect((await refusalOf(ec2.deleteSecurityGroup({ GroupId: own.GroupId })))[0]).toBe('CannotDelete')
  })

  it('is found by name in the default VPC alone', async () => {
    expect((await refusalOf(ec2.describeSecurityGroups({ GroupNames: ['web'] })))[0]).toBe('InvalidGroup.NotFound')
    const { GroupId: inDefault } = await ec2.createSecurityGroup({ GroupName: `shop-${VpcId}`, Description: 'shop' })
    const { SecurityGroups } = await ec2.describeSecurityGroups({ GroupNames: [`shop-${VpcId}`] })
    expect(SecurityGroups).toMatchObject([{ GroupId: inDefault }])
    await ec2.deleteSecurityGroup({ GroupName: `shop-${VpcId}` })
  })

  it('is found by its rules', async () => {
    await ec2.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [http('10.1.0.0/16'), http('10.2.0.0/16', { FromPort: 22, ToPort: 22 })],
    })
    const found = async (...filters: (readonly [string, string])[]) => {
      const Filters = [['vpc-id', VpcId] as const, ...filters].map(([Name, value]) => ({ Name, Values: [value] }))
      return (await ec2.describeSecurityGroups({ Filters })).SecurityGroups!.map((each) => each.GroupName ?? '')
    }
    expect(await found(['ip-permission.from-port', '22'], ['ip-permission.cidr', '10.1.*'])).toEqual(['web'])
    expect(await found(['ip-permission.to-port', '443'])).toEqual([])
    expect((await found(['egress.ip-permission.protocol', '-1'])).toSorted()).toEqual(['default', 'web'])
    expect(await found(['ip-permission.group-name', 'default'])).toEqual(['default'])
  })
})

describe('rules', () => {
  it('are read as Terraform reads them after making them', async () => {
    await ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: [EVERYTHING] })
    const other = await newGroup('app')
    const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'Name', Value: 'in' }] }]
    const { SecurityGroupRules } = await ec2.authorizeSecurityGroupIngress({
      GroupId,
      TagSpecifications,
      IpPermissions: [
        http('10.0.0.7/8', {
          IpRanges: [{ CidrIp: '10.0.0.7/8', Description: 'office' }, { CidrIp: '192.0.2.0/24' }],
          Ipv6Ranges: [{ CidrIpv6: '2001:DB8::1/32' }],
          UserIdGroupPairs: [{ GroupId: other, Description: 'app' }],
        }),
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        { IpProtocol: '50', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        { IpProtocol: '17', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ],
    })
    expect(SecurityGroupRules).toHaveLength(7)
    const [first] = SecurityGroupRules!
    expect(first).toEqual({
      SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/),
      SecurityGroupRuleArn: expect.stringContaining(':security-group-rule/sgr-'),
      GroupId,
      GroupOwnerId: ACCOUNT,
      IsEgress: false,
      IpProtocol: 'tcp',
      FromPort: 80,
      ToPort: 80,
      CidrIpv4: '10.0.0.0/8',
      Description: 'office',
      Tags: [{ Key: 'Name', Value: 'in' }],
    })
    const none = { Ipv6Ranges: [], UserIdGroupPairs: [], PrefixListIds: [] }
    const anywhere = { IpRanges: [{ CidrIp: '0.0.0.0/0' }], ...none }
    expect(await group()).toMatchObject({
      IpPermissionsEgress: [],
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 80,
          ToPort: 80,
          IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'office' }, { CidrIp: '192.0.2.0/24' }],
          Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
          UserIdGroupPairs: [{ GroupId: other, UserId: ACCOUNT, Description: 'app' }],
          PrefixListIds: [],
        },
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, ...anywhere },
        { IpProtocol: '50', ...anywhere },
        { IpProtocol: 'udp', FromPort: 53, ToPort: 53, ...anywhere },
      ],
    })
    const ids = [first!.SecurityGroupRuleId!]
    expect((await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: ids })).SecurityGroupRules).toEqual([first])
    const { RevokedSecurityGroupRules } = await ec2.revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds: ids })
    expect(RevokedSecurityGroupRules).toMatchObject([{ CidrIpv4: '10.0.0.0/8', Description: 'office' }])
    expect((await refusalOf(ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: ids })))[0]).toBe(
      'InvalidSecurityGroupRuleId.NotFound',
    )
  })

  it('are there once', async () => {
    await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [http('10.0.0.0/8')] })
    expect(
      await refusalOf(ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [http('10.9.9.9/8')] })),
    ).toEqual([
      'InvalidPermission.Duplicate',
      'the specified rule "peer: 10.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW" already exists',
    ])
    const twice = [http('10.1.0.0/16'), http('10.1.0.0/16')]
    expect((await refusalOf(ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: twice })))[0]).toBe(
      'InvalidParameterValue',
    )
    await ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions: [http('10.0.0.0/8')] })
    expect((await group()).IpPermissionsEgress).toHaveLength(2)
  })

  it('that are not there are told where the VPC is not the default one', async () => {
    const IpPermissions = [http('10.3.0.0/16')]
    expect((await refusalOf(ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions })))[0]).toBe(
      'InvalidPermission.NotFound',
    )
    const answer = await ec2.revokeSecurityGroupIngress({ GroupName: 'default', IpPermissions })
    expect(answer.UnknownIpPermissions).toMatchObject(IpPermissions)
  })

  it.each<[string, Partial<IpPermission>]>([
    ['InvalidParameterValue', { IpRanges: [{ CidrIp: '10.0.0.0/33' }] }],
    ['InvalidParameterValue', { IpRanges: [{ CidrIp: '2001:db8::/32' }] }],
    ['InvalidParameterValue', { FromPort: 90 }],
    ['InvalidParameterValue', { ToPort: undefined }],
    ['InvalidParameterValue', { IpProtocol: 'smoke' }],
    ['InvalidParameterValue', { IpRanges: [{ CidrIp: '10.0.0.0/8', Description: '<b>' }] }],
    ['InvalidParameterValue', { IpProtocol: 'icmp', FromPort: -1, ToPort: 3 }],
    ['MissingParameter', { IpProtocol: undefined }],
    ['MissingParameter', { IpRanges: [] }],
    ['InvalidGroup.NotFound', { UserIdGroupPairs: [{ GroupId: 'sg-1' }] }],
    ['InvalidGroup.NotFound', { UserIdGroupPairs: [{ GroupName: 'nobody' }] }],
    ['InvalidPrefixListID.NotFound', { PrefixListIds: [{ PrefixListId: 'pl-1' }] }],
  ])('are refused with %s: %j', async (code, wrong) => {
    const IpPermissions = [http('10.0.0.0/8', wrong)]
    expect((await refusalOf(ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions })))[0]).toBe(code)
  })

  it('have a limit in each direction', async () => {
    const IpRanges = Array.from({ length: 60 }, (_, index) => ({ CidrIp: `10.0.${index}.0/24` }))
    await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [http('', { IpRanges })] })
    expect(
      (await refusalOf(ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [http('10.1.0.0/24')] })))[0],
    ).toBe('RulesPerSecurityGroupLimitExceeded')
  })

  it('are changed in their places', async () => {
    const answer = await ec2.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [
        http('10.0.0.0/8', { IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'old' }] }),
        http('10.1.0.0/16', { ToPort: 81 }),
      ],
    })
    const [first, second] = answer.SecurityGroupRules!.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId!)
    const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv6: '::/0' }
    await ec2.modifySecurityGroupRules({
      GroupId,
      SecurityGroupRules: [{ SecurityGroupRuleId: first, SecurityGroupRule }],
    })
    const changed = await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [first!] })
    expect(changed.SecurityGroupRules![0]).toMatchObject({ FromPort: 443, CidrIpv6: '::/0', GroupId })
    expect(changed.SecurityGroupRules![0]).not.toHaveProperty('Description')
    expect(changed.SecurityGroupRules![0]).not.toHaveProperty('CidrIpv4')
    const same = { GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: second, SecurityGroupRule }] }
    expect((await refusalOf(ec2.modifySecurityGroupRules(same)))[0]).toBe('InvalidPermission.Duplicate')
    const two = { ...SecurityGroupRule, CidrIpv4: '0.0.0.0/0' }
    const ambiguous = { GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: second, SecurityGroupRule: two }] }
    expect((await refusalOf(ec2.modifySecurityGroupRules(ambiguous)))[0]).toBe('InvalidParameterCombination')
  })

  it('are described anew, by id or by what they let pass', async () => {
    const answer = await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [http('10.0.0.0/8')] })
    const SecurityGroupRuleId = answer.SecurityGroupRules![0]!.SecurityGroupRuleId!
    const description = async () =>
      (await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [SecurityGroupRuleId] })).SecurityGroupRules![0]!
        .Description
    const byId = [{ SecurityGroupRuleId, Description: 'by id' }]
    await ec2.updateSecurityGroupRuleDescriptionsIngress({ GroupId, SecurityGroupRuleDescriptions: byId })
    expect(await description()).toBe('by id')
    const IpRanges = [{ CidrIp: '10.0.0.0/8', Description: 'by block' }]
    await ec2.updateSecurityGroupRuleDescriptionsIngress({ GroupId, IpPermissions: [http('', { IpRanges })] })
    expect(await description()).toBe('by block')
    await ec2.updateSecurityGroupRuleDescriptionsIngress({ GroupId, IpPermissions: [http('10.0.0.0/8')] })
    expect(await description()).toBeUndefined()
    const outbound = ec2.updateSecurityGroupRuleDescriptionsEgress({ GroupId, SecurityGroupRuleDescriptions: byId })
    expect((await refusalOf(outbound))[0]).toBe('InvalidSecurityGroupRuleId.NotFound')
  })
})

describe('the AWS CLI', () => {
  const aws = (...given: readonly string[]) => runAws(server.client, 'ec2', '--output', 'text', ...given)

  it('makes a network for load balancers', async () => {
    const vpc = ['--filters', 'Name=is-default,Values=true', '--query', 'Vpcs[0].VpcId']
    const id = (await aws('describe-vpcs', ...vpc)).trim()
    const subnets = ['--filters', `Name=vpc-id,Values=${id}`, '--query', 'Subnets[].SubnetId']
    expect((await aws('describe-subnets', ...subnets)).trim().split(/\s+/)).toHaveLength(3)
    const made = ['--group-name', 'lb', '--description', 'load balancers', '--vpc-id', id, '--query', 'GroupId']
    const lb = (await aws('create-security-group', ...made)).trim()
    await aws(
      'authorize-security-group-ingress',
      '--group-id',
      lb,
      '--protocol',
      'tcp',
      '--port',
      '80',
      '--cidr',
      '0.0.0.0/0',
    )
    await aws('authorize-security-group-ingress', '--group-id', lb, '--protocol', 'all', '--source-group', lb)
    const rules = ['--group-ids', lb, '--query', 'SecurityGroups[0].IpPermissions[].IpProtocol']
    expect((await aws('describe-security-groups', ...rules)).trim().split(/\s+/)).toEqual(['tcp', '-1'])
    await expect(aws('delete-vpc', '--vpc-id', id)).rejects.toThrow('DependencyViolation')
    await expect(aws('create-vpc', '--cidr-block', '10.0.0.0/16', '--dry-run')).rejects.toThrow('DryRunOperation')
    await aws('delete-security-group', '--group-id', lb)
  }, 180_000)
})
