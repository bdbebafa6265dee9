import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { listAttributes } from './list-attributes.ts'

const instanceOf = (digit: string, stack: string) =>
  aContainerInstance({
    containerInstanceId: digit.repeat(32),
    attributes: [
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'stack', value: stack },
    ],
  })
const arnOf = (digit: string) => `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${digit.repeat(32)}`
const targetType = 'container-instance' as const

const withInstances = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.store.transact((tx) => {
    tx.containerInstances.insert(instanceOf('a', 'prod'))
    tx.containerInstances.insert(instanceOf('b', 'test'))
    tx.containerInstances.insert({ ...instanceOf('c', 'prod'), status: 'INACTIVE' })
  })
  return ecs
}

describe('ListAttributes', () => {
  it('lists each attribute of each registered instance', async () => {
    const { attributes } = await (await withInstances()).call(listAttributes, { targetType })
    expect(attributes).toEqual([
      { name: 'ecs.os-type', value: 'linux', targetId: arnOf('a') },
      { name: 'stack', value: 'prod', targetId: arnOf('a') },
      { name: 'ecs.os-type', value: 'linux', targetId: arnOf('b') },
      { name: 'stack', value: 'test', targetId: arnOf('b') },
    ])
  })

  it('lists those of a name, and of a name and value', async () => {
    const ecs = await withInstances()
    const named = await ecs.call(listAttributes, { targetType, attributeName: 'stack' })
    expect(named.attributes!.map(({ value }) => value)).toEqual(['prod', 'test'])
    const valued = await ecs.call(listAttributes, { targetType, attributeName: 'stack', attributeValue: 'test' })
    expect(valued.attributes).toEqual([{ name: 'stack', value: 'test', targetId: arnOf('b') }])
  })

  it('goes on where the last page ended', async () => {
    const ecs = await withInstances()
    const first = await ecs.call(listAttributes, { targetType, maxResults: 3 })
    const second = await ecs.call(listAttributes, { targetType, maxResults: 3, nextToken: first.nextToken })
    expect(second).toEqual({ attributes: [{ name: 'stack', value: 'test', targetId: arnOf('b') }] })
  })

  it.each([
    ['a value without a name', { targetType, attributeValue: 'prod' }],
    ['another type of target', { targetType: 'task' as never }],
    ['a token of another list', { targetType, nextToken: 'x' }],
  ])('refuses %s', async (_what, input) => {
    const ecs = await withInstances()
    await expect(ecs.call(listAttributes, input)).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})
