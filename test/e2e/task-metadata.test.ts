/**
 * Goal: every container finds out about itself and its task, and about no other: all that AWS documents and nothing else, in each network mode.
 *
 * Method: a container host in a network of its own, reached by a cable, with tasks on its bridge, in its network and without any. What they
 * ask is asked from inside them, with busybox alone; each answer is compared whole.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  CreateServiceCommand,
  type ContainerDefinition,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { trustingService } from '../builders/a-task-role.ts'
import { buildBusyboxImage } from './busybox-image.ts'
import { describeTask, reached } from './command/containers.ts'
import { type ContainerHost, startContainerHost } from './container-host.ts'
import { addHostLink, type HostLink } from './host-link.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'

const ZONE = 'us-east-1b'
const VPC = 'vpc-0123'
const METADATA_ADDRESS = '169.254.170.2'
const INTROSPECTION_PORT = 51_678
const LOG_OPTIONS = { mode: 'blocking', 'max-size': '1m' }

/** Sends what it reads and prints what comes back; like any client of HTTP it does not close its end before. */
const EXCHANGE =
  'busybox mkfifo /tmp/$$; nc -w 5 "$1" "$2" < /tmp/$$ & exec 3> /tmp/$$; cat >&3; wait $!; busybox rm /tmp/$$'

interface Answer {
  readonly status: number
  readonly body: string
}

const docker = (parameters: readonly string[], input = ''): string => {
  const all = ['--host', `unix://${host.engine.socket}`, ...parameters]
  const { status, stdout, stderr } = spawnSync('docker', all, { encoding: 'utf8', input })
  if (status !== 0) throw new Error(`docker ${parameters.join(' ')}: ${stderr}`)
  return stdout.trim()
}

/** A container of a task, asked from inside. */
class Inside {
  readonly taskArn: string
  readonly id: string

  constructor(taskArn: string, id: string) {
    this.taskArn = taskArn
    this.id = id
  }

  run(...command: string[]): string {
    return docker(['exec', this.id, ...command])
  }

  variable(name: string): string {
    return this.run('sh', '-c', `echo -n "$${name}"`)
  }

  /** By the address in one of its variables, as people write it in scripts. */
  wget(below: string, variable = 'ECS_CONTAINER_METADATA_URI_V4'): unknown {
    return JSON.parse(this.run('sh', '-c', `wget -q -O - "$${variable}${below}"`))
  }

  /** Where its own metadata is in a version. */
  pathOf(version: 'v3' | 'v4' | 'api'): string {
    const variables = { v3: 'ECS_CONTAINER_METADATA_URI', v4: 'ECS_CONTAINER_METADATA_URI_V4', api: 'ECS_AGENT_URI' }
    return new URL(this.variable(variables[version])).pathname
  }

  send(method: string, pathname: string, body = '', address = METADATA_ADDRESS, port = 80): Answer {
    const request = `${method} ${pathname} HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answer = docker(['exec', '-i', this.id, 'sh', '-c', EXCHANGE, 'sh', address, String(port)], request)
    const [head = '', ...rest] = answer.split('\r\n\r\n')
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), body: rest.join('\r\n\r\n') }
  }

  get(pathname: string): Answer {
    return this.send('GET', pathname)
  }

  json(pathname: string): unknown {
    const { status, body } = this.get(pathname)
    if (status !== 200) throw new Error(`${pathname}: ${status} ${body}`)
    return JSON.parse(body)
  }

  inspect(format: string): string {
    return docker(['inspect', '--format', format, this.id])
  }
}

let link: HostLink
let longshore: RunningLongshore
let host: ContainerHost
let image: string
let dataDir: string

beforeAll(async () => {
  link = addHostLink()
  dataDir = mkdtempSync(path.join(tmpdir(), 'metadata-'))
  longshore = await startLongshore({
    command: 'server',
    isDev: false,
    args: [`--host=${link.address}`, '--plain-http'],
  })
  const { accessKeyId = '', secretAccessKey = '' } = readRootKey(longshore.dataDir) ?? {}
  host = await startContainerHost({
    endpoint: longshore.endpoint,
    link,
    attributes: { 'ecs.availability-zone': ZONE, 'ecs.vpc-id': VPC },
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ECS_DATADIR: dataDir,
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      ECS_ENABLE_CONTAINER_METADATA: 'true',
      ECS_CONTAINER_INSTANCE_TAGS: '{"rack":"7"}',
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      ECS_POLLING_METRICS_WAIT_DURATION: '5s',
      LONGSHORE_INTROSPECTION_PORT: String(INTROSPECTION_PORT),
    },
  })
  image = await buildBusyboxImage(host.engine.socket)
  await connectedInstance(longshore.client)
  await createRole(accessKeyId, secretAccessKey)
})

afterAll(async () => {
  await host.stop()
  await longshore.stop()
  link.remove()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A role that may protect tasks. */
const createRole = async (accessKeyId: string, secretAccessKey: string): Promise<void> => {
  const credentials = { accessKeyId, secretAccessKey }
  const iam = new IAMClient({ endpoint: longshore.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  const AssumeRolePolicyDocument = trustingService('ecs-tasks.amazonaws.com')
  await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument }))
  const Statement = [{ Effect: 'Allow', Action: 'ecs:*TaskProtection', Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'protection', PolicyDocument }))
  iam.destroy()
}

const register = (
  family: string,
  members: Partial<RegisterTaskDefinitionCommandInput> = {},
  ...containers: Partial<ContainerDefinition>[]
) =>
  longshore.client.send(
    new RegisterTaskDefinitionCommand({
      family,
      ...members,
      containerDefinitions: (containers.length > 0 ? containers : [{}]).map((container, index) => ({
        name: index === 0 ? 'app' : `app-${index}`,
        image,
        memory: 32,
        stopTimeout: 2,
        command: ['sleep', '600'],
        ...container,
      })),
    }),
  )

const started = (taskArn: string): Promise<Task> =>
  until(`task ${taskArn} to have started`, async () => {
    const task = await describeTask(longshore.client, taskArn)
    if (task?.lastStatus !== 'STOPPED') return task?.lastStatus === 'RUNNING' && task
    throw new Error(`${task.stoppedReason} ${task.containers?.[0]?.reason}: ${host.output()}`)
  })

/** The containers of a running task, by their names. */
const insideOf = async (taskArn: string): Promise<Readonly<Record<string, Inside>>> => {
  const { containers = [] } = await started(taskArn)
  return Object.fromEntries(containers.map(({ name = '', runtimeId = '' }) => [name, new Inside(taskArn, runtimeId)]))
}

const runInside = async (family: string, networkMode: 'bridge' | 'host' | 'none'): Promise<Inside> => {
  await register(family, { networkMode })
  const { tasks: [task] = [], failures } = await longshore.client.send(new RunTaskCommand({ taskDefinition: family }))
  if (task === undefined) throw new Error(JSON.stringify(failures))
  return (await insideOf(task.taskArn ?? ''))['app']!
}

/** A service with everything that metadata has a member for. */
const runService = async (): Promise<Readonly<Record<string, Inside>>> => {
  await register(
    'web',
    { taskRoleArn: 'web', cpu: '512', memory: '128', volumes: [{ name: 'shared' }] },
    {
      cpu: 64,
      portMappings: [{ containerPort: 80 }],
      mountPoints: [{ sourceVolume: 'shared', containerPath: '/shared' }],
      dockerLabels: { team: 'blue' },
      environment: [{ name: 'PASSWORD', value: 'not to be shown' }],
      logConfiguration: { logDriver: 'json-file', options: LOG_OPTIONS },
      healthCheck: { command: ['CMD-SHELL', 'echo fine'], interval: 5 },
      restartPolicy: { enabled: true },
    },
    { essential: false, command: ['sh', '-c', 'exit 3'] },
  )
  await longshore.client.send(
    new CreateServiceCommand({
      serviceName: 'shop',
      taskDefinition: 'web',
      desiredCount: 1,
      tags: [{ key: 'tier', value: 'front' }],
      propagateTags: 'SERVICE',
    }),
  )
  const taskArn = await until('the task of the service', async () => {
    const { taskArns = [] } = await longshore.client.send(new ListTasksCommand({ serviceName: 'shop' }))
    return taskArns[0]
  })
  await until('its second container to end', async () => {
    const task = await describeTask(longshore.client, taskArn)
    return task?.healthStatus === 'HEALTHY' && task.containers?.some(({ lastStatus }) => lastStatus === 'STOPPED')
  })
  return insideOf(taskArn)
}

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string
const TIME = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
const CONTAINER_ARN = matching(/^arn:aws:ecs:us-east-1:000000000000:container\/default\/[0-9a-f]{32}\/[0-9a-f-]{36}$/)
const NUMBER = expect.any(Number) as number

const labelsOf = (taskArn: string, name: string, family: string) => ({
  'com.amazonaws.ecs.cluster': 'default',
  'com.amazonaws.ecs.container-name': name,
  'com.amazonaws.ecs.task-arn': taskArn,
  'com.amazonaws.ecs.task-definition-family': family,
  'com.amazonaws.ecs.task-definition-version': '1',
  'longshore.agent': matching(/^[0-9a-f]{32}$/),
})

/** Of a container in all versions, but for what `members` says otherwise. */
const containerOf = (inside: Inside, name: string, family: string, members: object = {}) => ({
  DockerId: inside.id,
  Name: name,
  DockerName: matching(new RegExp(`^ecs-${family}-1-${name}-[0-9a-f]{20}$`)),
  Image: image,
  ImageID: matching(/^sha256:[0-9a-f]{64}$/),
  Labels: labelsOf(inside.taskArn, name, family),
  DesiredStatus: 'RUNNING',
  KnownStatus: 'RUNNING',
  Limits: { CPU: 2, Memory: 32 },
  CreatedAt: TIME,
  StartedAt: TIME,
  Type: 'NORMAL',
  Volumes: [fileVolume()],
  ...members,
})

const fileVolume = () => ({
  Source: matching(new RegExp(`^${dataDir}/metadata/[0-9a-f-]{36}$`)),
  Destination: matching(/^\/opt\/ecs\/metadata\/[0-9a-f-]{36}$/),
})

describe('containers on the bridge', () => {
  let app: Inside
  let ended: Inside
  let other: Inside
  let hosted: Inside

  beforeAll(async () => {
    const service = await runService()
    app = service['app']!
    ended = service['app-1']!
    ;[other, hosted] = await Promise.all([runInside('other', 'bridge'), runInside('hosted', 'host')])
  })

  const address = (): string => app.inspect('{{.NetworkSettings.IPAddress}}')
  /** One for each family of addresses that the engine has. */
  const bindings = (): readonly { readonly HostIp: string; readonly HostPort: number }[] =>
    (JSON.parse(app.inspect('{{json (index .NetworkSettings.Ports "80/tcp")}}')) as Record<string, string>[]).map(
      ({ HostIp = '', HostPort }) => ({ HostIp, HostPort: Number(HostPort) }),
    )

  /** The first container of the service, as versions 2 and 3 have it. */
  const older = () => {
    const name = app.inspect('{{range .Mounts}}{{.Name}}{{end}}')
    return containerOf(app, 'app', 'web', {
      Labels: { ...labelsOf(app.taskArn, 'app', 'web'), team: 'blue' },
      Limits: { CPU: 64, Memory: 32 },
      Ports: bindings().map(({ HostPort }) => ({ ContainerPort: 80, Protocol: 'tcp', HostPort })),
      Networks: [{ NetworkMode: 'bridge', IPv4Addresses: [address()] }],
      Health: { status: 'HEALTHY', statusSince: TIME, exitCode: 0, output: 'fine\n' },
      Volumes: expect.toSatisfy((volumes: readonly object[]) => {
        const shared = { DockerName: name, Source: matching(/^\/.*_data$/), Destination: '/shared' }
        expect(volumes).toHaveLength(2)
        expect(volumes).toEqual(expect.arrayContaining([shared, fileVolume()]))
        return true
      }) as object[],
    })
  }

  const newer = () => ({
    ...older(),
    Ports: bindings().map((binding) => ({ ContainerPort: 80, Protocol: 'tcp', ...binding })),
    LogDriver: 'json-file',
    LogOptions: LOG_OPTIONS,
    ContainerARN: CONTAINER_ARN,
    RestartCount: 0,
  })

  const olderEnded = () =>
    containerOf(ended, 'app-1', 'web', {
      DesiredStatus: 'STOPPED',
      KnownStatus: 'STOPPED',
      ExitCode: 3,
      FinishedAt: TIME,
      Networks: [{ NetworkMode: 'bridge', IPv4Addresses: [''] }],
    })

  const task = (Containers: readonly object[]) => ({
    Cluster: 'default',
    TaskARN: app.taskArn,
    Family: 'web',
    Revision: '1',
    DesiredStatus: 'RUNNING',
    KnownStatus: 'RUNNING',
    Limits: { CPU: 0.5, Memory: 128 },
    PullStartedAt: TIME,
    PullStoppedAt: TIME,
    AvailabilityZone: ZONE,
    Containers,
  })

  const newerTask = () => ({
    ...task([newer(), { ...olderEnded(), ContainerARN: CONTAINER_ARN }]),
    LaunchType: 'EC2',
    ServiceName: 'shop',
    VPCID: VPC,
    FaultInjectionEnabled: false,
  })

  it('know themselves and their task in version 4', () => {
    expect(app.wget('')).toEqual(newer())
    expect(app.wget('/task')).toEqual(newerTask())
    expect(JSON.stringify(app.wget('/task'))).not.toContain('not to be shown')
  })

  it('know less in version 3', () => {
    expect(app.wget('', 'ECS_CONTAINER_METADATA_URI')).toEqual(older())
    expect(app.wget('/task', 'ECS_CONTAINER_METADATA_URI')).toEqual(task([older(), olderEnded()]))
  })

  it('are known by their address in version 2', () => {
    expect(app.json('/v2/metadata')).toEqual(task([older(), olderEnded()]))
    expect(app.json(`/v2/metadata/${app.id}`)).toEqual(older())
    expect(other.json('/v2/metadata')).toMatchObject({ TaskARN: other.taskArn })
    expect(other.get(`/v2/metadata/${app.id}`).status).toBe(400)
    expect(Object.keys(app.json('/v2/stats') as object).toSorted()).toEqual([app.id, ended.id].toSorted())
  })

  it('are told the tags of their task and of their container instance', () => {
    const tags = { TaskTags: { tier: 'front' }, ContainerInstanceTags: { rack: '7' } }
    expect(app.wget('/taskWithTags')).toEqual({ ...newerTask(), ...tags })
    const { TaskTags, ContainerInstanceTags } = app.json('/v2/metadataWithTags') as typeof tags
    expect({ TaskTags, ContainerInstanceTags }).toEqual(tags)
  })

  it("see the engine's statistics of themselves, and what goes over the network each second", async () => {
    const engine = Object.keys(JSON.parse(statsOfEngine(app.id)) as object)
    await until('a sample before', () => 'network_rate_stats' in (app.wget('/stats') as object))
    const stats = app.wget('/stats') as Record<string, Record<string, unknown>>
    expect(Object.keys(stats).toSorted()).toEqual([...engine, 'network_rate_stats'].toSorted())
    expect(stats).toMatchObject({ id: app.id, memory_stats: { limit: 32 * 1024 * 1024 } })
    expect(stats['network_rate_stats']).toEqual({ rx_bytes_per_sec: NUMBER, tx_bytes_per_sec: NUMBER })
    expect(stats['precpu_stats']).toMatchObject({ system_cpu_usage: NUMBER })
    const all = app.wget('/task/stats') as Record<string, object>
    expect(all).toEqual({ [app.id]: expect.objectContaining({ id: app.id }) as object, [ended.id]: {} })
    const older3 = app.wget('/stats', 'ECS_CONTAINER_METADATA_URI') as object
    expect(Object.keys(older3).toSorted()).toEqual(engine.toSorted())
  })

  it('have no associations without GPUs', () => {
    const v4 = app.pathOf('v4')
    expect(app.json(`${v4}/associations/gpu`)).toEqual({ Associations: null })
    expect(app.get(`${v4}/associations/gpu/0`).status).toBe(400)
  })

  it('are refused what is of another task, though they know its id, and whatever nobody has', () => {
    for (const [reader, owner] of [
      [app, other],
      [other, app],
      [other, hosted],
      [hosted, app],
    ] as const) {
      const [v3, v4] = [owner.pathOf('v3'), owner.pathOf('v4')]
      const below4 = ['', '/task', '/taskWithTags', '/stats', '/task/stats', '/associations/gpu']
      for (const pathname of [v3, `${v3}/task`, `${v3}/stats`, ...below4.map((below) => v4 + below)]) {
        const { status, body } = reader.get(pathname)
        expect([status, typeof JSON.parse(body)]).toEqual([403, 'string'])
      }
      expect(reader.get(`${owner.pathOf('api')}/task-protection/v1/state`).status).toBe(403)
    }
    expect(app.get('/v4/nobody').status).toBe(404)
    expect(app.get('/v4/nobody/task/stats').status).toBe(404)
    expect([app.get('/v3/nobody/task').status, app.get('/v3/nobody/stats').status]).toEqual([500, 400])
    expect(app.get(`${app.pathOf('v4')}/unknown`)).toEqual({ status: 404, body: '404 page not found' })
    expect(hosted.get('/v2/metadata').status).toBe(400)
  })

  it('protect their task, as its role', () => {
    const state = `${app.pathOf('api')}/task-protection/v1/state`
    const protection = (ProtectionEnabled: boolean, ExpirationDate: string | null) => ({
      protection: { ProtectionEnabled, ExpirationDate, TaskArn: app.taskArn },
    })
    const put = (body: string) => {
      const answer = app.send('PUT', state, body)
      return [answer.status, JSON.parse(answer.body) as unknown]
    }
    expect(app.json(state)).toEqual(protection(false, null))
    expect(put('{"ProtectionEnabled":true,"ExpiresInMinutes":5}')).toEqual([200, protection(true, TIME)])
    expect(app.json(state)).toEqual(protection(true, TIME))
    expect(put('{"ProtectionEnabled":false}')).toEqual([200, protection(false, null)])
    const error = (Code: string, members: object = { Arn: app.taskArn }) => ({
      ...members,
      Code,
      Message: expect.any(String) as string,
    })
    expect(put('{"ProtectionEnabled":true,"Color":"red"}')).toEqual([
      400,
      { error: error('InvalidParameterException', {}) },
    ])
    expect(put('{}')).toEqual([400, { error: error('InvalidParameterException') }])
    expect(put('{"ProtectionEnabled":true,"ExpiresInMinutes":0}')).toEqual([
      400,
      { requestID: expect.any(String) as string, error: error('InvalidParameterException') },
    ])
    expect(app.send('DELETE', state).status).toBe(405)
  })

  it('cannot protect a task without a role', () => {
    const { status, body } = other.get(`${other.pathOf('api')}/task-protection/v1/state`)
    expect([status, JSON.parse(body)]).toMatchObject([403, { error: { Code: 'AccessDeniedException' } }])
  })

  it('cannot inject faults', () => {
    const fault = `${other.pathOf('api')}/fault/v1/network-latency/start`
    expect(other.send('POST', fault, '{}')).toEqual({
      status: 400,
      body: JSON.stringify({ Error: `fault injection is not enabled for task: ${other.taskArn}` }),
    })
  })

  it('have a file of their metadata, which they can only read', () => {
    const file = other.variable('ECS_CONTAINER_METADATA_FILE')
    expect(JSON.parse(app.run('sh', '-c', 'cat "$ECS_CONTAINER_METADATA_FILE"'))).toEqual({
      Cluster: 'default',
      ContainerInstanceARN: matching(/^arn:aws:ecs:us-east-1:000000000000:container-instance\/default\/[0-9a-f]{32}$/),
      TaskARN: app.taskArn,
      TaskDefinitionFamily: 'web',
      TaskDefinitionRevision: '1',
      ContainerID: app.id,
      ContainerName: 'app',
      DockerContainerName: app.inspect('{{.Name}}'),
      ImageID: matching(/^sha256:[0-9a-f]{64}$/),
      ImageName: image,
      PortMappings: bindings().map(({ HostIp: BindIp, HostPort }) => ({
        ContainerPort: 80,
        HostPort,
        BindIp,
        Protocol: 'tcp',
      })),
      Networks: [{ NetworkMode: 'bridge', IPv4Addresses: [address()] }],
      MetadataFileStatus: 'READY',
      AvailabilityZone: ZONE,
      HostPrivateIPv4Address: matching(/^198\.1[89]\./),
    })
    expect(() => other.run('sh', '-c', `echo x > ${file}`)).toThrow('Read-only file system')
  })

  it('reach the introspection API by the address of the bridge, which others do not', () => {
    const gateway = app.inspect('{{.NetworkSettings.Gateway}}')
    const ask = (pathname: string) => {
      const answer = app.send('GET', pathname, '', gateway, INTROSPECTION_PORT)
      return { status: answer.status, value: JSON.parse(answer.body) as Record<string, unknown> }
    }
    expect(ask('/v1/metadata').value).toEqual({
      Cluster: 'default',
      ContainerInstanceArn: matching(/container-instance/),
      Version: matching(/^Longshore Agent - v/),
    })
    expect(ask(`/v1/tasks?dockerid=${app.id.slice(0, 12)}`).value).toMatchObject({ Arn: app.taskArn })
    expect(ask(`/v1/tasks?taskarn=${other.taskArn}`).value).toMatchObject({ Arn: other.taskArn, Family: 'other' })
    expect(ask(`/v1/tasks?taskarn=${other.taskArn}&dockerid=${app.id}`).status).toBe(400)
    const fromOutside = (to: string) => fetchFrom([], `http://${to}:${INTROSPECTION_PORT}/v1/metadata`)
    expect(fromOutside(farAddress())).not.toBe('200')
    expect(fetchFrom(host.engine.inNetwork, `http://127.0.0.1:${INTROSPECTION_PORT}/v1/metadata`)).toBe('200')
    // Somebody near can send packets for the bridge's address by way of the host.
    spawnSync('ip', ['route', 'add', `${gateway}/32`, 'via', farAddress()])
    try {
      expect(fromOutside(gateway)).toBe('000')
    } finally {
      spawnSync('ip', ['route', 'del', `${gateway}/32`, 'via', farAddress()])
    }
  })

  it('find all of it where it was when the agent was killed and started anew', async () => {
    await host.loseAgent()
    expect(() => app.wget('')).toThrow()
    const file = app.run('sh', '-c', 'cat "$ECS_CONTAINER_METADATA_FILE"')
    await host.restore()
    await until('the metadata of a task', () => app.get(app.pathOf('v4')).status === 200)
    expect(app.wget('/task')).toEqual(newerTask())
    expect(app.run('sh', '-c', 'cat "$ECS_CONTAINER_METADATA_FILE"')).toBe(file)
    expect(other.get(app.pathOf('v4')).status).toBe(403)
  })

  it('leave no file behind', async () => {
    const name = path.basename(path.dirname(other.variable('ECS_CONTAINER_METADATA_FILE')))
    const files = (): string[] => readdirSync(path.join(dataDir, 'metadata'))
    expect(files()).toContain(name)
    await longshore.client.send(new StopTaskCommand({ task: other.taskArn }))
    await reached(longshore.client, other.taskArn, 'STOPPED')
    await until('its file to be gone', () => !files().includes(name))
    expect(files().length).toBeGreaterThan(0)
  })
})

describe("containers in the host's network", () => {
  it('know themselves and their task, without an address of their own', () => {
    const app = tasks['host']!
    expect(app.wget('')).toEqual({
      ...containerOf(app, 'app', 'hosted-only', { Networks: [{ NetworkMode: 'host' }] }),
      ContainerARN: CONTAINER_ARN,
    })
    expect(app.wget('/task')).toMatchObject({ TaskARN: app.taskArn, Family: 'hosted-only' })
    const stats = app.wget('/stats') as object
    expect(stats).toMatchObject({ id: app.id })
    expect(stats).not.toHaveProperty('network_rate_stats')
    expect(JSON.parse(app.run('sh', '-c', 'cat "$ECS_CONTAINER_METADATA_FILE"'))).toMatchObject({
      ContainerID: app.id,
      Networks: [{ NetworkMode: 'host' }],
      MetadataFileStatus: 'READY',
    })
  })
})

describe('containers without network', () => {
  it('have the file, and no addresses that they cannot reach', () => {
    const app = tasks['none']!
    const { Networks, ...file } = JSON.parse(app.run('sh', '-c', 'cat "$ECS_CONTAINER_METADATA_FILE"')) as {
      readonly Networks: unknown
    }
    expect(file).toMatchObject({ ContainerID: app.id, TaskARN: app.taskArn, MetadataFileStatus: 'READY' })
    expect(Networks).toEqual([{ NetworkMode: 'none' }])
    expect(app.run('env').match(/ECS_CONTAINER_METADATA_URI|ECS_AGENT_URI/g)).toBeNull()
  })
})

const tasks: Record<string, Inside> = {}
beforeAll(async () => {
  tasks['host'] = await runInside('hosted-only', 'host')
  tasks['none'] = await runInside('alone', 'none')
})

const statsOfEngine = (id: string): string => {
  const { stdout } = spawnSync(
    'curl',
    [
      '-s',
      '--unix-socket',
      host.engine.socket,
      `http://docker/v1.41/containers/${id}/stats?stream=false&one-shot=true`,
    ],
    { encoding: 'utf8' },
  )
  return stdout
}

/** The HTTP status, or 000 without an answer. */
const fetchFrom = (network: readonly string[], url: string): string =>
  inNetwork(network, 'curl', '-s', '-o', '/dev/null', '-m', '2', '-w', '%{http_code}', url)

/** The container host's end of the cable. */
const farAddress = (): string => {
  const addresses = inNetwork(host.engine.inNetwork, 'ip', '-o', '-4', 'addr', 'show')
  return /inet (198\.1[89]\.\d+\.\d+)/.exec(addresses)?.[1] ?? ''
}

const inNetwork = (network: readonly string[], ...command: string[]): string => {
  const all = [...network, ...command]
  return spawnSync(all[0] ?? '', all.slice(1), { encoding: 'utf8' }).stdout
}
