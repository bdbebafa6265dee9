import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../../test/builders/a-capacity-provider.ts'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { describeCapacityProviders } from './describe-capacity-providers.ts'

const arnOf = (name: string, region = 'us-east-1'): string =>
  `arn:aws:ecs:${region}:${ACCOUNT}:capacity-provider/${name}`

const withProviders = async (...names: readonly string[]) => {
  const ecs = await ecsHarness()
  await ecs.store.transact((tx) => {
    for (const name of names) tx.capacityProviders.insert(aCapacityProvider({ name }))
    tx.clusters.insert(aCluster({ capacityProviders: ['FARGATE', 'a'] }))
  })
  const describeAll = (input: Parameters<typeof describeCapacityProviders.handle>[0] = {}) =>
    ecs.call(describeCapacityProviders, input)
  return { ecs, describeAll }
}

const namesOf = ({ capacityProviders = [] }: { capacityProviders?: { name?: string | undefined }[] | undefined }) =>
  capacityProviders.map(({ name }) => name)

describe('DescribeCapacityProviders', () => {
  it('knows those of Fargate in every account', async () => {
    const { describeAll } = await withProviders()

    expect(await describeAll()).toEqual({
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'].map((name) => ({
        capacityProviderArn: arnOf(name),
        name,
        status: 'ACTIVE',
        tags: [],
        type: name,
      })),
      failures: [],
    })
  })

  it('finds providers by name and ARN, each once, and reports the missing', async () => {
    const { describeAll } = await withProviders('a', 'b')

    const answer = await describeAll({ capacityProviders: ['a', arnOf('a'), 'FARGATE', 'c', arnOf('b', 'eu-west-1')] })

    expect(namesOf(answer)).toEqual(['FARGATE', 'a'])
    expect(answer.failures).toEqual([
      { arn: arnOf('c'), reason: 'MISSING' },
      { arn: arnOf('b', 'eu-west-1'), reason: 'MISSING' },
    ])
  })

  it('leaves deleted ones out, unless they are named', async () => {
    const { ecs, describeAll } = await withProviders('a')
    await ecs.store.transact((tx) => tx.capacityProviders.update(arnOf('a'), { status: 'INACTIVE' }))

    expect(namesOf(await describeAll())).not.toContain('a')
    expect(namesOf(await describeAll({ capacityProviders: ['a'] }))).toEqual(['a'])
  })

  it('shows those of a cluster alone', async () => {
    const { describeAll } = await withProviders('a', 'b')

    expect(namesOf(await describeAll({ cluster: 'default' }))).toEqual(['FARGATE', 'a'])
    await expect(describeAll({ cluster: 'other' })).rejects.toMatchObject({ code: 'ClusterNotFoundException' })
  })

  it('shows tags where they are asked for', async () => {
    const { ecs, describeAll } = await withProviders('a')
    const tags = [{ key: 'team', value: 'blue' }]
    await ecs.store.transact((tx) => tx.capacityProviders.update(arnOf('a'), { tags }))

    expect((await describeAll({ capacityProviders: ['a'] })).capacityProviders?.[0]?.tags).toEqual([])
    expect((await describeAll({ capacityProviders: ['a'], include: ['TAGS'] })).capacityProviders?.[0]?.tags).toEqual(
      tags,
    )
  })

  it('gives pages of ten, or of the size asked for', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `cp-${index + 10}`)
    const { describeAll } = await withProviders(...names)

    const first = await describeAll()
    const { nextToken } = first
    const second = await describeAll({ nextToken })
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['FARGATE', 'FARGATE_SPOT', ...names])
    expect(namesOf(first)).toHaveLength(10)
    expect(second.nextToken).toBeUndefined()
    expect(namesOf(await describeAll({ maxResults: 3 }))).toHaveLength(3)
    await expect(describeAll({ maxResults: 11 })).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})
