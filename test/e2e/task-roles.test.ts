/**
 * Goal: an AWS client in a container gets the credentials of its task's role and nobody else's; they do what the role may do, and nothing once the
 * task has stopped.
 *
 * Method: a control plane that checks signatures and asks policies, and a container host in a network of its own, reached by a cable. Three tasks
 * with three roles, two of them on the bridge and one in the host's network, each with a client that signs its own calls.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  ECSClient,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { trustingService } from '../builders/a-task-role.ts'
import { buildBusyboxImage } from './busybox-image.ts'
import { describeTask, reached } from './command/containers.ts'
import { type ContainerHost, startContainerHost } from './container-host.ts'
import { addHostLink, type HostLink } from './host-link.ts'
import { bin, connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'
import { NODE_IN_CONTAINER, nodeVolumes } from './node-volumes.ts'

const CLIENT = '/client.ts'
const SDK_CLIENT = '/sdk-client.ts'
const NODE_MODULES = path.join(import.meta.dirname, '..', '..', 'node_modules')
const CREDENTIALS_VARIABLE = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const AUDIT_LINE = /^(\S+) (\d{3}) (\S+) "\/v2\/credentials" \S+ (\S+) (\S+) 1 default (arn:\S+)$/

/** Each role may do one thing. */
const MAY = { red: 'ListClusters', blue: 'ListTaskDefinitions', green: 'ListAccountSettings' } as const
type RoleName = keyof typeof MAY

interface Answer {
  readonly status?: number
  readonly body?: string
  readonly error?: string
}

interface Credentials {
  readonly RoleArn: string
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly Token: string
}

/** A task with one container in which the client can be run. */
class ClientTask {
  readonly taskArn: string
  readonly #container: string
  readonly #socket: string
  #credentialsPath: string | undefined

  constructor(taskArn: string, container: string, socket: string) {
    this.taskArn = taskArn
    this.#container = container
    this.#socket = socket
  }

  get taskId(): string {
    return this.taskArn.slice(this.taskArn.lastIndexOf('/') + 1)
  }

  /** As its environment says; empty if it does not. */
  get credentialsPath(): string {
    return (this.#credentialsPath ??= this.#run('sh', '-c', `echo -n "$${CREDENTIALS_VARIABLE}"`))
  }

  get address(): string {
    return this.#inspect('{{.NetworkSettings.IPAddress}}')
  }

  get processId(): string {
    return this.#inspect('{{.State.Pid}}')
  }

  client(...parameters: string[]): Answer {
    return JSON.parse(this.node(CLIENT, ...parameters)) as Answer
  }

  node(...parameters: string[]): string {
    return this.#run(NODE_IN_CONTAINER, '--disable-warning=ExperimentalWarning', ...parameters)
  }

  fetch(credentialsPath: string): Answer {
    return this.client('fetch', credentialsPath)
  }

  #run(...command: string[]): string {
    return docker(this.#socket, 'exec', this.#container, ...command)
  }

  #inspect(format: string): string {
    return docker(this.#socket, 'inspect', '--format', format, this.#container)
  }
}

const docker = (socket: string, ...parameters: string[]): string => {
  const { status, stdout, stderr } = spawnSync('docker', ['--host', `unix://${socket}`, ...parameters], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`docker ${parameters.join(' ')}: ${stderr}`)
  return stdout.trim()
}

let link: HostLink
let longshore: RunningLongshore
let host: ContainerHost
let image: string
let iam: IAMClient
let auditFile: string

beforeAll(async () => {
  link = addHostLink()
  auditFile = path.join(mkdtempSync(path.join(tmpdir(), 'audit-')), 'audit.log')
  longshore = await startLongshore({
    command: 'server',
    isDev: false,
    args: [`--host=${link.address}`, '--plain-http'],
  })
  const { accessKeyId = '', secretAccessKey = '' } = readRootKey(longshore.dataDir) ?? {}
  const credentials = { accessKeyId, secretAccessKey }
  iam = new IAMClient({ endpoint: longshore.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  host = await startContainerHost({
    endpoint: longshore.endpoint,
    link,
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'true',
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      ECS_AUDIT_LOGFILE: auditFile,
    },
  })
  image = await buildBusyboxImage(host.engine.socket)
  await connectedInstance(longshore.client)
  for (const [name, operation] of Object.entries(MAY)) await createRole(name, operation)
})

afterAll(async () => {
  iam.destroy()
  await host.stop()
  await longshore.stop()
  link.remove()
  rmSync(path.dirname(auditFile), { recursive: true, force: true })
})

const createRole = async (name: string, operation: string): Promise<void> => {
  const AssumeRolePolicyDocument = trustingService('ecs-tasks.amazonaws.com')
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }))
  const Statement = [{ Effect: 'Allow', Action: `ecs:${operation}`, Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'one-thing', PolicyDocument }))
}

const runTask = async (role: string, networkMode: 'bridge' | 'host' = 'bridge') => {
  const { volumes, mountPoints } = nodeVolumes({
    [CLIENT]: path.join(import.meta.dirname, 'container-client.ts'),
    [SDK_CLIENT]: path.join(import.meta.dirname, 'container-sdk-client.ts'),
    '/node_modules': NODE_MODULES,
  })
  await longshore.client.send(
    new RegisterTaskDefinitionCommand({
      family: role,
      networkMode,
      taskRoleArn: role,
      volumes,
      containerDefinitions: [
        {
          name: 'app',
          image,
          memory: 256,
          stopTimeout: 2,
          command: ['sleep', '600'],
          environment: [{ name: 'LONGSHORE_ENDPOINT', value: longshore.endpoint }],
          mountPoints,
        },
      ],
    }),
  )
  return longshore.client.send(new RunTaskCommand({ taskDefinition: role }))
}

const startClient = async (role: RoleName, networkMode?: 'bridge' | 'host'): Promise<ClientTask> => {
  const { tasks: [task] = [] } = await runTask(role, networkMode)
  const { taskArn = '', containers: [container] = [] } = await started(task?.taskArn ?? '')
  return new ClientTask(taskArn, container?.runtimeId ?? '', host.engine.socket)
}

const started = (taskArn: string): Promise<Task> =>
  until(`task ${taskArn} to have started`, async () => {
    const task = await describeTask(longshore.client, taskArn)
    if (task?.lastStatus !== 'STOPPED') return task?.lastStatus === 'RUNNING' && task
    throw new Error(`${task.stoppedReason} ${task.containers?.[0]?.reason}: ${host.output()}`)
  })

const inNetwork = (...command: string[]) => {
  const [program = '', ...parameters] = [...host.engine.inNetwork, ...command]
  return spawnSync(program, parameters, { encoding: 'utf8' })
}

const firewall = (): string[] =>
  ['nat', 'filter'].flatMap((table) =>
    inNetwork('iptables', '-t', table, '-S')
      .stdout.split('\n')
      .filter((rule) => /169\.254\.170\.2|127\.0\.0\.0\/8 ! -i lo/.test(rule)),
  )

const routesLocalnet = (): string => inNetwork('cat', '/proc/sys/net/ipv4/conf/all/route_localnet').stdout.trim()

const auditLines = (): string[] => readFileSync(auditFile, 'utf8').trimEnd().split('\n')

/** Something of the host's own that only the host is to reach. */
const listenOnLoopback = async (): Promise<{ readonly port: number; end(): void }> => {
  const script = `require('node:net').createServer((socket) => socket.end()).listen(0, '127.0.0.1', function () {
    console.log(this.address().port)
  })`
  const { inNetwork: there } = host.engine
  const listener = spawn(there[0] ?? '', [...there.slice(1), process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [chunk] = (await once(listener.stdout, 'data')) as [Buffer]
  return { port: Number(chunk.toString()), end: () => void listener.kill('SIGKILL') }
}

/** Has the container send what is for 127.0.0.1 to the host, as a container with enough rights can; gives what then becomes of a connection. */
const intrude = (task: ClientTask, port: number): (() => string) => {
  const inContainer = (...command: string[]) =>
    spawnSync('nsenter', [`--net=/proc/${task.processId}/ns/net`, ...command], { encoding: 'utf8' })
  inContainer('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet')
  inContainer('ip', 'addr', 'del', '127.0.0.1/8', 'dev', 'lo')
  const { stdout: routes } = inContainer('ip', 'route', 'show', 'default')
  const gateway = /via (\S+)/.exec(routes)?.[1] ?? ''
  const added = inContainer('ip', 'route', 'add', '127.0.0.1/32', 'via', gateway, 'src', task.address)
  if (added.status !== 0) throw new Error(added.stderr)
  const script = `const socket = require('node:net').connect(${port}, '127.0.0.1', () => say('connected'))
    const say = (what) => { console.log(what); process.exit() }
    socket.on('error', (error) => say(error.code))
    setTimeout(() => say('no answer'), 1000)`
  return () => inContainer(process.execPath, '-e', script).stdout.trim()
}

const refused = (status: number, code: string) => ({
  status,
  body: expect.stringContaining(`"code":"${code}"`) as string,
})

describe('tasks with roles', () => {
  let [red, blue, green]: ClientTask[] = []
  const all = (): readonly (readonly [RoleName, ClientTask])[] => [
    ['red', red!],
    ['blue', blue!],
    ['green', green!],
  ]

  beforeAll(async () => {
    ;[red, blue, green] = await Promise.all([startClient('red'), startClient('blue'), startClient('green', 'host')])
  })

  it('are who their role is, under the name of the task', () => {
    for (const [role, task] of all()) {
      const { status, body } = task.client('who')
      expect([role, status]).toEqual([role, 200])
      expect(body).toContain(`<Arn>arn:aws:sts::000000000000:assumed-role/${role}/${task.taskId}</Arn>`)
    }
  })

  it("are found by AWS's SDK, which is told nothing of credentials", () => {
    for (const [role, task] of all())
      expect(task.node(SDK_CLIENT)).toBe(`arn:aws:sts::000000000000:assumed-role/${role}/${task.taskId}`)
  })

  it('have their credentials from the first moment', async () => {
    const command = ['sh', '-c', `wget -q -O /dev/null http://169.254.170.2$${CREDENTIALS_VARIABLE}`]
    await longshore.client.send(
      new RegisterTaskDefinitionCommand({
        family: 'eager',
        taskRoleArn: 'red',
        containerDefinitions: [{ name: 'app', image, memory: 16, command }],
      }),
    )
    const { tasks = [] } = await longshore.client.send(new RunTaskCommand({ taskDefinition: 'eager', count: 10 }))
    const ended = await Promise.all(tasks.map(({ taskArn = '' }) => reached(longshore.client, taskArn, 'STOPPED')))
    expect(ended.map(({ containers = [] }) => containers[0]?.exitCode)).toEqual(Array.from({ length: 10 }, () => 0))
  })

  it('may do what their role may, and nothing else', () => {
    for (const [role, task] of all()) {
      const who = `arn:aws:sts::000000000000:assumed-role/${role}/${task.taskId}`
      const refusals = Object.values(MAY).flatMap((operation) => {
        const { status, body = '' } = task.client('call', operation)
        return status === 200 ? [] : [/User: (.*) on resource/.exec(body)?.[1]]
      })
      const others = Object.values(MAY).filter((operation) => operation !== MAY[role])
      expect(refusals).toEqual(others.map((operation) => `${who} is not authorized to perform: ecs:${operation}`))
    }
  })

  it('cannot read what is of another task, by whatever path and with whatever header', () => {
    for (const [, reader] of all()) {
      for (const [, owner] of all()) {
        const expected = reader === owner ? { status: 200 } : refused(403, 'AccessDenied')
        expect(reader.fetch(owner.credentialsPath)).toMatchObject(expected)
        const id = path.basename(owner.credentialsPath)
        expect(reader.fetch(`/v1/credentials?id=${id}`)).toMatchObject(expected)
      }
      expect(reader.fetch('/v2/credentials/guessed')).toMatchObject(refused(400, 'InvalidIdInRequest'))
      expect(reader.fetch('/v2/credentials/')).toMatchObject(refused(400, 'NoIdInRequest'))
      expect(reader.fetch('/v2/nothing').status).toBe(404)
    }
  })

  it('leave a line in the audit log for every request', async () => {
    const before = auditLines().length
    const asked = [red!.fetch(red!.credentialsPath), red!.fetch(blue!.credentialsPath), red!.fetch('/v2/credentials/x')]
    expect(asked.map(({ status }) => status)).toEqual([200, 403, 400])
    const lines = auditLines()
      .slice(before)
      .map((line) => AUDIT_LINE.exec(line)?.slice(2, 6))
    expect(lines).toEqual([
      ['200', red!.address, red!.taskArn, 'GetCredentials'],
      ['403', red!.address, blue!.taskArn, 'GetCredentials'],
      ['400', red!.address, '-', 'GetCredentialsInvalidRoleType'],
    ])
    expect(auditLines().join('\n')).not.toContain(path.basename(red!.credentialsPath))
  })

  it('cannot reach the loopback interface of the host by the way that leads to their credentials', async () => {
    const intruder = await startClient('red')
    const { port, end } = await listenOnLoopback()
    const guard = firewall().find((rule) => rule.endsWith('DROP')) ?? ''
    try {
      const reaches = intrude(intruder, port)
      expect(reaches()).toBe('no answer')
      // What keeps it out is the guard, as is seen without it.
      inNetwork('iptables', ...guard.replace('-A', '-D').split(' '))
      expect(reaches()).toBe('connected')
      inNetwork('iptables', ...guard.replace('-A', '-I').split(' '))
      expect(reaches()).toBe('no answer')
    } finally {
      end()
    }
    await longshore.client.send(new StopTaskCommand({ task: intruder.taskArn }))
  })

  it('have their credentials again after the agent was killed and started anew', async () => {
    const before = red!.fetch(red!.credentialsPath).body
    await host.loseAgent()
    expect(red!.fetch(red!.credentialsPath).error).toContain('ECONNREFUSED')
    await host.restore()
    for (const [, task] of all())
      await until(`credentials of ${task.taskId}`, () => task.fetch(task.credentialsPath).status === 200)
    expect(red!.client('call', MAY.red).status).toBe(200)
    expect(red!.fetch(red!.credentialsPath).body).not.toBe(before)
    expect(red!.fetch(blue!.credentialsPath)).toMatchObject(refused(403, 'AccessDenied'))
  })

  it('have credentials that are dead once they have stopped', async () => {
    const given = JSON.parse(blue!.fetch(blue!.credentialsPath).body ?? '') as Credentials
    const stolen = clientWith(given)
    const call = new ListClustersCommand({})
    // It may not do that, but it is someone.
    await expect(stolen.send(call)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const blues = blue!.credentialsPath
    await longshore.client.send(new StopTaskCommand({ task: blue!.taskArn }))
    await reached(longshore.client, blue!.taskArn, 'STOPPED')
    await expect(stolen.send(call)).rejects.toMatchObject({
      name: expect.stringMatching(/UnrecognizedClientException|ExpiredTokenException/) as string,
    })
    expect(red!.fetch(blues)).toMatchObject(refused(400, 'InvalidIdInRequest'))
    stolen.destroy()
  })

  it('do not start with a role that does not trust ECS', async () => {
    await createRole('orange', 'ListClusters')
    const PolicyDocument = trustingService('ec2.amazonaws.com')
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'orange', PolicyDocument }))
    const { tasks: [task] = [] } = await runTask('orange')
    expect(await reached(longshore.client, task?.taskArn ?? '', 'STOPPED')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining(
        "ECS was unable to assume the role 'arn:aws:iam::000000000000:role/orange'",
      ) as string,
    })
  })

  it('get nothing, and more of them are not placed, where task roles are turned off', async () => {
    expect([firewall().length, routesLocalnet()]).toEqual([4, '1'])
    await host.endAgent()
    expect([firewall(), routesLocalnet()]).toEqual([[], '0'])
    await host.restore({ ECS_ENABLE_TASK_IAM_ROLE: 'false', ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'false' })
    await until('the agent without task roles', async () => {
      const { failures = [] } = await runTask('red')
      return failures[0]?.reason === 'ATTRIBUTE'
    })
    for (const task of [red!, green!])
      expect(task.fetch(task.credentialsPath)).toMatchObject(refused(400, 'InvalidIdInRequest'))
    await host.endAgent()
    expect([firewall(), routesLocalnet()]).toEqual([[], '0'])
  })
})

describe('longshore up', () => {
  it('turns task roles on for its agent, and leaves the firewall as it was', () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-e2e-'))
    const env = { ...process.env, DOCKER_HOST: host.engine.host, LONGSHORE_DATA_DIR: dataDir }
    const { inNetwork: there } = host.engine
    const run = (...parameters: string[]) =>
      spawnSync(there[0] ?? '', [...there.slice(1), bin, ...parameters], { encoding: 'utf8', env })
    try {
      const { status, stderr } = run('up', '--dev', '--port=0', '--detach')
      expect([status, stderr]).toEqual([0, ''])
      expect([firewall().length, routesLocalnet()]).toEqual([4, '1'])
    } finally {
      run('down')
      rmSync(dataDir, { recursive: true, force: true })
    }
    expect([firewall(), routesLocalnet()]).toEqual([[], '0'])
  })
})

const clientWith = ({ AccessKeyId, SecretAccessKey, Token }: Credentials): ECSClient =>
  new ECSClient({
    endpoint: longshore.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token },
  })
