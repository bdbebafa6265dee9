/** The main scenario through Debian's AWS CLI, waiters included, on the real engine. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from './busybox-image.ts'
import { connectedInstance, type RunningLongshore, startLongshore } from './longshore.ts'

/** Debian's; a `aws` earlier in the path may be another. */
const AWS = '/usr/bin/aws'

describe('the AWS CLI', () => {
  let longshore: RunningLongshore
  let image: string

  beforeAll(async () => {
    image = await buildBusyboxImage()
    longshore = await startLongshore()
    await connectedInstance(longshore.client)
  })

  afterAll(() => longshore.stop())

  const run = (service: string, ...args: string[]) =>
    spawnSync(
      AWS,
      ['--endpoint-url', longshore.endpoint, '--region', 'us-east-1', '--output', 'json', service, ...args],
      {
        encoding: 'utf8',
        env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      },
    )

  const aws = (service: string, ...args: string[]): Record<string, never> => {
    const { status, stdout, stderr } = run(service, ...args)
    if (status !== 0) throw new Error(stderr)
    return (stdout.trim() === '' ? {} : JSON.parse(stdout)) as Record<string, never>
  }

  it('says who is calling', () => {
    expect(aws('sts', 'get-caller-identity')).toMatchObject({
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:root',
    })
  })

  it('runs a task from registration to its end', () => {
    const definitions = JSON.stringify([{ name: 'main', image, memory: 16, command: ['sleep', '300'], stopTimeout: 1 }])
    aws('ecs', 'register-task-definition', '--family', 'cli', '--container-definitions', definitions)
    const started = aws('ecs', 'run-task', '--task-definition', 'cli', '--count', '2') as unknown as {
      tasks: { taskArn: string }[]
      failures: []
    }
    expect(started.failures).toEqual([])
    const arns = started.tasks.map(({ taskArn }) => taskArn)
    aws('ecs', 'wait', 'tasks-running', '--tasks', ...arns)
    expect(aws('ecs', 'list-tasks', '--family', 'cli')).toMatchObject({ taskArns: expect.arrayContaining(arns) })
    for (const arn of arns) aws('ecs', 'stop-task', '--task', arn)
    aws('ecs', 'wait', 'tasks-stopped', '--tasks', ...arns)
    const described = aws('ecs', 'describe-tasks', '--tasks', ...arns) as unknown as {
      tasks: { lastStatus: string; stopCode: string }[]
    }
    expect(described.tasks.map(({ lastStatus, stopCode }) => [lastStatus, stopCode])).toEqual([
      ['STOPPED', 'UserInitiated'],
      ['STOPPED', 'UserInitiated'],
    ])
  })

  it('shows faults as AWS words them', () => {
    const { status, stderr } = run('ecs', 'list-tasks', '--cluster', 'nowhere')
    expect(status).not.toBe(0)
    expect(stderr).toContain(
      'An error occurred (ClusterNotFoundException) when calling the ListTasks operation: Cluster not found.',
    )
  })

  it('names an operation that is not there yet', () => {
    const { status, stderr } = run('iam', 'create-login-profile', '--user-name', 'ada', '--password', 'unused')
    expect(status).not.toBe(0)
    expect(stderr).toContain('(NotImplemented) when calling the CreateLoginProfile operation')
  })
})
