/**
 * Log groups under KMS keys, on a running Longshore that asks policies, and is killed: what lies on its disk, what clients are told while a
 * key cannot be used, and what is there after.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { CloudWatchLogs, InvalidParameterException } from '@aws-sdk/client-cloudwatch-logs'
import { KMS } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { type RunningLongshore, startLongshore, until } from '../e2e/longshore.ts'

const [REGION, ACCOUNT] = ['us-east-1', '000000000000']
/** In every event of encrypted groups. */
const SECRET = 'attack at dawn'

let longshore: RunningLongshore
let logs: CloudWatchLogs
let kms: KMS
let groups = 0
const now = Date.now()

beforeAll(async () => {
  longshore = await startLongshore({ runtime: 'simulated', isDev: false })
  const client = { endpoint: longshore.endpoint, region: REGION, credentials: readRootKey(longshore.dataDir)! }
  logs = new CloudWatchLogs(client)
  kms = new KMS(client)
})
afterAll(async () => {
  logs.destroy()
  kms.destroy()
  await longshore.stop()
})

const arnOf = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`

/** As the user guide of CloudWatch Logs has it. */
const keyPolicy = (groupPattern: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
      {
        Effect: 'Allow',
        Principal: { Service: `logs.${REGION}.amazonaws.com` },
        Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        Resource: '*',
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arnOf(groupPattern) } },
      },
    ],
  })

const aKey = async (Policy = keyPolicy('*')): Promise<string> =>
  (await kms.createKey({ Policy })).KeyMetadata?.Arn ?? ''

const aGroup = async (kmsKeyId?: string) => {
  const logGroupName = `/encrypted/${++groups}`
  await logs.createLogGroup({ logGroupName, kmsKeyId })
  const stream = { logGroupName, logStreamName: 's' }
  await logs.createLogStream(stream)
  const put = (...messages: string[]) =>
    logs.putLogEvents({ ...stream, logEvents: messages.map((message) => ({ timestamp: now, message })) })
  const messages = async () => {
    const { events = [] } = await logs.getLogEvents({ ...stream, startFromHead: true })
    return events.map(({ message }) => message)
  }
  const described = async () => (await logs.describeLogGroups({ logGroupNamePrefix: logGroupName })).logGroups?.[0]
  return { logGroupName, put, messages, described }
}

/** Every file of the installation that has the text. */
const filesWith = (text: string): readonly string[] =>
  readdirSync(longshore.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text))

describe('log groups under a KMS key', () => {
  it('show it, and their events are read as those of others', async () => {
    const [key, other] = [await aKey(), await aKey()]
    const { logGroupName, put, messages, described } = await aGroup(key)
    expect(await described()).toMatchObject({ kmsKeyId: key })
    await put(`${SECRET} 1`)
    await logs.associateKmsKey({ logGroupName, kmsKeyId: other })
    expect(await described()).toMatchObject({ kmsKeyId: other })
    await put(`${SECRET} 2`)
    await logs.disassociateKmsKey({ resourceIdentifier: arnOf(logGroupName) })
    expect(await described()).not.toHaveProperty('kmsKeyId')
    await put('no secret')
    expect(await messages()).toEqual([`${SECRET} 1`, `${SECRET} 2`, 'no secret'])
  })

  it('leave nothing readable on the disk, and have everything after the server is killed', async () => {
    const { logGroupName, put, messages } = await aGroup(await aKey())
    const plain = await aGroup()
    await put(...Array.from({ length: 100 }, (_, index) => `${SECRET} ${index}`))
    await plain.put('retreat at dusk')
    // So much that what came before goes from the journal into a segment.
    const filler = 'x'.repeat(1_048_000)
    for (let batch = 0; batch < 40; batch++) await put(`${SECRET} ${filler}`)
    const groupsDirectory = path.join(longshore.dataDir, 'logs', 'groups')
    await until('a segment', () => segmentsIn(groupsDirectory) > 0 && true)
    expect(filesWith('retreat at dusk')).not.toEqual([])
    expect(filesWith(SECRET)).toEqual([])
    longshore.kill('server')
    const found = await until('a server', async () => {
      const { events } = await logs.filterLogEvents({ logGroupName, limit: 100 })
      return events?.map(({ message }) => message)
    })
    expect(found).toEqual(Array.from({ length: 100 }, (_, index) => `${SECRET} ${index}`))
    expect((await messages()).slice(0, 100)).toEqual(found)
  })

  it('can be neither written nor read while the key is disabled, also after a start, and are there when it is enabled', async () => {
    const KeyId = await aKey()
    const { logGroupName, put, messages } = await aGroup(KeyId)
    await put(`${SECRET} 1`)
    await kms.disableKey({ KeyId })
    const refusal = `The KMS key ${KeyId} cannot be used: it is disabled.`
    await expect(put('x')).rejects.toThrow(refusal)
    await expect(messages()).rejects.toThrow(refusal)
    await expect(logs.filterLogEvents({ logGroupName })).rejects.toBeInstanceOf(InvalidParameterException)
    longshore.kill('server')
    await until('a server', () => logs.describeLogGroups({}).then(() => true))
    await expect(messages()).rejects.toThrow(refusal)
    await kms.enableKey({ KeyId })
    expect(await messages()).toEqual([`${SECRET} 1`])
    await put(`${SECRET} 2`)
    await kms.scheduleKeyDeletion({ KeyId })
    await expect(messages()).rejects.toThrow('it is pending deletion')
  })

  it('need a key that there is, that is enabled, and whose policy lets the service use it for the group', async () => {
    const refused = (kmsKeyId: string, message: string) => expect(aGroup(kmsKeyId)).rejects.toThrow(message)
    const disabled = await aKey()
    await kms.disableKey({ KeyId: disabled })
    await refused(disabled, 'The specified KMS Key Id cannot be used.')
    await refused(disabled.replace(/[0-9a-f]{12}$/, '0'.repeat(12)), 'does not exist')
    await refused('alias/x', 'is not the ARN of a key')
    const notAllowed = 'The specified KMS Key Id is not allowed to be used with Arn'
    await refused((await kms.createKey({})).KeyMetadata?.Arn ?? '', notAllowed)
    await refused(await aKey(keyPolicy('/other/*')), notAllowed)
    const { logGroupName } = await aGroup(await aKey(keyPolicy('/encrypted/*')))
    await expect(logs.associateKmsKey({ logGroupName, kmsKeyId: disabled })).rejects.toThrow('cannot be used')
    await expect(logs.associateKmsKey({ kmsKeyId: disabled })).rejects.toThrow('Exactly one of')
    const results = `arn:aws:logs:${REGION}:${ACCOUNT}:query-result:*`
    await expect(logs.associateKmsKey({ resourceIdentifier: results, kmsKeyId: disabled })).rejects.toThrow(
      'Query results',
    )
  })
})

const segmentsIn = (directory: string): number =>
  readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.segment')).length
