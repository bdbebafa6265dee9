import type { CreateTaskSetRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aService, aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { aFargateTaskDefinition, aTaskDefinition } from '../../../../test/builders/a-task-definition.ts'
import { seeded } from '../../../../test/seeded.ts'
import { createTaskSet } from './create-task-set.ts'
import { describeTaskSets } from './describe-task-sets.ts'

const service = aService({ deploymentController: 'EXTERNAL', desiredCount: 3 })
const definition = aTaskDefinition()
const onFargate = aFargateTaskDefinition({ family: 'fargate' })
const minimal: CreateTaskSetRequest = { cluster: 'default', service: 'web', taskDefinition: 'web:1' }

const withService = (given: Parameters<typeof seeded>[0] = {}) =>
  seeded({ services: [service], definitions: [definition, onFargate], ...given })

describe('CreateTaskSet', () => {
  it('creates a task set without tasks unless it is given a scale', async () => {
    const ecs = await withService()
    const { taskSet } = await ecs.call(createTaskSet, minimal)
    const id = taskSet?.id ?? ''
    expect(id).toMatch(/^ecs-svc\/[1-9][0-9]{18}$/)
    const now = new Date(ecs.clock.now())
    expect(taskSet).toEqual({
      id,
      taskSetArn: `arn:aws:ecs:us-east-1:000000000000:task-set/default/web/${id}`,
      serviceArn: service.serviceArn,
      clusterArn: service.clusterArn,
      status: 'ACTIVE',
      taskDefinition: definition.taskDefinitionArn,
      launchType: 'EC2',
      computedDesiredCount: 0,
      pendingCount: 0,
      runningCount: 0,
      scale: { value: 0, unit: 'PERCENT' },
      stabilityStatus: 'STABILIZING',
      stabilityStatusAt: now,
      createdAt: now,
      updatedAt: now,
      loadBalancers: [],
      serviceRegistries: [],
      tags: [],
    })
  })

  it('reads back what was sent', async () => {
    const ecs = await withService()
    const networkConfiguration = {
      awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' as const },
    }
    const { taskSet } = await ecs.call(createTaskSet, {
      ...minimal,
      service: service.serviceArn,
      taskDefinition: 'fargate',
      externalId: 'release-7',
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      networkConfiguration,
      scale: { value: 33.4, unit: 'PERCENT' },
      tags: [{ key: 'team', value: 'a' }],
    })
    expect(taskSet).toMatchObject({
      externalId: 'release-7',
      taskDefinition: onFargate.taskDefinitionArn,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      platformFamily: 'Linux',
      networkConfiguration,
      scale: { value: 33.4, unit: 'PERCENT' },
      computedDesiredCount: 2,
      tags: [{ key: 'team', value: 'a' }],
    })
    const named = { cluster: 'default', service: 'web', taskSets: [taskSet?.id ?? ''], include: ['TAGS' as const] }
    expect((await ecs.call(describeTaskSets, named)).taskSets).toEqual([taskSet])
  })

  it('gives the task set a revision of its own, of the same number', async () => {
    const ecs = await withService()
    const { taskSet } = await ecs.call(createTaskSet, minimal)
    const [revision] = ecs.store.tables.serviceRevisions.find('byService', service.serviceArn)
    expect(revision).toMatchObject({ taskDefinitionArn: definition.taskDefinitionArn, launchType: 'EC2' })
    expect(revision?.serviceRevisionArn.split('/').at(-1)).toBe(taskSet?.id?.split('/').at(-1))
  })

  it('answers a repeated client token with the same task set', async () => {
    const ecs = await withService()
    const first = await ecs.call(createTaskSet, { ...minimal, clientToken: 'once' })
    expect(await ecs.call(createTaskSet, { ...minimal, clientToken: 'once' })).toEqual(first)
    expect(ecs.store.tables.taskSets.size).toBe(1)
    await expect(
      ecs.call(createTaskSet, { ...minimal, externalId: 'other', clientToken: 'once' }),
    ).rejects.toMatchObject({ code: 'ConflictException' })
  })

  it('refuses a sixth task set', async () => {
    const revisions = Array.from({ length: 5 }, () => aServiceRevision())
    const ecs = await withService({ revisions, taskSets: revisions.map((revision) => aTaskSet(revision)) })
    await expect(ecs.call(createTaskSet, minimal)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: '5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.',
    })
  })

  it.each([
    ['the ECS controller', { deploymentController: 'ECS' }, 'Amazon ECS only supports task set management on services'],
    ['a service that drains', { status: 'DRAINING' }, 'Service was not ACTIVE.'],
    ['a service that is gone', { status: 'INACTIVE' }, 'Service was not ACTIVE.'],
    ['ECS Exec without a task role', { enableExecuteCommand: true }, "The task set couldn't be created because"],
  ] as const)('refuses %s', async (_what, given, message) => {
    const ecs = await withService({ services: [{ ...service, ...given }] })
    await expect(ecs.call(createTaskSet, minimal)).rejects.toMatchObject({ message: expect.stringContaining(message) })
  })

  it.each([
    ['an unknown service', { service: 'none' }, 'ServiceNotFoundException'],
    ['an unknown cluster', { cluster: 'none' }, 'ClusterNotFoundException'],
    ['an unknown definition', { taskDefinition: 'none' }, 'ClientException'],
    ['no definition', { taskDefinition: undefined }, 'InvalidParameterException'],
    ['a launch type that the definition does not support', { launchType: 'FARGATE' as const }, 'InvalidParameter'],
    ['a platform version on EC2', { platformVersion: '1.4.0' }, 'InvalidParameterException'],
    ['a scale above 100', { scale: { value: 100.5 } }, 'InvalidParameterException'],
    ['a negative scale', { scale: { value: -1 } }, 'InvalidParameterException'],
    ['a scale without value', { scale: {} }, 'InvalidParameterException'],
    ['another unit', { scale: { value: 1, unit: 'TASKS' as never } }, 'InvalidParameterException'],
    ['a long client token', { clientToken: 'x'.repeat(37) }, 'InvalidParameterException'],
    ['load balancers without a target group', { loadBalancers: [{}] }, 'InvalidParameterException'],
    ['service registries', { serviceRegistries: [{}] }, 'UnsupportedFeatureException'],
    ['reserved tags', { tags: [{ key: 'aws:x', value: '' }] }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, given, code) => {
    const ecs = await withService()
    await expect(ecs.call(createTaskSet, { ...minimal, ...given })).rejects.toMatchObject({
      code: expect.stringContaining(code),
    })
    expect(ecs.store.tables.serviceRevisions.size).toBe(0)
  })
})
