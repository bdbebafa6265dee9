/** The official SDK clients as the oracle: what they send is understood, and they understand what they are answered. */
import {
  ClusterNotFoundException,
  ConflictException,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  paginateListClusters,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  waitUntilTasksRunning,
} from '@aws-sdk/client-ecs'
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  MalformedPolicyDocumentException,
  STSClient,
} from '@aws-sdk/client-sts'
import { afterEach, describe, expect, it } from 'vitest'
import { Described } from '../../../src/wire/described.ts'
import { Fault } from '../../../src/wire/fault.ts'
import { ACCOUNT, CREDENTIALS, REGION, type ToyOptions, type ToyServer, toyServer } from './toy-server.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

const aServer = async (options: ToyOptions): Promise<ToyServer> => {
  const server = await toyServer(options)
  open.push(server)
  return server
}

const ecsClient = async (handlers: NonNullable<ToyOptions['ecs']>, options: object = {}): Promise<ECSClient> => {
  const { endpoint } = await aServer({ ecs: handlers })
  const client = new ECSClient({ region: REGION, endpoint, credentials: CREDENTIALS, maxAttempts: 1, ...options })
  open.push({ close: () => client.destroy() })
  return client
}

const stsClient = async (handlers: NonNullable<ToyOptions['sts']>): Promise<STSClient> => {
  const { endpoint } = await aServer({ sts: handlers })
  const client = new STSClient({ region: REGION, endpoint, credentials: CREDENTIALS, maxAttempts: 1 })
  open.push({ close: () => client.destroy() })
  return client
}

const taskArn = `arn:aws:ecs:${REGION}:${ACCOUNT}:task/default/0123456789abcdef0123456789abcdef`

describe('the ECS client', () => {
  it('sends inputs that arrive as they are', async () => {
    const input: RegisterTaskDefinitionCommandInput = {
      family: 'web',
      networkMode: 'bridge',
      containerDefinitions: [
        {
          name: 'web',
          image: 'nginx:latest',
          cpu: 128,
          memory: 256,
          essential: true,
          command: ['sh', '-c', 'echo "ünïcödé" \\ \n'],
          environment: [{ name: 'A', value: '' }],
          portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
          dockerLabels: { 'com.example/label': 'value' },
          healthCheck: { command: ['CMD', 'true'], interval: 5 },
          linuxParameters: { tmpfs: [{ containerPath: '/tmp', size: 64 }], initProcessEnabled: false },
        },
      ],
      volumes: [{ name: 'data', host: {} }],
      tags: [{ key: 'team', value: 'a&b' }],
    }
    let arrived: object = {}
    const handler = (given: object) => {
      arrived = given
      return {}
    }
    const client = await ecsClient({ RegisterTaskDefinition: handler })
    await client.send(new RegisterTaskDefinitionCommand(input))
    expect(arrived).toEqual(input)
  })

  it('understands what it is answered, dates and described rows included', async () => {
    const record = Object.freeze({ id: 1 })
    const task = {
      taskArn,
      version: 3,
      createdAt: new Date(1767225600123),
      containers: [{ name: 'web', exitCode: 0 }],
      tags: [],
    }
    const describe = () => ({ tasks: [new Described(record, 'TAGS', () => task)], failures: [] })
    const client = await ecsClient({ DescribeTasks: describe })
    for (let time = 0; time < 2; time++) {
      const { tasks, failures } = await client.send(new DescribeTasksCommand({ tasks: [taskArn] }))
      expect(tasks).toEqual([task])
      expect(failures).toEqual([])
    }
  })

  it('throws the modelled exceptions, with their members', async () => {
    const client = await ecsClient({
      ListClusters: () => {
        throw new Fault({ code: 'ClusterNotFoundException', message: 'Cluster not found.' })
      },
      RunTask: () => {
        throw new Fault({ code: 'ConflictException', message: 'taken', members: { resourceIds: [taskArn] } })
      },
    })
    const notFound = await client.send(new ListClustersCommand({})).catch((error: unknown) => error)
    expect(notFound).toBeInstanceOf(ClusterNotFoundException)
    expect(notFound).toMatchObject({
      message: 'Cluster not found.',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    })
    expect((notFound as ClusterNotFoundException).$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/)
    const conflict = await client.send(new RunTaskCommand({ taskDefinition: 'web' })).catch((error: unknown) => error)
    expect(conflict).toBeInstanceOf(ConflictException)
    expect(conflict).toMatchObject({ resourceIds: [taskArn] })
  })

  it('hears what it did wrong', async () => {
    const client = await ecsClient({ DescribeTasks: () => ({}), RunTask: () => ({}) })
    const missing = client.send(new DescribeTasksCommand({} as never))
    await expect(missing).rejects.toMatchObject({ name: 'InvalidParameterException' })
    const wrongType = client.send(new RunTaskCommand({ taskDefinition: 7 as never }))
    await expect(wrongType).rejects.toMatchObject({ name: 'SerializationException' })
    const unknown = client.send(new ListClustersCommand({}))
    await expect(unknown).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } })
  })

  it('pages and waits', async () => {
    let polls = 0
    const client = await ecsClient({
      ListClusters: ({ nextToken }: { nextToken?: string }) =>
        nextToken === undefined ? { clusterArns: ['a'], nextToken: 'more' } : { clusterArns: ['b'] },
      DescribeTasks: () => ({ tasks: [{ taskArn, lastStatus: ++polls < 2 ? 'PENDING' : 'RUNNING' }] }),
    })
    const pages: (string[] | undefined)[] = []
    for await (const page of paginateListClusters({ client }, {})) pages.push(page.clusterArns)
    expect(pages).toEqual([['a'], ['b']])
    const waited = await waitUntilTasksRunning(
      { client, minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
      { tasks: [taskArn] },
    )
    expect(waited.state).toBe('SUCCESS')
  })

  it('is refused with a wrong secret', async () => {
    const client = await ecsClient(
      { ListClusters: () => ({}) },
      { credentials: { ...CREDENTIALS, secretAccessKey: 'wrong' } },
    )
    await expect(client.send(new ListClustersCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  })

  it('corrects its clock from our answer', async () => {
    const client = await ecsClient(
      { ListClusters: () => ({ clusterArns: [] }) },
      { systemClockOffset: -3_600_000, maxAttempts: 2 },
    )
    expect((await client.send(new ListClustersCommand({}))).clusterArns).toEqual([])
  })
})

describe('the STS client', () => {
  it('learns who it is', async () => {
    const client = await stsClient({
      GetCallerIdentity: (_input, { principal }) => ({
        UserId: principal.userId,
        Account: principal.account,
        Arn: principal.arn,
      }),
    })
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: 'AIDAEXAMPLE',
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/ada`,
    })
  })

  it('sends lists and numbers, and understands structures and dates', async () => {
    const input = {
      RoleArn: 'arn:aws:iam::123456789012:role/r',
      RoleSessionName: 'a&b=c',
      DurationSeconds: 900,
      Tags: [
        { Key: 'k', Value: '<v>' },
        { Key: 'l', Value: '' },
      ],
      TransitiveTagKeys: ['k'],
    }
    const credentials = {
      AccessKeyId: 'ASIA',
      SecretAccessKey: 's/+=',
      SessionToken: 't',
      Expiration: new Date('2026-01-01T00:00:00Z'),
    }
    let arrived: object = {}
    const client = await stsClient({
      AssumeRole: (given: object) => {
        arrived = given
        return { Credentials: credentials, PackedPolicySize: 6, SourceIdentity: '<&>' }
      },
    })
    const output = await client.send(new AssumeRoleCommand(input))
    expect(arrived).toEqual(input)
    expect(output).toMatchObject({ Credentials: credentials, PackedPolicySize: 6, SourceIdentity: '<&>' })
  })

  it('throws the modelled exceptions by their Query codes', async () => {
    const client = await stsClient({
      AssumeRole: () => {
        throw new Fault({ code: 'MalformedPolicyDocumentException', message: 'bad <policy>' })
      },
    })
    const error = await client
      .send(new AssumeRoleCommand({ RoleArn: 'r', RoleSessionName: 's' }))
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(MalformedPolicyDocumentException)
    expect(error).toMatchObject({ message: 'bad <policy>', $metadata: { httpStatusCode: 400 } })
  })
})
