/**
 * Services as the tools in use deploy them: each is played by the calls that it makes and the members that it decides by. A server runs,
 * its containers are simulated. Sources: the providers and actions themselves, which are open.
 */
import {
  type CreateServiceCommandInput,
  CreateServiceCommand,
  DeleteServiceCommand,
  type Deployment,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  InvalidParameterException,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectedInstance, type RunningLongshore, startLongshore, until } from '../e2e/longshore.ts'

const CLUSTER = 'arn:aws:ecs:us-east-1:000000000000:cluster/default'
const FAST_WAITER = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 0.1 }

let longshore: RunningLongshore
let client: ECSClient

beforeAll(async () => {
  longshore = await startLongshore({ runtime: 'simulated', args: ['--service-settling-seconds=1'] })
  client = longshore.client
  await connectedInstance(client)
})
afterAll(() => longshore.stop())

/** Gives the ARN. */
const register = async (family: string, dockerLabels: Record<string, string> = {}): Promise<string> => {
  const containerDefinitions = [{ name: 'app', image: 'any', memory: 16, dockerLabels }]
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }))
  return taskDefinition?.taskDefinitionArn ?? ''
}

const read = async (service: string, cluster = CLUSTER): Promise<Service> => {
  const { services = [], failures = [] } = await client.send(
    new DescribeServicesCommand({ cluster, services: [service], include: ['TAGS'] }),
  )
  expect(failures).toEqual([])
  return services[0] ?? {}
}

describe.concurrent('Terraform, aws_ecs_service with wait_for_steady_state', () => {
  /** What it decides by: the service deployment of the PRIMARY deployment if that is new, else the counts. */
  const isStable = async (arn: string, operationTime: Date): Promise<boolean> => {
    const { status, deployments = [], deploymentController, ...service } = await read(arn)
    expect(status).toBe('ACTIVE')
    const primary = deployments.find((deployment) => deployment.status === 'PRIMARY')
    const isNew = deploymentController?.type === 'ECS' && primary !== undefined && primary.createdAt! > operationTime
    if (isNew) return isDeployed(arn, primary, operationTime)
    return deployments.length === 1 && service.desiredCount === service.runningCount
  }

  const isDeployed = async (arn: string, { id = '' }: Deployment, after: Date): Promise<boolean> => {
    const service = arn.split('/').at(-1)
    const { serviceDeployments: briefs = [] } = await client.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service, createdAt: { after } }),
    )
    const brief = briefs.find(({ targetServiceRevisionArn: target }) => target?.includes(id.split('/')[1] ?? '-'))
    if (brief === undefined) return false
    const { serviceDeployments: [deployment] = [] } = await client.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [brief.serviceDeploymentArn ?? ''] }),
    )
    if (deployment?.status === 'SUCCESSFUL') return true
    if (['STOPPED', 'ROLLBACK_FAILED', 'ROLLBACK_SUCCESSFUL'].includes(deployment?.status ?? ''))
      throw new Failed(deployment?.statusReason)
    return false
  }

  class Failed extends Error {}

  const untilStable = async (arn: string, operationTime: Date): Promise<Service> => {
    const failure = await until('a stable service', () =>
      isStable(arn, operationTime).catch((error: unknown) => {
        if (error instanceof Failed) return error
        throw error
      }),
    )
    if (failure instanceof Failed) throw failure
    return read(arn)
  }

  /** What it sends for a configuration that sets little: its own defaults are there too. */
  const create = async (name: string, given: Partial<CreateServiceCommandInput> = {}): Promise<Service> => {
    const operationTime = new Date()
    const { service } = await client.send(
      new CreateServiceCommand({
        clientToken: `terraform-${name}`,
        cluster: CLUSTER,
        serviceName: name,
        desiredCount: 2,
        schedulingStrategy: 'REPLICA',
        deploymentController: { type: 'ECS' },
        deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
        enableECSManagedTags: false,
        enableExecuteCommand: false,
        capacityProviderStrategy: [],
        ...given,
      }),
    )
    return untilStable(service?.serviceArn ?? '', operationTime)
  }

  const update = async (arn: string, given: Partial<UpdateServiceCommandInput>): Promise<Service> => {
    const operationTime = new Date()
    await client.send(new UpdateServiceCommand({ cluster: CLUSTER, service: arn, forceNewDeployment: false, ...given }))
    return untilStable(arn, operationTime)
  }

  /** Scaled to none, deleted without force, and waited for. */
  const destroy = async (arn: string): Promise<void> => {
    await client.send(new UpdateServiceCommand({ cluster: CLUSTER, service: arn, desiredCount: 0 }))
    await client.send(new DeleteServiceCommand({ cluster: CLUSTER, service: arn, force: false }))
    await until('an inactive service', async () => (await read(arn)).status === 'INACTIVE')
  }

  it('creates, reads back what it sent, changes, and destroys', async () => {
    const taskDefinition = await register('terraform')
    const sent = {
      taskDefinition,
      launchType: 'EC2',
      availabilityZoneRebalancing: 'DISABLED',
      healthCheckGracePeriodSeconds: 0,
      propagateTags: 'SERVICE',
      placementStrategy: [{ type: 'binpack', field: 'memory' }],
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }],
      deploymentConfiguration: {
        maximumPercent: 150,
        minimumHealthyPercent: 50,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
      },
      tags: [{ key: 'team', value: 'a' }],
    } satisfies Partial<CreateServiceCommandInput>
    const created = await create('terraform', sent)
    expect(created).toMatchObject(sent)
    expect(created).toMatchObject({ clusterArn: CLUSTER, desiredCount: 2, runningCount: 2, loadBalancers: [] })
    const arn = created.serviceArn ?? ''

    const next = await register('terraform')
    expect(await update(arn, { taskDefinition: next })).toMatchObject({ taskDefinition: next, runningCount: 2 })
    expect(await update(arn, { desiredCount: 3 })).toMatchObject({ desiredCount: 3, runningCount: 3 })
    expect(await update(arn, { placementStrategy: [], placementConstraints: [] })).toMatchObject({
      placementStrategy: [],
      placementConstraints: [],
      deploymentConfiguration: sent.deploymentConfiguration,
    })
    const unguarded = await update(arn, {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
    })
    expect(unguarded.deploymentConfiguration?.deploymentCircuitBreaker).toEqual({ enable: false, rollback: false })

    await client.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'stage', value: 'test' }] }))
    await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['team'] }))
    expect((await read(arn)).tags).toEqual([{ key: 'stage', value: 'test' }])
    await destroy(arn)
  })

  it('is told why a deployment failed', async () => {
    const taskDefinition = await register('terraform-broken', { 'longshore.simulated.fail-pull': 'no such image' })
    const deploymentCircuitBreaker = { enable: true, rollback: false }
    await expect(
      create('terraform-broken', { taskDefinition, deploymentConfiguration: { deploymentCircuitBreaker } }),
    ).rejects.toThrow('Service deployment failed because the circuit breaker threshold was exceeded.')
    const { deployments } = await read('terraform-broken')
    expect(deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0 }])
    expect(deployments?.[0]?.failedTasks).toBeGreaterThanOrEqual(3)
    await destroy('terraform-broken')
  })

  it('replaces a service at once by one of the same name', async () => {
    const taskDefinition = await register('terraform-again')
    const first = await create('terraform-again', { taskDefinition })
    await destroy(first.serviceArn ?? '')
    const second = await create('terraform-again', { taskDefinition, clientToken: 'another', desiredCount: 1 })
    expect(second).toMatchObject({ serviceArn: first.serviceArn, status: 'ACTIVE', runningCount: 1 })
    expect(second.deployments?.[0]?.id).not.toBe(first.deployments?.[0]?.id)
    await destroy(second.serviceArn ?? '')
  })

  it('cannot delete what still has tasks, unless it forces it', async () => {
    const taskDefinition = await register('terraform-kept')
    const { serviceArn: service } = await create('terraform-kept', { taskDefinition })
    const refused = client.send(new DeleteServiceCommand({ cluster: CLUSTER, service }))
    await expect(refused).rejects.toThrow(InvalidParameterException)
    await expect(refused).rejects.toThrow('The service cannot be stopped while it is scaled above 0.')
    await client.send(new DeleteServiceCommand({ cluster: CLUSTER, service, force: true }))
    await until('an inactive service', async () => (await read(service ?? '')).status === 'INACTIVE')
  })
})

describe.concurrent('CloudFormation, AWS::ECS::Service, as CDK writes it', () => {
  /** COMPLETED is what it waits for. FAILED is what it takes back. */
  const untilRolledOut = (service: string, taskDefinition: string): Promise<Service> =>
    until('a rollout', async () => {
      const { deployments = [], ...described } = await read(service)
      const [primary] = deployments.filter(({ status }) => status === 'PRIMARY')
      expect(primary).toMatchObject({ taskDefinition, failedTasks: 0 })
      return deployments.length === 1 && primary?.rolloutState === 'COMPLETED' && described
    })

  it('creates and updates a service with all that its template says', async () => {
    const taskDefinition = await register('cdk')
    const template = {
      cluster: 'default',
      deploymentConfiguration: {
        alarms: { alarmNames: [], enable: false, rollback: false },
        maximumPercent: 200,
        minimumHealthyPercent: 50,
      },
      enableECSManagedTags: false,
      launchType: 'EC2',
      schedulingStrategy: 'REPLICA',
      taskDefinition,
      desiredCount: 2,
    } satisfies Partial<CreateServiceCommandInput>
    const { service } = await client.send(new CreateServiceCommand({ ...template, serviceName: 'cdk' }))
    expect(service).toMatchObject({ status: 'ACTIVE', deployments: [{ rolloutState: 'IN_PROGRESS' }] })
    expect(await untilRolledOut('cdk', taskDefinition)).toMatchObject({ runningCount: 2, pendingCount: 0 })

    const next = await register('cdk')
    const { launchType: _launchType, schedulingStrategy: _schedulingStrategy, ...updatable } = template
    await client.send(new UpdateServiceCommand({ ...updatable, service: 'cdk', taskDefinition: next }))
    expect(await untilRolledOut('cdk', next)).toMatchObject({ runningCount: 2, desiredCount: 2 })
    await client.send(new DeleteServiceCommand({ service: 'cdk', force: true }))
  })
})

describe.concurrent('the GitHub action amazon-ecs-deploy-task-definition', () => {
  /** Members of a description that are none of a registration; it drops empty ones too. */
  const IGNORED = new Set(
    'compatibilities taskDefinitionArn requiresAttributes revision status registeredAt deregisteredAt registeredBy'.split(
      ' ',
    ),
  )
  const isEmpty = (value: unknown): boolean =>
    value === null || value === '' || (typeof value === 'object' && Object.values(value).every(isEmpty))

  /** The file that a pipeline made of `aws ecs describe-task-definition`. */
  const definitionFile = async (family: string): Promise<RegisterTaskDefinitionCommandInput> => {
    const { taskDefinition = {} } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }))
    const members = Object.entries(taskDefinition).filter(([name, value]) => !IGNORED.has(name) && !isEmpty(value))
    return Object.fromEntries(members) as unknown as RegisterTaskDefinitionCommandInput
  }

  it('registers what was described, updates the service and waits until it is stable', async () => {
    const family = 'action'
    await client.send(
      new CreateServiceCommand({ serviceName: family, taskDefinition: await register(family), desiredCount: 2 }),
    )
    await waitUntilServicesStable({ client, ...FAST_WAITER }, { services: [family] })

    const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(await definitionFile(family)))
    expect(taskDefinition).toMatchObject({ family, revision: 2 })
    const { status, deploymentController } = await read(family, 'default')
    expect([status, deploymentController?.type ?? 'ECS']).toEqual(['ACTIVE', 'ECS'])
    const start = new Date()
    await client.send(
      new UpdateServiceCommand({
        cluster: 'default',
        service: family,
        taskDefinition: taskDefinition?.taskDefinitionArn,
        forceNewDeployment: false,
        enableECSManagedTags: null as never,
        propagateTags: null as never,
        volumeConfigurations: [],
      }),
    )
    await waitUntilServicesStable({ client, ...FAST_WAITER }, { services: [family], cluster: 'default' })
    const { events = [], taskDefinition: deployed } = await read(family)
    expect(deployed).toBe(taskDefinition?.taskDefinitionArn)
    const since = events.filter(({ createdAt = start }) => createdAt > start).map(({ message }) => message)
    expect(since).toContainEqual(expect.stringMatching(/^\(service action\) has started 2 tasks: \(task /))
    await client.send(new DeleteServiceCommand({ service: family, force: true }))
  })

  it('is told of a service that is missing', async () => {
    const { services, failures } = await client.send(new DescribeServicesCommand({ services: ['nowhere'] }))
    expect(services).toEqual([])
    const arn = 'arn:aws:ecs:us-east-1:000000000000:service/default/nowhere'
    expect(failures).toEqual([{ arn, reason: 'MISSING' }])
  })
})
