import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { SecretsWorld } from '../../test/secrets-world.ts'
import { aSealer } from '../../test/services-deps.ts'
import { SqliteJournal } from '../store/journal/sqlite.ts'
import { sealedValues } from '../store/sealed-members.ts'
import { Store } from '../store/store.ts'

const SECRETS = ['correct horse battery staple', 'hunter2-hunter2-hunter2']

/** Secrets written, changed, read, sent through KMS, and deleted. */
const useSecrets = async (world: SecretsWorld): Promise<readonly Uint8Array[]> => {
  const [first = '', second = ''] = SECRETS
  const { KeyMetadata } = await world.kms('CreateKey', {})
  const KmsKeyId = KeyMetadata?.KeyId ?? ''
  await world.secrets('CreateSecret', { Name: 'a', SecretString: first, ClientRequestToken: 'a'.repeat(32) })
  await world.secrets('CreateSecret', {
    Name: 'b',
    SecretBinary: Buffer.from(first),
    ClientRequestToken: 'b'.repeat(32),
    KmsKeyId,
  })
  await world.secrets('PutSecretValue', { SecretId: 'a', SecretString: second, ClientRequestToken: 'c'.repeat(32) })
  expect(await world.secrets('GetSecretValue', { SecretId: 'a' })).toMatchObject({ SecretString: second })
  await world.secrets('DeleteSecret', { SecretId: 'b', ForceDeleteWithoutRecovery: true })
  const dataKey = await world.kms('GenerateDataKey', { KeyId: KmsKeyId, KeySpec: 'AES_256' })
  await world.kms('Encrypt', { KeyId: KmsKeyId, Plaintext: Buffer.from(second) })
  return [...SECRETS.map((text) => Buffer.from(text)), dataKey.Plaintext ?? new Uint8Array()]
}

describe('on disk', () => {
  it('no secret and no key stands in the clear, in any form', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'longshore-secrets-'))
    try {
      const store = await Store.open(SqliteJournal.open(directory), () => {})
      const secrets = [...(await useSecrets(await SecretsWorld.start(store)))]
      for (const { sealed, purpose } of sealedValues(store.tables)) secrets.push(aSealer().open(sealed, purpose))
      expect(secrets.length).toBeGreaterThan(SECRETS.length + 1)
      await store.durable()
      const files = readdirSync(directory).map((name) => readFileSync(path.join(directory, name)))
      // What is not secret is found, so that what is would be.
      expect(files.some((file) => file.includes('secretsmanager'))).toBe(true)
      expect(secrets.flatMap(formsOf).filter((form) => files.some((file) => file.includes(form)))).toEqual([])
      await store.close()
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

/** Base64 without its ends, which depend on what stands beside it. */
const formsOf = (secret: Uint8Array): readonly Buffer[] => {
  const bytes = Buffer.from(secret)
  const texts = [0, 1, 2].map((shift) => bytes.subarray(shift).toString('base64').slice(0, -4))
  return [bytes, ...[bytes.toString('hex'), ...texts, ...texts.map(urlSafe)].map((text) => Buffer.from(text))]
}

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_')

describe('a value', () => {
  it('opens for its own secret and version alone', async () => {
    const world = await SecretsWorld.start()
    await useSecrets(world)
    await world.secrets('CreateSecret', { Name: 'other', SecretString: 'x', ClientRequestToken: 'd'.repeat(32) })
    const [own, other] = ['a', 'other'].map((name) =>
      [...world.store.tables.secretVersions.rows()].find(({ secretArn }) => secretArn.includes(`secret:${name}-`)),
    )
    expect(own?.value).toBeDefined()
    // Whoever can write to the state, and has no key, puts one secret in the place of another.
    await world.store.transact((tx) => {
      if (own && other) tx.secretVersions.put({ ...other, value: own.value })
    })
    await expect(world.secrets('GetSecretValue', { SecretId: 'other' })).rejects.toMatchObject({
      code: 'DecryptionFailure',
    })
  })
})
