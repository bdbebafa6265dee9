/** The main scenario through the AWS SDK for JavaScript, its waiters and paginators included, on the real engine. */
import {
  DescribeTasksCommand,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from './busybox-image.ts'
import { connectedInstance, type RunningLongshore, startLongshore } from './longshore.ts'

const WAITER = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 }

describe('the AWS SDK for JavaScript', () => {
  let longshore: RunningLongshore
  let image: string

  beforeAll(async () => {
    image = await buildBusyboxImage()
    longshore = await startLongshore()
    await connectedInstance(longshore.client)
  })

  afterAll(() => longshore.stop())

  const register = async (family: string, command: readonly string[]): Promise<void> => {
    await longshore.client.send(
      new RegisterTaskDefinitionCommand({
        family,
        containerDefinitions: [
          {
            name: 'main',
            image,
            memory: 16,
            command: [...command],
            stopTimeout: 2,
            portMappings: [{ containerPort: 80 }],
          },
        ],
      }),
    )
  }

  it('runs a task, waits until it runs, stops it, waits until it stopped', async () => {
    const { client } = longshore
    await register('web', ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1; done'])
    const { tasks = [], failures } = await client.send(
      new RunTaskCommand({ taskDefinition: 'web', count: 2, startedBy: 'sdk' }),
    )
    expect(failures).toEqual([])
    const arns = tasks.map(({ taskArn }) => taskArn ?? '')
    await waitUntilTasksRunning({ client, ...WAITER }, { tasks: arns })
    const running = await client.send(new DescribeTasksCommand({ tasks: arns }))
    for (const task of running.tasks ?? []) {
      expect(task).toMatchObject({
        lastStatus: 'RUNNING',
        desiredStatus: 'RUNNING',
        connectivity: 'CONNECTED',
        launchType: 'EC2',
      })
      expect(task.containers?.[0]?.networkBindings?.[0]).toMatchObject({
        containerPort: 80,
        protocol: 'tcp',
        bindIP: '0.0.0.0',
      })
      expect(task.containers?.[0]?.runtimeId).toMatch(/^[0-9a-f]{64}$/)
    }
    for (const task of arns) await client.send(new StopTaskCommand({ task, reason: 'enough' }))
    await waitUntilTasksStopped({ client, ...WAITER }, { tasks: arns })
    const stopped = await client.send(new DescribeTasksCommand({ tasks: arns }))
    for (const task of stopped.tasks ?? []) {
      expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'enough' })
      expect(task.stoppedAt).toBeInstanceOf(Date)
    }
  })

  it('pages through tasks', async () => {
    const { client } = longshore
    await register('sleeper', ['sleep', '600'])
    const started = await client.send(new RunTaskCommand({ taskDefinition: 'sleeper', count: 5 }))
    expect(started.tasks).toHaveLength(5)
    const pages: number[] = []
    for await (const { taskArns = [] } of paginateListTasks({ client, pageSize: 2 }, { family: 'sleeper' }))
      pages.push(taskArns.length)
    expect(pages).toEqual([2, 2, 1])
    for (const { taskArn } of started.tasks ?? []) await client.send(new StopTaskCommand({ task: taskArn }))
  })

  it('reports the exit of an essential container in ECS words', async () => {
    const { client } = longshore
    await register('failing', ['sh', '-c', 'exit 7'])
    const { tasks = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'failing' }))
    await waitUntilTasksStopped({ client, ...WAITER }, { tasks: [tasks[0]?.taskArn ?? ''] })
    const { tasks: stopped = [] } = await client.send(new DescribeTasksCommand({ tasks: [tasks[0]?.taskArn ?? ''] }))
    expect(stopped[0]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    })
    expect(stopped[0]?.containers?.[0]).toMatchObject({ exitCode: 7, lastStatus: 'STOPPED' })
  })

  it('reports an image that cannot be had', async () => {
    const { client } = longshore
    await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'imageless',
        containerDefinitions: [{ name: 'main', image: 'localhost:1/no-such-image:1', memory: 16 }],
      }),
    )
    const { tasks = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'imageless' }))
    await waitUntilTasksStopped({ client, ...WAITER }, { tasks: [tasks[0]?.taskArn ?? ''] })
    const { tasks: stopped = [] } = await client.send(new DescribeTasksCommand({ tasks: [tasks[0]?.taskArn ?? ''] }))
    expect(stopped[0]).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' })
    expect(stopped[0]?.containers?.[0]?.reason).toMatch(/^CannotPull(Container|ImageManifest)Error: /)
    expect(stopped[0]?.containers?.[0]?.exitCode).toBeUndefined()
  })

  it('answers a repeated client token with the same task', async () => {
    const { client } = longshore
    const input = { taskDefinition: 'sleeper', clientToken: 'only-once' }
    const [first, second] = [await client.send(new RunTaskCommand(input)), await client.send(new RunTaskCommand(input))]
    expect(second.tasks?.[0]?.taskArn).toBe(first.tasks?.[0]?.taskArn)
    await expect(client.send(new RunTaskCommand({ ...input, count: 2 }))).rejects.toMatchObject({
      name: 'ConflictException',
    })
    await client.send(new StopTaskCommand({ task: first.tasks?.[0]?.taskArn }))
  })
})
