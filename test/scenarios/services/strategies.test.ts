/** Services that are not replicas rolled by ECS: one task per instance, and task sets that somebody else rolls. */
import { describe, expect, it } from 'vitest'
import { world } from '../../world.ts'
import { register } from '../control-plane/run-task.ts'
import { create, MINUTE_MS, messages, running, SECOND_MS, seen, spread } from './services.ts'

describe('a DAEMON service', () => {
  it('has one task on every instance, and on every new one', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w, { schedulingStrategy: 'DAEMON', desiredCount: undefined })
    await w.advance(MINUTE_MS)
    expect(await spread(w)).toEqual([1, 1])
    await w.addAgent()
    await w.advance(5 * SECOND_MS)
    expect(await spread(w)).toEqual([1, 1, 1])
    expect(await seen(w)).toMatchObject({ desiredCount: 3, runningCount: 3 })
    await w.advance(MINUTE_MS)
    expect((await messages(w)).at(-1)).toBe('(service web) has reached a steady state.')
  })

  it('leaves instances that do not qualify any more', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    const target = { targetType: 'container-instance', targetId: w.agents[1]!.containerInstanceArn } as const
    await w.call('PutAttributes', { attributes: [{ name: 'stack', value: 'blue', ...target }] })
    await create(w, {
      schedulingStrategy: 'DAEMON',
      desiredCount: undefined,
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack == blue' }],
    })
    await w.advance(MINUTE_MS)
    expect(await spread(w)).toEqual([0, 1])
    await w.call('DeleteAttributes', { attributes: [{ name: 'stack', ...target }] })
    await w.advance(MINUTE_MS)
    expect(await spread(w)).toEqual([0, 0])
    expect((await seen(w)).desiredCount).toBe(0)
  })

  it('does not miss the task of an instance that was lost, and has one there when it returns', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w, { schedulingStrategy: 'DAEMON', desiredCount: undefined })
    await w.advance(MINUTE_MS)
    w.agents[0]!.wire.cut()
    await w.advance(3 * MINUTE_MS)
    expect(await seen(w)).toMatchObject({ desiredCount: 1, runningCount: expect.any(Number) })
    expect(await running(w)).toHaveLength(1)
    w.agents[0]!.wire.mend()
    await w.advance(5 * MINUTE_MS)
    expect(await spread(w)).toEqual([1, 1])
    expect(await w.agents[0]!.runningContainers()).toHaveLength(1)
  })
})

describe('task sets', () => {
  it('have their share of the desired tasks each, until they are deleted', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w, { desiredCount: 3, taskDefinition: undefined, deploymentController: { type: 'EXTERNAL' } })
    const set = async (value: number) => {
      const created = await w.call('CreateTaskSet', {
        cluster: 'default',
        service: 'web',
        taskDefinition: 'web',
        scale: { value, unit: 'PERCENT' },
      })
      return created.taskSet!
    }
    const [blue, green] = [await set(100), await set(50)]
    await w.advance(MINUTE_MS)
    const described = async () =>
      (await w.call('DescribeTaskSets', { cluster: 'default', service: 'web' })).taskSets ?? []
    expect(await described()).toMatchObject([
      { computedDesiredCount: 3, runningCount: 3, stabilityStatus: 'STEADY_STATE' },
      { computedDesiredCount: 2, runningCount: 2, stabilityStatus: 'STEADY_STATE' },
    ])
    const started = (await messages(w)).filter((message) => message.includes('has started'))
    expect(started[0]).toMatch(/^\(service web, taskSet ecs-svc\/\d{19}\) has started 3 tasks: /)
    expect(started[0]).toContain(blue.id)

    await w.call('UpdateTaskSet', {
      cluster: 'default',
      service: 'web',
      taskSet: green.taskSetArn,
      scale: { value: 0, unit: 'PERCENT' },
    })
    await w.call('DeleteTaskSet', { cluster: 'default', service: 'web', taskSet: blue.taskSetArn, force: true })
    await w.advance(MINUTE_MS)
    expect(await running(w)).toHaveLength(0)
    expect((await described()).map(({ id }) => id)).toEqual([green.id])
  })
})
