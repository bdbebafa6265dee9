/** Services through the AWS SDK for JavaScript, its waiters included: every kind of deployment, on a running server whose containers are simulated. */
import {
  type ContainerDefinition,
  ContinueServiceDeploymentCommand,
  CreateCapacityProviderCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  DescribeTaskSetsCommand,
  type ECSClient,
  GetTaskProtectionCommand,
  ListServicesCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  type ServiceDeployment,
  StopServiceDeploymentCommand,
  type Task,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskProtectionCommand,
  UpdateTaskSetCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectedInstance, type RunningLongshore, startLongshore, until } from '../e2e/longshore.ts'

const GROUP = 'machines'
const GROUP_ARN = `arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:1b9b9b9b-0000-4000-8000-000000000000:autoScalingGroupName/${GROUP}`
const cluster = 'default'
const BROKEN = { 'longshore.simulated.fail-pull': 'no such image' }

let longshore: RunningLongshore
let client: ECSClient
let waiter: { client: ECSClient; maxWaitTime: number; minDelay: number; maxDelay: number }

beforeAll(async () => {
  longshore = await startLongshore({
    runtime: 'simulated',
    args: ['--service-settling-seconds=1'],
    env: { ECS_INSTANCE_ATTRIBUTES: JSON.stringify({ 'aws.autoscaling.groupName': GROUP }) },
  })
  client = longshore.client
  waiter = { client, maxWaitTime: 60, minDelay: 0.1, maxDelay: 0.1 }
  await connectedInstance(client)
})
afterAll(() => longshore.stop())

const register = async (family: string, given: Partial<ContainerDefinition> = {}): Promise<string> => {
  const containerDefinitions = [{ name: 'app', image: 'any', memory: 16, ...given }]
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }))
  return `${family}:${taskDefinition?.revision}`
}

const read = async (serviceName: string): Promise<Service> => {
  const { services = [] } = await client.send(new DescribeServicesCommand({ services: [serviceName] }))
  return services[0] ?? {}
}

/** A service of the family of its name, with two tasks unless told otherwise, once it is stable and its deployment is over. */
const createStable = async (name: string, given: Partial<CreateServiceCommandInput> = {}): Promise<Service> => {
  const taskDefinition = await register(name)
  await client.send(new CreateServiceCommand({ serviceName: name, taskDefinition, desiredCount: 2, ...given } as never))
  await waitUntilServicesStable(waiter, { services: [name] })
  return until('the first deployment', async () => {
    const service = await read(name)
    return service.deployments?.[0]?.rolloutState === 'COMPLETED' && service
  })
}

/** Updates the service; gives the ARN of the service deployment that this began. */
const update = async (service: string, given: object): Promise<string> => {
  const updated = await client.send(new UpdateServiceCommand({ service, ...given }))
  return updated.service?.currentServiceDeployment ?? ''
}

const readDeployment = async (arn: string): Promise<ServiceDeployment> => {
  const input = { serviceDeploymentArns: [arn] }
  const { serviceDeployments = [] } = await client.send(new DescribeServiceDeploymentsCommand(input))
  return serviceDeployments[0] ?? {}
}

const deploymentThat = (arn: string, is: (deployment: ServiceDeployment) => boolean): Promise<ServiceDeployment> =>
  until('the service deployment', async () => {
    const deployment = await readDeployment(arn)
    return is(deployment) && deployment
  })

const deploymentWith = (arn: string, wanted: ServiceDeployment['status']): Promise<ServiceDeployment> =>
  deploymentThat(arn, ({ status }) => status === wanted)

const tasksOf = async (serviceName: string): Promise<Task[]> => {
  const { taskArns = [] } = await client.send(new ListTasksCommand({ serviceName }))
  if (taskArns.length === 0) return []
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: taskArns }))
  return tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
}

const remove = async (service: string): Promise<void> => {
  await client.send(new DeleteServiceCommand({ service, force: true }))
  await waitUntilServicesInactive(waiter, { services: [service] })
  expect(await tasksOf(service)).toEqual([])
}

describe.concurrent('a rolling deployment', () => {
  it('goes from one stable service to the next, and is told in order', async () => {
    const created = await createStable('rolling')
    expect(created).toMatchObject({ status: 'ACTIVE', runningCount: 2, pendingCount: 0, schedulingStrategy: 'REPLICA' })
    const forced = await client.send(new UpdateServiceCommand({ service: 'rolling', forceNewDeployment: true }))
    expect(forced.service?.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', rolloutState: 'COMPLETED' },
    ])
    const arn = forced.service?.currentServiceDeployment ?? ''
    await waitUntilServicesStable(waiter, { services: ['rolling'] })
    expect(await deploymentWith(arn, 'SUCCESSFUL')).toMatchObject({ finishedAt: expect.any(Date) })
    const { deployments = [], events = [] } = await read('rolling')
    expect(deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED', failedTasks: 0 }])
    expect(events[0]?.message).toBe('(service rolling) has reached a steady state.')
    const { serviceArns } = await client.send(new ListServicesCommand({ schedulingStrategy: 'REPLICA' }))
    expect(serviceArns).toContain(created.serviceArn)
    await remove('rolling')
    expect(await read('rolling')).toMatchObject({ status: 'INACTIVE', desiredCount: 0, runningCount: 0 })
  })

  it('is rolled back by its circuit breaker if its image cannot be pulled', async () => {
    const deploymentCircuitBreaker = { enable: true, rollback: true }
    const before = await createStable('breaker', { deploymentConfiguration: { deploymentCircuitBreaker } })
    const taskDefinition = await register('breaker', { dockerLabels: BROKEN })
    const arn = await update('breaker', { taskDefinition })
    expect(await deploymentWith(arn, 'ROLLBACK_SUCCESSFUL')).toMatchObject({
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
      rollback: { serviceRevisionArn: before.currentServiceRevisions?.[0]?.arn },
    })
    const after = await read('breaker')
    expect(after).toMatchObject({ taskDefinition: before.taskDefinition, runningCount: 2 })
    expect(after.deployments).toMatchObject([{ id: before.deployments?.[0]?.id, rolloutState: 'COMPLETED' }])
    expect(after.events?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^\(service breaker\) \(deployment ecs-svc\/\d+\) deployment failed: tasks failed to start\.$/,
      ),
    )
    await remove('breaker')
  })

  it('is taken back by its owner', async () => {
    const before = await createStable('stopped')
    const arn = await update('stopped', {
      taskDefinition: await register('stopped', { healthCheck: { command: ['CMD', 'true'] } }),
    })
    await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }))
    await deploymentWith(arn, 'ROLLBACK_SUCCESSFUL')
    expect(await read('stopped')).toMatchObject({ taskDefinition: before.taskDefinition, runningCount: 2 })
    await expect(client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn }))).rejects.toMatchObject({
      name: 'ConflictException',
    })
    await remove('stopped')
  })
})

describe.concurrent('a blue/green deployment', () => {
  const pausingAt = (stage: string, action = 'ROLLBACK') => ({
    strategy: 'BLUE_GREEN',
    bakeTimeInMinutes: 0,
    lifecycleHooks: [
      { targetType: 'PAUSE', lifecycleStages: [stage], timeoutConfiguration: { timeoutInMinutes: 5, action } },
    ],
  })

  const untilPaused = (arn: string): Promise<ServiceDeployment> =>
    deploymentThat(arn, ({ lifecycleHookDetails: [hook] = [] }) => hook?.status === 'AWAITING_ACTION')

  it('pauses beside the blue tasks until it is told to continue', async () => {
    await createStable('green')
    const deploymentConfiguration = pausingAt('POST_SCALE_UP')
    const arn = await update('green', { taskDefinition: await register('green'), deploymentConfiguration })
    const paused = await untilPaused(arn)
    expect(paused).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'POST_SCALE_UP',
      lifecycleHookDetails: [{ targetType: 'PAUSE', timeoutAction: 'ROLLBACK', expiresAt: expect.any(Date) }],
    })
    expect(await read('green')).toMatchObject({ runningCount: 4, deploymentConfiguration })
    const hookId = paused.lifecycleHookDetails?.[0]?.hookId
    const answer = { serviceDeploymentArn: arn, hookId } as const
    await client.send(new ContinueServiceDeploymentCommand({ ...answer, action: 'CONTINUE' }))
    await deploymentWith(arn, 'SUCCESSFUL')
    await waitUntilServicesStable(waiter, { services: ['green'] })
    expect((await tasksOf('green')).map(({ taskDefinitionArn }) => taskDefinitionArn?.split('/')[1])).toEqual([
      'green:2',
      'green:2',
    ])
    await expect(client.send(new ContinueServiceDeploymentCommand(answer))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await remove('green')
  })

  it('goes back if it is told so', async () => {
    const before = await createStable('blue')
    const arn = await update('blue', { forceNewDeployment: true, deploymentConfiguration: pausingAt('PRE_SCALE_UP') })
    const hookId = (await untilPaused(arn)).lifecycleHookDetails?.[0]?.hookId
    await client.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId, action: 'ROLLBACK' }))
    await deploymentWith(arn, 'ROLLBACK_SUCCESSFUL')
    expect((await read('blue')).deployments).toMatchObject([{ id: before.deployments?.[0]?.id, runningCount: 2 }])
    await remove('blue')
  })
})

describe.concurrent('scaling', () => {
  it('spares protected tasks, whichever they are', async () => {
    await createStable('protected', { desiredCount: 3 })
    const kept = (await tasksOf('protected'))[1]?.taskArn ?? ''
    const { protectedTasks } = await client.send(
      new UpdateTaskProtectionCommand({ cluster, tasks: [kept], protectionEnabled: true, expiresInMinutes: 5 }),
    )
    expect(protectedTasks).toMatchObject([{ taskArn: kept, protectionEnabled: true, expirationDate: expect.any(Date) }])
    await update('protected', { desiredCount: 1 })
    await waitUntilServicesStable(waiter, { services: ['protected'] })
    expect((await tasksOf('protected')).map(({ taskArn }) => taskArn)).toEqual([kept])
    const read = await client.send(new GetTaskProtectionCommand({ cluster, tasks: [kept] }))
    expect(read.protectedTasks).toEqual(protectedTasks)
    await remove('protected')
  })

  it('keeps one task on every instance with DAEMON', async () => {
    const created = await createStable('daemon', { schedulingStrategy: 'DAEMON', desiredCount: undefined })
    expect(created).toMatchObject({
      desiredCount: 1,
      runningCount: 1,
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    })
    await update('daemon', { taskDefinition: await register('daemon') })
    await waitUntilServicesStable(waiter, { services: ['daemon'] })
    await expect(client.send(new UpdateServiceCommand({ service: 'daemon', desiredCount: 2 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await client.send(new DeleteServiceCommand({ service: 'daemon' }))
    await waitUntilServicesInactive(waiter, { services: ['daemon'] })
  })

  it('takes its capacity where the strategy says', async () => {
    const provider = { name: GROUP, autoScalingGroupProvider: { autoScalingGroupArn: GROUP_ARN } }
    await client.send(new CreateCapacityProviderCommand(provider))
    await client.send(
      new PutClusterCapacityProvidersCommand({
        cluster,
        capacityProviders: [GROUP],
        defaultCapacityProviderStrategy: [],
      }),
    )
    const capacityProviderStrategy = [{ capacityProvider: GROUP, base: 1, weight: 2 }]
    const created = await createStable('capacity', { capacityProviderStrategy })
    expect(created.capacityProviderStrategy).toEqual(capacityProviderStrategy)
    expect(created.launchType).toBeUndefined()
    expect((await tasksOf('capacity')).map(({ capacityProviderName }) => capacityProviderName)).toEqual([GROUP, GROUP])
    const { serviceRevisions } = await client.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [created.currentServiceRevisions?.[0]?.arn ?? ''] }),
    )
    expect(serviceRevisions).toMatchObject([{ capacityProviderStrategy, taskDefinition: created.taskDefinition }])
    await remove('capacity')
  })
})

describe.concurrent('an EXTERNAL deployment controller', () => {
  const web = { cluster, service: 'external' }

  const taskSetThat = (id: string | undefined, stabilityStatus: string, runningCount: number): Promise<unknown> =>
    until('the task set', async () => {
      const { taskSets = [] } = await client.send(new DescribeTaskSetsCommand(web))
      const found = taskSets.find((taskSet) => taskSet.id === id)
      return found?.stabilityStatus === stabilityStatus && found.runningCount === runningCount
    })

  const createTaskSet = async (value: number) => {
    const scale = { value, unit: 'PERCENT' } as const
    const taskDefinition = await register('external')
    const created = await client.send(new CreateTaskSetCommand({ ...web, taskDefinition, launchType: 'EC2', scale }))
    await taskSetThat(created.taskSet?.id, 'STEADY_STATE', (2 * value) / 100)
    return created.taskSet
  }

  it('moves a service from one task set to another', async () => {
    await client.send(
      new CreateServiceCommand({
        serviceName: 'external',
        desiredCount: 2,
        deploymentController: { type: 'EXTERNAL' },
      }),
    )
    const blue = await createTaskSet(100)
    await client.send(new UpdateServicePrimaryTaskSetCommand({ ...web, primaryTaskSet: blue?.id }))
    const green = await createTaskSet(50)
    const scale = { value: 100, unit: 'PERCENT' } as const
    await client.send(new UpdateTaskSetCommand({ ...web, taskSet: green?.id, scale }))
    await taskSetThat(green?.id, 'STEADY_STATE', 2)
    await client.send(new UpdateServicePrimaryTaskSetCommand({ ...web, primaryTaskSet: green?.id }))
    const deletion = new DeleteTaskSetCommand({ ...web, taskSet: blue?.id })
    await expect(client.send(deletion)).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await client.send(new UpdateTaskSetCommand({ ...web, taskSet: blue?.id, scale: { value: 0, unit: 'PERCENT' } }))
    await client.send(deletion)
    const service = await until('one task set', async () => {
      const described = await read('external')
      return described.taskSets?.length === 1 && described
    })
    expect(service).toMatchObject({ runningCount: 2, taskSets: [{ id: green?.id, status: 'PRIMARY' }] })
    await remove('external')
  })
})

describe('a fault', () => {
  it('comes as the modelled exception', async () => {
    const refusals = [
      [new UpdateServiceCommand({ service: 'nowhere' }), 'ServiceNotFoundException'],
      [new UpdateServiceCommand({ service: 'x', cluster: 'nowhere' }), 'ClusterNotFoundException'],
      [new DeleteServiceCommand({ service: 'nowhere' }), 'ServiceNotFoundException'],
      [new CreateServiceCommand({ serviceName: 'x', taskDefinition: 'nowhere', desiredCount: 1 }), 'ClientException'],
      [new CreateServiceCommand({ serviceName: 'not good', desiredCount: 1 }), 'InvalidParameterException'],
    ] as const
    for (const [command, name] of refusals) await expect(client.send(command as never)).rejects.toMatchObject({ name })
  })
})
