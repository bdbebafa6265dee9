import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'

const resourceArn = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/default`

describe('ListTagsForResource', () => {
  it('lists the tags in the order in which they were given', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { tags: [{ key: 'b', value: '1' }, { key: 'a' }] })

    expect(await ecs.call(listTagsForResource, { resourceArn })).toEqual({
      tags: [
        { key: 'b', value: '1' },
        { key: 'a', value: '' },
      ],
    })
  })

  it('does not find what is not there', async () => {
    const ecs = await ecsHarness()

    await expect(ecs.call(listTagsForResource, { resourceArn })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    })
  })
})
