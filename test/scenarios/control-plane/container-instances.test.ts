/** Container instances as placement and operators see them: spread, drained, deregistered, forgotten. */
import type { Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { INACTIVE_INSTANCE_RETENTION_MS } from '../../../src/model/limits.ts'
import { world } from '../../world.ts'
import { aContainer, register, run, start } from './run-task.ts'

const countsByInstance = (tasks: readonly Task[]): number[] => {
  const counts = new Map<string, number>()
  for (const { containerInstanceArn = '' } of tasks)
    counts.set(containerInstanceArn, (counts.get(containerInstanceArn) ?? 0) + 1)
  return [...counts.values()].toSorted((a, b) => a - b)
}

describe('RunTask over several agents', () => {
  it('spreads tasks evenly, and each runs where it was placed', async () => {
    const w = await world({ agents: 3 })
    await register(w)
    const tasks = await start(w, { count: 9, placementStrategy: [{ type: 'spread', field: 'instanceId' }] })
    await w.advance(1000)
    expect(countsByInstance(tasks)).toEqual([3, 3, 3])
    for (const agent of w.agents) expect(await agent.runningContainers()).toHaveLength(3)
    expect((await w.tasks()).every(({ lastStatus }) => lastStatus === 'RUNNING')).toBe(true)
  })

  it('puts no two tasks that must be apart on one instance, and says what is short', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    const { tasks = [], failures = [] } = await w.call('RunTask', {
      taskDefinition: 'web',
      launchType: 'EC2',
      count: 3,
      placementConstraints: [{ type: 'distinctInstance' }],
    })
    expect(countsByInstance(tasks)).toEqual([1, 1])
    expect(failures.length).toBeGreaterThan(0)
  })

  it('chooses by the attributes that agents were given', async () => {
    const w = await world({ agents: 2 })
    const chosen = await w.addAgent({ ECS_INSTANCE_ATTRIBUTES: '{"rack":"7"}' })
    await register(w)
    const [task] = await start(w, {
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack == 7' }],
    })
    expect(task!.containerInstanceArn).toBe(chosen.containerInstanceArn)
  })
})

describe('a container instance', () => {
  it('that is DRAINING takes no new tasks and keeps those that it has', async () => {
    const w = await world()
    const task = await run(w)
    await w.advance(1000)
    const containerInstances = [w.agents[0]!.containerInstanceArn]
    await w.call('UpdateContainerInstancesState', { containerInstances, status: 'DRAINING' })

    const refused = await w.call('RunTask', { taskDefinition: 'web', launchType: 'EC2' })
    expect(refused).toMatchObject({ tasks: [], failures: [{ reason: expect.any(String) }] })
    await w.advance(60_000)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'RUNNING' })

    await w.call('UpdateContainerInstancesState', { containerInstances, status: 'ACTIVE' })
    await start(w)
  })

  it('is deregistered with tasks on it only by force; its containers are left alone and its agent waits', async () => {
    const w = await world()
    const task = await run(w)
    await w.advance(1000)
    const { containerInstanceArn } = w.agents[0]!
    await expect(
      w.call('DeregisterContainerInstance', { containerInstance: containerInstanceArn }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException', message: 'Found running tasks on the instance.' })

    await w.call('DeregisterContainerInstance', { containerInstance: containerInstanceArn, force: true })
    await w.advance(10 * 60_000)
    expect(await w.task(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'Container instance deregistration forced by user',
    })
    expect(await w.agents[0]!.runningContainers()).toHaveLength(1)
    const { containerInstances } = await w.call('DescribeContainerInstances', {
      containerInstances: [containerInstanceArn],
    })
    expect(containerInstances).toMatchObject([{ status: 'INACTIVE', agentConnected: false }])
  })

  it('is a new one when the agent of a deregistered one starts again, without what it ran before', async () => {
    const w = await world()
    await run(w)
    await w.advance(1000)
    const former = w.agents[0]!.containerInstanceArn
    await w.call('DeregisterContainerInstance', { containerInstance: former, force: true })
    w.agents[0]!.restart()
    await w.advance(60_000)

    expect(w.agents[0]!.containerInstanceArn).not.toBe(former)
    const { containerInstanceArns } = await w.call('ListContainerInstances', { status: 'ACTIVE' })
    expect(containerInstanceArns).toEqual([w.agents[0]!.containerInstanceArn])
    expect(await w.agents[0]!.runningContainers()).toEqual([])
    await start(w)
  })

  it('is forgotten a day after it was deregistered', async () => {
    const w = await world()
    const { containerInstanceArn } = w.agents[0]!
    await w.call('DeregisterContainerInstance', { containerInstance: containerInstanceArn })
    w.agents[0]!.kill()
    const described = async () =>
      await w.call('DescribeContainerInstances', { containerInstances: [containerInstanceArn] })
    expect(await described()).toMatchObject({ containerInstances: [{ status: 'INACTIVE' }] })
    await w.clock.advance(INACTIVE_INSTANCE_RETENTION_MS + 600_000)
    expect(await described()).toMatchObject({
      containerInstances: [],
      failures: [{ arn: containerInstanceArn, reason: 'MISSING' }],
    })
  })

  it('has room for what fits, and no more', async () => {
    const w = await world()
    await register(w, aContainer({ memory: 30_000 }))
    const { tasks = [], failures } = await w.call('RunTask', { taskDefinition: 'web', launchType: 'EC2', count: 3 })
    expect(tasks).toHaveLength(2)
    expect(failures).toEqual([{ arn: w.agents[0]!.containerInstanceArn, reason: 'RESOURCE:MEMORY' }])
  })
})
