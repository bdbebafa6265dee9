/**
 * Goal: what is pushed lies where the operator says: blobs in an S3, those of a key apart, and copies in the registry of another installation.
 *
 * Method: two servers that check passwords, the first with an S3 of this test's in the place of a directory and the second as a destination, and a
 * Docker Engine of this test's own, which has forgotten every image that it pulls.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr'
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { type SmallS3, smallS3 } from '../fakes/small-s3.ts'
import { type Engine, startEngine } from './engine.ts'
import { type RunningLongshore, startLongshore, until } from './longshore.ts'
import { dockerArchive } from './registry-images.ts'

const ACCOUNT = '000000000000'

let home: string
let s3: SmallS3
let engine: Engine
let near: Site
let far: Site
let nearOptions: Parameters<typeof startLongshore>[0]

interface Site {
  longshore: RunningLongshore
  readonly ecr: ECRClient
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly region: string
  /** E.g. `localhost:4566`. */
  readonly registry: string
}

const siteOf = (longshore: RunningLongshore, region: string): Site => {
  const credentials = readRootKey(longshore.dataDir)
  if (credentials === undefined) throw new Error('the server has no root key')
  const ecr = new ECRClient({ endpoint: longshore.endpoint, region, credentials, maxAttempts: 1 })
  return { longshore, ecr, credentials, region, registry: `localhost:${new URL(longshore.endpoint).port}` }
}

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'longshore-elsewhere-'))
  s3 = await smallS3()
  engine = await startEngine({ network: 'host' })
  const farLongshore = await startLongshore({ command: 'server', isDev: false, args: ['--region=eu-west-1'] })
  far = siteOf(farLongshore, 'eu-west-1')
  const destinations = path.join(home, 'destinations.json')
  const endpoint = far.longshore.endpoint.replace('127.0.0.1', 'localhost')
  const destination = { region: far.region, registryId: ACCOUNT, endpoint, ...far.credentials }
  writeFileSync(destinations, JSON.stringify([destination]), { mode: 0o600 })
  nearOptions = {
    command: 'server',
    isDev: false,
    args: [
      `--registry-storage=s3://images/here?endpoint=${s3.endpoint}&region=us-east-1&path-style=true`,
      `--registry-destinations=${destinations}`,
    ],
    env: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' },
  }
  near = siteOf(await startLongshore(nearOptions), 'us-east-1')
  for (const { ecr, registry } of [near, far]) {
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
    const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()
    await docker(['login', '--username', 'AWS', '--password-stdin', registry], token.slice(token.indexOf(':') + 1))
  }
})

afterAll(async () => {
  for (const site of [near, far]) {
    site?.ecr.destroy()
    await site?.longshore.stop()
  }
  await engine?.stop()
  await s3?.close()
  rmSync(home, { recursive: true, force: true })
})

const docker = (args: readonly string[], input?: Buffer | string): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: path.join(home, 'docker') }
    const child = spawn('docker', args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    let all = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (all += piece.toString()))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(all.trim()) : reject(new Error(`docker ${args.join(' ')}: ${code}\n${all}`)),
    )
  })

const push = async (reference: string): Promise<string> => {
  await docker(['load'], dockerArchive({ reference, layers: [randomBytes(8_000_000), randomBytes(500)] }))
  await docker(['push', reference])
  return docker(['inspect', '--format', '{{.Id}}', reference])
}

/** The id of what comes back when the engine has nothing of it any more. */
const pull = async (reference: string): Promise<string> => {
  const images = (await docker(['images', '--all', '--quiet'])).split('\n').filter(Boolean)
  if (images.length > 0) await docker(['image', 'rm', '--force', ...new Set(images)])
  await docker(['pull', reference])
  return docker(['inspect', '--format', '{{.Id}}', reference])
}

const keysIn = (prefix: string): string[] => [...s3.objects.keys()].filter((key) => key.startsWith(prefix))

describe('images in an S3', () => {
  it('come back as they were, after a restart of the server too', async () => {
    await near.ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/web' }))
    const reference = `${near.registry}/team/web:1`
    const id = await push(reference)
    expect(keysIn('here/sha256/').length).toBeGreaterThanOrEqual(4)
    expect(s3.calls).toContain('PUT part')
    expect(s3.uploads.size).toBe(0)
    expect(await pull(reference)).toBe(id)
    await near.longshore.stop({ keepData: true })
    near.longshore = await startLongshore({
      ...nearOptions,
      dataDir: near.longshore.dataDir,
      args: [...(nearOptions?.args ?? []), `--port=${near.registry.split(':')[1]}`],
    })
    expect(await pull(reference)).toBe(id)
  })

  it('of a repository with a key lie apart, and cannot be pulled without it', async () => {
    const { credentials, region } = near
    const kms = new KMSClient({ endpoint: near.longshore.endpoint, region, credentials })
    const { KeyMetadata: { KeyId = '' } = {} } = await kms.send(new CreateKeyCommand({}))
    const encryptionConfiguration = { encryptionType: 'KMS' as const, kmsKey: KeyId }
    await near.ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/secret', encryptionConfiguration }))
    const reference = `${near.registry}/team/secret:1`
    const id = await push(reference)
    expect(keysIn(`here/keys/${KeyId}/sha256/`).length).toBeGreaterThanOrEqual(4)
    expect(await pull(reference)).toBe(id)
    await kms.send(new DisableKeyCommand({ KeyId }))
    await expect(pull(reference)).rejects.toThrow(/denied.*DisabledException/)
    await expect(push(`${near.registry}/team/secret:2`)).rejects.toThrow(/denied/)
    await kms.send(new EnableKeyCommand({ KeyId }))
    expect(await pull(reference)).toBe(id)
    kms.destroy()
  })
})

describe('images that are replicated', () => {
  it('can be pulled from the other registry, under every tag, and stay there', async () => {
    const destinations = [{ region: far.region, registryId: ACCOUNT }]
    const repositoryFilters = [{ filter: 'copied', filterType: 'PREFIX_MATCH' as const }]
    const rules = [{ destinations, repositoryFilters }]
    await near.ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules } }))
    const repositoryName = 'copied/web'
    await near.ecr.send(new CreateRepositoryCommand({ repositoryName }))
    const id = await push(`${near.registry}/${repositoryName}:1`)
    const imageId = { imageTag: '1' }
    await until('the image is there', async () => {
      const input = { repositoryName, imageId }
      const { replicationStatuses } = await near.ecr.send(new DescribeImageReplicationStatusCommand(input))
      return replicationStatuses?.[0]?.status === 'COMPLETE' ? true : undefined
    })
    expect(await pull(`${far.registry}/${repositoryName}:1`)).toBe(id)
    await near.ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [imageId] }))
    expect(await pull(`${far.registry}/${repositoryName}:1`)).toBe(id)
    const { imageDetails } = await far.ecr.send(new DescribeImagesCommand({ repositoryName }))
    expect(imageDetails).toMatchObject([{ imageTags: ['1'] }])
    await expect(pull(`${far.registry}/team/web:1`)).rejects.toThrow()
  })
})
