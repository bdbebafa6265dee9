/** Containers of tests on the machine's Docker Engine, seen past our own API. */
import { spawnSync } from 'node:child_process'
import {
  DescribeTasksCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { until } from '../longshore.ts'

const docker = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}

export interface Seen {
  readonly isRunning: boolean
  readonly startedAt: string
}

/** Undefined if there is no such container. */
export const look = (id: string): Seen | undefined => {
  const [found] = docker('ps', '--all', '--no-trunc', '--quiet', '--filter', `id=${id}`).split('\n')
  if (!found) return undefined
  const [running, startedAt = ''] = docker('inspect', '--format', '{{.State.Running}} {{.State.StartedAt}}', id).split(
    ' ',
  )
  return { isRunning: running === 'true', startedAt }
}

export const idsOfTask = (taskArn: string): string[] =>
  docker('ps', '--all', '--no-trunc', '--quiet', '--filter', `label=com.amazonaws.ecs.task-arn=${taskArn}`)
    .split('\n')
    .filter(Boolean)

export const labelOf = (id: string, name: string): string =>
  docker('inspect', '--format', `{{index .Config.Labels "${name}"}}`, id)

/** A container that is made and never started. */
export const createContainer = (image: string, labels: Readonly<Record<string, string>>): string =>
  docker('create', ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`), image)

export const removeContainer = (id: string): void => void docker('rm', '--force', '--volumes', id)

export const removeContainersOf = (tasks: readonly Task[]): void => {
  const ids = tasks.flatMap(({ taskArn = '' }) => idsOfTask(taskArn))
  if (ids.length > 0) docker('rm', '--force', '--volumes', ...ids)
}

/** Runs a task that sleeps, and waits until it runs. */
export const runSleeper = async (client: ECSClient, image: string): Promise<Task> => {
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'sleeper',
      networkMode: 'none',
      containerDefinitions: [{ name: 'main', image, memory: 16, stopTimeout: 2, command: ['sleep', '600'] }],
    }),
  )
  const { tasks: [started] = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'sleeper' }))
  return reached(client, started?.taskArn ?? '', 'RUNNING')
}

export const describeTask = async (client: ECSClient, taskArn: string): Promise<Task | undefined> => {
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: [taskArn] }))
  return tasks[0]
}

export const reached = (client: ECSClient, taskArn: string, lastStatus: string): Promise<Task> =>
  until(`task ${taskArn} to be ${lastStatus}`, async () => {
    const task = await describeTask(client, taskArn)
    return task?.lastStatus === lastStatus && task
  })
