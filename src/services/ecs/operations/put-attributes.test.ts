import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { putAttributes } from './put-attributes.ts'

const instance = aContainerInstance({ attributes: [{ name: 'ecs.os-type', value: 'linux' }] })
const id = instance.containerInstanceId
const arn = `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${id}`
const short = { targetId: id, targetType: 'container-instance' } as const

const withInstance = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.store.transact((tx) => tx.containerInstances.insert(instance))
  return ecs
}

describe('PutAttributes', () => {
  it('sets attributes with and without value, by ARN and by id, and replaces values', async () => {
    const ecs = await withInstance()
    const { attributes } = await ecs.call(putAttributes, {
      attributes: [
        { name: 'stack', value: 'test', targetId: arn },
        { name: 'plain', ...short },
      ],
    })
    expect(attributes).toEqual([
      { name: 'stack', value: 'test', targetId: arn },
      { name: 'plain', targetId: arn },
    ])
    await ecs.call(putAttributes, { attributes: [{ name: 'stack', value: 'prod', targetId: arn }] })
    expect(ecs.store.tables.containerInstances.get(id)).toMatchObject({
      version: 3,
      attributes: [{ name: 'ecs.os-type', value: 'linux' }, { name: 'stack', value: 'prod' }, { name: 'plain' }],
    })
  })

  it('counts custom attributes only, and all of them', async () => {
    const ecs = await withInstance()
    const ten = Array.from({ length: 10 }, (_, number) => ({ name: `custom-${number}`, targetId: arn }))
    await ecs.call(putAttributes, { attributes: ten })
    await expect(ecs.call(putAttributes, { attributes: [{ name: 'eleventh', targetId: arn }] })).rejects.toMatchObject({
      code: 'AttributeLimitExceededException',
    })
  })

  it('sets none if one of them is refused', async () => {
    const ecs = await withInstance()
    await expect(
      ecs.call(putAttributes, {
        attributes: [
          { name: 'stack', targetId: arn },
          { name: 'stack', ...short, targetId: 'f'.repeat(32) },
        ],
      }),
    ).rejects.toMatchObject({ code: 'TargetNotFoundException' })
    expect(ecs.store.tables.containerInstances.get(id)).toEqual(instance)
  })

  it.each([
    ['no attribute', []],
    ['more than ten', Array(11).fill({ name: 'a', targetId: arn })],
    ['a target by id without its type', [{ name: 'stack', targetId: id }]],
    ['no target', [{ name: 'stack' }]],
    ['another type of target', [{ name: 'stack', targetId: id, targetType: 'task' as never }]],
    ['a reserved name', [{ name: 'ecs.os-type', value: 'windows', targetId: arn }]],
    ['a long name', [{ name: 'a'.repeat(129), targetId: arn }]],
    ['a long value', [{ name: 'a', value: 'a'.repeat(129), targetId: arn }]],
  ])('refuses %s', async (_what, attributes) => {
    const ecs = await withInstance()
    await expect(ecs.call(putAttributes, { attributes })).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})
