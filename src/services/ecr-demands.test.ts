import { describe, expect, it } from 'vitest'
import { emptyStore } from '../../test/services-deps.ts'
import { repositoryArn } from '../model/arn.ts'
import type { RepositoryRecord } from '../model/image-records.ts'
import { setRegistrySettings } from '../store/images/registry-settings.ts'
import { onRepositoryArn } from './ecr-demands.ts'

const [account, region] = ['123456789012', 'us-east-1']
const arn = repositoryArn(region, account, 'web')

const policyOf = (Sid: string, Version?: string): string =>
  JSON.stringify({ Version, Statement: { Sid, Effect: 'Allow', Principal: '*', Action: 'ecr:*' } })

const aRepository = (policyText?: string): RepositoryRecord => ({
  arn,
  account,
  region,
  name: 'web',
  repositoryId: 'r1',
  createdAt: 0,
  tagMutability: { mode: 'MUTABLE', exclusions: [] },
  isScannedOnPush: false,
  ...(policyText !== undefined && { policyText }),
  tags: [{ key: 'Team', value: 'blue' }],
})

const resourcePolicy = async (own: string | undefined, ofRegistry: string | undefined, at = region) => {
  const store = await emptyStore()
  if (ofRegistry !== undefined)
    await store.transact((tx) => setRegistrySettings(tx, { account, region: at }, { policyText: ofRegistry }))
  return onRepositoryArn(store.tables, arn, aRepository(own)).resourcePolicy
}

describe('what a caller must be allowed to do with a repository', () => {
  it('has the tags of the repository as conditions', async () => {
    const { tables } = await emptyStore()
    expect(onRepositoryArn(tables, arn, aRepository()).context).toEqual({
      'aws:resourcetag/team': ['blue'],
      'ecr:resourcetag/team': ['blue'],
    })
  })

  it('may be allowed by the policy of the repository, by that of its registry, or by what both say', async () => {
    expect(await resourcePolicy(undefined, undefined)).toBeUndefined()
    expect(await resourcePolicy(policyOf('own'), undefined)).toBe(policyOf('own'))
    expect(await resourcePolicy(undefined, policyOf('all'))).toBe(policyOf('all'))
    const both = JSON.parse((await resourcePolicy(policyOf('own', '2012-10-17'), policyOf('all'))) ?? '') as object
    expect(both).toMatchObject({ Version: '2012-10-17', Statement: [{ Sid: 'own' }, { Sid: 'all' }] })
  })

  it('has nothing to do with the registry of another region', async () => {
    expect(await resourcePolicy(undefined, policyOf('all'), 'eu-west-1')).toBeUndefined()
  })
})
