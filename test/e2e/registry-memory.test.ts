/**
 * Goal: no layer is ever in memory, however large it is and wherever blobs lie.
 *
 * Method: layers that are made while they are sent and compared while they come back, so that nobody keeps them, and the memory of the registry's
 * process, which the kernel counts.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { afterEach, expect, it } from 'vitest'
import { sha256 } from '../registry-server.ts'
import { anImage, CrashingRegistry, type Place } from './crashing-registry.ts'

const MIB = 1024 * 1024
/** The layers are half as large again, at least. */
const GROWTH_MIB = 120

let registry: CrashingRegistry

afterEach(() => registry.remove())

/** So much content, each MiB another one; every time the same for a seed. */
function* largeContent(seed: Buffer, mebibytes: number): Generator<Buffer, void, void> {
  for (let number = 0; number < mebibytes; number++) {
    const piece = Buffer.from(seed)
    piece.writeUInt32BE(number)
    yield piece
  }
}

/** Begins a request and resolves with the answer when that begins. */
const answerTo = async (method: string, place: string, content?: Iterable<Buffer>): Promise<IncomingMessage> => {
  const call = request(registry.urlOf(place), { method, agent: false })
  const answering = once(call, 'response') as Promise<[IncomingMessage]>
  if (content === undefined) call.end()
  else await pipeline(content, call)
  return (await answering)[0]
}

it.each<[number, Place]>([
  [1024, 'a directory'],
  [192, 'an S3'],
])('a layer of %i MiB is pushed to %s and pulled without ever being in memory', async (mebibytes, place) => {
  registry = await CrashingRegistry.start(place)
  // Everything that is needed is loaded.
  const small = anImage('team/web', 'small', [randomBytes(20 * MIB)])
  await registry.push(small)
  expect(await registry.isWhole(small)).toBe(true)
  const before = registry.memoryMiB('VmRSS')
  const [seed, hash] = [randomBytes(MIB), createHash('sha256')]
  function* hashed(): Generator<Buffer, void, void> {
    for (const piece of largeContent(seed, mebibytes)) {
      hash.update(piece)
      yield piece
    }
  }
  const upload = await registry.beginUpload('team/web')
  expect((await answerTo('PATCH', upload, hashed())).statusCode).toBe(202)
  const digest = `sha256:${hash.digest('hex')}`
  expect((await registry.send('PUT', `${upload}?digest=${digest}`)).status).toBe(201)
  const pulled = createHash('sha256')
  await pipeline(await answerTo('GET', `team/web/blobs/${digest}`), pulled)
  expect(`sha256:${pulled.digest('hex')}`).toBe(digest)
  expect(registry.memoryMiB('VmHWM') - before).toBeLessThan(GROWTH_MIB)
})

it('thirty-two clients that pull slowly do not fill the memory', async () => {
  registry = await CrashingRegistry.start('a directory')
  const content = randomBytes(64 * MIB)
  await registry.push(anImage('team/web', 'large', [content]))
  const place = `team/web/blobs/${sha256(content)}`
  const before = registry.memoryMiB('VmRSS')
  const pulls = Array.from(
    { length: 32 },
    () =>
      new Promise<void>((resolve, reject) => {
        request(registry.urlOf(place), { agent: false }, (response) => {
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
    const answer = await registry.send('GET', place, undefined, { Range: 'bytes=0-4000000' })
    expect((await answer.arrayBuffer()).byteLength).toBe(4_000_001)
  }
  // Of the two gigabytes that they asked for.
  expect(registry.memoryMiB('VmRSS') - before).toBeLessThan(GROWTH_MIB)
})
