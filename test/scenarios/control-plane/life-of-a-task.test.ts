/** Tasks from RunTask to their end, through the whole control plane and a real agent with simulated containers. */
import type { Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { type World, world } from '../../world.ts'
import { aContainer, order, run } from './run-task.ts'

const containerOf = ({ containers }: Task, wanted = 'app') => containers?.find(({ name }) => name === wanted)

describe('a task', () => {
  it('runs on the agent that it was placed on', async () => {
    const w = await world()
    const started = await run(w, aContainer({ portMappings: [{ containerPort: 80 }] }))
    expect(started).toMatchObject({ lastStatus: 'PENDING', desiredStatus: 'RUNNING' })
    await w.advance(1000)

    const task = await w.task(started)
    expect(task).toMatchObject({
      lastStatus: 'RUNNING',
      connectivity: 'CONNECTED',
      containerInstanceArn: w.agents[0]!.containerInstanceArn,
      startedAt: expect.any(Date),
    })
    expect(containerOf(task)).toMatchObject({
      lastStatus: 'RUNNING',
      runtimeId: (await w.agents[0]!.runningContainers())[0],
      networkBindings: [{ containerPort: 80, protocol: 'tcp', hostPort: expect.any(Number) }],
    })
  })

  it('stops when its container ends, with what the container said', async () => {
    const w = await world()
    const started = await run(w, aContainer(order({ 'exit-after-seconds': '60', 'exit-code': '3' })))
    await w.advance(59_000)
    expect(await w.task(started)).toMatchObject({ lastStatus: 'RUNNING' })
    await w.advance(2000)

    const task = await w.task(started)
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppedAt: expect.any(Date),
    })
    expect(containerOf(task)).toMatchObject({ lastStatus: 'STOPPED', exitCode: 3 })
    expect(await w.agents[0]!.runningContainers()).toEqual([])
  })

  it('stops when it is told to, and gives back what it held', async () => {
    const w = await world()
    const started = await run(w, aContainer({ memory: 1024, cpu: 512 }))
    await w.advance(1000)
    expect(await remainingMemory(w)).toBe((await registeredMemory(w)) - 1024)

    const { task: stopping } = await w.call('StopTask', { task: started.taskArn, reason: 'no longer needed' })
    expect(stopping).toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'RUNNING' })
    await w.advance(1000)

    const task = await w.task(started)
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'no longer needed',
    })
    expect(containerOf(task)).toMatchObject({ exitCode: 143 })
    expect(await remainingMemory(w)).toBe(await registeredMemory(w))
  })

  it('is killed when it does not heed the stop within its time', async () => {
    const w = await world()
    const started = await run(w, aContainer({ ...order({ 'ignore-stop': 'true' }), stopTimeout: 20 }))
    await w.advance(1000)
    await w.call('StopTask', { task: started.taskArn })
    await w.advance(19_000)
    expect(await w.task(started)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' })
    await w.advance(2000)
    expect(containerOf(await w.task(started))).toMatchObject({ exitCode: 137 })
  })

  it('starts its containers as they depend on each other', async () => {
    const w = await world()
    const started = await run(
      w,
      aContainer({
        name: 'migrate',
        essential: false,
        ...order({ 'exit-after-seconds': '5' }),
      }),
      aContainer({
        name: 'database',
        dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }],
        healthCheck: { command: ['CMD', 'true'], interval: 10 },
      }),
      aContainer({ name: 'app', dependsOn: [{ containerName: 'database', condition: 'HEALTHY' }] }),
    )
    const running = async () => {
      const ids = new Set(await w.agents[0]!.runningContainers())
      const listed = await w.agents[0]!.runtime.list({})
      return listed.filter(({ id }) => ids.has(id)).map(({ labels }) => labels['com.amazonaws.ecs.container-name'])
    }
    await w.advance(4000)
    expect(await running()).toEqual(['migrate'])
    await w.advance(4000)
    expect(await running()).toEqual(['database'])
    expect(await w.task(started)).toMatchObject({ lastStatus: 'PENDING' })
    await w.advance(10_000)
    expect(await running()).toEqual(['database', 'app'])
    expect(await w.task(started)).toMatchObject({ lastStatus: 'RUNNING' })
  })

  it('runs on when its health check fails, and says so', async () => {
    const w = await world()
    const healthCheck = { command: ['CMD', 'false'], interval: 10, retries: 2 }
    const started = await run(w, aContainer({ healthCheck, ...order({ health: 'unhealthy' }) }))
    await w.advance(1000)
    expect(await w.task(started)).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'UNKNOWN' })
    await w.advance(60_000)
    // AWS: "If a task is run manually, and not as part of a service, the task will continue its lifecycle".
    expect(await w.task(started)).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'UNHEALTHY' })
  })

  it('fails when a container that another one awaits turns out unhealthy', async () => {
    const w = await world()
    const healthCheck = { command: ['CMD', 'false'], interval: 10, retries: 2 }
    const started = await run(
      w,
      aContainer({ name: 'database', healthCheck, startTimeout: 60, ...order({ health: 'unhealthy' }) }),
      aContainer({ dependsOn: [{ containerName: 'database', condition: 'HEALTHY' }] }),
    )
    await w.advance(120_000)
    const task = await w.task(started)
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' })
    expect(containerOf(task)?.reason).toMatch(/^CannotStartContainerError: dependency graph: .* has timed out\.$/)
    expect(await w.agents[0]!.runningContainers()).toEqual([])
  })

  it('says why an image cannot be had', async () => {
    const w = await world()
    const started = await run(w, aContainer(order({ 'fail-pull': 'manifest unknown' })))
    await w.advance(1000)
    const task = await w.task(started)
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'Task failed to start',
    })
    expect(containerOf(task)?.reason).toBe('CannotPullContainerError: manifest unknown')
  })
})

const memoryOf = (resources: readonly { name?: string | undefined; integerValue?: number | undefined }[] = []) =>
  resources.find(({ name }) => name === 'MEMORY')?.integerValue ?? 0

const instance = async (w: World) => {
  const { containerInstances = [] } = await w.call('DescribeContainerInstances', {
    containerInstances: [w.agents[0]!.containerInstanceArn],
  })
  return containerInstances[0]!
}

const remainingMemory = async (w: World) => memoryOf((await instance(w)).remainingResources)
const registeredMemory = async (w: World) => memoryOf((await instance(w)).registeredResources)
