import { beforeEach, describe, expect, it } from 'vitest'
import { SecretsWorld } from '../../../test/secrets-world.ts'
import { aSealer } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { DAY_MS } from '../../model/limits.ts'
import { kmsKeyRotation } from './kms-key-rotation.ts'

let world: SecretsWorld
let KeyId: string
beforeEach(async () => {
  world = await SecretsWorld.start()
  KeyId = (await world.kms('CreateKey', {})).KeyMetadata?.KeyId ?? ''
})

const passDays = async (days: number): Promise<void> => {
  world.passDays(days)
  const clock = new ManualClock(world.now)
  const controller = kmsKeyRotation({ store: world.store, clock, sealer: aSealer() })
  for (const key of controller.keys()) await controller.reconcile(key)
}
const rotations = async (id = KeyId) => (await world.kms('ListKeyRotations', { KeyId: id })).Rotations ?? []

describe('automatic rotation', () => {
  it('gives a key new material every period', async () => {
    await world.kms('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 })
    await passDays(89)
    expect(await rotations()).toEqual([])
    await passDays(1)
    const rotatedAt = world.now
    expect(await rotations()).toMatchObject([{ RotationType: 'AUTOMATIC', RotationDate: dateOf(rotatedAt) }])
    expect(await world.kms('GetKeyRotationStatus', { KeyId })).toMatchObject({
      NextRotationDate: dateOf(rotatedAt + 90 * DAY_MS),
    })
    await passDays(90)
    expect(await rotations()).toHaveLength(2)
  })

  it('leaves alone keys that do not rotate, and waits for disabled ones', async () => {
    await passDays(1000)
    expect(await rotations()).toEqual([])
    await world.kms('EnableKeyRotation', { KeyId })
    await world.kms('DisableKey', { KeyId })
    await passDays(365)
    expect(await rotations()).toEqual([])
    await world.kms('EnableKey', { KeyId })
    await passDays(0)
    expect(await rotations()).toHaveLength(1)
  })

  it('rotates the keys of AWS every year, and what they encrypted still opens', async () => {
    await world.secrets('CreateSecret', { Name: 's', SecretString: 'x', ClientRequestToken: 'a'.repeat(32) })
    const { KeyMetadata } = await world.kms('DescribeKey', { KeyId: 'alias/aws/secretsmanager' })
    await passDays(365)
    expect(await rotations(KeyMetadata?.KeyId)).toHaveLength(1)
    expect(await world.secrets('GetSecretValue', { SecretId: 's' })).toMatchObject({ SecretString: 'x' })
  })
})
