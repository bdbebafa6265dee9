/** What EC2 says to those who may not, as its official client sees it: a whole control plane, with signatures and policies. */
import { EC2 } from '@aws-sdk/client-ec2'
import { IAM } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '../refusal-of.ts'
import { ACCOUNT, documentOf, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

let server: VerifyingServer
let iam: IAM
let root: EC2
let ada: EC2

const arn = (resource: string): string => `arn:aws:ec2:${REGION}:${ACCOUNT}:${resource}`

beforeAll(async () => {
  server = await verifyingServer()
  const common = { endpoint: server.endpoint, region: REGION, maxAttempts: 1 }
  iam = new IAM({ ...common, credentials: server.root })
  root = new EC2({ ...common, credentials: server.root })
  await iam.createUser({ UserName: 'ada' })
  const { AccessKey: key } = await iam.createAccessKey({ UserName: 'ada' })
  const credentials = { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! }
  ada = new EC2({ ...common, credentials })
})

afterAll(async () => {
  for (const client of [iam, root, ada]) client.destroy()
  await server.close()
})

const allow = (statement: object) =>
  iam.putUserPolicy({ UserName: 'ada', PolicyName: 'p', PolicyDocument: documentOf(statement) })

describe('EC2', () => {
  it('names what is not allowed, also to those who only try', async () => {
    const denial = [
      'UnauthorizedOperation',
      'You are not authorized to perform this operation. ' +
        `User: arn:aws:iam::${ACCOUNT}:user/ada is not authorized to perform: ec2:CreateVpc on resource: ${arn('vpc/*')} ` +
        'because no identity-based policy allows the ec2:CreateVpc action',
    ]
    expect(await refusalOf(ada.createVpc({ CidrBlock: '10.0.0.0/16' }))).toEqual(denial)
    expect(await refusalOf(ada.createVpc({ CidrBlock: '10.0.0.0/16', DryRun: true }))).toEqual(denial)
  })

  it('asks for CreateTags on what is made with tags', async () => {
    const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Stage', Value: 'test' }] }]
    await allow({ Action: 'ec2:CreateVpc' })
    const [code, message] = await refusalOf(ada.createVpc({ CidrBlock: '10.0.0.0/16', TagSpecifications }))
    expect([code, message]).toEqual(['UnauthorizedOperation', expect.stringContaining('ec2:CreateTags')])
    const Condition = { StringEqualsIfExists: { 'ec2:CreateAction': 'CreateVpc', 'aws:RequestTag/Stage': 'test' } }
    await allow({ Action: ['ec2:CreateVpc', 'ec2:CreateTags'], Condition })
    expect((await ada.createVpc({ CidrBlock: '10.0.0.0/16', TagSpecifications })).Vpc?.Tags).toHaveLength(1)
  })

  it('knows the VPC and the tags of what is meant', async () => {
    const { Vpc } = await root.createVpc({ CidrBlock: '10.0.0.0/16' })
    const VpcId = Vpc!.VpcId!
    const made = await root.createSecurityGroup({ GroupName: 'web', Description: 'web', VpcId })
    const GroupId = made.GroupId!
    const rule = { GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }] }
    const Condition = {
      ArnEquals: { 'ec2:Vpc': arn(`vpc/${VpcId}`) },
      StringEquals: { 'aws:ResourceTag/Stage': 'test' },
    }
    await allow({ Action: 'ec2:AuthorizeSecurityGroupIngress', Resource: arn('security-group/*'), Condition })
    expect((await refusalOf(ada.authorizeSecurityGroupIngress(rule)))[0]).toBe('UnauthorizedOperation')
    await root.createTags({ Resources: [GroupId], Tags: [{ Key: 'Stage', Value: 'test' }] })
    expect((await ada.authorizeSecurityGroupIngress(rule)).Return).toBe(true)
  })

  it('hardly says what is wrong with a signature', async () => {
    const credentials = { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'x' }
    const nobody = new EC2({ endpoint: server.endpoint, region: REGION, maxAttempts: 1, credentials })
    expect((await refusalOf(nobody.describeVpcs()))[0]).toBe('AuthFailure')
    nobody.destroy()
  })
})
