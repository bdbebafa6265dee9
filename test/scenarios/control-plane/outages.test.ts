/** Connections that break, agents that are killed, and a control plane that is: afterwards everybody knows the same again. */
import { describe, expect, it } from 'vitest'
import { type World, world } from '../../world.ts'
import { aContainer, order, register, run, start } from './run-task.ts'

const isConnected = async (w: World): Promise<boolean | undefined> => {
  const { containerInstances = [] } = await w.call('DescribeContainerInstances', {
    containerInstances: [w.agents[0]!.containerInstanceArn],
  })
  return containerInstances[0]?.agentConnected
}

const MINUTE_MS = 60_000

describe('an agent without network', () => {
  it('is shown as disconnected, and takes no new tasks', async () => {
    const w = await world()
    const task = await run(w)
    await w.advance(1000)
    w.agents[0]!.wire.cut()
    await w.advance(1000)
    expect(await isConnected(w)).toBe(false)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'RUNNING', connectivity: 'DISCONNECTED' })

    const { tasks, failures } = await w.call('RunTask', { taskDefinition: 'web', launchType: 'EC2' })
    expect(tasks).toEqual([])
    expect(failures).toEqual([{ arn: w.agents[0]!.containerInstanceArn, reason: 'AGENT' }])
  })

  it('keeps its containers, and says what it missed when it is back', async () => {
    const w = await world()
    await register(w, aContainer(order({ 'exit-after-seconds': '90' })))
    const [ends] = await start(w)
    await register(w, aContainer({ name: 'other' }))
    const [stays, toStop] = await start(w, { count: 2 })
    await w.advance(1000)
    w.agents[0]!.wire.cut()
    await w.advance(2 * MINUTE_MS)
    await w.call('StopTask', { task: toStop!.taskArn, reason: 'meanwhile' })
    expect(await w.task(ends!)).toMatchObject({ lastStatus: 'RUNNING' })

    w.agents[0]!.wire.mend()
    await w.advance(5 * MINUTE_MS)
    expect(await isConnected(w)).toBe(true)
    expect(await w.task(ends!)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' })
    expect(await w.task(toStop!)).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'meanwhile' })
    expect(await w.task(stays!)).toMatchObject({ lastStatus: 'RUNNING', connectivity: 'CONNECTED' })
    expect(await w.agents[0]!.runningContainers()).toHaveLength(1)
  })

  it('is back at once when only its connections broke', async () => {
    const w = await world()
    w.agents[0]!.wire.dropConnections()
    await w.advance(2000)
    expect(await isConnected(w)).toBe(true)
  })
})

describe('an agent that is killed', () => {
  it('finds its containers again and starts none twice', async () => {
    const w = await world()
    await register(w)
    const tasks = await start(w, { count: 5 })
    await w.advance(1000)
    const containers = await w.agents[0]!.runningContainers()
    expect(containers).toHaveLength(5)

    const { containerInstanceArn } = w.agents[0]!
    w.agents[0]!.restart()
    await w.advance(MINUTE_MS)
    expect(await w.agents[0]!.runningContainers()).toEqual(containers)
    expect(w.agents[0]!.containerInstanceArn).toBe(containerInstanceArn)
    for (const task of tasks) expect(await w.task(task)).toMatchObject({ lastStatus: 'RUNNING' })
    expect(await isConnected(w)).toBe(true)
  })

  it('tells of a container that ended while nobody looked', async () => {
    const w = await world()
    const task = await run(w, aContainer(order({ 'exit-after-seconds': '30', 'exit-code': '7' })))
    await w.advance(1000)
    w.agents[0]!.kill()
    await w.advance(MINUTE_MS)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'RUNNING' })

    w.agents[0]!.restart()
    await w.advance(MINUTE_MS)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 7 }] })
  })

  it('carries out what it had not begun', async () => {
    const w = await world()
    await register(w)
    await w.call('RunTask', { taskDefinition: 'web', launchType: 'EC2', count: 3 })
    w.agents[0]!.restart()
    await w.advance(MINUTE_MS)
    expect((await w.tasks()).map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING', 'RUNNING'])
    expect(await w.agents[0]!.runningContainers()).toHaveLength(3)
  })
})

describe('a control plane that is killed', () => {
  it('remembers every task, and its agents come back', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    const tasks = await start(w, { count: 4 })
    await w.advance(1000)

    w.killControlPlane()
    await w.advance(MINUTE_MS)
    await w.startControlPlane()
    await w.advance(5 * MINUTE_MS)

    const remembered = await w.tasks()
    expect(new Set(remembered.map(({ taskArn }) => taskArn))).toEqual(new Set(tasks.map(({ taskArn }) => taskArn)))
    for (const task of remembered) expect(task).toMatchObject({ lastStatus: 'RUNNING', connectivity: 'CONNECTED' })
  })

  it('hears what happened while it was away', async () => {
    const w = await world()
    const task = await run(w, aContainer(order({ 'exit-after-seconds': '30' })))
    await w.advance(1000)
    w.killControlPlane()
    await w.advance(MINUTE_MS)
    await w.startControlPlane()
    await w.advance(5 * MINUTE_MS)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' })
  })
})
