import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { deleteAttributes } from './delete-attributes.ts'

const instance = aContainerInstance({
  attributes: [
    { name: 'ecs.os-type', value: 'linux' },
    { name: 'stack', value: 'prod' },
    { name: 'owner', value: 'me' },
  ],
})
const id = instance.containerInstanceId
const targetId = `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${id}`

const withInstance = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.store.transact((tx) => tx.containerInstances.insert(instance))
  return ecs
}

describe('DeleteAttributes', () => {
  it('takes attributes off and answers with what they were', async () => {
    const ecs = await withInstance()
    const { attributes } = await ecs.call(deleteAttributes, {
      attributes: [
        { name: 'stack', targetId },
        { name: 'never-was', targetId },
      ],
    })
    expect(attributes).toEqual([{ name: 'stack', value: 'prod', targetId }])
    expect(ecs.store.tables.containerInstances.get(id)?.attributes.map(({ name }) => name)).toEqual([
      'ecs.os-type',
      'owner',
    ])
  })

  it('leaves an instance alone that has none of them', async () => {
    const ecs = await withInstance()
    expect(await ecs.call(deleteAttributes, { attributes: [{ name: 'never-was', targetId }] })).toEqual({
      attributes: [],
    })
    expect(ecs.store.tables.containerInstances.get(id)?.version).toBe(1)
  })

  it.each([
    ['a value', { name: 'stack', value: 'prod', targetId }, 'InvalidParameterException'],
    ['a reserved name', { name: 'ecs.os-type', targetId }, 'InvalidParameterException'],
    ['an instance that is not there', { name: 'stack', targetId: `${targetId}0` }, 'TargetNotFoundException'],
  ])('refuses %s', async (_what, attribute, code) => {
    const ecs = await withInstance()
    await expect(ecs.call(deleteAttributes, { attributes: [attribute] })).rejects.toMatchObject({ code })
  })
})
