/** Tasks that wait for capacity until a machine of their Auto Scaling group joins the cluster. */
import { describe, expect, it } from 'vitest'
import { PROVISIONING_WAIT_MS } from '../../../src/model/limits.ts'
import { type World, world } from '../../world.ts'
import { aContainer, register } from './run-task.ts'

const machine = { ECS_INSTANCE_ATTRIBUTES: JSON.stringify({ 'aws.autoscaling.groupName': 'machines' }) }

const withProvider = async (agents: number): Promise<World> => {
  const w = await world({ agents })
  await w.call('CreateCapacityProvider', {
    name: 'spare',
    autoScalingGroupProvider: { autoScalingGroupArn: 'machines', managedScaling: { status: 'ENABLED' } },
  })
  await w.call('PutClusterCapacityProviders', {
    cluster: 'default',
    capacityProviders: ['spare'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'spare', weight: 1 }],
  })
  await register(w, aContainer({ memory: 1000 }))
  return w
}

const statuses = async (w: World): Promise<(string | undefined)[]> =>
  (await w.tasks()).map(({ lastStatus }) => lastStatus)

describe('tasks of a capacity provider with managed scaling', () => {
  it('wait for a machine of its group, and run as soon as it has joined', async () => {
    const w = await withProvider(1)
    const { tasks = [], failures } = await w.call('RunTask', { taskDefinition: 'web', count: 2 })
    expect(failures).toEqual([])
    await w.advance(60_000)
    expect(await statuses(w)).toEqual(['PROVISIONING', 'PROVISIONING'])

    const agent = await w.addAgent(machine)
    await w.advance(2000)

    expect(await statuses(w)).toEqual(['RUNNING', 'RUNNING'])
    expect(await agent.runningContainers()).toHaveLength(2)
    expect(await w.task(tasks[0]!)).toMatchObject({ capacityProviderName: 'spare', launchType: 'EC2' })
  })

  it('wait on when the control plane is killed, and for tasks that leave room', async () => {
    const w = await withProvider(0)
    await w.addAgent(machine)
    const { tasks: [first, second] = [] } = await w.call('RunTask', {
      taskDefinition: 'web',
      count: 2,
      placementConstraints: [{ type: 'distinctInstance' }],
    })
    await w.advance(2000)
    w.killControlPlane()
    await w.startControlPlane()
    await w.advance(10_000)
    expect((await w.task(second!)).lastStatus).toBe('PROVISIONING')

    await w.call('StopTask', { task: first?.taskArn })
    await w.advance(60_000)

    expect((await w.task(second!)).lastStatus).toBe('RUNNING')
  })

  it('are those of services, too', async () => {
    const w = await withProvider(1)
    await w.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 })
    await w.advance(30_000)
    expect(await statuses(w)).toEqual(['PROVISIONING', 'PROVISIONING'])

    await w.addAgent(machine)
    await w.advance(60_000)

    expect(await statuses(w)).toEqual(['RUNNING', 'RUNNING'])
    const { services = [] } = await w.call('DescribeServices', { services: ['web'] })
    expect(services[0]).toMatchObject({ runningCount: 2, pendingCount: 0 })
    expect(services[0]?.deployments?.[0]?.rolloutState).toBe('COMPLETED')
  })

  it('end after half an hour in which none has joined', async () => {
    const w = await withProvider(1)
    const { tasks = [] } = await w.call('RunTask', { taskDefinition: 'web' })
    await w.clock.advance(PROVISIONING_WAIT_MS)
    await w.rest()

    expect(await w.task(tasks[0]!)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'EMPTY CAPACITY PROVIDER',
    })
  })
})
