import { expect, it } from 'vitest'
import { emptyStore } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { parameterArn } from '../../model/arn.ts'
import type { ParameterRecord, ParameterVersionRecord } from '../../model/parameter-records.ts'
import { parameterRetention } from './parameter-retention.ts'

const account = '123456789012'
const region = 'us-east-1'

const aParameter = (name: string, expiresAt?: number): ParameterRecord => ({
  arn: parameterArn(region, account, name),
  account,
  region,
  name,
  tier: 'Advanced',
  latestVersion: 2,
  labels: [],
  tags: [],
  ...(expiresAt !== undefined && { expiresAt }),
})

const aVersion = ({ arn }: ParameterRecord, version: number): ParameterVersionRecord => ({
  arn,
  version,
  type: 'String',
  value: 'v',
  tier: 'Advanced',
  dataType: 'text',
  policies: [],
  modifiedAt: 0,
  modifiedBy: 'arn',
})

it('removes parameters with all of their versions when they expire, and no others', async () => {
  const clock = new ManualClock()
  const store = await emptyStore()
  const [soon, later, never] = [aParameter('a', clock.now() + 1), aParameter('b', clock.now() + 2), aParameter('c')]
  await store.transact((tx) => {
    for (const parameter of [soon, later, never]) {
      tx.parameters.insert(parameter)
      for (const version of [1, 2]) tx.parameterVersions.insert(aVersion(parameter, version))
    }
  })
  await clock.advance(1)

  const controller = parameterRetention({ store, clock })
  for (const key of controller.keys()) await controller.reconcile(key)

  expect([...store.tables.parameters.rows()]).toEqual([later, never])
  expect([...store.tables.parameterVersions.rows()].map(({ arn }) => arn)).toEqual(
    [later, later, never, never].map(({ arn }) => arn),
  )
})
