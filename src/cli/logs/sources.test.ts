import type { ECSClient, Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { LogSources } from './sources.ts'

const options = (prefix?: string) => ({
  'awslogs-group': 'group',
  ...(prefix && { 'awslogs-stream-prefix': prefix, 'awslogs-region': 'eu-west-1' }),
})

const DEFINITIONS = [
  { name: 'web', logConfiguration: { logDriver: 'awslogs', options: options('one') } },
  { name: 'bare', logConfiguration: { logDriver: 'awslogs', options: options() } },
  { name: 'local' },
  { name: 'routed', logConfiguration: { logDriver: 'awsfirelens' } },
  { name: 'silent', logConfiguration: { logDriver: 'none' } },
]

const TASK: Task = {
  taskArn: 'arn:aws:ecs:us-east-1:000000000000:task/default/0123456789abcdef',
  taskDefinitionArn: 'arn',
  containers: [{ name: 'bare', runtimeId: 'runtime' }],
}

const sourcesOf = (containerName?: string) => {
  let calls = 0
  const send = async () => {
    calls++
    return { taskDefinition: { containerDefinitions: DEFINITIONS } }
  }
  const sources = new LogSources({ send } as unknown as ECSClient, 'us-east-1')
  return { found: sources.of(TASK, containerName), again: () => sources.of(TASK), calls: () => calls }
}

describe('where the containers of a task write', () => {
  it('is by their definition, in the streams that ECS names', async () => {
    const { sources } = await sourcesOf().found
    expect(sources.map(({ logStreamName, region }) => [logStreamName, region])).toEqual([
      ['one/web/0123456789abcdef', 'eu-west-1'],
      ['runtime', 'us-east-1'],
    ])
  })

  it('is told in a sentence where it cannot be read', async () => {
    const { notes } = await sourcesOf().found
    expect(notes).toEqual([
      expect.stringContaining('Container local: the log driver json-file') as string,
      expect.stringContaining("Container routed: its lines go through the task's log router") as string,
      'Container silent: its log driver is none, so that its lines are nowhere.',
    ])
  })

  it('is asked for once, of one container too', async () => {
    const { found, again, calls } = sourcesOf('web')
    expect(await found).toMatchObject({ sources: [{ containerName: 'web' }], notes: [] })
    await again()
    expect(calls()).toBe(1)
  })
})
