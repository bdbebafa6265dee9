/**
 * Goal: what containers write arrives where their log configuration says, by every driver; by awslogs every line once and in order, whatever
 * becomes of the control plane meanwhile, and the last ones before the task is told to have ended.
 *
 * Method: a control plane that checks signatures and asks policies, supervised as by `up`, and a container host in a network of its own. The
 * other drivers write to listeners of the test.
 */
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  type ContainerDefinition,
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
import { describeTask, reached } from './command/containers.ts'
import { type ContainerHost, startContainerHost } from './container-host.ts'
import { addHostLink, type HostLink } from './host-link.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'

const GROUP = '/e2e/logs'
const EXECUTION_ROLE = 'execution'

let link: HostLink
let longshore: RunningLongshore
let host: ContainerHost
let image: string
let iam: IAMClient
let logs: CloudWatchLogsClient
let ssm: SSMClient

beforeAll(async () => {
  link = addHostLink()
  longshore = await startLongshore({
    isDev: false,
    args: ['--no-agent', `--host=${link.address}`, '--plain-http'],
  })
  const { accessKeyId = '', secretAccessKey = '' } = readRootKey(longshore.dataDir) ?? {}
  const client = { endpoint: longshore.endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } }
  ;[iam, logs, ssm] = [new IAMClient(client), new CloudWatchLogsClient(client), new SSMClient(client)]
  host = await startContainerHost({
    endpoint: longshore.endpoint,
    link,
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
    },
  })
  image = await buildBusyboxImage(host.engine.socket)
  await connectedInstance(longshore.client)
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }))
  await createRole(EXECUTION_ROLE, [
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'logs:CreateLogGroup',
    'ssm:GetParameters',
  ])
})

afterAll(async () => {
  for (const client of [iam, logs, ssm]) client.destroy()
  await host.stop()
  await longshore.stop()
  link.remove()
})

const createRole = async (name: string, actions: readonly string[]): Promise<void> => {
  const AssumeRolePolicyDocument = trustingService('ecs-tasks.amazonaws.com')
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }))
  const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'what-it-may', PolicyDocument }))
}

const awslogs = (options: Record<string, string> = {}): ContainerDefinition['logConfiguration'] => ({
  logDriver: 'awslogs',
  options: { 'awslogs-group': GROUP, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'e2e', ...options },
})

const shell = (script: string, given: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name: 'app',
  image,
  memory: 64,
  stopTimeout: 2,
  command: ['sh', '-c', script],
  ...given,
})

const run = async (
  containers: readonly ContainerDefinition[],
  given: Partial<RegisterTaskDefinitionRequest> = { executionRoleArn: EXECUTION_ROLE },
) => {
  const { taskDefinition } = await longshore.client.send(
    new RegisterTaskDefinitionCommand({ family: 'logging', containerDefinitions: [...containers], ...given }),
  )
  return longshore.client.send(new RunTaskCommand({ taskDefinition: taskDefinition?.taskDefinitionArn }))
}

const start = async (...parameters: Parameters<typeof run>): Promise<string> => {
  const { tasks: [task] = [], failures } = await run(...parameters)
  if (task?.taskArn === undefined) throw new Error(JSON.stringify(failures))
  return task.taskArn
}

/** The task, when it has stopped. */
const ended = async (taskArn: string): Promise<Task> => {
  await reached(longshore.client, taskArn, 'STOPPED')
  return (await describeTask(longshore.client, taskArn)) ?? {}
}

const taskIdOf = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf('/') + 1)

/** What a stream has; no more than there is need of where somebody writes on. */
const messagesOf = async (
  logStreamName: string,
  logGroupName = GROUP,
  need = Number.POSITIVE_INFINITY,
): Promise<string[]> => {
  const messages: string[] = []
  let nextToken: string | undefined
  for (;;) {
    const page = await logs.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, nextToken }),
    )
    messages.push(...(page.events ?? []).map(({ message = '' }) => message))
    if (page.nextForwardToken === nextToken || messages.length >= need) return messages
    nextToken = page.nextForwardToken
  }
}

const streamOf = (taskArn: string, container = 'app'): string => `e2e/${container}/${taskIdOf(taskArn)}`

const running = (taskArn: string): Promise<unknown> => reached(longshore.client, taskArn, 'RUNNING')

/** What a container has written, as the engine itself has kept it; with the engine's complaint if it has not. */
const written = async (taskArn: string): Promise<string[]> => {
  const { containers: [container] = [] } = (await describeTask(longshore.client, taskArn)) ?? {}
  const parameters = ['--host', host.engine.host, 'logs', container?.runtimeId ?? '']
  const { stdout, stderr } = spawnSync('docker', parameters, { encoding: 'utf8', maxBuffer: 1 << 28 })
  return `${stdout}${stderr}`.trimEnd().split('\n')
}

/** Waits until the stream has that many events at least. */
const untilStored = (logStreamName: string, count: number): Promise<unknown> =>
  until(`${count} events of ${logStreamName}`, async () => {
    try {
      return (await messagesOf(logStreamName, GROUP, count)).length >= count
    } catch (error) {
      // Nobody answers while the control plane is down.
      if (
        error instanceof ResourceNotFoundException ||
        !(error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
      )
        return false
      throw error
    }
  })

const COUNT = 100_000
const PADDING = 'x'.repeat(480)

/** At full speed, as far as the log driver takes them. */
const WRITING = `busybox awk 'BEGIN { for (i = 1; i <= ${COUNT}; i++) printf "%d ${PADDING}\\n", i }'`

const numbersIn = (messages: readonly string[]): number[] => messages.map((message) => Number(message.split(' ', 1)[0]))
const inOrder = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

const freezeServer = (): void => {
  const server = longshore.processId('server')
  if (server === undefined) throw new Error('there is no server')
  process.kill(server, 'SIGSTOP')
}

/** The one container that runs has made its file. */
const untilWritten = async (): Promise<void> => {
  const [container = ''] = await host.engine.runningContainers()
  await until('the container to have written', () => {
    const parameters = ['--host', host.engine.host, 'exec', container, 'test', '-e', '/tmp/done']
    return spawnSync('docker', parameters).status === 0
  })
}

describe('awslogs', () => {
  it('writes each container of a task to a stream of its own, with the execution role', async () => {
    const taskArn = await start([
      shell('echo one; echo two', { name: 'a', logConfiguration: awslogs() }),
      shell('echo three', { name: 'b', logConfiguration: awslogs({ mode: 'blocking' }) }),
    ])
    await ended(taskArn)
    expect(await messagesOf(streamOf(taskArn, 'a'))).toEqual(['one', 'two'])
    expect(await messagesOf(streamOf(taskArn, 'b'))).toEqual(['three'])
  })

  it('has every line once and in order although the control plane is killed twice in the middle', async () => {
    const taskArn = await start([shell(WRITING, { logConfiguration: awslogs({ mode: 'blocking' }) })])
    const stream = streamOf(taskArn)
    for (const count of [1000, 40_000]) {
      await untilStored(stream, count)
      longshore.kill('server')
    }
    await ended(taskArn)
    expect(numbersIn(await messagesOf(stream))).toEqual(inOrder(COUNT))
  })

  it('loses nothing of what fits into the buffer while the control plane is away, and does not stop the container', async () => {
    const script = `sleep 2; seq 1 ${COUNT}; echo done > /tmp/done; sleep 600`
    const taskArn = await start([shell(script, { logConfiguration: awslogs() })])
    await running(taskArn)
    freezeServer()
    await untilWritten()
    longshore.kill('server')
    await untilStored(streamOf(taskArn), COUNT)
    expect(numbersIn(await messagesOf(streamOf(taskArn)))).toEqual(inOrder(COUNT))
    await longshore.client.send(new StopTaskCommand({ task: taskArn }))
    await ended(taskArn)
  })

  it.each(['blocking', 'non-blocking'])(
    'keeps lines that wait for the control plane when the agent is killed, mode %s',
    async (mode) => {
      // The driver sends what it has every five seconds.
      const script = `sleep 2; seq 1 ${COUNT}; sleep 6; echo done > /tmp/done; sleep 600`
      const taskArn = await start([shell(script, { logConfiguration: awslogs({ mode }) })])
      await running(taskArn)
      freezeServer()
      await untilWritten()
      await host.loseAgent()
      longshore.kill('server')
      await host.restore()
      await untilStored(streamOf(taskArn), COUNT)
      expect(numbersIn(await messagesOf(streamOf(taskArn)))).toEqual(inOrder(COUNT))
      await longshore.client.send(new StopTaskCommand({ task: taskArn }))
      await ended(taskArn)
      expect(numbersIn(await messagesOf(streamOf(taskArn)))).toEqual(inOrder(COUNT))
    },
  )

  it('has the last lines of a task that is stopped while it writes when the task is told to have stopped', async () => {
    const script = 'trap "echo last; exit" TERM; i=1; while true; do echo $i; i=$((i + 1)); done'
    for (const mode of ['blocking', 'non-blocking']) {
      const taskArn = await start([shell(script, { stopTimeout: 10, logConfiguration: awslogs({ mode }) })])
      await untilStored(streamOf(taskArn), 20_000)
      await longshore.client.send(new StopTaskCommand({ task: taskArn }))
      await ended(taskArn)
      const stored = await messagesOf(streamOf(taskArn))
      expect([mode, stored.at(-1)]).toEqual([mode, 'last'])
      expect(numbersIn(stored.slice(0, -1))).toEqual(inOrder(stored.length - 1))
    }
  })

  it.each<[string, Record<string, string>, string, string[]]>([
    [
      'a pattern',
      { 'awslogs-multiline-pattern': '^INFO' },
      'INFO a\\n at b\\n at c\\nINFO d\\n',
      ['INFO a\n at b\n at c', 'INFO d'],
    ],
    [
      'a date',
      { 'awslogs-datetime-format': '%Y-%m-%d' },
      '2026-01-01 a\\nb\\n2026-01-02 c\\n',
      ['2026-01-01 a\nb', '2026-01-02 c'],
    ],
  ])('makes one event of the lines from %s to the next', async (_what, options, text, expected) => {
    const taskArn = await start([shell(`printf '${text}'`, { logConfiguration: awslogs(options) })])
    await ended(taskArn)
    const messages = await messagesOf(streamOf(taskArn))
    expect(messages.map((message) => message.trimEnd())).toEqual(expected)
  })

  it('makes the group if it is told to and may, and names the stream after the container if there is no prefix', async () => {
    const options = { 'awslogs-group': '/e2e/made', 'awslogs-region': 'us-east-1', 'awslogs-create-group': 'true' }
    const taskArn = await start([shell('echo one', { logConfiguration: { logDriver: 'awslogs', options } })])
    const { containers: [container] = [] } = await ended(taskArn)
    expect(await messagesOf(container?.runtimeId ?? '', '/e2e/made')).toEqual(['one'])
  })

  it('does not start containers that may not log, and says why', async () => {
    await createRole('silent', ['ssm:GetParameters'])
    const denied = await start([shell('true', { logConfiguration: awslogs() })], { executionRoleArn: 'silent' })
    expect((await ended(denied)).containers?.[0]?.reason).toMatch(
      /^CannotStartContainerError: .*assumed-role\/silent\/.* is not authorized to perform: logs:CreateLogStream/,
    )
    const lost = await start([shell('true', { logConfiguration: awslogs({ 'awslogs-group': '/nowhere' }) })])
    expect((await ended(lost)).containers?.[0]?.reason).toMatch(/The specified log group does not exist/)
  })

  it('writes with the permissions of the container instance where there is no execution role', async () => {
    const taskArn = await start([shell('echo one', { logConfiguration: awslogs() })], {})
    await ended(taskArn)
    expect(await messagesOf(streamOf(taskArn))).toEqual(['one'])
  })

  it('goes on after the agent was started anew', async () => {
    const script = 'trap "echo last; exit" TERM; i=1; while true; do echo $i; i=$((i + 1)); sleep 0.1; done'
    const taskArn = await start([shell(script, { stopTimeout: 10, logConfiguration: awslogs() })])
    await untilStored(streamOf(taskArn), 1)
    for (const end of [() => host.endAgent(), () => host.loseAgent()]) {
      await end()
      await host.restore()
      const before = (await messagesOf(streamOf(taskArn))).length
      await untilStored(streamOf(taskArn), before + 10)
    }
    await longshore.client.send(new StopTaskCommand({ task: taskArn }))
    await ended(taskArn)
    expect((await messagesOf(streamOf(taskArn))).at(-1)).toBe('last')
  })
})

describe('other log drivers', () => {
  const runWith = async (logConfiguration: ContainerDefinition['logConfiguration']): Promise<string> => {
    const taskArn = await start([shell('echo hello', { logConfiguration })])
    const { containers: [container] = [] } = await ended(taskArn)
    expect([container?.reason, container?.exitCode]).toEqual([undefined, 0])
    return taskArn
  }

  it.each(['json-file', 'local'])('%s keeps lines on the host', async (logDriver) => {
    const taskArn = await runWith({ logDriver: logDriver as 'json-file', options: { 'max-size': '1m' } })
    expect(await written(taskArn)).toEqual(['hello'])
  })

  it('none keeps nothing', async () => {
    const taskArn = await runWith({ logDriver: 'none' as never })
    expect((await written(taskArn)).join('')).toContain('does not support reading')
  })

  it.each([
    ['syslog', { 'syslog-address': 'udp://', tag: 'mine' }, /^<\d+>.*mine\[\d+\]: hello/],
    ['gelf', { 'gelf-address': 'udp://', 'gelf-compression-type': 'none' }, /"short_message":"hello"/],
  ] as const)('%s sends lines to its server', async (logDriver, { ...options }, expected) => {
    const socket = createSocket('udp4').bind(0, link.address)
    await once(socket, 'listening')
    const heard = once(socket, 'message') as Promise<[Buffer]>
    const name = `${logDriver}-address`
    await runWith({ logDriver, options: { ...options, [name]: `udp://${link.address}:${socket.address().port}` } })
    expect((await heard)[0].toString()).toMatch(expected)
    socket.close()
  })

  it('fluentd sends lines to its server', async () => {
    const heard: Buffer[] = []
    const server = createTcpServer((socket) => socket.on('data', (chunk) => heard.push(chunk))).listen(0, link.address)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await runWith({ logDriver: 'fluentd', options: { 'fluentd-address': `${link.address}:${port}`, tag: 'mine' } })
    expect(await until('the line', () => /mine.*hello/s.exec(Buffer.concat(heard).toString())?.[0])).toContain('hello')
    server.close()
  })

  it('splunk sends lines with the token that is a secret, which stands nowhere else', async () => {
    const token = 'the-secret-token'
    await ssm.send(new PutParameterCommand({ Name: '/splunk/token', Value: token, Type: 'SecureString' }))
    const heard: { readonly authorization: string | undefined; readonly body: string }[] = []
    const server: Server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        heard.push({ authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() })
        response.end('{"text":"Success","code":0}')
      })
    }).listen(0, link.address)
    await once(server, 'listening')
    const options = {
      'splunk-url': `http://${link.address}:${(server.address() as AddressInfo).port}`,
      'splunk-format': 'raw',
    }
    await runWith({
      logDriver: 'splunk',
      options,
      secretOptions: [{ name: 'splunk-token', valueFrom: '/splunk/token' }],
    })
    await until('the line', () => heard.some(({ body }) => body.includes('hello')))
    expect(heard.find(({ body }) => body.includes('hello'))?.authorization).toBe(`Splunk ${token}`)
    expect(host.output() + longshore.output()).not.toContain(token)
    server.closeAllConnections()
    server.close()
  })

  it('are not placed where they are not to be had', async () => {
    const reasonFor = async (logConfiguration: ContainerDefinition['logConfiguration']) =>
      (await run([shell('true', { logConfiguration })])).failures?.[0]?.reason
    await host.endAgent()
    await host.restore({ ECS_AVAILABLE_LOGGING_DRIVERS: '["json-file","syslog"]' })
    await until('the agent without awslogs', async () => (await reasonFor(awslogs())) === 'ATTRIBUTE')
    expect(await reasonFor({ logDriver: 'gelf' })).toBe('ATTRIBUTE')
    expect(await reasonFor({ logDriver: 'json-file' })).toBeUndefined()
  })
})
