/** Denials as the official clients see them, and permissions that are given and taken while they call. */
import { DescribeClustersCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastPlanOf } from '../../src/cli/explain/last-plan.ts'
import {
  ACCOUNT,
  type Credentials,
  documentOf,
  REGION,
  verifyingServer,
  type VerifyingServer,
} from '../verifying-server.ts'

const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/ada`
const CLUSTER_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`

let server: VerifyingServer
let rootIam: IAMClient
let user: Credentials

const configured = (credentials: Credentials) => ({
  endpoint: server.endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
})

beforeAll(async () => {
  server = await verifyingServer()
  rootIam = new IAMClient(configured(server.root))
  await rootIam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey: key } = await rootIam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  user = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
})

afterAll(() => server.close())

const sentence = (action: string, resource: string): string =>
  `User: ${USER_ARN} is not authorized to perform: ${action} on resource: ${resource} ` +
  `because no identity-based policy allows the ${action} action`

const allow = (statement: object) =>
  rootIam.send(new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'p', PolicyDocument: documentOf(statement) }))

describe('a denial', () => {
  it('is AccessDeniedException of a JSON service, with the status that its model has', async () => {
    const ecs = new ECSClient(configured(user))
    await expect(ecs.send(new DescribeClustersCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: sentence('ecs:DescribeClusters', CLUSTER_ARN),
      $metadata: { httpStatusCode: 403 },
    })
  })

  it('is AccessDenied with status 403 of a Query service', async () => {
    await expect(new IAMClient(configured(user)).send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: sentence('iam:ListUsers', `arn:aws:iam::${ACCOUNT}:user/`),
      $metadata: { httpStatusCode: 403 },
    })
  })

  it('has status 400 where the model has none', async () => {
    const kms = new KMSClient(configured(server.root))
    const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}))
    const encrypt = new EncryptCommand({ KeyId: key?.KeyId, Plaintext: Buffer.from('text') })
    await expect(new KMSClient(configured(user)).send(encrypt)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: sentence('kms:Encrypt', key?.Arn ?? ''),
      $metadata: { httpStatusCode: 400 },
    })
  })

  it('is that of DescribeServices for what the scheduler thinks of a service', async () => {
    const service = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/default/web`
    const ask = () => lastPlanOf(new ECSClient(configured(user)), 'default', 'web')
    await expect(ask()).rejects.toThrow(sentence('ecs:DescribeServices', service))
    await allow({ Action: 'ecs:DescribeServices', Condition: { ArnEquals: { 'ecs:cluster': CLUSTER_ARN } } })
    await expect(ask()).rejects.toThrow('Service not found.')
  })
})

describe('a permission', () => {
  it('holds from the moment it is given to the moment it is taken', async () => {
    const ecs = new ECSClient(configured(user))
    const list = () => ecs.send(new ListClustersCommand({}))
    await expect(list()).rejects.toThrow('not authorized')
    await allow({ Action: 'ecs:ListClusters' })
    expect(await list()).toMatchObject({ clusterArns: [CLUSTER_ARN] })
    await rootIam.send(new DeleteUserPolicyCommand({ UserName: 'ada', PolicyName: 'p' }))
    await expect(list()).rejects.toThrow('not authorized')
  })

  it('of a role is had by its sessions, for as long as there is the role', async () => {
    const trust = documentOf({ Principal: { AWS: USER_ARN }, Action: 'sts:AssumeRole', Resource: undefined })
    const { Role: role } = await rootIam.send(
      new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trust }),
    )
    const policy = { RoleName: 'reader', PolicyName: 'read' }
    await rootIam.send(
      new PutRolePolicyCommand({ ...policy, PolicyDocument: documentOf({ Action: 'ecs:ListClusters' }) }),
    )
    const sts = new STSClient(configured(user))
    const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn: role?.Arn, RoleSessionName: 's1' }))
    const session = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    }
    const ecs = new ECSClient(configured(session))
    expect(await ecs.send(new ListClustersCommand({}))).toMatchObject({ clusterArns: [CLUSTER_ARN] })
    await rootIam.send(new DeleteRolePolicyCommand(policy))
    await expect(ecs.send(new ListClustersCommand({}))).rejects.toThrow(
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1 is not authorized to perform: ecs:ListClusters`,
    )
    await rootIam.send(new DeleteRoleCommand({ RoleName: 'reader' }))
    await expect(new STSClient(configured(session)).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    })
  })
})
