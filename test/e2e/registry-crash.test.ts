/**
 * Goal: no corrupt image is ever served, nothing acknowledged is lost, and no orphan survives, whenever the server dies and whatever others push;
 * with blobs in a directory as in an S3.
 *
 * Method: a registry whose collection never rests, in a process that is killed (SIGKILL) in the middle of each phase, and ten clients that push
 * and delete images of shared layers meanwhile. All that was acknowledged is pulled and compared, and in the end everything is deleted and collected:
 * then nothing may be left.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { sha256 } from '../registry-server.ts'
import { Chance } from '../simulation/chance.ts'
import { anImage, CrashingRegistry, type Image, type Place, PLACES, REPOSITORIES } from './crashing-registry.ts'
import { registryClients } from './registry-clients.ts'
import { dockerArchive } from './registry-images.ts'
import type { Moment } from './registry-process.ts'

let registry: CrashingRegistry

const startIn = async (place: Place): Promise<void> => {
  registry = await CrashingRegistry.start(place)
}

afterEach(() => registry.remove())

describe.each(PLACES)('a registry with its blobs in %s, killed', (place) => {
  const kept = () => anImage('team/web', 'kept', [randomBytes(300_000), randomBytes(10)])
  /** What is written to the journal does not depend on where blobs lie. */
  const inPlace = (moments: readonly Moment[]): readonly Moment[] =>
    place === 'a directory' ? moments : moments.filter((moment) => !moment.includes('write'))

  beforeEach(() => startIn(place))

  it.each(
    inPlace([
      'before write layerUploads',
      'after write layerUploads',
      'before adopt',
      'after adopt',
      'before write imageLayers',
      'after write imageLayers',
    ]),
  )('in a push of a layer, %s, has what it acknowledged and takes the rest again', async (moment) => {
    const [image, other] = [kept(), anImage('team/web', 'other', [randomBytes(400_000)])]
    await registry.push(image)
    registry.order({ dieAt: moment })
    await expect(registry.push(other)).rejects.toThrow()
    await registry.died()
    await registry.start()
    expect(await registry.isWhole(image)).toBe(true)
    expect(await registry.isWhole(other)).toBe(false)
    await registry.push(other)
    expect(await registry.isWhole(other)).toBe(true)
    await registry.expectNothingLeft([image, other])
  })

  it.each(
    inPlace(['before adopt', 'after adopt', 'before write images', 'after write images', 'after write imageTags']),
  )('in a push of a manifest, %s, has all of the image or none', async (moment) => {
    const [image, other] = [kept(), anImage('team/web', 'other', [randomBytes(400_000)])]
    await registry.push(image)
    for (const content of other.contents) await registry.pushBlob('team/web', content)
    registry.order({ dieAt: moment })
    await expect(registry.putManifest(other)).rejects.toThrow()
    await registry.died()
    await registry.start()
    expect(await registry.isWhole(image)).toBe(true)
    expect(await registry.isWhole(other)).toBe(moment.startsWith('after write'))
    await registry.push(other)
    expect(await registry.isWhole(other)).toBe(true)
    await registry.expectNothingLeft([image, other])
  })

  it.each(inPlace(['before write images', 'after write images']))(
    'in a deletion, %s, has all of the image or none',
    async (moment) => {
      const [image, other] = [kept(), anImage('team/web', 'other', [randomBytes(400_000)])]
      await registry.push(image)
      await registry.push(other)
      registry.order({ dieAt: moment })
      await expect(registry.delete(other)).rejects.toThrow()
      await registry.died()
      await registry.start()
      expect(await registry.isWhole(image)).toBe(true)
      expect(await registry.isWhole(other)).toBe(moment === 'before write images')
      await registry.expectNothingLeft([image, other])
    },
  )

  it.each(inPlace(['before remove', 'after remove', 'before write imageLayers', 'after write imageLayers']))(
    'in the collection, %s, has every image that is not deleted',
    async (moment) => {
      const shared = randomBytes(100_000)
      const image = anImage('team/web', 'kept', [shared, randomBytes(10)])
      const other = anImage('team/web', 'other', [shared, randomBytes(400_000)])
      await registry.push(image)
      await registry.push(other)
      registry.order({ dieAt: moment })
      registry.order({ forgetAtOnce: true })
      expect(await registry.delete(other)).toBe(202)
      await registry.died()
      await registry.start()
      expect(await registry.isWhole(image)).toBe(true)
      expect(await registry.isWhole(other)).toBe(false)
      await registry.push(other)
      expect(await registry.isWhole(other)).toBe(true)
      await registry.expectNothingLeft([image, other])
    },
  )
})

it('a registry that is killed in the middle of an upload goes on from what it has', async () => {
  await startIn('a directory')
  const content = randomBytes(8 * 1024 * 1024)
  const place = await registry.beginUpload('team/web')
  await registry.send('PATCH', place, content.subarray(0, 1_000_000), { 'Content-Range': '0-999999' })
  const half = request(registry.urlOf(place), { method: 'PATCH', headers: { 'Content-Length': 3_000_000 } })
  half.on('error', () => {})
  await new Promise((resolve) => half.write(content.subarray(1_000_000, 3_000_000), resolve))
  await registry.kill()
  await registry.start()
  const status = await registry.send('GET', place)
  expect(status.status).toBe(204)
  const next = Number(status.headers.get('Range')?.slice(2)) + 1
  expect(next).toBeGreaterThanOrEqual(1_000_000)
  const rest = { 'Content-Range': `${next}-${content.length - 1}` }
  expect((await registry.send('PATCH', place, content.subarray(next), rest)).status).toBe(202)
  expect((await registry.send('PUT', `${place}?digest=${sha256(content)}`)).status).toBe(201)
  const pulled = await registry.send('GET', `team/web/blobs/${sha256(content)}`)
  expect(Buffer.from(await pulled.arrayBuffer()).equals(content)).toBe(true)
  await registry.expectNothingLeft([])
})

it.each(['POST uploads', 'PUT part', 'POST upload'])(
  'a registry that is killed while a layer goes to an S3 in parts, at %s, serves nothing of it and leaves no part',
  async (moment) => {
    await startIn('an S3')
    const [image, other] = [
      anImage('team/web', 'kept', [randomBytes(10)]),
      anImage('team/api', 'large', [randomBytes(12 * 1024 * 1024)]),
    ]
    await registry.push(image)
    const { s3 } = registry
    if (s3 === undefined) throw new Error('blobs lie in an S3')
    s3.onCall = (call) => {
      if (call !== moment) return
      // What it has sent by then still comes.
      s3.onCall = () => {}
      process.kill(registry.processId, 'SIGKILL')
    }
    await expect(registry.push(other)).rejects.toThrow()
    await registry.died()
    await registry.start()
    expect(await registry.isWhole(image)).toBe(true)
    expect(await registry.isWhole(other)).toBe(false)
    await registry.push(other)
    expect(await registry.isWhole(other)).toBe(true)
    await registry.expectNothingLeft([image, other])
  },
)

describe('ten clients that push and delete images of the same layers while collection runs', () => {
  const CLIENTS = 10
  const TURNS = 12

  it('lose nothing, and leave nothing', async () => {
    await startIn('a directory')
    const layers = Array.from({ length: 6 }, () => randomBytes(150_000))
    const statuses: number[] = []
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      const chance = new Chance(client + 1)
      const repository = REPOSITORIES[client % 2] ?? ''
      const mine: Image[] = []
      for (let turn = 0; turn < TURNS; turn++) {
        const image = anImage(
          repository,
          `c${client}-${turn}`,
          layers.filter(() => chance.is(0.5)),
        )
        await registry.push(image)
        mine.push(image)
        expect(await registry.isWhole(image)).toBe(true)
        if (chance.is(0.4)) continue
        const [old] = mine.splice(chance.int(0, mine.length - 1), 1)
        if (old !== undefined) statuses.push(await registry.delete(old))
      }
      return mine
    })
    const images = (await Promise.all(clients)).flat()
    expect(new Set(statuses)).toEqual(new Set([202]))
    for (const image of images) expect(await registry.isWhole(image)).toBe(true)
    await registry.kill()
    await registry.start()
    for (const image of images) expect(await registry.isWhole(image)).toBe(true)
    await registry.expectNothingLeft(images)
  })

  it('lose nothing that was acknowledged when it is killed at any time', async () => {
    await startIn('a directory')
    const layers = Array.from({ length: 6 }, () => randomBytes(150_000))
    const [acknowledged, all, gone]: [Image[], Image[], Set<Image>] = [[], [], new Set()]
    for (let round = 0; round < 4; round++) {
      const chance = new Chance(100 + round)
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let turn = 0; ; turn++) {
          const chosen = layers.filter(() => chance.is(0.5))
          const image = anImage(REPOSITORIES[client % 2] ?? '', `r${round}-${client}-${turn}`, chosen)
          all.push(image)
          await registry.push(image)
          acknowledged.push(image)
          if (turn % 3 !== 2) continue
          gone.add(image)
          await registry.delete(image)
        }
      })
      const ends = Promise.allSettled(clients)
      // The clients go on until the server is not there any more.
      const wanted = acknowledged.length + chance.int(20, 40)
      while (acknowledged.length < wanted) await registry.send('GET', '')
      await registry.kill()
      await ends
      await registry.start()
      for (const image of acknowledged.filter((each) => !gone.has(each)))
        expect(await registry.isWhole(image)).toBe(true)
      for (const image of all) await registry.isWhole(image)
    }
    await registry.expectNothingLeft(all)
  })

  it('lose nothing, and leave nothing, as skopeo, with blobs in an S3', async () => {
    await startIn('an S3')
    const { home, skopeo, remove } = registryClients()
    onTestFinished(remove)
    const shared = Array.from({ length: 4 }, () => randomBytes(50_000))
    /** Some that others have too, and one that is new. */
    const layersOf = (client: number): Buffer[] => [...shared.slice(client % 4), randomBytes(500)]
    const archive = (client: number): string => {
      const file = path.join(home, `${client}.tar`)
      writeFileSync(file, dockerArchive({ reference: 'local:1', layers: layersOf(client), isBare: true }))
      return `docker-archive:${file}`
    }
    const remote = (client: number, turn: number): string =>
      `docker://${registry.host}/${REPOSITORIES[client % 2]}:c${client}-${turn}`
    // A layer that was forgotten and is gone says that collection went through all of its phases while they pushed.
    const layer = randomBytes(1000)
    const doomed = anImage('team/web', 'doomed', [layer])
    await registry.push(doomed)
    await registry.delete(doomed)
    const all = Array.from({ length: CLIENTS }, (_, client) => client)
    let turn = 0
    do {
      turn += 1
      await Promise.all(
        all.map(async (client) => {
          await skopeo('copy', '--dest-tls-verify=false', archive(client), remote(client, turn))
          if (turn > 1) await skopeo('delete', '--tls-verify=false', remote(client, turn - 1))
        }),
      )
    } while (registry.holds(layer))
    await registry.kill()
    await registry.start()
    await Promise.all(
      all.map(async (client) => {
        const pulled = path.join(home, `pulled-${client}`)
        await skopeo('copy', '--src-tls-verify=false', remote(client, turn), `dir:${pulled}`)
        // Besides its layers, which skopeo has compared with their digests: a version, the manifest and the configuration.
        expect(readdirSync(pulled)).toHaveLength(layersOf(client).length + 3)
        await skopeo('delete', '--tls-verify=false', remote(client, turn))
      }),
    )
    await registry.expectNothingLeft([])
  })
})
