import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aCluster, DEFAULT_CLUSTER_ARN } from '../../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import {
  aContainerDefinition,
  aFargateTaskDefinition,
  aTaskDefinition,
} from '../../../../test/builders/a-task-definition.ts'
import { type Seed, seeded } from '../../../../test/seeded.ts'
import { runTask } from './run-task.ts'
import { submitTaskStateChange } from './submit-task-state-change.ts'

const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } }
const web: RunTaskRequest = { taskDefinition: 'web' }
const fargate: RunTaskRequest = { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: network }
const instance = aContainerInstance({ containerInstanceId: '1'.repeat(32) })
const withAttribute = (name: string) => ({ ...instance, attributes: [...instance.attributes, { name }] })
const instanceArn = `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${instance.containerInstanceId}`

const world = (seed: Seed = {}) => seeded({ instances: [instance], definitions: [aTaskDefinition()], ...seed })
const refusal = async (input: RunTaskRequest, seed: Seed = {}) => {
  const ecs = await world(seed)
  return ecs.call(runTask, input).then(
    () => undefined,
    ({ code, message }: { code: string; message: string }) => ({ code, message }),
  )
}
const invalid = (message: string) => ({ code: 'InvalidParameterException', message })

describe('RunTask', () => {
  it('places a task and describes it', async () => {
    const ecs = await world()
    const { tasks, failures } = await ecs.call(runTask, web)
    const [task] = tasks ?? []
    const taskArn = task?.taskArn ?? ''
    const now = expect.objectContaining({})
    expect(failures).toEqual([])
    expect(taskArn).toMatch(/^arn:aws:ecs:us-east-1:000000000000:task\/default\/[0-9a-f]{32}$/)
    expect(task).toEqual({
      attachments: [],
      attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
      availabilityZone: 'us-east-1a',
      clusterArn: DEFAULT_CLUSTER_ARN,
      connectivity: 'CONNECTED',
      connectivityAt: now,
      containerInstanceArn: instanceArn,
      containers: [
        {
          containerArn: expect.stringContaining(taskArn.replace(':task/', ':container/')),
          taskArn,
          name: 'app',
          image: 'longshore/test:latest',
          lastStatus: 'PENDING',
          networkBindings: [],
          networkInterfaces: [],
          healthStatus: 'UNKNOWN',
          cpu: '128',
          memory: '256',
        },
      ],
      createdAt: now,
      desiredStatus: 'RUNNING',
      enableExecuteCommand: false,
      group: 'family:web',
      healthStatus: 'UNKNOWN',
      lastStatus: 'PENDING',
      launchType: 'EC2',
      overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
      tags: [],
      taskArn,
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
      version: 1,
    })
    expect(task?.createdAt?.getTime()).toBe(ecs.clock.now())
  })

  it('starts as many tasks as asked for, and takes their resources', async () => {
    const ecs = await world()
    const { tasks } = await ecs.call(runTask, { ...web, count: 10 })
    expect(new Set(tasks?.map(({ taskArn }) => taskArn)).size).toBe(10)
    expect(ecs.capacity.remaining(instance.containerInstanceId)).toMatchObject({ cpuUnits: 4096 - 1280 })
  })

  it('says which instance had no room, and starts what fits', async () => {
    const definition = aTaskDefinition({ containerDefinitions: [aContainerDefinition({ cpu: 0, memory: 3000 })] })
    const ecs = await world({ definitions: [definition] })
    const { tasks, failures } = await ecs.call(runTask, { ...web, count: 3 })
    expect(tasks).toHaveLength(2)
    expect(failures).toMatchObject([{ arn: instanceArn, reason: 'RESOURCE:MEMORY' }])
  })

  it('keeps everything that the request says of the task', async () => {
    const ecs = await world({
      instances: [withAttribute('com.amazonaws.ecs.capability.task-iam-role')],
      definitions: [aTaskDefinition({ tags: [{ key: 'team', value: 'a' }] })],
    })
    const { tasks } = await ecs.call(runTask, {
      ...web,
      group: 'batch',
      startedBy: 'job/7_a-b',
      referenceId: 'ref',
      propagateTags: 'TASK_DEFINITION',
      enableECSManagedTags: true,
      tags: [{ key: 'own', value: 'b' }],
      overrides: {
        containerOverrides: [{ name: 'app', command: ['date'], cpu: 64 }],
        taskRoleArn: 'arn:aws:iam::000000000000:role/r',
      },
    })
    expect(tasks?.[0]).toMatchObject({
      group: 'batch',
      startedBy: 'job/7_a-b',
      tags: [
        { key: 'team', value: 'a' },
        { key: 'own', value: 'b' },
        { key: 'aws:ecs:clusterName', value: 'default' },
      ],
      overrides: {
        containerOverrides: [{ name: 'app', command: ['date'], cpu: 64 }],
        taskRoleArn: 'arn:aws:iam::000000000000:role/r',
        inferenceAcceleratorOverrides: [],
      },
    })
    expect(tasks?.[0]?.containers?.[0]?.cpu).toBe('64')
    expect([...ecs.store.tables.tasks.rows()][0]).toMatchObject({ referenceId: 'ref', reservation: { cpuUnits: 64 } })
  })

  it('honours constraints and strategies', async () => {
    const instances = ['a', 'b'].map((rack) =>
      aContainerInstance({ attributes: [...aContainerInstance().attributes, { name: 'rack', value: rack }] }),
    )
    const ecs = await world({ instances })
    const inB = await ecs.call(runTask, {
      ...web,
      count: 2,
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack == b' }],
    })
    const arnOf = (index: number) => expect.stringContaining(instances[index]!.containerInstanceId)
    expect(inB.tasks?.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual([arnOf(1), arnOf(1)])
    const apart = await ecs.call(runTask, {
      ...web,
      group: 'apart',
      count: 3,
      placementConstraints: [{ type: 'distinctInstance' }],
      placementStrategy: [
        { type: 'spread', field: 'attribute:rack' },
        { type: 'binpack', field: 'MEMORY' },
      ],
    })
    expect(apart.tasks).toHaveLength(2)
    expect(apart.failures).not.toHaveLength(0)
  })

  it('assigns GPUs to containers', async () => {
    const ecs = await world({
      instances: [aContainerInstance({ gpuIds: ['gpu-0', 'gpu-1'] })],
      definitions: [
        aTaskDefinition({
          containerDefinitions: [aContainerDefinition({ resourceRequirements: [{ type: 'GPU', value: '2' }] })],
        }),
      ],
    })
    const { tasks } = await ecs.call(runTask, web)
    expect(tasks?.[0]?.containers?.[0]?.gpuIds).toEqual(['gpu-0', 'gpu-1'])
  })

  it.each([
    ['a role', 'com.amazonaws.ecs.capability.task-iam-role', { taskRoleArn: 'arn:aws:iam::000000000000:role/r' }],
    [
      'environment files',
      'ecs.capability.env-files.s3',
      {
        containerOverrides: [
          { name: 'app', environmentFiles: [{ type: 's3' as const, value: 'arn:aws:s3:::bucket/a.env' }] },
        ],
      },
    ],
  ])('needs an agent that can do what overrides ask for: %s', async (_what, capability, overrides) => {
    const unable = await world({})
    expect((await unable.call(runTask, { ...web, overrides })).failures).toMatchObject([{ reason: 'ATTRIBUTE' }])
    const able = await world({ instances: [withAttribute(capability)] })
    expect((await able.call(runTask, { ...web, overrides })).failures).toEqual([])
  })

  it('needs an agent that can execute commands, and a task role, for ECS Exec', async () => {
    const definitions = [aTaskDefinition({ taskRoleArn: 'arn:aws:iam::000000000000:role/r' })]
    const ecs = await world({ instances: [withAttribute('ecs.capability.execute-command')], definitions })
    const { tasks } = await ecs.call(runTask, { ...web, enableExecuteCommand: true })
    expect(tasks?.[0]).toMatchObject({
      enableExecuteCommand: true,
      containers: [{ managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }] }],
    })
    const unable = await world({ definitions })
    expect(await unable.call(runTask, { ...web, enableExecuteCommand: true })).toMatchObject({
      tasks: [],
      failures: [{ reason: 'ATTRIBUTE' }],
    })
    expect(await refusal({ ...web, enableExecuteCommand: true })).toMatchObject({
      message: expect.stringContaining('valid taskRoleArn'),
    })
  })

  it('places tasks of launch type EXTERNAL on external instances only', async () => {
    const external = aContainerInstance({ attributes: [...instance.attributes, { name: 'ecs.capability.external' }] })
    const ecs = await world({ instances: [instance, external] })
    const { tasks } = await ecs.call(runTask, { ...web, launchType: 'EXTERNAL', count: 2 })
    const arn = expect.stringContaining(external.containerInstanceId)
    expect(tasks).toMatchObject([
      { launchType: 'EXTERNAL', containerInstanceArn: arn },
      { launchType: 'EXTERNAL', containerInstanceArn: arn },
    ])
  })

  describe('on Fargate', () => {
    const onFargate = (seed: Seed = {}) => world({ definitions: [aFargateTaskDefinition()], ...seed })

    it('hides the instance and shows the platform', async () => {
      const ecs = await onFargate()
      const { tasks } = await ecs.call(runTask, fargate)
      expect(tasks?.[0]).toMatchObject({
        lastStatus: 'PROVISIONING',
        launchType: 'FARGATE',
        platformVersion: '1.4.0',
        platformFamily: 'Linux',
        cpu: '256',
        memory: '512',
        ephemeralStorage: { sizeInGiB: 20 },
        fargateEphemeralStorage: { sizeInGiB: 20 },
      })
      expect(tasks?.[0]).not.toHaveProperty('containerInstanceArn')
      expect(tasks?.[0]).not.toHaveProperty('connectivity')
      expect([...ecs.store.tables.tasks.rows()][0]?.hostInstanceId).toBe(instance.containerInstanceId)
    })

    it('is out of capacity in its own words', async () => {
      const message = 'Capacity is unavailable at this time. Please try again later or in a different availability zone'
      const none = await onFargate({ instances: [] })
      expect(await none.call(runTask, fargate)).toEqual({ tasks: [], failures: [{ reason: message }] })
      const small = await onFargate({ instances: [aContainerInstance({ memoryMiB: 100 })] })
      expect(await small.call(runTask, fargate)).toEqual({ tasks: [], failures: [{ reason: message }] })
    })

    it('takes sizes that exist, after overrides too', async () => {
      const ecs = await onFargate()
      const { tasks } = await ecs.call(runTask, { ...fargate, overrides: { cpu: '.5 vCPU', memory: '1 GB' } })
      expect(tasks?.[0]).toMatchObject({ cpu: '512', memory: '1024', overrides: { cpu: '512', memory: '1024' } })
      await expect(ecs.call(runTask, { ...fargate, overrides: { memory: '4096' } })).rejects.toMatchObject({
        code: 'ClientException',
        message: expect.stringContaining('No Fargate configuration exists for given values'),
      })
    })

    it('does not need the capability of network interfaces', async () => {
      const definition = aFargateTaskDefinition({ requiresAttributes: [{ name: 'ecs.capability.task-eni' }] })
      const ecs = await onFargate({ definitions: [definition] })
      expect((await ecs.call(runTask, fargate)).tasks).toHaveLength(1)
    })

    it('distributes tasks over capacity providers, base first', async () => {
      const cluster = aCluster({ capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
      const ecs = await onFargate({ clusters: [cluster] })
      const { tasks } = await ecs.call(runTask, {
        taskDefinition: 'web',
        networkConfiguration: network,
        count: 10,
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE', base: 2, weight: 1 },
          { capacityProvider: 'FARGATE_SPOT', weight: 3 },
        ],
      })
      const count = (name: string) => tasks?.filter(({ capacityProviderName }) => capacityProviderName === name).length
      expect([count('FARGATE'), count('FARGATE_SPOT')]).toEqual([4, 6])
      expect(tasks?.every(({ launchType }) => launchType === 'FARGATE')).toBe(true)
    })

    it("follows the cluster's default strategy", async () => {
      const cluster = aCluster({
        capacityProviders: ['FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
      })
      const ecs = await onFargate({ clusters: [cluster] })
      const { tasks } = await ecs.call(runTask, { taskDefinition: 'web', networkConfiguration: network })
      expect(tasks?.[0]?.capacityProviderName).toBe('FARGATE_SPOT')
    })

    it.each<[string, Partial<RunTaskRequest>, object]>([
      [
        'an unknown platform version',
        { platformVersion: '9.9.9' },
        { code: 'PlatformUnknownException', message: 'The specified platform version does not exist.' },
      ],
      [
        'placement constraints',
        { placementConstraints: [{ type: 'distinctInstance' }] },
        invalid('Placement constraints are not supported with FARGATE launch type.'),
      ],
      [
        'placement strategies',
        { placementStrategy: [{ type: 'random' }] },
        invalid('Placement strategies are not supported with FARGATE launch type.'),
      ],
      [
        'no network configuration',
        { networkConfiguration: undefined },
        invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified."),
      ],
      [
        'a network without subnets',
        { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
        invalid('subnets can not be empty.'),
      ],
      [
        'too many security groups',
        { networkConfiguration: { awsvpcConfiguration: { subnets: ['s'], securityGroups: Array(6).fill('sg') } } },
        invalid('securityGroups can have at most 5 items.'),
      ],
      [
        'storage that is too large',
        { overrides: { ephemeralStorage: { sizeInGiB: 201 } } },
        invalid('Ephemeral storage size must be between 21 GiB and 200 GiB.'),
      ],
    ])('refuses %s', async (_what, given, fault) => {
      expect(await refusal({ ...fargate, ...given }, { definitions: [aFargateTaskDefinition()] })).toEqual(fault)
    })
  })

  it.each<[string, Partial<RunTaskRequest>, object]>([
    ['no tasks', { count: 0 }, invalid('count must be between 1 and 10.')],
    ['too many tasks', { count: 11 }, invalid('count must be between 1 and 10.')],
    ['an unknown cluster', { cluster: 'other' }, { code: 'ClusterNotFoundException', message: 'Cluster not found.' }],
    [
      'an unknown definition',
      { taskDefinition: 'none' },
      expect.objectContaining({ message: 'TaskDefinition not found.' }),
    ],
    [
      'a launch type together with a strategy',
      { launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      invalid(
        'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
      ),
    ],
    [
      'a capacity provider that the cluster does not have',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      expect.objectContaining({ message: expect.stringContaining('not associated with the cluster') }),
    ],
    [
      'a launch type that the definition is not made for',
      { launchType: 'FARGATE' },
      invalid('Task definition does not support launch_type FARGATE.'),
    ],
    [
      'a launch type without capacity',
      { launchType: 'MANAGED_INSTANCES' },
      expect.objectContaining({ message: expect.stringContaining("Value 'MANAGED_INSTANCES' at 'launchType'") }),
    ],
    [
      'a platform version for EC2',
      { platformVersion: 'LATEST' },
      invalid('The platform version must be null when specifying an EC2 launch type.'),
    ],
    [
      'a network configuration in bridge mode',
      { networkConfiguration: network },
      invalid('Network Configuration is not valid for the given networkMode of this task definition.'),
    ],
    ['a group of services', { group: 'service:web' }, invalid('group cannot begin with service:, which is reserved.')],
    ['a group that is too long', { group: 'g'.repeat(256) }, invalid('group can have at most 255 characters.')],
    [
      'who started it in the name of a deployment',
      { startedBy: 'ecs-svc/1' },
      invalid('startedBy cannot begin with ecs-svc/, which is reserved.'),
    ],
    [
      'who started it in other characters',
      { startedBy: 'a b' },
      invalid('startedBy can have up to 128 letters, numbers, hyphens (-), forward slashes (/), and underscores (_).'),
    ],
    [
      'tags of a service',
      { propagateTags: 'SERVICE' },
      invalid('propagateTags SERVICE is valid for tasks of a service only.'),
    ],
    [
      'volumes configured at launch',
      { volumeConfigurations: [{ name: 'v' }] },
      {
        code: 'UnsupportedFeatureException',
        message: 'Amazon EBS volumes that are configured at launch are not supported.',
      },
    ],
    [
      'storage on EC2',
      { overrides: { ephemeralStorage: { sizeInGiB: 30 } } },
      invalid('Ephemeral storage can be configured for tasks on AWS Fargate only.'),
    ],
    [
      'more than ten constraints',
      { placementConstraints: Array(11).fill({ type: 'distinctInstance' }) },
      invalid('A task can have at most 10 placement constraints.'),
    ],
    [
      'more than five strategies',
      { placementStrategy: Array(6).fill({ type: 'random' }) },
      invalid('A task can have at most 5 placement strategies.'),
    ],
    [
      'an expression that is none',
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a ==' }] },
      expect.objectContaining({ message: expect.stringContaining('Invalid expression') }),
    ],
    [
      'a memberOf without expression',
      { placementConstraints: [{ type: 'memberOf' }] },
      invalid('The memberOf constraint type requires an expression.'),
    ],
    [
      'an expression with distinctInstance',
      { placementConstraints: [{ type: 'distinctInstance', expression: 'x' }] },
      invalid('You cannot specify an expression with the distinctInstance constraint type.'),
    ],
    [
      'an unknown field to pack by',
      { placementStrategy: [{ type: 'binpack', field: 'disk' }] },
      invalid("Invalid field 'disk' for the binpack placement strategy: cpu or memory is needed."),
    ],
    [
      'an unknown field to spread over',
      { placementStrategy: [{ type: 'spread', field: 'rack' }] },
      invalid(
        "Invalid field 'rack' for the spread placement strategy: instanceId, host or attribute:<name> is needed.",
      ),
    ],
    [
      'a field for random',
      { placementStrategy: [{ type: 'random', field: 'cpu' }] },
      invalid('The random placement strategy does not take a field.'),
    ],
    [
      'a client token in other characters',
      { clientToken: 'a b' },
      invalid('clientToken can have up to 64 characters in the range of 33-126.'),
    ],
    [
      'an enumerated member with another value',
      { propagateTags: 'ALL' as never },
      expect.objectContaining({ message: expect.stringContaining("Value 'ALL' at 'propagateTags'") }),
    ],
  ])('refuses %s', async (_what, given, fault) => {
    expect(await refusal({ ...web, ...given })).toEqual(fault)
  })

  it('refuses a definition that was deregistered', async () => {
    const definitions = [aTaskDefinition({ status: 'INACTIVE' })]
    expect(await refusal({ taskDefinition: 'web:1' }, { definitions })).toMatchObject({
      message: 'TaskDefinition is inactive',
    })
  })

  it('refuses a cluster without instances', async () => {
    expect(await refusal(web, { instances: [] })).toEqual(invalid('No Container Instances were found in your cluster.'))
  })

  it('counts the constraints of the definition', async () => {
    const placementConstraints = [{ type: 'memberOf' as const, expression: 'attribute:rack == b' }]
    const ecs = await world({ definitions: [aTaskDefinition({ placementConstraints })] })
    expect(await ecs.call(runTask, web)).toMatchObject({ tasks: [], failures: [{ arn: instanceArn }] })
    expect(
      await refusal(
        { ...web, placementConstraints: Array(10).fill({ type: 'distinctInstance' }) },
        {
          definitions: [aTaskDefinition({ placementConstraints })],
        },
      ),
    ).toEqual(invalid('A task can have at most 10 placement constraints.'))
  })

  describe('with a client token', () => {
    const once: RunTaskRequest = { ...web, count: 2, clientToken: 'token' }

    it('starts tasks once, and describes them as they are by then', async () => {
      const ecs = await world()
      const first = await ecs.call(runTask, once)
      await ecs.call(submitTaskStateChange, { task: first.tasks![0]!.taskArn!, status: 'RUNNING' })
      const second = await ecs.call(runTask, once)
      expect(second.tasks?.map(({ taskArn }) => taskArn)).toEqual(first.tasks?.map(({ taskArn }) => taskArn))
      expect(second.tasks?.map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'PENDING'])
      expect(ecs.store.tables.tasks.size).toBe(2)
    })

    it('gives the failures of the first time again', async () => {
      const ecs = await world({ instances: [aContainerInstance({ memoryMiB: 300 })] })
      const first = await ecs.call(runTask, once)
      expect(first.failures).toHaveLength(1)
      expect(await ecs.call(runTask, once)).toEqual(first)
    })

    it('refuses another request and names the tasks that have the token', async () => {
      const ecs = await world()
      const { tasks } = await ecs.call(runTask, once)
      await expect(ecs.call(runTask, { ...once, count: 3 })).rejects.toMatchObject({
        code: 'ConflictException',
        members: { resourceIds: tasks?.map(({ taskArn }) => taskArn) },
      })
    })

    it('knows a cluster by its name and by its ARN', async () => {
      const ecs = await world()
      await ecs.call(runTask, once)
      await expect(ecs.call(runTask, { ...once, cluster: DEFAULT_CLUSTER_ARN })).rejects.toMatchObject({
        code: 'ConflictException',
      })
    })

    it('keeps little per call', async () => {
      const ecs = await world()
      await ecs.call(runTask, { ...once, count: 10 })
      const [token] = [...ecs.store.tables.clientTokens.rows()]
      expect(token?.response.length).toBeLessThan(500)
    })
  })
})
