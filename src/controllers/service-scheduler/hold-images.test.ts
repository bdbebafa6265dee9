import { describe, expect, it } from 'vitest'
import { withPasses } from '../../../test/builders/a-pass.ts'
import { aRepository } from '../../../test/builders/a-repository.ts'
import { aContainerDefinition, aTaskDefinition } from '../../../test/builders/a-task-definition.ts'

const registry = { account: '000000000000', region: 'us-east-1', endpoint: 'http://127.0.0.1:4566' }
const [FIRST, SECOND] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`]

/** A service of three containers, whose images are in this registry, there but free to change, and elsewhere. */
const aService = async () => {
  const image = 'localhost:4566/team/web:v1'
  const passes = await withPasses({
    registry,
    service: { desiredCount: 1 },
    definitions: [
      aTaskDefinition({
        containerDefinitions: [
          aContainerDefinition({ name: 'app', image }),
          aContainerDefinition({ name: 'loose', image, versionConsistency: 'disabled' }),
          aContainerDefinition({ name: 'other', image: 'busybox:1' }),
        ],
      }),
    ],
  })
  const repository = aRepository()
  const { repositoryId } = repository
  const push = (digest: string): Promise<unknown> =>
    passes.store.transact((tx) => {
      tx.repositories.put(repository)
      tx.imageTags.put({ repositoryId, tag: 'v1', digest, taggedAt: 0 })
    })
  return { ...passes, push }
}

describe('the images of a service revision', () => {
  it('are what their tags stand for when its first task starts, and stay so', async () => {
    const { pass, push, imageDigests, store, service } = await aService()
    await push(FIRST)
    await pass()
    expect(imageDigests()).toEqual({ app: FIRST })
    await push(SECOND)
    await store.transact((tx) => tx.services.update(service().serviceArn, { desiredCount: 2 }))
    await pass()
    expect(imageDigests()).toEqual({ app: FIRST })
  })

  it('are looked for again as long as they are not there', async () => {
    const { pass, push, imageDigests, tasks, change } = await aService()
    await pass()
    expect(imageDigests()).toBeUndefined()
    const [task] = tasks()
    if (task !== undefined) await change(task, { desiredStatus: 'STOPPED', lastStatus: 'STOPPED' })
    await push(FIRST)
    await pass()
    expect(imageDigests()).toEqual({ app: FIRST })
  })
})
