/**
 * A control plane over HTTP that can be restarted, an agent that nobody here wrote, and a task of it that commands can be run in. The control
 * plane's time stands still unless it is moved, so that what takes it minutes takes a test none.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ECS, type ExecuteCommandRequest, type ExecuteCommandResponse } from '@aws-sdk/client-ecs'
import { IAM } from '@aws-sdk/client-iam'
import { SSM } from '@aws-sdk/client-ssm'
import { defined } from '../src/kit/assert.ts'
import { ManualClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { DATA_CHANNEL_CAPABILITY, EXECUTE_COMMAND_CAPABILITY } from '../src/model/exec-session.ts'
import { bootstrap } from '../src/roles/bootstrap.ts'
import { ControlPlane } from '../src/roles/control-plane.ts'
import { aTaskRole } from './builders/a-task-role.ts'
import { type Reached, ScriptedAgentEnd } from './fakes/scripted-agent-end.ts'
import { SessionManagerClient, type SessionManagerClientOptions } from './fakes/session-manager-client.ts'
import { StockAgent } from './fakes/stock-agent.ts'
import { aSealer, emptyStore } from './services-deps.ts'
import { passingStores } from './passing-stores.ts'

const REGION = 'us-east-1'
const ACCOUNT = '000000000000'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/exec`
const OF_OUR_AGENT = [DATA_CHANNEL_CAPABILITY]
const OF_ANY_AGENT = [
  EXECUTE_COMMAND_CAPABILITY,
  'ecs.capability.full-sync',
  'ecs.capability.container-ordering',
  'com.amazonaws.ecs.capability.docker-remote-api.1.18',
  'com.amazonaws.ecs.capability.task-iam-role',
]

export type ExecWorld = Awaited<ReturnType<typeof execWorld>>

export interface ExecWorldOptions {
  /** Names of the task's containers. */
  readonly containers?: readonly string[]
  /** The agent is Amazon's, which leaves sessions to the SSM agent. */
  readonly isStockAgent?: boolean
}

export const execWorld = async ({ containers = ['app'], isStockAgent = false }: ExecWorldOptions = {}) => {
  const [clock, ids, store] = [new ManualClock(Date.now()), new SystemIds(), await emptyStore()]
  const common = { ...passingStores(clock), store, clock, ids, account: ACCOUNT, region: REGION }
  const { keys, rootAccessKey } = await bootstrap({ ...common, sealer: aSealer(), cluster: 'default' })
  await store.transact((tx) =>
    tx.roles.insert(aTaskRole({ arn: ROLE, key: `${ACCOUNT}/exec`, account: ACCOUNT, roleName: 'exec' })),
  )
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const start = async (): Promise<ControlPlane> => {
    const plane = new ControlPlane({ ...common, log: silentLog, isDev: false, endpoint, keys, isChecking: true })
    server.removeAllListeners('request').on('request', plane.listener)
    server
      .removeAllListeners('upgrade')
      .on('upgrade', (request, socket, head) => plane.handleUpgrade(request, socket, head))
    await plane.start()
    return plane
  }
  let plane = await start()

  const { accessKeyId, secretAccessKey } = rootAccessKey
  const config = { endpoint, region: REGION, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 }
  const [ecs, ssm, iam] = [new ECS(config), new SSM(config), new IAM(config)]
  const agent = new StockAgent({ endpoint, region: REGION, cluster: 'default', accessKeyId, secretAccessKey })
  await agent.register([...OF_ANY_AGENT, ...(isStockAgent ? [] : OF_OUR_AGENT)].map((name) => ({ name })))
  await agent.connect()
  const taskArn = await runTask(ecs, agent, containers)

  const sdkClients: { destroy(): void }[] = [ecs, ssm, iam]
  const clients: SessionManagerClient[] = []
  const agentEnds: ScriptedAgentEnd[] = []
  const execute = (given: Partial<ExecuteCommandRequest> = {}): Promise<ExecuteCommandResponse> =>
    ecs.executeCommand({ task: taskArn, command: '/bin/sh', interactive: true, ...given })
  const resume = async (SessionId: string | undefined): Promise<string | undefined> =>
    (await ssm.resumeSession({ SessionId })).TokenValue
  const connect = async (
    { session }: ExecuteCommandResponse,
    given: Partial<SessionManagerClientOptions> = {},
  ): Promise<SessionManagerClient> => {
    const options = { session: defined(session, 'the session'), resume: () => resume(session?.sessionId), ...given }
    const client = new SessionManagerClient(options)
    clients.push(client)
    return client.open()
  }
  /** An agent is not told again to come back before a second has passed. */
  const passSeconds = async (isDone: () => boolean): Promise<void> => {
    for (let attempts = 0; attempts < 40 && !isDone(); attempts++) {
      await new Promise((resolve) => setImmediate(resolve))
      await ssm.describeSessions({ State: 'Active' })
      if (attempts % 10 === 9) await clock.advance(1000)
    }
  }
  /** The next message of ACS of that type that nobody took. */
  const taken = new Set<unknown>()
  const told = async (
    type: 'StartSessionMessage' | 'ResumeSessionMessage',
  ): Promise<Reached & { messageId: string }> => {
    const untaken = () => agent.of(type).find((message) => !taken.has(message))
    if (type === 'ResumeSessionMessage') await passSeconds(() => untaken() !== undefined)
    await agent.until(() => untaken() !== undefined)
    const message = untaken()
    taken.add(message)
    return message
  }
  const agentEnd = async (): Promise<ScriptedAgentEnd> => {
    const message = await told('StartSessionMessage')
    const end = new ScriptedAgentEnd(message)
    agentEnds.push(end)
    agent.send('AckRequest', {
      cluster: 'default',
      containerInstance: agent.containerInstanceArn,
      messageId: message.messageId,
    })
    return end.connect(message)
  }
  return {
    clock,
    store,
    endpoint,
    ecs,
    ssm,
    agent,
    taskArn,
    execute,
    connect,
    told,
    agentEnd,
    controlPlane: () => plane,
    /** Clients of a user who has these permissions. */
    asUser: async (UserName: string, ...Statement: object[]) => {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await iam.createUser({ UserName })
      await iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument })
      const { AccessKey } = await iam.createAccessKey({ UserName })
      const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {}
      const own = { ...config, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } }
      const [ownEcs, ownSsm] = [new ECS(own), new SSM(own)]
      sdkClients.push(ownEcs, ownSsm)
      return { ecs: ownEcs, ssm: ownSsm }
    },
    /** A session with both ends, its handshake done. */
    session: async (given: Partial<SessionManagerClientOptions> = {}) => {
      const answer = await execute()
      const client = await connect(answer, given)
      const end = await agentEnd()
      await end.until(() => end.sizes.length > 0)
      return { sessionId: answer.session?.sessionId ?? '', client, end }
    },
    describeSession: async (sessionId: string) => {
      const filters = { Filters: [{ key: 'SessionId' as const, value: sessionId }] }
      const [active, history] = await Promise.all(
        (['Active', 'History'] as const).map((State) => ssm.describeSessions({ State, ...filters })),
      )
      return [...(active?.Sessions ?? []), ...(history?.Sessions ?? [])][0]
    },
    /** The process ends and another takes its place, on the same port and store; the agent comes back to it. */
    restart: async () => {
      await plane.stop()
      server.closeAllConnections()
      plane = await start()
      await agent.disconnect()
      await agent.connect()
    },
    close: async () => {
      for (const client of clients) client.kill()
      for (const end of agentEnds) end.stop()
      await agent.disconnect()
      await plane.stop()
      server.closeAllConnections()
      server.close()
      for (const client of sdkClients) client.destroy()
      await store.close()
    },
  }
}

/** A task whose managed agents run, as its agent says. */
const runTask = async (ecs: ECS, agent: StockAgent, containers: readonly string[]): Promise<string> => {
  await ecs.registerTaskDefinition({
    family: 'web',
    taskRoleArn: ROLE,
    containerDefinitions: containers.map((name) => ({ name, image: 'busybox', memory: 64 })),
  })
  const { tasks } = await ecs.runTask({ taskDefinition: 'web', enableExecuteCommand: true })
  const { taskArn } = defined(tasks?.[0], 'the task')
  await agent.until(() => agent.tasks.has(taskArn ?? ''))
  await agent.call('SubmitTaskStateChange', {
    cluster: 'default',
    task: taskArn,
    containers: containers.map((containerName) => ({
      containerName,
      status: 'RUNNING',
      runtimeId: `${containerName}-1`,
    })),
    managedAgents: containers.map((containerName) => ({
      containerName,
      managedAgentName: 'ExecuteCommandAgent',
      status: 'RUNNING',
    })),
    status: 'RUNNING',
  })
  return defined(taskArn, 'the ARN of the task')
}
