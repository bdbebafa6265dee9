/**
 * Goal: what people push and pull with works against the registry, unmodified: Docker, skopeo, buildah and podman.
 *
 * Method: a server that checks passwords, a Docker Engine of this test's own, and the other tools with their state in a directory of this test. Images are
 * made here, so that what comes back can be compared.
 */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { type Engine, startEngine } from './engine.ts'
import { answering, type RunningLongshore, startLongshore, until } from './longshore.ts'
import { type RegistryClients, registryClients } from './registry-clients.ts'
import { dockerArchive } from './registry-images.ts'

let engine: Engine
let longshore: RunningLongshore
let ecr: ECRClient
let clients: RegistryClients
let home: string
let password: string
/** Where the registry is, e.g. `localhost:4566`. */
let registry: string
let repository: string
let tests = 0

beforeAll(async () => {
  engine = await startEngine({ network: 'host' })
  clients = registryClients(engine.host)
  home = clients.home
  longshore = await startLongshore({ command: 'server', isDev: false })
  registry = `localhost:${new URL(longshore.endpoint).port}`
  const credentials = readRootKey(longshore.dataDir)
  if (credentials === undefined) throw new Error('the server has no root key')
  ecr = new ECRClient({ endpoint: longshore.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()
  password = token.slice(token.indexOf(':') + 1)
  await logIn(registry)
})

afterAll(async () => {
  ecr?.destroy()
  await longshore?.stop()
  await engine?.stop()
  clients?.remove()
})

beforeEach(async () => {
  repository = `team/app-${++tests}`
  await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }))
})

const run: RegistryClients['run'] = (...command) => clients.run(...command)
const docker = (...args: readonly string[]): Promise<string> => clients.docker(...args)
const skopeo = (...args: readonly string[]): Promise<string> => clients.skopeo(...args)
const buildah = (...args: readonly string[]): Promise<string> => clients.buildah(...args)
const podman = (...args: readonly string[]): Promise<string> => clients.podman(...args)

const logIn = async (host: string): Promise<void> => {
  await run('docker', ['login', '--username', 'AWS', '--password-stdin', host], password)
}

/** As the tools besides Docker are told it: they know no rule for loopback. */
const PLAIN = '--tls-verify=false'
const PLAIN_SOURCE = '--src-tls-verify=false'
const PLAIN_TARGET = '--dest-tls-verify=false'
const credentials = (flag: string): readonly string[] => [flag, `AWS:${password}`]

/** Loads an image into the engine under that name. */
const load = async (reference: string, layers: readonly Buffer[]): Promise<void> => {
  await run('docker', ['load'], dockerArchive({ reference, layers }))
}

const files = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(200))

const archiveFile = (name: string, layers: readonly Buffer[], architecture?: string): string => {
  const file = path.join(home, `${name}.tar`)
  const reference = `${name}:1`
  writeFileSync(file, dockerArchive({ reference, layers, ...(architecture !== undefined && { architecture }) }))
  return file
}

const imagesOf = async (repositoryName: string) =>
  (await ecr.send(new DescribeImagesCommand({ repositoryName }))).imageDetails ?? []

/** What a shell in the image prints. */
const printedBy = (reference: string, script: string): Promise<string> =>
  docker('run', '--rm', '--network', 'none', reference, 'sh', '-c', script)

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

describe('docker', () => {
  it.each([1, 30, 120])('pushes an image of %i layers and pulls the same', async (count) => {
    const [reference, layers] = [`${registry}/${repository}:v1`, files(count - 1)]
    await load(reference, layers)
    const id = await docker('image', 'inspect', '--format', '{{.Id}}', reference)
    await docker('push', '--quiet', reference)
    await docker('image', 'rm', '--force', reference)
    await docker('pull', '--quiet', reference)
    expect(await docker('image', 'inspect', '--format', '{{.Id}}', reference)).toBe(id)
    // In the order in which a shell has them.
    const names = layers.map((_, index) => `${index + 1}`).toSorted()
    const expected = sha256(Buffer.concat(names.map((name) => layers[Number(name) - 1] ?? Buffer.alloc(0))))
    expect(await printedBy(reference, 'cat /layer-* | sha256sum')).toBe(`${expected}  -`)
    const [image] = await imagesOf(repository)
    expect(image).toMatchObject({ imageTags: ['v1'], imageManifestMediaType: DOCKER_MANIFEST })
    expect(image?.lastRecordedPullTime).toBeInstanceOf(Date)
  })

  it('pushes what is there already to another repository without sending it', async () => {
    const other = `team/other-${tests}`
    await ecr.send(new CreateRepositoryCommand({ repositoryName: other }))
    const [one, two] = [`${registry}/${repository}:v1`, `${registry}/${other}:v1`]
    await load(one, files(3))
    await docker('push', '--quiet', one)
    await docker('tag', one, two)
    expect(await docker('push', two)).toContain('Mounted from')
  })

  it('pushes and pulls by digest, and hears of what is not there', async () => {
    const reference = `${registry}/${repository}:v1`
    await load(reference, files(1))
    await docker('push', '--quiet', reference)
    const [image] = await imagesOf(repository)
    await docker('pull', '--quiet', `${registry}/${repository}@${image?.imageDigest}`)
    await expect(docker('pull', `${registry}/${repository}:none`)).rejects.toThrow('Requested image not found')
    await expect(docker('push', `${registry}/no/such:1`)).rejects.toThrow()
  })

  it('is refused without a password', async () => {
    const reference = `${registry}/${repository}:v1`
    await load(reference, files(1))
    await docker('logout', registry)
    await expect(docker('push', reference)).rejects.toThrow('unauthorized')
    await logIn(registry)
    await docker('push', '--quiet', reference)
  })

  it('comes through a network that cuts its connections', async () => {
    const target = Number(new URL(longshore.endpoint).port)
    const layer = randomBytes(12 * 1024 * 1024)
    const pushing = await cuttingProxy(target, 4 * 1024 * 1024, 2)
    const through = `localhost:${pushing.port}`
    await logIn(through)
    await load(`${through}/${repository}:v1`, [layer])
    await docker('push', '--quiet', `${through}/${repository}:v1`)
    expect(pushing.cuts()).toBe(2)
    pushing.close()
    await docker('image', 'rm', '--force', `${through}/${repository}:v1`)
    const pulling = await cuttingProxy(target, 4 * 1024 * 1024, 2)
    const reference = `localhost:${pulling.port}/${repository}:v1`
    await logIn(`localhost:${pulling.port}`)
    await docker('pull', '--quiet', reference)
    expect(pulling.cuts()).toBe(2)
    pulling.close()
    expect(await printedBy(reference, 'cat /layer-1 | sha256sum')).toBe(`${sha256(layer)}  -`)
  })
})

describe('skopeo', () => {
  const copy = (from: string, to: string, ...more: readonly string[]): Promise<string> =>
    skopeo(
      'copy',
      PLAIN_SOURCE,
      PLAIN_TARGET,
      ...credentials('--src-creds'),
      ...credentials('--dest-creds'),
      ...more,
      from,
      to,
    )

  it.each([
    ['v2s2', DOCKER_MANIFEST],
    ['oci', OCI_MANIFEST],
  ])('copies in the format %s, inspects, lists and deletes', async (format, mediaType) => {
    const remote = `docker://${registry}/${repository}`
    const file = archiveFile('copied', files(2))
    await copy(`docker-archive:${file}`, `${remote}:v1`, '--format', format)
    await copy(`${remote}:v1`, `${remote}:v2`)
    const inspected = JSON.parse(await skopeo('inspect', PLAIN, ...credentials('--creds'), `${remote}:v1`)) as {
      Digest: string
      Layers: string[]
      RepoTags: string[]
    }
    expect([inspected.Layers.length, inspected.RepoTags]).toEqual([3, ['v1', 'v2']])
    const raw = JSON.parse(await skopeo('inspect', '--raw', PLAIN, ...credentials('--creds'), `${remote}:v1`)) as object
    expect(raw).toMatchObject({ schemaVersion: 2, config: {} })
    expect(await imagesOf(repository)).toMatchObject([
      { imageDigest: inspected.Digest, imageManifestMediaType: mediaType },
    ])
    const listed = JSON.parse(await skopeo('list-tags', PLAIN, ...credentials('--creds'), remote)) as { Tags: string[] }
    expect(listed.Tags).toEqual(['v1', 'v2'])
    const directory = path.join(home, `pulled-${format}`)
    await copy(`${remote}@${inspected.Digest}`, `dir:${directory}`)
    await skopeo('delete', PLAIN, ...credentials('--creds'), `${remote}:v1`)
    expect(await imagesOf(repository)).toEqual([])
  })

  it('copies all of an image of several architectures, and one of them', async () => {
    const remote = `docker://${registry}/${repository}`
    const layout = `oci:${path.join(home, 'layout')}`
    for (const architecture of ['amd64', 'arm64']) {
      const file = archiveFile(architecture, files(1), architecture)
      await copy(`docker-archive:${file}`, `${remote}:${architecture}`, '--format', 'oci')
    }
    const list = `list-${tests}`
    await buildah('manifest', 'create', list)
    for (const architecture of ['amd64', 'arm64'])
      await buildah('manifest', 'add', PLAIN, ...credentials('--creds'), list, `${remote}:${architecture}`)
    await buildah(
      'manifest',
      'push',
      '--all',
      PLAIN,
      ...credentials('--creds'),
      '--format',
      'oci',
      list,
      `${remote}:all`,
    )
    const index = (await imagesOf(repository)).find(({ imageTags }) => imageTags?.includes('all'))
    expect(index?.imageManifestMediaType).toBe(OCI_INDEX)
    await copy(`${remote}:all`, `${layout}:all`, '--multi-arch', 'all')
    await copy(`${layout}:all`, `${remote}:again`, '--multi-arch', 'all')
    expect((await imagesOf(repository)).find(({ imageTags }) => imageTags?.includes('again'))?.imageDigest).toBe(
      index?.imageDigest,
    )
    await docker('pull', '--quiet', `${registry}/${repository}:all`)
    expect(await docker('image', 'inspect', '--format', '{{.Architecture}}', `${registry}/${repository}:all`)).toBe(
      'amd64',
    )
    await docker('pull', '--quiet', '--platform', 'linux/arm64', `${registry}/${repository}:all`)
    expect(await docker('image', 'inspect', '--format', '{{.Architecture}}', `${registry}/${repository}:all`)).toBe(
      'arm64',
    )
    const { failures } = await ecr.send(
      new BatchDeleteImageCommand({ repositoryName: repository, imageIds: [{ imageTag: 'amd64' }] }),
    )
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual(['ImageReferencedByManifestList'])
  })

  it('pushes at once from ten clients, and every image is whole', async () => {
    const shared = files(4)
    const names = Array.from({ length: 10 }, (_, index) => `c${index}`)
    await Promise.all(
      names.map((name, index) => {
        const file = archiveFile(`many-${name}`, [...shared, randomBytes(500), ...files(index % 3)])
        return copy(`docker-archive:${file}`, `docker://${registry}/${repository}:${name}`)
      }),
    )
    await Promise.all(
      names.map((name) => copy(`docker://${registry}/${repository}:${name}`, `dir:${path.join(home, `dir-${name}`)}`)),
    )
    expect(await imagesOf(repository)).toHaveLength(10)
  })
})

describe('skopeo and podman', () => {
  /** What an archive begins with is the configuration, under the name of its digest. */
  const configDigestOf = (archive: Buffer): string => `sha256:${archive.toString('latin1', 0, 64)}`

  it.each([1, 30, 120])('push and pull an image of %i layers, each what the other one pushed', async (count) => {
    const archive = dockerArchive({ reference: 'localhost/same:1', layers: files(count), isBare: true })
    const file = path.join(home, `same-${count}.tar`)
    writeFileSync(file, archive)
    const config = configDigestOf(archive)
    const remote = `${registry}/${repository}`
    await skopeo(
      'copy',
      PLAIN_TARGET,
      ...credentials('--dest-creds'),
      `docker-archive:${file}`,
      `docker://${remote}:skopeo`,
    )
    await podman('pull', '--quiet', PLAIN, ...credentials('--creds'), `${remote}:skopeo`)
    await podman('push', '--quiet', PLAIN, ...credentials('--creds'), `${remote}:skopeo`, `${remote}:podman`)
    const [image] = JSON.parse(await podman('image', 'inspect', `${remote}:skopeo`)) as [
      { Id: string; RootFS: { Layers: string[] } },
    ]
    expect([`sha256:${image.Id}`, image.RootFS.Layers.length]).toEqual([config, count])
    const directory = path.join(home, `same-${count}`)
    await skopeo('copy', PLAIN_SOURCE, ...credentials('--src-creds'), `docker://${remote}:podman`, `dir:${directory}`)
    const manifest = JSON.parse(readFileSync(path.join(directory, 'manifest.json'), 'utf8')) as {
      config: { digest: string }
      layers: { digest: string }[]
    }
    expect(manifest.config.digest).toBe(config)
    const layers = manifest.layers.map(({ digest }) => readFileSync(path.join(directory, digest.split(':')[1] ?? '')))
    expect(layers.map((layer) => `sha256:${sha256(gunzipSync(layer))}`)).toEqual(image.RootFS.Layers)
    await podman('rmi', '--force', `${remote}:skopeo`)
  })
})

describe('buildah and podman', () => {
  it.each(['oci', 'docker'])('build, push and pull in the format %s', async (format) => {
    const [reference, content] = [`${registry}/${repository}:v1`, randomBytes(10_000)]
    writeFileSync(path.join(home, 'file'), content)
    const container = await buildah('from', 'scratch')
    await buildah('copy', container, path.join(home, 'file'), '/file')
    await buildah('commit', '--format', format === 'oci' ? 'oci' : 'docker', container, reference)
    await buildah('push', PLAIN, ...credentials('--creds'), reference)
    await podman('rmi', '--force', reference)
    await podman('pull', PLAIN, ...credentials('--creds'), reference)
    await podman('tag', reference, `${registry}/${repository}:v2`)
    await podman('push', PLAIN, ...credentials('--creds'), `${registry}/${repository}:v2`)
    await buildah('rm', container)
    expect(await imagesOf(repository)).toMatchObject([
      { imageManifestMediaType: format === 'oci' ? OCI_MANIFEST : DOCKER_MANIFEST },
    ])
  })
})

it('the registry is there by the name that it would have on AWS', async () => {
  const name = '000000000000.dkr.ecr.us-east-1.localhost'
  const remote = `docker://${name}:${new URL(longshore.endpoint).port}/${repository}:v1`
  // Where nothing answers for names below localhost, /etc/hosts has to; here one that only the client sees.
  const hosts = path.join(home, 'hosts')
  writeFileSync(hosts, `127.0.0.1 localhost ${name}\n`)
  const seeing = ['--mount', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec "$@"`, 'sh', 'skopeo']
  const file = archiveFile('named', files(1))
  await run('unshare', [
    ...seeing,
    'copy',
    '--dest-tls-verify=false',
    ...credentials('--dest-creds'),
    `docker-archive:${file}`,
    remote,
  ])
  expect(await imagesOf(repository)).toMatchObject([{ imageTags: ['v1'] }])
  const elsewhere = remote.replace('us-east-1', 'eu-west-1')
  writeFileSync(hosts, `127.0.0.1 localhost ${name.replace('us-east-1', 'eu-west-1')}\n`)
  const inspecting = run('unshare', [...seeing, 'inspect', PLAIN, ...credentials('--creds'), elsewhere])
  await expect(inspecting).rejects.toThrow('does not exist in the registry')
})

it('docker pushes on when the server died and was started again', async () => {
  const up = await startLongshore({ runtime: 'simulated' })
  const here = `localhost:${new URL(up.endpoint).port}`
  const reference = `${here}/${repository}:v1`
  const client = new ECRClient({
    endpoint: up.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  })
  await client.send(new CreateRepositoryCommand({ repositoryName: repository }))
  await load(reference, [...files(20), randomBytes(20 * 1024 * 1024), ...files(20)])
  const id = await docker('image', 'inspect', '--format', '{{.Id}}', reference)
  const before = up.processId('server')
  const pushing = docker('push', '--quiet', reference)
  const blobs = path.join(up.dataDir, 'registry/blobs/sha256')
  await until('the first layers', () => existsSync(blobs) && readdirSync(blobs).length > 5)
  up.kill('server')
  // It tries each layer again by itself, and not the manifest.
  await pushing.catch(async () => {
    await answering(up)
    await docker('push', '--quiet', reference)
  })
  expect(up.processId('server')).not.toBe(before)
  await docker('image', 'rm', '--force', reference)
  await docker('pull', '--quiet', reference)
  expect(await docker('image', 'inspect', '--format', '{{.Id}}', reference)).toBe(id)
  client.destroy()
  await up.stop()
})

it('everything is there after a restart', async () => {
  const reference = `${registry}/${repository}:v1`
  await load(reference, files(3))
  const id = await docker('image', 'inspect', '--format', '{{.Id}}', reference)
  await docker('push', '--quiet', reference)
  const { dataDir } = longshore
  const { port } = new URL(longshore.endpoint)
  await longshore.stop({ keepData: true })
  longshore = await startLongshore({ command: 'server', isDev: false, dataDir, args: [`--port=${port}`] })
  await docker('image', 'rm', '--force', reference)
  await docker('pull', '--quiet', reference)
  expect(await docker('image', 'inspect', '--format', '{{.Id}}', reference)).toBe(id)
})
