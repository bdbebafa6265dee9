/**
 * Goal: what was pulled from another registry through the cache can be pulled, and run, when that one is gone; one image or one of several platforms.
 *
 * Method: Debian's docker-registry as the other one, filled by skopeo, and an installation with a Docker Engine of this test's own, which forgets every
 * image before it pulls again.
 */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { CreatePullThroughCacheRuleCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { DescribeTasksCommand, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { descriptor, sha256 } from '../registry-server.ts'
import { type DockerRegistry, startDockerRegistry } from './docker-registry.ts'
import { type Engine, startEngine } from './engine.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'
import { type RegistryClients, registryClients } from './registry-clients.ts'
import { dockerArchive } from './registry-images.ts'

let engine: Engine
let clients: RegistryClients
let upstream: DockerRegistry
let longshore: RunningLongshore
let ecr: ECRClient
/** Where upstream's images are here, e.g. `localhost:4566/hub`. */
let hub: string

beforeAll(async () => {
  engine = await startEngine({ network: 'host' })
  clients = registryClients(engine.host)
  upstream = await startDockerRegistry(clients.home)
  longshore = await startLongshore({ dockerSocket: engine.socket })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  ecr = new ECRClient({ endpoint: longshore.endpoint, region: 'us-east-1', credentials })
  const upstreamRegistryUrl = upstream.endpoint
  await ecr.send(new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'hub', upstreamRegistryUrl }))
  hub = `localhost:${new URL(longshore.endpoint).port}/hub`
  await connectedInstance(longshore.client)
})

afterAll(async () => {
  ecr?.destroy()
  await longshore?.stop()
  await upstream?.stop()
  await engine?.stop()
  clients?.remove()
})

/** Gives the digest that upstream has it under. */
const pushUpstream = async (tag: string, architecture = 'amd64'): Promise<string> => {
  const file = path.join(clients.home, `${tag}.tar`)
  const layers = [randomBytes(3_000_000), randomBytes(500)]
  writeFileSync(file, dockerArchive({ reference: `${tag}:1`, layers, architecture }))
  const target = `docker://${new URL(upstream.endpoint).host}/library/web:${tag}`
  await clients.skopeo('copy', '--dest-tls-verify=false', '--format', 'oci', `docker-archive:${file}`, target)
  const { headers } = await upstreamManifest('HEAD', tag, undefined, { Accept: OCI_MANIFEST })
  return headers.get('Docker-Content-Digest') ?? ''
}

const upstreamManifest = (method: string, reference: string, body?: string, headers?: Record<string, string>) =>
  fetch(`${upstream.endpoint}/v2/library/web/manifests/${reference}`, {
    method,
    body: body ?? null,
    headers: headers ?? {},
  })

/** An index of the images of these digests, by architecture; gives its own. */
const pushIndexUpstream = async (tag: string, digests: Readonly<Record<string, string>>): Promise<string> => {
  const manifests = await Promise.all(
    Object.entries(digests).map(async ([architecture, digest]) => {
      const manifest = await (await upstreamManifest('GET', digest, undefined, { Accept: OCI_MANIFEST })).text()
      return { ...descriptor(OCI_MANIFEST, manifest), platform: { os: 'linux', architecture } }
    }),
  )
  const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })
  expect((await upstreamManifest('PUT', tag, index, { 'Content-Type': OCI_INDEX })).status).toBe(201)
  return sha256(index)
}

/** The id of what comes back when the engine has nothing of it any more. */
const pull = async (reference: string): Promise<string> => {
  const { docker } = clients
  const images = (await docker('images', '--all', '--quiet')).split('\n').filter(Boolean)
  if (images.length > 0) await docker('image', 'rm', '--force', ...new Set(images))
  await docker('pull', '--quiet', reference)
  return docker('image', 'inspect', '--format', '{{.Id}}', reference)
}

/** That all of them are kept. */
const kept = (...digests: readonly string[]): Promise<boolean> =>
  until('the images to be kept', async () => {
    const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName: 'hub/library/web' }))
    return digests.every((digest) => imageDetails.some(({ imageDigest }) => imageDigest === digest))
  })

it('an image that was pulled once comes by tag and by digest, and runs, without the registry that it is from', async () => {
  const single = await pushUpstream('single')
  const [amd64, arm64] = [await pushUpstream('amd64'), await pushUpstream('arm64', 'arm64')]
  const index = await pushIndexUpstream('all', { amd64, arm64 })
  const id = await pull(`${hub}/library/web:single`)
  const idOfIndex = await pull(`${hub}/library/web:all`)
  expect(idOfIndex).not.toBe(id)
  await kept(single, amd64, index)
  await upstream.stop()

  expect(await pull(`${hub}/library/web:single`)).toBe(id)
  expect(await pull(`${hub}/library/web@${single}`)).toBe(id)
  for (const reference of [':all', `@${index}`, `@${amd64}`])
    expect(await pull(`${hub}/library/web${reference}`)).toBe(idOfIndex)
  // Nobody had pulled it.
  await expect(pull(`${hub}/library/web@${arm64}`)).rejects.toThrow()

  await longshore.client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'none',
      containerDefinitions: [
        { name: 'main', image: `${hub}/library/web:single`, memory: 16, command: ['sh', '-c', 'test -s /layer-2'] },
      ],
    }),
  )
  const { tasks: [task] = [] } = await longshore.client.send(new RunTaskCommand({ taskDefinition: 'web' }))
  const stopped = await until('the task to end', async () => {
    const found = await longshore.client.send(new DescribeTasksCommand({ tasks: [task?.taskArn ?? ''] }))
    return found.tasks?.[0]?.lastStatus === 'STOPPED' ? found.tasks[0] : undefined
  })
  expect(stopped.containers).toMatchObject([{ exitCode: 0, imageDigest: single }])
})
