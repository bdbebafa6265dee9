import { describe, expect, it } from 'vitest'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import { listClusters } from './list-clusters.ts'

const withClusters = async (...names: string[]): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  for (const clusterName of names) await ecs.call(createCluster, { clusterName })
  return ecs
}

const namesOf = (arns: readonly string[] | undefined): (string | undefined)[] =>
  arns?.map((arn) => arn.split('/')[1]) ?? []

describe('ListClusters', () => {
  it('lists the ACTIVE clusters of the region in order of their names', async () => {
    const ecs = await withClusters('c', 'a', 'gone', 'b')
    await ecs.call(deleteCluster, { cluster: 'gone' })
    await ecs.call(createCluster, { clusterName: 'elsewhere' }, { region: 'eu-west-1' })

    const { clusterArns, nextToken } = await ecs.call(listClusters, {})

    expect(namesOf(clusterArns)).toEqual(['a', 'b', 'c'])
    expect(nextToken).toBeUndefined()
  })

  it('goes on after the last one given, whatever was created or deleted meanwhile', async () => {
    const ecs = await withClusters('a', 'b', 'd', 'e')
    const first = await ecs.call(listClusters, { maxResults: 2 })
    await ecs.call(deleteCluster, { cluster: 'b' })
    await ecs.call(createCluster, { clusterName: 'c' })

    const second = await ecs.call(listClusters, { maxResults: 2, nextToken: first.nextToken })
    const third = await ecs.call(listClusters, { maxResults: 2, nextToken: second.nextToken })

    expect([first, second, third].map(({ clusterArns }) => namesOf(clusterArns))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ])
    expect(third.nextToken).toBeUndefined()
  })

  it.each([
    ['a token that is not ours', { nextToken: 'made up' }],
    ['no results', { maxResults: 0 }],
    ['more than 100 results', { maxResults: 101 }],
  ])('refuses %s', async (_, input) => {
    const ecs = await withClusters('a')

    await expect(ecs.call(listClusters, input)).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})
