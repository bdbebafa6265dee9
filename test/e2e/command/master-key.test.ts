/** The master key over the life of an installation: made, changed, given from outside, and lost. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLongshore } from '../longshore.ts'
import { aPlace, type Place, run } from './run.ts'

const SecretString = 'correct horse battery staple'

let place: Place
let file: string
beforeEach(() => {
  place = aPlace()
  file = path.join(place.dataDir, 'server', 'master-key.json')
})
afterEach(() => {
  place.end()
  place.remove()
})

/** What `work` gives while a server runs. */
const whileRunning = async <T>(work: (client: SecretsManagerClient) => Promise<T>, args: string[] = []): Promise<T> => {
  const { dataDir, env } = place
  const longshore = await startLongshore({ command: 'server', dataDir, env, args })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new SecretsManagerClient({ endpoint: longshore.endpoint, region: 'us-east-1', credentials })
  try {
    return await work(client)
  } finally {
    client.destroy()
    await longshore.stop({ keepData: true })
    expect(longshore.output()).not.toContain(SecretString)
  }
}
const create = (args?: string[]) =>
  whileRunning((client) => client.send(new CreateSecretCommand({ Name: 's', SecretString })), args)
const read = (args?: string[]): Promise<string | undefined> =>
  whileRunning(async (client) => (await client.send(new GetSecretValueCommand({ SecretId: 's' }))).SecretString, args)
const keyIds = (): readonly string[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as { keys: { id: string }[] }).keys.map(({ id }) => id)
const refusal = (...args: string[]): string => {
  const { status, said } = run(['server', '--port=0', ...args], { env: place.env })
  expect(status).toBe(1)
  return said
}

describe('the master key', () => {
  it('changes while secrets stay', async () => {
    await create()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { status, stdout } = run(['rotate-master-key'], { env: place.env })
    expect([status, stdout]).toEqual([0, expect.stringContaining('Start the server again')])
    expect(keyIds()).toEqual(['m2', 'm1'])
    expect(await read()).toBe(SecretString)
    expect(keyIds()).toEqual(['m2'])
    expect(await read()).toBe(SecretString)
    const files = readdirSync(path.dirname(file)).map((name) => readFileSync(path.join(path.dirname(file), name)))
    expect(files.some((content) => content.includes(SecretString))).toBe(false)
  })

  it('is given from outside', async () => {
    await create()
    const elsewhere = path.join(place.dataDir, 'key.json')
    renameSync(file, elsewhere)
    expect(await read([`--master-key-file=${elsewhere}`])).toBe(SecretString)
    expect(existsSync(file)).toBe(false)
    expect(refusal(`--master-key-file=${elsewhere}x`)).toMatch(/There is no master key file .*key\.jsonx/)
  })

  it('is not made anew when it is lost or damaged', async () => {
    await create()
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40))
    expect(refusal()).toMatch(/master-key\.json is damaged .*restore it from a backup/)
    rmSync(file)
    expect(refusal()).toMatch(/master-key\.json is missing, and nothing else opens the secrets/)
    expect(existsSync(file)).toBe(false)
  })
})
