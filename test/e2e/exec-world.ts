/**
 * Where ECS Exec is tried: a control plane that checks signatures and asks policies, a container host in a network of its own, and a task with
 * two containers and a role.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  DescribeTasksCommand,
  type ECSClient,
  ExecuteCommandCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Session,
} from '@aws-sdk/client-ecs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { ResumeSessionCommand, SSMClient } from '@aws-sdk/client-ssm'
import { readRootKey } from '../../src/kit/installation.ts'
import { trustingService } from '../builders/a-task-role.ts'
import { SessionManagerClient, type SessionManagerClientOptions } from '../fakes/session-manager-client.ts'
import { buildBusyboxImage } from './busybox-image.ts'
import { type ContainerHost, startContainerHost } from './container-host.ts'
import { addHostLink } from './host-link.ts'
import { bin, connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'

export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of all that came to stdout. */
  readonly bytes: number
  readonly sha256: string
}

export interface ExecWorld {
  readonly longshore: RunningLongshore
  readonly host: ContainerHost
  readonly image: string
  readonly taskRoleArn: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly ssm: SSMClient
  readonly iam: IAMClient
  /** The root user's variables. */
  readonly env: NodeJS.ProcessEnv
  runTask(): Promise<string>
  /** Starts a session by the root user's call. */
  execute(taskArn: string, command: string, container?: string): Promise<Session>
  /** The plugin's side of a new session. */
  open(taskArn: string, command: string, options?: Partial<SessionManagerClientOptions>): Promise<SessionManagerClient>
  /** Runs `longshore` to its end. */
  run(args: readonly string[], input?: string | Buffer): Promise<Ran>
  /** Processes that run in the task's containers, a line each. */
  processes(taskArn: string): string
  stop(): Promise<void>
}

const KEPT_OUTPUT = 100_000

export const startExecWorld = async (): Promise<ExecWorld> => {
  const link = addHostLink()
  const longshore = await startLongshore({
    isDev: false,
    args: [`--host=${link.address}`, '--plain-http', '--no-agent', '--service-settling-seconds=1'],
  })
  const credentials = readRootKey(longshore.dataDir) ?? { accessKeyId: '', secretAccessKey: '' }
  const settings = { endpoint: longshore.endpoint, region: 'us-east-1', credentials }
  const env = {
    ...process.env,
    LONGSHORE_DATA_DIR: longshore.dataDir,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_REGION: 'us-east-1',
  }
  const host = await startContainerHost({
    endpoint: longshore.endpoint,
    link,
    env: {
      ...env,
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'true',
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
    },
  })
  const image = await buildBusyboxImage(host.engine.socket)
  await connectedInstance(longshore.client)
  const [iam, ssm] = [new IAMClient(settings), new SSMClient(settings)]
  const taskRoleArn = await createRole(iam)
  const { client } = longshore
  const execute = async (task: string, command: string, container = 'main'): Promise<Session> => {
    const request = { task, command, container, interactive: true }
    return (await client.send(new ExecuteCommandCommand(request))).session ?? {}
  }
  return {
    longshore,
    host,
    image,
    taskRoleArn,
    credentials,
    ssm,
    iam,
    env,
    runTask: () => runTask(client, image, taskRoleArn),
    execute,
    open: async (taskArn, command, options = {}) => {
      const session = await execute(taskArn, command)
      const resume = async (): Promise<string | undefined> =>
        (await ssm.send(new ResumeSessionCommand({ SessionId: session.sessionId }))).TokenValue
      return new SessionManagerClient({ session, resume, ...options }).open()
    },
    run: (args, input) => run(args, env, input),
    processes: (taskArn) => processesOf(host.engine.socket, taskArn),
    stop: async () => {
      for (const it of [iam, ssm]) it.destroy()
      await host.stop()
      await longshore.stop()
      link.remove()
    },
  }
}

const createRole = async (iam: IAMClient): Promise<string> => {
  const [RoleName, statement] = ['exec', { Effect: 'Allow', Action: ['logs:*', 'kms:Decrypt'], Resource: '*' }]
  const AssumeRolePolicyDocument = trustingService('ecs-tasks.amazonaws.com')
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'exec', PolicyDocument }))
  return Role?.Arn ?? ''
}

/** Resolves with the ARN when the task runs and can be entered. */
const runTask = async (client: ECSClient, image: string, taskRoleArn: string): Promise<string> => {
  const main = { name: 'main', image, memory: 64, stopTimeout: 1, command: ['sleep', '6000'] }
  const side = { ...main, name: 'side', essential: false }
  await client.send(
    new RegisterTaskDefinitionCommand({ family: 'exec', taskRoleArn, containerDefinitions: [main, side] }),
  )
  const { tasks: [task] = [] } = await client.send(
    new RunTaskCommand({ taskDefinition: 'exec', enableExecuteCommand: true }),
  )
  const taskArn = task?.taskArn ?? ''
  await until('the task to be ready for sessions', async () => {
    const { tasks: [current] = [] } = await client.send(new DescribeTasksCommand({ tasks: [taskArn] }))
    const agents = current?.containers?.flatMap(({ managedAgents = [] }) => managedAgents) ?? []
    return agents.length === 2 && agents.every(({ lastStatus }) => lastStatus === 'RUNNING')
  })
  return taskArn
}

const run = async (args: readonly string[], env: NodeJS.ProcessEnv, input: string | Buffer = ''): Promise<Ran> => {
  const child = spawn(bin, args, { env })
  const digest = createHash('sha256')
  let [stdout, stderr, bytes] = ['', '', 0]
  child.stdout.on('data', (data: Buffer) => {
    digest.update(data)
    bytes += data.length
    if (stdout.length < KEPT_OUTPUT) stdout += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, stdout, stderr, bytes, sha256: digest.digest('hex') }
}

const processesOf = (socket: string, taskArn: string): string => {
  const docker = (...args: string[]): string =>
    spawnSync('docker', ['--host', `unix://${socket}`, ...args], { encoding: 'utf8' }).stdout
  const ids = docker('ps', '--quiet', '--filter', `label=com.amazonaws.ecs.task-arn=${taskArn}`).split('\n')
  return ids
    .filter(Boolean)
    .map((id) => docker('top', id, '-o', 'pid,args'))
    .join('\n')
}
