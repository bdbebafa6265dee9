import { describe, expect, it } from 'vitest'
import { aRepository } from '../../../test/builders/a-repository.ts'
import { seeded } from '../../../test/seeded.ts'
import { digestOfTag, ownImage } from './own-image.ts'

const HOME = { account: '000000000000', region: 'us-east-1', endpoint: 'http://127.0.0.1:4566' }
const AT_AWS = '000000000000.dkr.ecr.us-east-1.amazonaws.com'

/** `team/web` with a tag `v1`, and what is below `hub` comes from elsewhere. */
const theTables = async () => {
  const { store } = await seeded({})
  await store.transact((tx) => {
    for (const name of ['team/web', 'hub/web']) {
      const { repositoryId } = tx.repositories.insert(aRepository({ name }))
      tx.imageTags.insert({ repositoryId, tag: 'v1', digest: `sha256:${name}`, taggedAt: 0 })
    }
    tx.pullThroughRules.insert({
      account: HOME.account,
      region: HOME.region,
      prefix: 'hub',
      upstreamUrl: 'registry-1.docker.io',
      upstreamPrefix: 'ROOT',
      createdAt: 0,
      updatedAt: 0,
    })
  })
  return store.tables
}

describe('an image that is said to be at AWS', () => {
  it.each([
    ['team/web:v1', true],
    ['hub/any:v1', true],
    ['team/api:v1', false],
  ])('is here if its repository is, or would be: %s', async (name, isHere) => {
    expect(ownImage(await theTables(), `${AT_AWS}/${name}`, HOME) !== undefined).toBe(isHere)
  })

  it('is here by any address of the server, though there is no such repository', async () => {
    expect(ownImage(await theTables(), 'localhost:4566/team/api:v1', HOME)).toMatchObject({
      repositoryName: 'team/api',
    })
  })
})

describe('the tag of an image', () => {
  it.each([
    ['localhost:4566/team/web:v1', 'sha256:team/web'],
    [`${AT_AWS}/team/web:v1`, 'sha256:team/web'],
    ['localhost:4566/team/web:v2', undefined],
    ['localhost:4566/hub/web:v1', undefined],
    ['team/web:v1', undefined],
  ])('is known here, unless another registry has it: %s', async (image, digest) => {
    expect(digestOfTag(await theTables(), image, HOME)).toBe(digest)
  })
})
