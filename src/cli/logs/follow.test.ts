import { ServiceNotFoundException, type Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { Follower } from './follow.ts'
import type { StreamReader } from './stream-reader.ts'

const aTask = (id: string, lastStatus = 'RUNNING'): Task => ({ taskArn: `arn/${id}`, lastStatus })

const aWorld = (endsWithTasks = false) => {
  const clock = new ManualClock()
  const ending = new AbortController()
  const world = {
    tasks: async (): Promise<readonly Task[]> => [],
    printed: [] as string[],
    notes: [] as string[],
    /** What tasks have written and nobody has read. */
    unread: new Map<string, string[]>(),
    reads: 0,
  }
  const readerOf = ({ taskArn = '' }: Task): StreamReader => {
    const source = { taskId: taskArn, containerName: 'web', logGroupName: 'g', logStreamName: 's', region: 'r' }
    const next = async () => {
      world.reads++
      const lines = world.unread.get(taskArn) ?? []
      world.unread.delete(taskArn)
      return lines.map((message) => ({ source, timestamp: 0, message }))
    }
    return { source, next }
  }
  const follower = new Follower({
    clock,
    tasks: () => world.tasks(),
    readersOf: async (task) => [readerOf(task)],
    print: async (lines) => void world.printed.push(...lines.map(({ message }) => message)),
    note: (sentence) => void world.notes.push(sentence),
    endsWithTasks,
    signal: ending.signal,
  })
  return { world, clock, follower, readerOf, end: () => ending.abort() }
}

describe('following', () => {
  it('takes in tasks that come and reads those that go until nothing has come for a while', async () => {
    const { world, clock, follower, end } = aWorld()
    world.tasks = async () => [aTask('one')]
    const running = follower.run()
    await clock.advance(1000)
    world.unread.set('arn/one', ['hello'])
    await clock.advance(2000)
    world.tasks = async () => [aTask('two')]
    await clock.advance(4000)
    world.unread.set('arn/one', ['last words'])
    world.unread.set('arn/two', ['first words'])
    await clock.advance(20_000)
    world.unread.set('arn/one', ['nobody listens'])
    await clock.advance(20_000)
    expect(world.printed.toSorted()).toEqual(['first words', 'hello', 'last words'])
    expect(world.notes).toEqual(['Task one has come.', 'Task two has come.', 'Task one goes.'])
    end()
    await running
  })

  it('asks often while lines come, and seldom while none do', async () => {
    const { world, clock, follower, readerOf, end } = aWorld()
    world.tasks = async () => [aTask('one')]
    follower.add(aTask('one'), [readerOf(aTask('one'))])
    const running = follower.run()
    await clock.advance(60_000)
    world.reads = 0
    await clock.advance(20_000)
    expect(world.reads).toBeLessThanOrEqual(11)
    end()
    await running
  })

  it('ends with its task, after the last lines', async () => {
    const { world, clock, follower, readerOf } = aWorld(true)
    const stopped = { ...aTask('one', 'STOPPED'), stoppedReason: 'enough' }
    follower.add(stopped, [readerOf(stopped)])
    world.tasks = async () => [stopped]
    world.unread.set('arn/one', ['last words'])
    let isOver = false
    const running = follower.run().then(() => (isOver = true))
    await clock.advance(5000)
    expect(isOver).toBe(false)
    await clock.advance(10_000)
    await running
    expect(world).toMatchObject({ printed: ['last words'], notes: ['Task one has stopped: enough'] })
  })

  it('waits for a control plane that is away, and goes on without a service that is gone', async () => {
    const { world, clock, follower, end } = aWorld()
    world.tasks = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
    const running = follower.run()
    await clock.advance(10_000)
    expect(world.notes).toEqual(['Longshore does not answer; waiting for it.'])
    world.tasks = () => Promise.reject(new ServiceNotFoundException({ message: 'gone', $metadata: {} }))
    await clock.advance(10_000)
    end()
    await running
    const broken = aWorld()
    broken.world.tasks = () => Promise.reject(new Error('a mistake'))
    await expect(broken.follower.run()).rejects.toThrow('a mistake')
  })
})
