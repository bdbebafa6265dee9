/** Tasks of services behind load balancers come and go without a request that finds nobody. */
import { describe, expect, it } from 'vitest'
import { targetRowKey } from '../../../src/model/load-balancing/records.ts'
import { targetInstanceId } from '../../../src/model/load-balancing/instance-target.ts'
import { ADDRESSES, BLUE, CONTAINER_PORT, GREEN, IN_BLUE } from '../../balanced-services.ts'
import type { World } from '../../world.ts'
import { aContainer, register } from '../control-plane/run-task.ts'
import { messages, MINUTE_MS, running, SECOND_MS, seen, wanted } from '../services/services.ts'
import { balancedService, inService, isAlive, targets, withBalancer } from './services.ts'

const DRAIN_MS = 30 * SECOND_MS

const registeredTask = async (w: World) => {
  const [task] = await running(w)
  return task!
}

describe('a task behind a load balancer', () => {
  it('is a target at its host port as soon as it runs', async () => {
    const { w } = await balancedService(await withBalancer(), { desiredCount: 1 })
    const task = await registeredTask(w)
    const [{ hostPort } = {}] = task.containers?.[0]?.networkBindings ?? []
    const instance = w.store.tables.containerInstances.get(task.containerInstanceArn!.split('/').at(-1)!)!
    expect(targets(w)).toEqual([
      expect.objectContaining({
        targetGroupArn: BLUE.targetGroupArn,
        targetId: targetInstanceId(instance),
        port: hostPort,
        taskId: task.taskArn!.split('/').at(-1),
      }),
    ])
    expect(instance.privateIpAddress).toBe('127.0.0.1')
    expect(await messages(w)).toContain(`(service web) registered 1 targets in (target-group ${BLUE.targetGroupArn})`)
  })

  it('is one at its new host port when its container was started again', async () => {
    const balanced = await withBalancer({ agents: 1, healthyAfterMs: 5000, drainsAfterMs: DRAIN_MS })
    const { w } = balanced
    const container = aContainer({
      portMappings: [{ containerPort: CONTAINER_PORT, hostPort: 0 }],
      restartPolicy: { enabled: true, restartAttemptPeriod: 60 },
    })
    await register(w, container)
    await balancedService(balanced, { desiredCount: 1 })
    await w.advance(2 * MINUTE_MS)
    const task = await registeredTask(w)
    const [before] = targets(w)
    w.agents[0]!.runtime.exit(task.containers![0]!.runtimeId!, 1)
    await w.advance(SECOND_MS)
    const [{ hostPort } = {}] = (await w.task(task)).containers?.[0]?.networkBindings ?? []
    expect(hostPort).not.toBe(before!.port)
    expect(targets(w)).toEqual([
      { ...before, drainingUntil: expect.any(Number) },
      expect.objectContaining({ taskId: before!.taskId, port: hostPort }),
    ])
    await w.advance(DRAIN_MS + 5 * SECOND_MS)
    expect(inService(w)).toMatchObject([{ port: hostPort }])
    expect(targets(w)).toHaveLength(1)
    expect(await running(w)).toMatchObject([{ taskArn: task.taskArn }])
  })

  it('is one in each of its target groups', async () => {
    const loadBalancers = [IN_BLUE, { ...IN_BLUE, targetGroupArn: GREEN.targetGroupArn }]
    const { w } = await balancedService(await withBalancer(), { desiredCount: 2, loadBalancers })
    expect(inService(w, BLUE.targetGroupArn)).toHaveLength(2)
    expect(inService(w, GREEN.targetGroupArn)).toHaveLength(2)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('is told to stop when its targets have drained, not before', async () => {
    const { w } = await balancedService(await withBalancer({ drainsAfterMs: DRAIN_MS }), { desiredCount: 1 })
    const task = await registeredTask(w)
    await w.call('StopTask', { task: task.taskArn })
    expect(await w.task(task)).toMatchObject({ lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED' })
    await w.advance(DRAIN_MS - 2 * SECOND_MS)
    expect(await isAlive(w, task)).toBe(true)
    await w.advance(4 * SECOND_MS)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' })
    const said = (await messages(w)).join('\n')
    expect(said).toContain('(service web) has begun draining connections on 1 tasks.')
    expect(said).toContain(`(service web) deregistered 1 targets in (target-group ${BLUE.targetGroupArn})`)
  })

  it('is told to stop when the deregistration delay is over, whatever is under way', async () => {
    const balanced = await withBalancer({ drainsAfterMs: 10 * MINUTE_MS })
    await balanced.w.store.transact((tx) =>
      tx.targetGroups.update(BLUE.targetGroupArn, { attributes: { 'deregistration_delay.timeout_seconds': '60' } }),
    )
    const { w } = await balancedService(balanced, { desiredCount: 1 })
    const task = await registeredTask(w)
    await w.call('StopTask', { task: task.taskArn })
    await w.advance(58 * SECOND_MS)
    expect(await isAlive(w, task)).toBe(true)
    await w.advance(4 * SECOND_MS)
    expect(await isAlive(w, task)).toBe(false)
  })

  it.each(['control plane', 'agent'])('goes on draining when the %s is killed', async (what) => {
    const { w } = await balancedService(await withBalancer({ agents: 1, drainsAfterMs: DRAIN_MS }), { desiredCount: 1 })
    const task = await registeredTask(w)
    await w.call('StopTask', { task: task.taskArn })
    if (what === 'agent') w.agents[0]!.restart()
    else {
      w.killControlPlane()
      await w.startControlPlane()
    }
    await w.advance(DRAIN_MS - 3 * SECOND_MS)
    expect(await isAlive(w, task)).toBe(true)
    await w.advance(MINUTE_MS)
    expect((await w.task(task)).lastStatus).toBe('STOPPED')
    expect(await running(w)).toHaveLength(1)
    expect(inService(w)).toHaveLength(1)
  })

  it('is deregistered at once when its container dies', async () => {
    const { w, balancer } = await balancedService(await withBalancer({ agents: 1 }), { desiredCount: 1 })
    balancer.surroundings.drainsAfterMs = 5 * SECOND_MS
    const [container] = await w.agents[0]!.runningContainers()
    const [target] = targets(w)
    w.agents[0]!.runtime.exit(container!, 1)
    await w.rest()
    expect(targets(w).find(({ taskId }) => taskId === target!.taskId)).toHaveProperty('drainingUntil')
    await w.advance(10 * SECOND_MS)
    expect(inService(w)).toHaveLength(1)
    expect(targets(w)).toHaveLength(1)
  })

  it('is registered at a static port once the task before it has let go of that', async () => {
    const balanced = await withBalancer({ agents: 1, drainsAfterMs: DRAIN_MS }, 8080)
    const { w } = await balancedService(balanced, {
      desiredCount: 1,
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 },
    })
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await w.advance(MINUTE_MS)
    expect(targets(w)).toMatchObject([{ port: 8080 }])
    expect(inService(w)).toHaveLength(1)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('drains with the instance that drains, and with the service that is deleted', async () => {
    const { w } = await balancedService(await withBalancer({ drainsAfterMs: DRAIN_MS }), { desiredCount: 2 })
    const [agent] = w.agents
    await w.call('UpdateContainerInstancesState', {
      containerInstances: [agent!.containerInstanceArn],
      status: 'DRAINING',
    })
    await w.advance(2 * SECOND_MS)
    expect(inService(w)).toHaveLength(2)
    await w.advance(MINUTE_MS)
    expect(await agent!.runningContainers()).toEqual([])
    await w.call('DeleteService', { service: 'web', force: true })
    await w.advance(DRAIN_MS - 3 * SECOND_MS)
    expect((await seen(w)).status).toBe('DRAINING')
    expect(await w.agents[1]!.runningContainers()).not.toEqual([])
    await w.advance(MINUTE_MS)
    expect((await seen(w)).status).toBe('INACTIVE')
    expect(targets(w)).toEqual([])
    expect(await w.agents[1]!.runningContainers()).toEqual([])
  })

  it('with a network interface is reached at its host, at a port of that', async () => {
    const { w } = await withBalancer({ agents: 1 })
    const { taskDefinition } = await w.call('RegisterTaskDefinition', {
      family: 'fargate',
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [
        { name: 'app', image: 'busybox', portMappings: [{ containerPort: CONTAINER_PORT }, { containerPort: 9 }] },
      ],
    })
    const { targetGroupArn } = ADDRESSES
    await w.call('CreateService', {
      serviceName: 'web',
      taskDefinition: taskDefinition!.taskDefinitionArn,
      launchType: 'FARGATE',
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      loadBalancers: [{ ...IN_BLUE, targetGroupArn }],
    })
    await w.advance(20 * SECOND_MS)
    const [task] = await running(w)
    const bindings = task?.containers?.[0]?.networkBindings ?? []
    expect(bindings).toMatchObject([{ containerPort: CONTAINER_PORT }])
    expect(inService(w)).toMatchObject([{ targetGroupArn, targetId: '127.0.0.1', port: bindings[0]?.hostPort }])
  })
})

describe('targets that others have a hand in', () => {
  const taken = async (given: Parameters<typeof withBalancer>[0], hostPort = 0) => {
    const balanced = await balancedService(await withBalancer(given, hostPort), { desiredCount: 1 })
    const [target] = targets(balanced.w)
    return { ...balanced, target: target!, task: await registeredTask(balanced.w) }
  }

  it('are registered again, by and by, when somebody deregisters those of tasks that run', async () => {
    const { w, target, task } = await taken({ drainsAfterMs: DRAIN_MS })
    const drainingUntil = w.clock.now() + MINUTE_MS
    await w.store.transact((tx) => tx.targets.update(targetRowKey(target), { drainingUntil }))
    await w.advance(DRAIN_MS + 10 * SECOND_MS)
    expect(inService(w)).toMatchObject([{ taskId: target.taskId }])
    expect((await w.task(task)).lastStatus).toBe('RUNNING')
  })

  it('let tasks go that they do not stand for any more', async () => {
    const { w, target, task } = await taken({ drainsAfterMs: DRAIN_MS })
    await w.call('StopTask', { task: task.taskArn })
    await w.rest()
    // Somebody registers the address of a task that stops.
    const { taskId: _task, drainingUntil: _until, ...row } = targets(w).find(({ taskId }) => taskId === target.taskId)!
    await w.store.transact((tx) => tx.targets.put(row))
    await w.advance(3 * SECOND_MS)
    expect((await w.task(task)).lastStatus).toBe('STOPPED')
  })

  it('are where their task is, when its container came back at another port', async () => {
    const { w, target } = await taken({ drainsAfterMs: 5 * SECOND_MS })
    const row = w.store.tables.tasks.get(target.taskId!)!
    const moved = row.containers.map((container) => ({
      ...container,
      networkBindings: [{ containerPort: CONTAINER_PORT, hostPort: target.port + 1, protocol: 'tcp' as const }],
    }))
    await w.store.transact((tx) => tx.tasks.update(row.taskId, { containers: moved }))
    await w.advance(10 * SECOND_MS)
    expect(targets(w)).toMatchObject([{ port: target.port + 1, taskId: row.taskId }])
    expect(inService(w)).toHaveLength(1)
  })

  it('make room for a task as soon as they are gone', async () => {
    const balanced = await withBalancer({ agents: 1, drainsAfterMs: DRAIN_MS }, 8080)
    const { w } = balanced
    const [agent] = w.agents
    const instance = w.store.tables.containerInstances.get(agent!.containerInstanceId)!
    const foreign = { targetGroupArn: BLUE.targetGroupArn, targetId: targetInstanceId(instance), port: 8080 }
    const drainingUntil = w.clock.now() + 10 * MINUTE_MS
    await w.store.transact((tx) => tx.targets.insert({ ...foreign, registeredAt: 0, drainingUntil }))
    await balancedService(balanced, { desiredCount: 1 })
    await w.advance(DRAIN_MS)
    expect(inService(w)).toHaveLength(1)
  })
})

describe('a rolling update', () => {
  it('never has fewer targets in service than its minimum', async () => {
    const { w } = await balancedService(await withBalancer({ healthyAfterMs: 5000, drainsAfterMs: 10_000 }), {
      desiredCount: 4,
    })
    await w.advance(MINUTE_MS)
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    for (let second = 0; second < 60; second++) {
      await w.advance(SECOND_MS)
      expect(inService(w).length).toBeGreaterThanOrEqual(4)
    }
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    expect(targets(w)).toHaveLength(4)
    expect(await wanted(w)).toHaveLength(4)
  })
})
