/**
 * Goal: no corrupt image is ever served, nothing acknowledged is lost, and no orphan survives, whenever the server dies and whatever others push.
 *
 * Method: a registry whose collection never rests, in a process that is killed (SIGKILL) in the middle of each phase, and ten clients that push
 * and delete images of shared layers meanwhile. All that was acknowledged is pulled and compared, and in the end everything is deleted and collected:
 * then no file may be left.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { imageManifest, sha256 } from '../registry-server.ts'
import { Chance } from '../simulation/chance.ts'
import type { Moment, Order, Told } from './registry-process.ts'

const PROGRAM = path.join(import.meta.dirname, 'registry-process.ts')
const REPOSITORIES = ['team/web', 'team/api']

interface Image {
  readonly repository: string
  readonly tag: string
  readonly manifest: string
  readonly contents: readonly Buffer[]
}

let dataDir: string
let child: ChildProcess
let url: string
let port = 0

const start = async (): Promise<void> => {
  child = fork(PROGRAM, [dataDir, String(port), ...REPOSITORIES], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [told] = (await once(child, 'message')) as [{ readonly port: number }]
  port = told.port
  url = `http://127.0.0.1:${port}/v2`
}

const died = async (): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
}

const kill = async (): Promise<void> => {
  child.kill('SIGKILL')
  await died()
}

const order = (message: Order): void => void child.send(message)

const send = (method: string, place: string, body?: Buffer | string, headers: Record<string, string> = {}) =>
  fetch(place.startsWith('/') ? new URL(place, url) : `${url}/${place}`, {
    method,
    headers,
    body: body === undefined ? null : Buffer.from(body),
  })

const anImage = (repository: string, tag: string, layers: readonly Buffer[]): Image => {
  const config = Buffer.from(JSON.stringify({ os: 'linux', tag, made: randomBytes(8).toString('hex') }))
  return { repository, tag, manifest: imageManifest(config, layers), contents: [config, ...layers] }
}

/** As docker does it: looks first, and uploads in pieces. */
const pushBlob = async (repository: string, content: Buffer): Promise<void> => {
  const digest = sha256(content)
  if ((await send('HEAD', `${repository}/blobs/${digest}`)).status === 200) return
  const place = (await send('POST', `${repository}/blobs/uploads/`)).headers.get('Location') ?? ''
  await send('PATCH', place, content)
  const { status } = await send('PUT', `${place}?digest=${digest}`)
  if (status !== 201) throw new Error(`a blob was answered with ${status}`)
}

const putManifest = async ({ repository, tag, manifest }: Image): Promise<number> =>
  (await send('PUT', `${repository}/manifests/${tag}`, manifest, { 'Content-Type': OCI_MANIFEST })).status

const push = async (image: Image): Promise<void> => {
  for (const content of image.contents) await pushBlob(image.repository, content)
  const status = await putManifest(image)
  if (status !== 201) throw new Error(`an image was answered with ${status}`)
}

/** True if all of it is there; a part of it alone is a failure. */
const isWhole = async ({ repository, manifest, contents }: Image): Promise<boolean> => {
  const answer = await send('GET', `${repository}/manifests/${sha256(manifest)}`)
  if (answer.status === 404) return false
  expect(await answer.text()).toBe(manifest)
  for (const content of contents) {
    const blob = await send('GET', `${repository}/blobs/${sha256(content)}`)
    expect(blob.status).toBe(200)
    expect(Buffer.from(await blob.arrayBuffer()).equals(content)).toBe(true)
  }
  return true
}

const remove = async ({ repository, manifest }: Image): Promise<number> =>
  (await send('DELETE', `${repository}/manifests/${sha256(manifest)}`)).status

/** Every file that blobs and uploads have. */
const files = (): string[] =>
  ['blobs', 'uploads'].flatMap((directory) =>
    readdirSync(path.join(dataDir, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => `${directory}/${name}`),
  )

/** Everything that nobody refers to goes at once. */
const collectAll = async (): Promise<void> => {
  const told = new Promise<Told>((resolve) => child.once('message', resolve))
  order({ collect: true })
  expect(await told).toEqual({ collected: true, uploads: 0 })
}

const expectNothingLeft = async (images: readonly Image[]): Promise<void> => {
  for (const image of images) await remove(image)
  await collectAll()
  expect(files()).toEqual([])
}

beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-registry-'))
  port = 0
  await start()
})

afterEach(() => {
  child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

describe('a registry that is killed', () => {
  const kept = () => anImage('team/web', 'kept', [randomBytes(300_000), randomBytes(10)])

  it('in the middle of an upload goes on from what it has', async () => {
    const content = randomBytes(8 * 1024 * 1024)
    const place = (await send('POST', 'team/web/blobs/uploads/')).headers.get('Location') ?? ''
    await send('PATCH', place, content.subarray(0, 1_000_000), { 'Content-Range': '0-999999' })
    const half = request(new URL(place, url), { method: 'PATCH', headers: { 'Content-Length': 3_000_000 } })
    half.on('error', () => {})
    await new Promise((resolve) => half.write(content.subarray(1_000_000, 3_000_000), resolve))
    await kill()
    await start()
    const status = await send('GET', place)
    expect(status.status).toBe(204)
    const next = Number(status.headers.get('Range')?.slice(2)) + 1
    expect(next).toBeGreaterThanOrEqual(1_000_000)
    const rest = { 'Content-Range': `${next}-${content.length - 1}` }
    expect((await send('PATCH', place, content.subarray(next), rest)).status).toBe(202)
    expect((await send('PUT', `${place}?digest=${sha256(content)}`)).status).toBe(201)
    const pulled = await send('GET', `team/web/blobs/${sha256(content)}`)
    expect(Buffer.from(await pulled.arrayBuffer()).equals(content)).toBe(true)
    await expectNothingLeft([])
  })

  it.each<Moment>([
    'before write layerUploads',
    'after write layerUploads',
    'before adopt',
    'after adopt',
    'before write imageLayers',
    'after write imageLayers',
  ])('in a push of a layer, %s, has what it acknowledged and takes the rest again', async (moment) => {
    const [image, other] = [kept(), anImage('team/web', 'other', [randomBytes(400_000)])]
    await push(image)
    order({ dieAt: moment })
    await expect(push(other)).rejects.toThrow()
    await died()
    await start()
    expect(await isWhole(image)).toBe(true)
    expect(await isWhole(other)).toBe(false)
    await push(other)
    expect(await isWhole(other)).toBe(true)
    await expectNothingLeft([image, other])
  })

  it.each<Moment>([
    'before adopt',
    'after adopt',
    'before write images',
    'after write images',
    'after write imageTags',
  ])('in a push of a manifest, %s, has all of the image or none', async (moment) => {
    const [image, other] = [kept(), anImage('team/web', 'other', [randomBytes(400_000)])]
    await push(image)
    for (const content of other.contents) await pushBlob('team/web', content)
    order({ dieAt: moment })
    await expect(putManifest(other)).rejects.toThrow()
    await died()
    await start()
    expect(await isWhole(image)).toBe(true)
    expect(await isWhole(other)).toBe(moment.startsWith('after write'))
    await push(other)
    expect(await isWhole(other)).toBe(true)
    await expectNothingLeft([image, other])
  })

  it.each<Moment>(['before write images', 'after write images'])(
    'in a deletion, %s, has all of the image or none',
    async (moment) => {
      const [image, other] = [kept(), anImage('team/web', 'other', [randomBytes(400_000)])]
      await push(image)
      await push(other)
      order({ dieAt: moment })
      await expect(remove(other)).rejects.toThrow()
      await died()
      await start()
      expect(await isWhole(image)).toBe(true)
      expect(await isWhole(other)).toBe(moment === 'before write images')
      await expectNothingLeft([image, other])
    },
  )

  it.each<Moment>(['before remove', 'after remove', 'before write imageLayers', 'after write imageLayers'])(
    'in the collection, %s, has every image that is not deleted',
    async (moment) => {
      const shared = randomBytes(100_000)
      const image = anImage('team/web', 'kept', [shared, randomBytes(10)])
      const other = anImage('team/web', 'other', [shared, randomBytes(400_000)])
      await push(image)
      await push(other)
      order({ dieAt: moment })
      expect(await remove(other)).toBe(202)
      await died()
      await start()
      expect(await isWhole(image)).toBe(true)
      expect(await isWhole(other)).toBe(false)
      await push(other)
      expect(await isWhole(other)).toBe(true)
      await expectNothingLeft([image, other])
    },
  )
})

describe('ten clients that push and delete images of the same layers while collection runs', () => {
  const CLIENTS = 10
  const TURNS = 12

  it('lose nothing, and leave nothing', async () => {
    const layers = Array.from({ length: 6 }, () => randomBytes(150_000))
    const statuses: number[] = []
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      const chance = new Chance(client + 1)
      const repository = REPOSITORIES[client % REPOSITORIES.length] ?? ''
      const mine: Image[] = []
      for (let turn = 0; turn < TURNS; turn++) {
        const image = anImage(
          repository,
          `c${client}-${turn}`,
          layers.filter(() => chance.is(0.5)),
        )
        await push(image)
        mine.push(image)
        expect(await isWhole(image)).toBe(true)
        if (chance.is(0.4)) continue
        const [old] = mine.splice(chance.int(0, mine.length - 1), 1)
        if (old !== undefined) statuses.push(await remove(old))
      }
      return mine
    })
    const images = (await Promise.all(clients)).flat()
    expect(new Set(statuses)).toEqual(new Set([202]))
    for (const image of images) expect(await isWhole(image)).toBe(true)
    await kill()
    await start()
    for (const image of images) expect(await isWhole(image)).toBe(true)
    await expectNothingLeft(images)
  })

  it('lose nothing that was acknowledged when it is killed at any time', async () => {
    const layers = Array.from({ length: 6 }, () => randomBytes(150_000))
    const [acknowledged, all, gone]: [Image[], Image[], Set<Image>] = [[], [], new Set()]
    for (let round = 0; round < 4; round++) {
      const chance = new Chance(100 + round)
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let turn = 0; ; turn++) {
          const chosen = layers.filter(() => chance.is(0.5))
          const image = anImage(REPOSITORIES[client % 2] ?? '', `r${round}-${client}-${turn}`, chosen)
          all.push(image)
          await push(image)
          acknowledged.push(image)
          if (turn % 3 !== 2) continue
          gone.add(image)
          await remove(image)
        }
      })
      const ends = Promise.allSettled(clients)
      // The clients go on until the server is not there any more.
      const wanted = acknowledged.length + chance.int(20, 40)
      while (acknowledged.length < wanted) await send('GET', '')
      await kill()
      await ends
      await start()
      for (const image of acknowledged.filter((each) => !gone.has(each))) expect(await isWhole(image)).toBe(true)
      for (const image of all) await isWhole(image)
    }
    await expectNothingLeft(all)
  })
})

it('thirty-two clients that pull slowly do not fill the memory', async () => {
  const content = randomBytes(64 * 1024 * 1024)
  await push(anImage('team/web', 'large', [content]))
  const before = residentMiB()
  const pulls = Array.from(
    { length: 32 },
    () =>
      new Promise<void>((resolve, reject) => {
        request(`${url}/team/web/blobs/${sha256(content)}`, { agent: false }, (response) => {
          response.once('readable', () => response.pause())
          response.on('error', reject)
          resolve()
        })
          .on('error', reject)
          .end()
      }),
  )
  await Promise.all(pulls)
  // Everyone else is still served.
  for (let turn = 0; turn < 20; turn++) {
    const answer = await send('GET', `team/web/blobs/${sha256(content)}`, undefined, { Range: 'bytes=0-4000000' })
    expect((await answer.arrayBuffer()).byteLength).toBe(4_000_001)
  }
  // Of the two gigabytes that they asked for.
  expect(residentMiB() - before).toBeLessThan(120)
})

const residentMiB = (): number => {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1024
}
