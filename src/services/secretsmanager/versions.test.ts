import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../../../test/refusal-of.ts'
import { SecretsWorld } from '../../../test/secrets-world.ts'
import { DAY_MS, SECRET_STAGES, SECRET_VERSIONS } from '../../model/limits.ts'

const SecretId = 's'
let world: SecretsWorld
let tokens = 0
beforeEach(async () => {
  world = await SecretsWorld.start()
  await world.secrets('CreateSecret', { Name: SecretId })
})

const put = async (SecretString: string, VersionStages?: string[]): Promise<string> => {
  const ClientRequestToken = `token-${String(++tokens).padStart(32, '0')}`
  await world.secrets('PutSecretValue', { SecretId, SecretString, ClientRequestToken, VersionStages })
  return ClientRequestToken
}
const versions = () => world.store.tables.secretVersions.size

describe('versions', () => {
  it('without labels make room for new ones after a day', async () => {
    for (let version = 0; version < SECRET_VERSIONS; version++) await put(String(version))
    expect(await refusalOf(put('one too many'))).toEqual(['LimitExceededException', expect.any(String)])
    expect(await world.secrets('GetSecretValue', { SecretId })).toMatchObject({ SecretString: '99' })
    world.passDays(1)
    await put('100')
    await put('101')
    expect(versions()).toBe(SECRET_VERSIONS)
    expect(await world.secrets('GetSecretValue', { SecretId, VersionStage: 'AWSPREVIOUS' })).toMatchObject({
      SecretString: '100',
    })
  })

  it('with labels are never dropped', async () => {
    for (let version = 0; version < SECRET_VERSIONS; version++) await put(String(version), [`label-${version}`])
    world.passDays(2)
    expect(await refusalOf(put('one too many'))).toEqual(['LimitExceededException', expect.any(String)])
  })

  it('have at most 20 labels', async () => {
    const labels = Array.from({ length: SECRET_STAGES.max }, (_, index) => `label-${index}`)
    await put('first')
    const MoveToVersionId = await put('second', labels)
    const another = { SecretId, VersionStage: 'one-more', MoveToVersionId }
    expect(await refusalOf(world.secrets('UpdateSecretVersionStage', another))).toEqual([
      'LimitExceededException',
      expect.any(String),
    ])
  })

  it('take a label from each other, and leave nothing behind when they are refused', async () => {
    const one = await put('one')
    const two = await put('two', ['AWSPENDING'])
    const move = { SecretId, VersionStage: 'AWSCURRENT', RemoveFromVersionId: one }
    expect(
      await refusalOf(world.secrets('UpdateSecretVersionStage', { ...move, MoveToVersionId: 'x'.repeat(32) })),
    ).toEqual(['ResourceNotFoundException', expect.any(String)])
    expect(await world.secrets('DescribeSecret', { SecretId })).toMatchObject({
      VersionIdsToStages: { [one]: ['AWSCURRENT'], [two]: ['AWSPENDING'] },
    })
  })
})

describe('whatever is asked for', () => {
  const LABELS = ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING', 'mine']
  const label = fc.constantFrom(...LABELS)
  const version = fc.integer({ min: 0, max: 5 })
  const step = fc.oneof(
    fc.record({ put: fc.option(fc.uniqueArray(label, { minLength: 1 }), { nil: undefined }) }),
    fc.record({
      move: label,
      from: fc.option(version, { nil: undefined }),
      to: fc.option(version, { nil: undefined }),
    }),
  )

  it('a label is at one version, and one version is the current one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await world.secrets('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true })
        await world.secrets('CreateSecret', { Name: SecretId })
        const ids = [await put('first', ['mine'])]
        for (const { put: stages, move: VersionStage, from = -1, to = -1 } of steps as Step[])
          if (VersionStage === undefined) ids.push(await put('next', stages))
          else {
            const [RemoveFromVersionId, MoveToVersionId] = [ids[from], ids[to]]
            // Most are refused, as they say another version than the one that has the label.
            await refusalOf(
              world.secrets('UpdateSecretVersionStage', {
                SecretId,
                VersionStage,
                RemoveFromVersionId,
                MoveToVersionId,
              }),
            )
          }
        const held = [...world.store.tables.secretVersions.rows()].flatMap((row) => row.stages)
        expect(held).toHaveLength(new Set(held).size)
        expect(held).toContain('AWSCURRENT')
      }),
    )
  })
})

interface Step {
  readonly put?: string[]
  readonly move?: string
  readonly from?: number
  readonly to?: number
}

describe('the day of the last access', () => {
  it('is noted once a day, and is no change of the secret', async () => {
    await put('x')
    const midnight = world.now
    const before = await world.secrets('DescribeSecret', { SecretId })
    world.now += DAY_MS / 2
    await world.secrets('GetSecretValue', { SecretId })
    const revision = world.store.revision
    await world.secrets('GetSecretValue', { SecretId })
    expect(world.store.revision).toBe(revision)
    const { LastAccessedDate, LastChangedDate } = await world.secrets('DescribeSecret', { SecretId })
    expect([LastAccessedDate?.getTime(), LastChangedDate]).toEqual([midnight, before.LastChangedDate])
  })
})
