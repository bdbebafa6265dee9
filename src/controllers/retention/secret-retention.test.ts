import { beforeEach, describe, expect, it } from 'vitest'
import { SecretsWorld } from '../../../test/secrets-world.ts'
import { ManualClock } from '../../kit/clock.ts'
import { DAY_MS } from '../../model/limits.ts'
import { kmsKeyRetention } from './kms-key-retention.ts'
import { secretRetention } from './secret-retention.ts'

let world: SecretsWorld
beforeEach(async () => {
  world = await SecretsWorld.start()
})

/** What the controllers do that many days from the beginning. */
const cleanUpAfter = async (days: number): Promise<void> => {
  const clock = new ManualClock(world.now + days * DAY_MS)
  for (const controller of [secretRetention, kmsKeyRetention].map((make) => make({ store: world.store, clock })))
    for (const key of controller.keys()) await controller.reconcile(key)
}

describe('secret retention', () => {
  const SecretId = 's'
  beforeEach(async () => {
    await world.secrets('CreateSecret', { Name: SecretId, SecretString: 'x', ClientRequestToken: 'a'.repeat(32) })
    await world.secrets('DeleteSecret', { SecretId, RecoveryWindowInDays: 7 })
  })

  it('deletes a secret and its versions when the window is over', async () => {
    await cleanUpAfter(6.99)
    expect(await world.secrets('DescribeSecret', { SecretId })).toMatchObject({ Name: SecretId })
    await cleanUpAfter(7)
    expect([...world.store.tables.secrets.rows(), ...world.store.tables.secretVersions.rows()]).toEqual([])
    await world.secrets('CreateSecret', { Name: SecretId })
  })

  it('leaves one alone that was restored', async () => {
    await world.secrets('RestoreSecret', { SecretId })
    await cleanUpAfter(30)
    expect(await world.secrets('GetSecretValue', { SecretId })).toMatchObject({ SecretString: 'x' })
  })
})

describe('KMS key retention', () => {
  let KeyId: string
  beforeEach(async () => {
    KeyId = (await world.kms('CreateKey', {})).KeyMetadata?.KeyId ?? ''
    await world.kms('CreateAlias', { AliasName: 'alias/a', TargetKeyId: KeyId })
    await world.kms('RotateKeyOnDemand', { KeyId })
    await world.kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
  })

  it('deletes a key, its materials and its aliases when the window is over', async () => {
    const { kmsKeys, kmsKeyMaterials, kmsAliases } = world.store.tables
    await cleanUpAfter(6.99)
    expect([kmsKeys.size, kmsKeyMaterials.size, kmsAliases.size]).toEqual([1, 2, 1])
    await cleanUpAfter(7)
    expect([kmsKeys.size, kmsKeyMaterials.size, kmsAliases.size]).toEqual([0, 0, 0])
  })

  it('leaves one alone whose deletion was cancelled', async () => {
    await world.kms('CancelKeyDeletion', { KeyId })
    await cleanUpAfter(30)
    expect(await world.kms('DescribeKey', { KeyId })).toMatchObject({ KeyMetadata: { KeyState: 'Disabled' } })
  })
})
