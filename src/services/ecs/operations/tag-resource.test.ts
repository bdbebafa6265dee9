import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { aService, aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { ACCOUNT, type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'
import { registerTaskDefinition } from './register-task-definition.ts'
import { tagResource } from './tag-resource.ts'

const PREFIX = `arn:aws:ecs:us-east-1:${ACCOUNT}`
const CLUSTER = `${PREFIX}:cluster/default`
const tags = [{ key: 'team', value: 'a' }]

const withOneOfEach = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.call(registerTaskDefinition, aDefinition())
  await ecs.store.transact((tx) => {
    tx.containerInstances.insert(aContainerInstance({ containerInstanceId: 'c1' }))
    tx.containerInstances.insert(aContainerInstance({ containerInstanceId: 'c2', status: 'INACTIVE' }))
    tx.tasks.insert(aTask({ taskId: 't1' }))
    const revision = aServiceRevision()
    tx.services.insert(aService())
    tx.services.insert(aService({ serviceName: 'gone', status: 'INACTIVE' }))
    tx.taskSets.insert(aTaskSet(revision, { taskSetId: 'ecs-svc/1' }))
  })
  return ecs
}

describe('TagResource', () => {
  it.each([
    ['a cluster', CLUSTER],
    ['a task definition', `${PREFIX}:task-definition/web:1`],
    ['a container instance', `${PREFIX}:container-instance/default/c1`],
    ['a task', `${PREFIX}:task/default/t1`],
    ['a service', `${PREFIX}:service/default/web`],
    ['a task set', `${PREFIX}:task-set/default/web/ecs-svc/1`],
  ])('tags %s', async (_, resourceArn) => {
    const ecs = await withOneOfEach()

    await ecs.call(tagResource, { resourceArn, tags })

    expect(await ecs.call(listTagsForResource, { resourceArn })).toEqual({ tags })
  })

  it('gives a key that is there already the new value', async () => {
    const ecs = await withOneOfEach()
    await ecs.call(tagResource, { resourceArn: CLUSTER, tags: [...tags, { key: 'env', value: 'dev' }] })

    await ecs.call(tagResource, { resourceArn: CLUSTER, tags: [{ key: 'team', value: 'b' }, { key: 'new' }] })

    expect((await ecs.call(listTagsForResource, { resourceArn: CLUSTER })).tags).toEqual([
      { key: 'team', value: 'b' },
      { key: 'env', value: 'dev' },
      { key: 'new', value: '' },
    ])
  })

  it('counts the tags that are there already', async () => {
    const ecs = await withOneOfEach()
    const many = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: '' }))
    await ecs.call(tagResource, { resourceArn: CLUSTER, tags: many })

    await ecs.call(tagResource, { resourceArn: CLUSTER, tags: many.slice(0, 1) })
    await expect(ecs.call(tagResource, { resourceArn: CLUSTER, tags })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  it.each([
    ['a cluster that is not there', `${PREFIX}:cluster/other`, 'ClusterNotFoundException'],
    ['a revision that is not there', `${PREFIX}:task-definition/web:2`, 'ResourceNotFoundException'],
    ['a task that is not there', `${PREFIX}:task/default/t2`, 'ResourceNotFoundException'],
    ['a task under the wrong cluster', `${PREFIX}:task/other/t1`, 'ResourceNotFoundException'],
    ['a deregistered container instance', `${PREFIX}:container-instance/default/c2`, 'ResourceNotFoundException'],
    ['a deleted service', `${PREFIX}:service/default/gone`, 'ResourceNotFoundException'],
    ['a task set under the wrong service', `${PREFIX}:task-set/default/gone/ecs-svc/1`, 'ResourceNotFoundException'],
    ['a task in another region', `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/default/t1`, 'ResourceNotFoundException'],
    ['a type that has no tags', `${PREFIX}:attribute/a`, 'InvalidParameterException'],
    ['another service', `arn:aws:iam::${ACCOUNT}:role/a`, 'InvalidParameterException'],
    ['no ARN', 'default', 'InvalidParameterException'],
  ])('refuses %s', async (_, resourceArn, code) => {
    const ecs = await withOneOfEach()

    await expect(ecs.call(tagResource, { resourceArn, tags })).rejects.toMatchObject({ code })
  })

  it('refuses short ARNs and deleted clusters', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})
    await ecs.call(deleteCluster, { cluster: 'default' })

    await expect(ecs.call(tagResource, { resourceArn: `${PREFIX}:task/t1`, tags })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Long arn format must be used for tagging operations',
    })
    await expect(ecs.call(tagResource, { resourceArn: CLUSTER, tags })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    })
  })
})
