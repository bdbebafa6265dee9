/**
 * Goal: lines of containers with the log driver `awsfirelens` come to the router of their task as its generated configuration says, the last ones
 * too, and nothing is left of it on the host.
 *
 * Method: a program that speaks the forward protocol and understands both formats of configuration stands in the router's place
 * (`container-log-router.ts`) and writes what it gets into files. An installation that asks policies, on the real engine.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type ContainerDefinition,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionRequest,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { trustingService } from '../builders/a-task-role.ts'
import { buildBusyboxImage } from './busybox-image.ts'
import { describeTask, reached, removeContainersOf } from './command/containers.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'
import { NODE_IN_CONTAINER, nodeVolumes } from './node-volumes.ts'

const ROLE = 'arn:aws:iam::000000000000:role/execution'
const ROUTER = '/container-log-router.ts'
const CONFIG = { fluentbit: '/fluent-bit/etc/fluent-bit.conf', fluentd: '/fluentd/etc/fluent.conf' } as const
const { volumes: nodes, mountPoints } = nodeVolumes({
  [ROUTER]: path.join(import.meta.dirname, 'container-log-router.ts'),
})

const home = mkdtempSync(path.join(tmpdir(), 'firelens-'))
const started: Task[] = []
let longshore: RunningLongshore
let client: ECSClient
let image: string

beforeAll(async () => {
  image = await buildBusyboxImage()
  longshore = await startLongshore({ isDev: false, env: { ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' } })
  client = longshore.client
  await connectedInstance(client)
  await createSecret()
})

afterAll(async () => {
  // Its agent removes containers, too.
  await longshore.stop()
  removeContainersOf(started)
  rmSync(home, { recursive: true, force: true })
})

/** A parameter, and a role that may read it. */
const createSecret = async (): Promise<void> => {
  const { accessKeyId = '', secretAccessKey = '' } = readRootKey(longshore.dataDir) ?? {}
  const root = { endpoint: longshore.endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } }
  await new SSMClient(root).send(
    new PutParameterCommand({ Name: '/log/apikey', Value: 'hunter2', Type: 'SecureString' }),
  )
  const iam = new IAMClient(root)
  const AssumeRolePolicyDocument = trustingService('ecs-tasks.amazonaws.com')
  await iam.send(new CreateRoleCommand({ RoleName: 'execution', AssumeRolePolicyDocument }))
  const Statement = [{ Effect: 'Allow', Action: ['ssm:GetParameters', 'kms:Decrypt'], Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'execution', PolicyName: 'read', PolicyDocument }))
}

const docker = (...parameters: string[]): string => spawnSync('docker', parameters, { encoding: 'utf8' }).stdout

/** The directory into which the router of a family writes. */
const outputOf = (family: string): string => path.join(home, family)

const aRouter = (type: 'fluentbit' | 'fluentd', given: ContainerDefinition = {}): ContainerDefinition => ({
  name: 'log_router',
  image,
  memory: 256,
  stopTimeout: 5,
  command: [NODE_IN_CONTAINER, '--disable-warning=ExperimentalWarning', ROUTER, CONFIG[type], '/out'],
  mountPoints: [...mountPoints, { sourceVolume: 'out', containerPath: '/out' }],
  firelensConfiguration: { type },
  ...given,
})

const aWriter = (name: string, script: string, given: ContainerDefinition = {}): ContainerDefinition => ({
  name,
  image,
  memory: 16,
  stopTimeout: 5,
  command: ['sh', '-c', script],
  logConfiguration: { logDriver: 'awsfirelens', options: { Name: 'file', Path: '/out' } },
  ...given,
})

const register = async (
  family: string,
  containerDefinitions: ContainerDefinition[],
  given: Partial<RegisterTaskDefinitionRequest> = {},
) => {
  mkdirSync(outputOf(family), { recursive: true })
  // Routers of other users write there too.
  chmodSync(outputOf(family), 0o777)
  const volumes = [...nodes, { name: 'out', host: { sourcePath: outputOf(family) } }]
  return client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions, volumes, ...given }))
}

const run = async (
  family: string,
  containers: ContainerDefinition[],
  given?: Partial<RegisterTaskDefinitionRequest>,
): Promise<Task> => {
  await register(family, containers, given)
  const { tasks: [task] = [], failures } = await client.send(new RunTaskCommand({ taskDefinition: family }))
  expect(failures).toEqual([])
  started.push(task ?? {})
  return until(`task ${family} to run`, async () => {
    const found = await describeTask(client, task?.taskArn ?? '')
    if (found?.lastStatus === 'STOPPED')
      throw new Error(`it stopped: ${found.stoppedReason} ${JSON.stringify(found.containers)}`)
    return found?.lastStatus === 'RUNNING' && found
  })
}

const stop = async ({ taskArn = '' }: Task): Promise<Task> => {
  await client.send(new StopTaskCommand({ task: taskArn }))
  return reached(client, taskArn, 'STOPPED')
}

const taskId = ({ taskArn = '' }: Task): string => taskArn.slice(taskArn.lastIndexOf('/') + 1)
const containerId = (task: Task, name: string): string =>
  task.containers?.find((container) => container.name === name)?.runtimeId ?? ''

interface Line {
  readonly log: string
  readonly [member: string]: string
}

const records = (family: string, tag: string): Line[] => {
  const file = path.join(outputOf(family), tag)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Line)
}

const logs = (family: string, tag: string): string[] => records(family, tag).map(({ log }) => log)

const sections = (family: string) =>
  JSON.parse(readFileSync(path.join(outputOf(family), 'config.json'), 'utf8')) as {
    readonly kind: string
    readonly name: string
    readonly tag: string
    readonly options: Record<string, string>
    readonly record: Record<string, string>
  }[]

/** Of all tasks that have a router on this host. */
const directories = (): string[] => {
  const found = readdirSync(longshore.dataDir, { recursive: true, encoding: 'utf8' })
  return found.filter((name) => path.basename(path.dirname(name)) === 'firelens').map((name) => path.basename(name))
}

/** Ends when it is told to, not without a last word. */
const SAYING_BYE = `trap 'echo bye; exit 0' TERM; i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo line $i; done; while true; do sleep 0.1; done`

const firstLines = Array.from({ length: 1000 }, (_, index) => `line ${index + 1}`)

describe('a task whose logs are routed', () => {
  it('has every line of every container under its tag, to the last', async () => {
    const family = 'two-writers'
    const secretOptions = [{ name: 'apikey', valueFrom: '/log/apikey' }]
    const options = { Name: 'file', Path: '/out', 'exclude-pattern': 'secret' }
    const other = aWriter('other', 'echo secret; echo open; sleep 600', {
      stopTimeout: 1,
      logConfiguration: { logDriver: 'awsfirelens', options, secretOptions },
    })
    const task = await run(family, [aWriter('app', SAYING_BYE), aRouter('fluentbit'), other], {
      executionRoleArn: ROLE,
    })
    const [app, side] = [`app-firelens-${taskId(task)}`, `other-firelens-${taskId(task)}`]
    await until('the lines of both', () => logs(family, app).length >= 1000 && logs(family, side).length > 0)
    expect(logs(family, side)).toEqual(['open'])
    const members = {
      ecs_cluster: 'default',
      ecs_task_arn: task.taskArn,
      ecs_task_definition: `${family}:1`,
      source: 'stdout',
      container_id: containerId(task, 'app'),
    }
    expect(records(family, app)[0]).toMatchObject(members)

    expect(sections(family)).toEqual([
      { kind: 'input', name: 'forward', tag: '', options: { unix_path: '/var/run/fluent.sock' }, record: {} },
      { kind: 'input', name: 'forward', tag: '', options: { Listen: '0.0.0.0', Port: '24224' }, record: {} },
      {
        kind: 'input',
        name: 'tcp',
        tag: 'firelens-healthcheck',
        options: { Listen: '127.0.0.1', Port: '8877' },
        record: {},
      },
      { kind: 'filter', name: 'grep', tag: 'other-firelens*', options: { Exclude: 'log secret' }, record: {} },
      {
        kind: 'filter',
        name: 'record_modifier',
        tag: '*',
        options: {},
        record: { ecs_cluster: 'default', ecs_task_arn: task.taskArn, ecs_task_definition: `${family}:1` },
      },
      { kind: 'output', name: 'null', tag: 'firelens-healthcheck', options: {}, record: {} },
      { kind: 'output', name: 'file', tag: 'app-firelens*', options: { Path: '/out' }, record: {} },
      {
        kind: 'output',
        name: 'file',
        tag: 'other-firelens*',
        options: { Path: '/out', apikey: 'hunter2' },
        record: {},
      },
    ])
    expect(docker('inspect', containerId(task, 'other'))).not.toContain('hunter2')

    expect(directories()).toContain(taskId(task))
    await stop(task)
    expect(logs(family, app)).toEqual([...firstLines, 'bye'])
    expect(existsSync(path.join(outputOf(family), 'stopped'))).toBe(true)
    await until('nothing of it to be left', () => !directories().includes(taskId(task)))
  })

  it('waits until the router is healthy where it says so, and sends it records of its own', async () => {
    const family = 'own-records'
    const healthCheck = { command: ['CMD-SHELL', 'echo hello | nc 127.0.0.1 8877 || exit 1'], interval: 5, retries: 5 }
    // ["app-firelens-own", 0, {"log": "own"}]
    const message = '\\223\\260app-firelens-own\\000\\201\\243log\\243own'
    const app = aWriter('app', `printf '${message}' | nc $FLUENT_HOST $FLUENT_PORT & sleep 600`, {
      stopTimeout: 1,
      dependsOn: [{ containerName: 'log_router', condition: 'HEALTHY' }],
    })
    const task = await run(family, [app, aRouter('fluentbit', { healthCheck })])
    await until('the record', () => logs(family, 'app-firelens-own').length > 0)
    expect(records(family, 'app-firelens-own')[0]).toMatchObject({ log: 'own', ecs_cluster: 'default' })
    await stop(task)
  })

  it('has a router that is Fluentd, is not root and has no network', async () => {
    const family = 'fluentd'
    const logConfiguration = { logDriver: 'awsfirelens' as const, options: { '@type': 'file', Path: '/out' } }
    const app = aWriter('app', 'echo one; sleep 600', { stopTimeout: 1, logConfiguration })
    const task = await run(family, [app, aRouter('fluentd', { user: '1000' })], { networkMode: 'none' })
    const tag = `app-firelens-${taskId(task)}`
    await until('the line', () => logs(family, tag).length > 0)
    expect(records(family, tag)).toEqual([expect.objectContaining({ log: 'one', ecs_cluster: 'default' })])
    expect(sections(family).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'input unix',
      'filter record_transformer',
      'output file',
    ])
    const router = docker(
      'inspect',
      '--format',
      '{{json .Config.Env}} {{.Config.User}}',
      containerId(task, 'log_router'),
    )
    expect(router).toContain('FLUENT_UID=1000')
    await stop(task)
  })

  it('keeps its lines while nobody reads them, whatever becomes of the agent', async () => {
    const family = 'outlives'
    const app = aWriter('app', 'i=0; while true; do i=$((i+1)); echo line $i; sleep 0.05; done', { stopTimeout: 1 })
    const task = await run(family, [app, aRouter('fluentbit')])
    const tag = `app-firelens-${taskId(task)}`
    await until('the first lines', () => logs(family, tag).length > 3)
    docker('kill', '--signal=STOP', containerId(task, 'log_router'))
    const killed = longshore.processId('agent')
    longshore.kill('agent')
    const seen = logs(family, tag).length
    await until('another agent', () => ![undefined, killed].includes(longshore.processId('agent')))
    await connectedInstance(client)
    docker('kill', '--signal=CONT', containerId(task, 'log_router'))
    await until('the lines of meanwhile', () => logs(family, tag).length > seen + 5)
    const found = logs(family, tag)
    expect(found).toEqual(found.map((_, index) => `line ${index + 1}`))
    await stop(task)
    await until('nothing of it to be left', () => !directories().includes(taskId(task)))
  })
})

describe('a router that dies', () => {
  const app = (): ContainerDefinition => aWriter('app', 'while true; do echo on; sleep 0.1; done', { stopTimeout: 1 })

  /** By the agent's own log. */
  const hasStopped = ({ taskArn = '' }: Task, containerName: string): boolean =>
    longshore
      .output()
      .split('\n')
      .some((line) => [taskArn, `"${containerName}"`, '"to":"STOPPED"'].every((part) => line.includes(part)))

  it('takes the task along if it is essential', async () => {
    const task = await run('dies-essential', [app(), aRouter('fluentbit')])
    docker('kill', containerId(task, 'log_router'))
    const { stoppedReason, stopCode } = await reached(client, task.taskArn ?? '', 'STOPPED')
    expect({ stoppedReason, stopCode }).toEqual({
      stoppedReason: 'Essential container in task exited',
      stopCode: 'EssentialContainerExited',
    })
  })

  it('leaves the others running if it is not, and they can be stopped', async () => {
    const task = await run('dies', [app(), aRouter('fluentbit', { essential: false })])
    docker('kill', containerId(task, 'log_router'))
    // The control plane hears of it with the next change of the task, or half a minute later.
    await until('the agent to have seen it', () => hasStopped(task, 'log_router'))
    expect(await describeTask(client, task.taskArn ?? '')).toMatchObject({ lastStatus: 'RUNNING' })
    expect(docker('inspect', '--format', '{{.State.Running}}', containerId(task, 'app'))).toBe('true\n')
    const { containers = [] } = await stop(task)
    expect(containers.map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED', 'STOPPED'])
  })
})

describe('a definition', () => {
  it('that says nowhere what its output is stops its task, which says so', async () => {
    const logConfiguration = { logDriver: 'awsfirelens' as const, options: { Path: '/out' } }
    await register('no-output', [aWriter('app', 'true', { logConfiguration }), aRouter('fluentbit')])
    const { tasks: [task] = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'no-output' }))
    const { stopCode, stoppedReason } = await reached(client, task?.taskArn ?? '', 'STOPPED')
    expect({ stopCode, stoppedReason }).toEqual({
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        'unable to generate firelens config file: unable to apply log options of container app to firelens config: ' +
        'missing output key Name which is required for firelens configuration of type fluentbit',
    })
  })

  it('says of its router that it is root, and what an instance has to offer', async () => {
    const { taskDefinition } = await register('described', [aWriter('app', 'true'), aRouter('fluentbit')])
    expect(taskDefinition?.containerDefinitions?.map(({ user }) => user)).toEqual([undefined, '0'])
    expect(taskDefinition?.requiresAttributes?.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'com.amazonaws.ecs.capability.logging-driver.awsfirelens',
        'ecs.capability.firelens.fluentbit',
      ]),
    )
  })

  it('is refused if an option would be more than one', async () => {
    const logConfiguration = { logDriver: 'awsfirelens' as const, options: { Name: 'file', Path: '/\n[OUTPUT]' } }
    await expect(
      register('refused', [aWriter('app', 'true', { logConfiguration }), aRouter('fluentbit')]),
    ).rejects.toThrow(
      "Invalid log option 'Path' of container 'app' for the log router: its value is not one line of text.",
    )
  })

  it('that has its configuration in S3 is placed on no such instance', async () => {
    const firelensConfiguration = {
      type: 'fluentbit' as const,
      options: { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::bucket/extra.conf' },
    }
    await register('from-s3', [aWriter('app', 'true'), aRouter('fluentbit', { firelensConfiguration })])
    const { failures } = await client.send(new RunTaskCommand({ taskDefinition: 'from-s3' }))
    expect(failures?.map(({ reason }) => reason)).toEqual(['ATTRIBUTE'])
  })
})
