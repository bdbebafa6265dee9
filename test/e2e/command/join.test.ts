/** Machines join a control plane that verifies signatures: with a token once, and with a key of their own from then on. */
import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { DescribeContainerInstancesCommand, ECSClient, ListContainerInstancesCommand } from '@aws-sdk/client-ecs'
import { DeregisterManagedInstanceCommand, DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bin, until } from '../longshore.ts'
import { aPlace, type Place, run } from './run.ts'

let place: Place
const agents: { stop(): Promise<number | null> }[] = []

beforeEach(() => {
  place = aPlace()
})
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()))
  place.end()
  place.remove()
})

const up = (...args: readonly string[]): void => {
  const { status, said } = run(['up', '--detach', '--port', '0', '--no-agent', ...args], place)
  if (status !== 0) throw new Error(said)
}

const clientSettings = () => {
  const lines = run(['env'], place).stdout.trim().split('\n')
  const variables = Object.fromEntries(lines.map((line) => line.replace('export ', '').split('=') as [string, string]))
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = variables
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
  return { endpoint, region: 'us-east-1', maxAttempts: 1, credentials }
}

const createToken = (...args: readonly string[]): string => {
  const { stdout, said } = run(['token', 'create', '--json', ...args], place)
  if (stdout === '') throw new Error(said)
  return (JSON.parse(stdout) as { token: string }).token
}

/** An agent with simulated containers on a "machine" of its own. */
const startAgent = (machine: string, ...args: readonly string[]) => {
  const env = { ...place.env, ECS_DATADIR: path.join(place.dataDir, machine), LONGSHORE_INTROSPECTION_PORT: '0' }
  const child = spawn(bin, ['agent', '--runtime', 'simulated', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const agent = {
    output: () => output,
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
  agents.push(agent)
  return agent
}

const connectedInstances = async (): Promise<number> => {
  const client = new ECSClient(clientSettings())
  const { containerInstanceArns: containerInstances = [] } = await client.send(new ListContainerInstancesCommand({}))
  if (containerInstances.length === 0) return 0
  const described = await client.send(new DescribeContainerInstancesCommand({ containerInstances }))
  client.destroy()
  return (described.containerInstances ?? []).filter(({ agentConnected }) => agentConnected).length
}

describe('a machine with a join token', () => {
  it('joins, keeps a key of its own for itself, and needs no token at its next start', async () => {
    up()
    const token = createToken()
    const first = startAgent('one', '--join', token)
    await until('the agent to connect', async () => (await connectedInstances()) === 1)
    const trail = run(['audit', '--event', 'Poll', '--json'], place).stdout
    expect(trail).toMatch(/"arn":"arn:aws:sts::\d+:assumed-role\/ecsInstanceRole\/mi-/)
    const identity = path.join(place.dataDir, 'one', 'identity.json')
    expect(statSync(identity).mode & 0o777).toBe(0o600)
    expect(readFileSync(identity, 'utf8')).toMatch(/"instanceId": "mi-[0-9a-f]{17}"/)
    expect(await first.stop()).toBe(0)
    startAgent('one')
    await until('the agent to connect again', async () => (await connectedInstances()) === 1)
  })

  it('cannot use one that another has used, that was cut, or that is none', async () => {
    up()
    const token = createToken()
    startAgent('one', '--join', token)
    await until('the agent to connect', async () => (await connectedInstances()) === 1)
    const second = startAgent('two', '--join', token)
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(
      'The activation is not valid: its id or code is wrong, it expired, or it was used up.',
    )
    const third = startAgent('three', '--join', token.slice(0, -20))
    expect(await third.ended).toBe(1)
    expect(third.output()).toContain("Make one with 'longshore token create'")
    expect(await connectedInstances()).toBe(1)
  })

  it('believes the authority in it', async () => {
    up('--tls')
    startAgent('one', '--join', createToken('--machines', '2'))
    const connected = () => run(['status'], place).stdout.match(/ACTIVE +connected/)?.[0]
    expect(await until('the agent to connect', connected)).toMatch(/connected/)
  })

  it('joins a control plane that believes everyone, too', async () => {
    up('--dev')
    startAgent('one', '--join', createToken())
    const connected = () => run(['status'], place).stdout.match(/ACTIVE +connected/)?.[0]
    expect(await until('the agent to connect', connected)).toMatch(/connected/)
  })

  it('is out once it was deregistered', async () => {
    up()
    const agent = startAgent('one', '--join', createToken())
    await until('the agent to connect', async () => (await connectedInstances()) === 1)
    await agent.stop()
    const ssm = new SSMClient(clientSettings())
    const { InstanceInformationList: machines = [] } = await ssm.send(new DescribeInstanceInformationCommand({}))
    expect(machines).toMatchObject([{ IamRole: 'ecsInstanceRole', ResourceType: 'ManagedInstance' }])
    await ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: machines[0]?.InstanceId }))
    ssm.destroy()
    const again = startAgent('one')
    expect(await again.ended).toBe(1)
    expect(again.output()).toContain('no credentials')
  })
})

describe('longshore token', () => {
  it('prints what to run on the other machine', () => {
    up()
    expect(run(['token', 'create', '--expires', '30m'], place).stdout).toMatch(
      /^Run this on the machine that is to join, within 30m:\n\n {2}longshore agent --join longshore-join\.\S+\n$/,
    )
  })

  it('says when nobody else can reach where the token leads', () => {
    up()
    expect(run(['token', 'create'], place).said).toContain('is reached from this machine alone')
    expect(run(['token', 'create', '--endpoint', 'https://ecs.example.com'], place).said).toBe('')
  })

  it('says what it does not understand, and which role is not there', () => {
    up()
    expect(run(['token', 'create', '--expires', 'soon'], place).said).toContain('it must look like 30m, 12h or 7d')
    expect(run(['token', 'create', '--role', 'nobody'], place).said).toContain(
      'Nonexistent role or missing ssm service principal in trust policy: nobody',
    )
    expect(run(['token', 'delete'], place).said).toContain("'longshore token create'")
  })
})
