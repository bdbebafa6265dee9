/** Scanning of images, and what is set for a whole registry, through the AWS SDK for JavaScript, with policies that decide. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  BatchGetImageCommand,
  BatchGetRepositoryScanningConfigurationCommand,
  CreateRepositoryCommand,
  DeleteRegistryPolicyCommand,
  DeregisterPullTimeUpdateExclusionCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  ECRClient,
  GetAccountSettingCommand,
  GetAuthorizationTokenCommand,
  GetRegistryPolicyCommand,
  GetRegistryScanningConfigurationCommand,
  ListImagesCommand,
  ListPullTimeUpdateExclusionsCommand,
  PutAccountSettingCommand,
  PutImageScanningConfigurationCommand,
  PutRegistryPolicyCommand,
  PutRegistryScanningConfigurationCommand,
  RegisterPullTimeUpdateExclusionCommand,
  StartImageScanCommand,
  waitUntilImageScanComplete,
} from '@aws-sdk/client-ecr'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { aLayer } from '../builders/a-layer.ts'
import { descriptor, imageManifest, sha256 } from '../registry-server.ts'
import { documentOf, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

const INSTALLED = 'P:openssl\nV:3.1.4-r0\nA:x86_64\no:openssl\n\nP:musl\nV:1.2.4-r2\no:musl\n\n'
const LAYER = gzipSync(
  aLayer({ 'lib/apk/db/installed': INSTALLED, 'etc/os-release': 'ID=alpine\nVERSION_ID=3.18.4\n' }),
)
const ADVISORY = {
  id: 'ALPINE-1',
  aliases: ['CVE-2023-5678'],
  summary: 'It takes long.',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L' }],
  affected: [
    {
      package: { ecosystem: 'Alpine:v3.18', name: 'openssl' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.1.4-r1' }] }],
    },
  ],
}

let directory: string
let server: VerifyingServer
let ecr: ECRClient
let iam: IAMClient

const configured = (credentials: VerifyingServer['root']) => ({
  endpoint: server.endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
})

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'longshore-advisories-'))
  const advisoriesFile = path.join(directory, 'osv.jsonl')
  writeFileSync(advisoriesFile, JSON.stringify(ADVISORY))
  server = await verifyingServer(undefined, { advisoriesFile })
  ecr = new ECRClient(configured(server.root))
  iam = new IAMClient(configured(server.root))
})

afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

const push = async (repositoryName: string, tag: string): Promise<string> => {
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const send = async (method: string, place: string, body: Buffer, type: string): Promise<void> => {
    const headers = { Authorization: `Basic ${data?.authorizationToken}`, 'Content-Type': type }
    const answer = await fetch(`${server.endpoint}/v2/${repositoryName}/${place}`, { method, headers, body })
    if (answer.status !== 201) throw new Error(await answer.text())
  }
  const config = Buffer.from('{}')
  for (const content of [config, LAYER])
    await send('POST', `blobs/uploads/?digest=${sha256(content)}`, content, 'application/octet-stream')
  const manifest = Buffer.from(imageManifest(config, [LAYER]))
  await send('PUT', `manifests/${tag}`, manifest, OCI_MANIFEST)
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor(OCI_MANIFEST, manifest)] }
  await send('PUT', `manifests/${tag}-index`, Buffer.from(JSON.stringify(index)), OCI_INDEX)
  return sha256(manifest)
}

const done = (repositoryName: string, imageTag: string) =>
  waitUntilImageScanComplete({ client: ecr, maxWaitTime: 60, minDelay: 1 }, { repositoryName, imageId: { imageTag } })

describe('scans', () => {
  it('are started, end, and tell what was found', async () => {
    const repositoryName = 'by-hand'
    await ecr.send(new CreateRepositoryCommand({ repositoryName }))
    const imageDigest = await push(repositoryName, 'v1')
    const imageId = { imageTag: 'v1' }
    const describeFindings = new DescribeImageScanFindingsCommand({ repositoryName, imageId })
    await expect(ecr.send(describeFindings)).rejects.toMatchObject({ name: 'ScanNotFoundException' })
    const index = new StartImageScanCommand({ repositoryName, imageId: { imageTag: 'v1-index' } })
    await expect(ecr.send(index)).rejects.toMatchObject({ name: 'UnsupportedImageTypeException' })
    const started = await ecr.send(new StartImageScanCommand({ repositoryName, imageId }))
    expect(started.imageScanStatus?.status).toBe('IN_PROGRESS')
    await done(repositoryName, 'v1')
    const { imageScanFindings, imageScanStatus } = await ecr.send(describeFindings)
    expect(imageScanStatus).toMatchObject({ status: 'COMPLETE' })
    expect(imageScanFindings).toMatchObject({
      findingSeverityCounts: { MEDIUM: 1 },
      imageScanCompletedAt: expect.any(Date),
      vulnerabilitySourceUpdatedAt: expect.any(Date),
      findings: [
        {
          name: 'CVE-2023-5678',
          description: 'It takes long.',
          severity: 'MEDIUM',
          attributes: [
            { key: 'package_version', value: '3.1.4-r0' },
            { key: 'package_name', value: 'openssl' },
            { key: 'fixed_in_version', value: '3.1.4-r1' },
            { key: 'CVSS3_VECTOR', value: ADVISORY.severity[0]?.score },
            { key: 'CVSS3_SCORE', value: '5.3' },
          ],
        },
      ],
    })
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] }))
    expect(imageDetails).toMatchObject([
      { imageScanStatus: { status: 'COMPLETE' }, imageScanFindingsSummary: { findingSeverityCounts: { MEDIUM: 1 } } },
    ])
  })

  it('begin with a push, where the registry or the repository says so', async () => {
    const scanning = (...repositoryNames: string[]) =>
      ecr.send(new BatchGetRepositoryScanningConfigurationCommand({ repositoryNames }))
    const rules = [
      {
        scanFrequency: 'SCAN_ON_PUSH' as const,
        repositoryFilters: [{ filter: 'team/*', filterType: 'WILDCARD' as const }],
      },
    ]
    await ecr.send(new PutRegistryScanningConfigurationCommand({ scanType: 'BASIC', rules }))
    expect((await ecr.send(new GetRegistryScanningConfigurationCommand({}))).scanningConfiguration).toEqual({
      scanType: 'BASIC',
      rules,
    })
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/web' }))
    await ecr.send(
      new CreateRepositoryCommand({ repositoryName: 'own', imageScanningConfiguration: { scanOnPush: true } }),
    )
    const { scanningConfigurations, failures } = await scanning('team/web', 'own', 'nowhere')
    expect(scanningConfigurations).toMatchObject([
      {
        repositoryName: 'team/web',
        scanOnPush: true,
        scanFrequency: 'SCAN_ON_PUSH',
        appliedScanFilters: [{ filter: 'team/*' }],
      },
      { repositoryName: 'own', scanOnPush: true, appliedScanFilters: [] },
    ])
    expect(failures).toMatchObject([{ repositoryName: 'nowhere', failureCode: 'REPOSITORY_NOT_FOUND' }])
    for (const repositoryName of ['team/web', 'own']) {
      await push(repositoryName, 'v1')
      await done(repositoryName, 'v1')
    }
    const off = { scanOnPush: false }
    await ecr.send(new PutImageScanningConfigurationCommand({ repositoryName: 'own', imageScanningConfiguration: off }))
    expect((await scanning('own')).scanningConfigurations).toMatchObject([
      { scanOnPush: false, scanFrequency: 'MANUAL' },
    ])
    const enhanced = new PutRegistryScanningConfigurationCommand({ scanType: 'ENHANCED', rules: [] })
    await expect(ecr.send(enhanced)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

describe('a registry', () => {
  it('has a policy, which counts beside those of users and repositories', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'ada' }))
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
    const user = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
    const list = () => new ECRClient(configured(user)).send(new ListImagesCommand({ repositoryName: 'shared' }))
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'shared' }))
    await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await expect(ecr.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject({
      name: 'RegistryPolicyNotFoundException',
    })
    const policyText = documentOf({
      Principal: { AWS: 'arn:aws:iam::000000000000:user/ada' },
      Action: 'ecr:ListImages',
      Resource: 'arn:aws:ecr:us-east-1:000000000000:repository/*',
    })
    await ecr.send(new PutRegistryPolicyCommand({ policyText }))
    expect(await ecr.send(new GetRegistryPolicyCommand({}))).toMatchObject({ registryId: '000000000000', policyText })
    expect((await list()).imageIds).toEqual([])
    await ecr.send(new DeleteRegistryPolicyCommand({}))
    await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await expect(ecr.send(new PutRegistryPolicyCommand({ policyText: '{}' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  it('does not note pulls of who is excluded', async () => {
    const principalArn = 'arn:aws:iam::000000000000:user/grace'
    await iam.send(new CreateUserCommand({ UserName: 'grace' }))
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'grace', PolicyName: 'p', PolicyDocument: documentOf({ Action: 'ecr:*' }) }),
    )
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'grace' }))
    const user = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
    const repositoryName = 'noted'
    await ecr.send(new CreateRepositoryCommand({ repositoryName }))
    await push(repositoryName, 'v1')
    const pulledAt = async (): Promise<Date | undefined> => {
      const imageIds = [{ imageTag: 'v1' }]
      await new ECRClient(configured(user)).send(new BatchGetImageCommand({ repositoryName, imageIds }))
      const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds }))
      return imageDetails?.[0]?.lastRecordedPullTime
    }
    await ecr.send(new RegisterPullTimeUpdateExclusionCommand({ principalArn }))
    const again = new RegisterPullTimeUpdateExclusionCommand({ principalArn })
    await expect(ecr.send(again)).rejects.toMatchObject({ name: 'ExclusionAlreadyExistsException' })
    expect(await pulledAt()).toBeUndefined()
    const list = await ecr.send(new ListPullTimeUpdateExclusionsCommand({}))
    expect(list.pullTimeUpdateExclusions).toEqual([principalArn])
    await ecr.send(new DeregisterPullTimeUpdateExclusionCommand({ principalArn }))
    expect(await pulledAt()).toBeInstanceOf(Date)
    const gone = new DeregisterPullTimeUpdateExclusionCommand({ principalArn })
    await expect(ecr.send(gone)).rejects.toMatchObject({ name: 'ExclusionNotFoundException' })
  })

  it('has settings', async () => {
    expect((await ecr.send(new DescribeRegistryCommand({}))).registryId).toBe('000000000000')
    const get = (name: string) => ecr.send(new GetAccountSettingCommand({ name }))
    expect((await get('BASIC_SCAN_TYPE_VERSION')).value).toBe('AWS_NATIVE')
    expect((await get('REGISTRY_POLICY_SCOPE')).value).toBe('V2')
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'mounting' }))
    await push('mounting', 'v1')
    const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}))
    const mount = async (): Promise<number> => {
      const place = `shared/blobs/uploads/?mount=${sha256(LAYER)}&from=mounting`
      const headers = { Authorization: `Basic ${data?.authorizationToken}` }
      return (await fetch(`${server.endpoint}/v2/${place}`, { method: 'POST', headers })).status
    }
    expect(await mount()).toBe(201)
    await ecr.send(new PutAccountSettingCommand({ name: 'BLOB_MOUNTING', value: 'DISABLED' }))
    expect(await mount()).toBe(202)
    expect((await get('BLOB_MOUNTING')).value).toBe('DISABLED')
    await expect(get('OTHER')).rejects.toMatchObject({ name: 'InvalidParameterException' })
    const clair = new PutAccountSettingCommand({ name: 'BASIC_SCAN_TYPE_VERSION', value: 'CLAIR' })
    await expect(ecr.send(clair)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})
