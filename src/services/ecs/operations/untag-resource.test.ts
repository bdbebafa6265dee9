import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { untagResource } from './untag-resource.ts'

const resourceArn = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/default`

describe('UntagResource', () => {
  it('removes the tags of these keys', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { tags: ['a', 'b', 'c'].map((key) => ({ key, value: '' })) })

    await ecs.call(untagResource, { resourceArn, tagKeys: ['a', 'c', 'never there'] })

    expect(ecs.store.tables.clusters.get(resourceArn)?.tags).toEqual([{ key: 'b', value: '' }])
  })

  it('refuses a key that no tag can have, and a resource that is not there', async () => {
    const ecs = await ecsHarness()

    await expect(ecs.call(untagResource, { resourceArn, tagKeys: ['a'] })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    })
    await ecs.call(createCluster, {})
    await expect(ecs.call(untagResource, { resourceArn, tagKeys: [''] })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})
