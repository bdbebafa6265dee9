/** What the agent of one host can do with the instance of another: hosts have one role, and a session each. */
import {
  DescribeContainerInstancesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  StartTaskCommand,
} from '@aws-sdk/client-ecs'
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/kit/clock.ts'
import { StockAgent } from '../fakes/stock-agent.ts'
import {
  ACCOUNT,
  type Credentials,
  documentOf,
  REGION,
  verifyingServer,
  type VerifyingServer,
} from '../verifying-server.ts'

const HOST_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'
const ATTRIBUTES = [{ name: 'ecs.os-type', value: 'linux' }]

let server: VerifyingServer
let iam: IAMClient
const agents: StockAgent[] = []

let clock: ManualClock
/** In which every agent hears a heartbeat. */
const HEARTBEAT_TURN_MS = 46_000

beforeEach(async () => {
  clock = new ManualClock(Date.now())
  server = await verifyingServer(clock)
  iam = new IAMClient(configured(server.root))
})

afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.disconnect()
  await server.close()
})

const configured = (credentials: Credentials) => ({
  endpoint: server.endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
})

const agentWith = (credentials: Credentials): StockAgent => {
  const agent = new StockAgent({ endpoint: server.endpoint, region: REGION, cluster: 'default', ...credentials })
  agents.push(agent)
  return agent
}

const aUser = async (userName: string, statement: object): Promise<Credentials> => {
  await iam.send(new CreateUserCommand({ UserName: userName }))
  const document = documentOf(statement)
  await iam.send(new PutUserPolicyCommand({ UserName: userName, PolicyName: 'p', PolicyDocument: document }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }))
  return { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
}

/** Sessions of the role that hosts have. */
const hostSessions = async (...names: string[]): Promise<Credentials[]> => {
  const operator = await aUser('operator', { Action: 'sts:AssumeRole' })
  const trust = documentOf({ Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole', Resource: undefined })
  const { Role: role } = await iam.send(new CreateRoleCommand({ RoleName: 'hosts', AssumeRolePolicyDocument: trust }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'hosts', PolicyArn: HOST_POLICY }))
  const sts = new STSClient(configured(operator))
  return Promise.all(
    names.map(async (name) => {
      const { Credentials: given } = await sts.send(
        new AssumeRoleCommand({ RoleArn: role?.Arn, RoleSessionName: name }),
      )
      return {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      }
    }),
  )
}

const registered = async (credentials: Credentials): Promise<StockAgent> => {
  const agent = agentWith(credentials)
  await agent.register(ATTRIBUTES)
  await agent.connect()
  return agent
}

const runOn = async (agent: StockAgent): Promise<string> => {
  const ecs = new ECSClient(configured(server.root))
  const containerDefinitions = [{ name: 'app', image: 'busybox', memory: 64 }]
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }))
  const { tasks } = await ecs.send(
    new StartTaskCommand({ taskDefinition: 'web', containerInstances: [agent.containerInstanceArn] }),
  )
  return tasks?.[0]?.taskArn ?? ''
}

/** A report is in effect when a later call of the agent is answered. */
const reported = async (agent: StockAgent, taskArn: string): Promise<void> => {
  await agent.until(() => agent.tasks.get(taskArn)?.reported === 'RUNNING')
  await agent.call('DiscoverPollEndpoint', { containerInstance: agent.containerInstanceArn })
}

describe('two hosts with sessions of one role', () => {
  it('each run the tasks of their own instance', async () => {
    const [one, two] = await hostSessions('i-1', 'i-2')
    for (const agent of [await registered(one!), await registered(two!)]) {
      const taskArn = await runOn(agent)
      await reported(agent, taskArn)
      expect(agent.isConnected).toBe(true)
    }
  })

  it('can do nothing in the name of the other', async () => {
    const [one, two] = await hostSessions('i-1', 'i-2')
    const victim = await registered(one!)
    const taskArn = await runOn(victim)
    await reported(victim, taskArn)
    const attacker = await registered(two!)
    const addresses = attacker.addresses
    await attacker.disconnect()
    const { containerInstanceArn } = victim
    const denied = `because another principal registered the container instance`
    const reportOf = (status: string) => ({ cluster: 'default', task: taskArn, status })
    await expect(attacker.call('SubmitTaskStateChange', reportOf('STOPPED'))).rejects.toThrow(denied)
    await expect(
      attacker.call('SubmitContainerStateChange', { ...reportOf('STOPPED'), containerName: 'app' }),
    ).rejects.toThrow(denied)
    const drain = { cluster: 'default', containerInstances: [containerInstanceArn], status: 'DRAINING' }
    await expect(attacker.call('UpdateContainerInstancesState', drain)).rejects.toThrow(denied)
    const deregister = { cluster: 'default', containerInstance: containerInstanceArn, force: true }
    await expect(attacker.call('DeregisterContainerInstance', deregister)).rejects.toThrow(denied)
    attacker.containerInstanceArn = containerInstanceArn
    await expect(attacker.register(ATTRIBUTES)).rejects.toThrow(denied)
    await expect(attacker.connect()).rejects.toThrow(denied)
    await attacker.connectTo(...addresses)
    expect(attacker.refusal).toContain('AccessDeniedException')
    expect(victim.isConnected).toBe(true)
  })
})

describe('a session at the door for agents', () => {
  it('takes ecs:Poll on the instance', async () => {
    const user = await aUser('host', { Action: ['ecs:RegisterContainerInstance', 'ecs:DiscoverPollEndpoint'] })
    const agent = await registered(user)
    expect(agent.refusal).toContain('is not authorized to perform: ecs:')
    expect(agent.refusal).toContain(`on resource: ${agent.containerInstanceArn}`)
    const document = documentOf({
      Action: ['ecs:Poll', 'ecs:StartTelemetrySession'],
      Condition: { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default` } },
    })
    await iam.send(new PutUserPolicyCommand({ UserName: 'host', PolicyName: 'more', PolicyDocument: document }))
    await agent.connect()
    expect(agent.isConnected).toBe(true)
  })

  it.each<[string, () => Promise<unknown>]>([
    [
      'the role has no permission any more',
      () => iam.send(new DetachRolePolicyCommand({ RoleName: 'hosts', PolicyArn: HOST_POLICY })),
    ],
    ['its credentials have ended', () => clock.advance(3_600_000)],
  ])('stays no longer when %s', async (_why, change) => {
    const [host] = await hostSessions('i-1')
    const agent = await registered(host!)
    await clock.advance(HEARTBEAT_TURN_MS)
    expect(agent.isConnected).toBe(true)
    await change()
    await clock.advance(HEARTBEAT_TURN_MS)
    await agent.until(() => !agent.isConnected)
  })

  it('stays no longer when its key is turned off', async () => {
    const user = await aUser('host', { Action: 'ecs:*' })
    const agent = await registered(user)
    expect(agent.isConnected).toBe(true)
    const key = { UserName: 'host', AccessKeyId: user.accessKeyId }
    await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }))
    await clock.advance(HEARTBEAT_TURN_MS)
    await agent.until(() => !agent.isConnected)
  })

  it('is for both of two hosts that have the key of one user', async () => {
    const user = await aUser('shared', { Action: 'ecs:*' })
    const [one, two] = [await registered(user), await registered(user)]
    two.containerInstanceArn = one.containerInstanceArn
    await two.disconnect()
    await two.connect()
    expect(two.isConnected).toBe(true)
    const ecs = new ECSClient(configured(server.root))
    const { containerInstances } = await ecs.send(
      new DescribeContainerInstancesCommand({ containerInstances: [one.containerInstanceArn] }),
    )
    expect(containerInstances).toMatchObject([{ agentConnected: true }])
  })
})
