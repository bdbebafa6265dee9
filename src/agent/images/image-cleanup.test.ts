import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { loadAgentConfig } from '../config.ts'
import type { ContainerSummary, ImageSummary } from '../docker/engine-types.ts'
import { type ContainerState, RuntimeError } from '../runtime.ts'
import { FileImageRecords } from './file-image-records.ts'
import { Gate } from './gate.ts'
import { ImageCleanup } from './image-cleanup.ts'
import { type ImageRecord, MemoryImageRecords } from './image-records.ts'
import { untrackedCleanup } from './untracked-cleanup.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 0, 1)

const aRecord = (reference: string, changes: Partial<ImageRecord> = {}): ImageRecord => ({
  reference,
  imageId: `sha256:${reference}`,
  environment: [],
  pulledAt: START - 2 * HOUR,
  lastUsedAt: START - 2 * HOUR,
  ...changes,
})

const aCleanup = (images: readonly ImageRecord[], environment: Record<string, string> = {}, inUse: string[] = []) => {
  const clock = new ManualClock(START)
  const records = new MemoryImageRecords()
  for (const record of images) records.put(record)
  const removed: string[] = []
  const refused = new Map<string, RuntimeError>()
  const removeImage = (reference: string): Promise<void> => {
    const error = refused.get(reference)
    if (error !== undefined) return Promise.reject(error)
    removed.push(reference)
    return Promise.resolve()
  }
  const cleanup = new ImageCleanup({
    runtime: { removeImage },
    config: loadAgentConfig(environment).config,
    records,
    gate: new Gate(),
    imagesInUse: () => new Set(inUse),
    clock,
    log: silentLog,
  })
  return { cleanup, clock, records, removed, refused }
}

describe('image clean-up', () => {
  it('deletes the longest unused first, only so many per cycle', async () => {
    const ages = [3, 1, 5, 2]
    const { cleanup, removed, records } = aCleanup(
      ages.map((age) => aRecord(`image${age}`, { lastUsedAt: START - age * HOUR })),
      { ECS_NUM_IMAGES_DELETE_PER_CYCLE: '3' },
    )
    await cleanup.clean()
    expect(removed).toEqual(['image5', 'image3', 'image2'])
    expect([...records.all()].map(({ reference }) => reference)).toEqual(['image1'])
    cleanup.close()
  })

  it('leaves alone what is in use, was pulled lately, or was not pulled by this agent', async () => {
    const { pulledAt: _pulledAt, ...foreign } = aRecord('foreign')
    const { cleanup, removed, records } = aCleanup(
      [aRecord('used'), aRecord('young', { pulledAt: START - HOUR / 2 }), foreign],
      {},
      ['used'],
    )
    await cleanup.clean()
    expect(removed).toEqual([])
    expect(records.get('used')?.lastUsedAt).toBe(START)
    cleanup.close()
  })

  it('keeps what the engine does not give up, and forgets what is gone', async () => {
    const { cleanup, refused, records } = aCleanup([aRecord('kept'), aRecord('gone')])
    refused.set('kept', new RuntimeError('conflict', 'container x is using its referenced image'))
    refused.set('gone', new RuntimeError('not-found', 'No such image'))
    await cleanup.clean()
    expect([...records.all()].map(({ reference }) => reference)).toEqual(['kept'])
    cleanup.close()
  })

  it('takes away the name that an image was pulled under, unless another goes by it', async () => {
    const [a, b] = [aRecord('a', { pulledAs: 'relay/a@1' }), aRecord('b', { pulledAs: 'relay/a@1', lastUsedAt: START })]
    const { cleanup, removed } = aCleanup([a, b], { ECS_NUM_IMAGES_DELETE_PER_CYCLE: '1' })
    await cleanup.clean()
    expect(removed).toEqual(['a'])
    await cleanup.clean()
    expect(removed).toEqual(['a', 'b', 'relay/a@1'])
    cleanup.close()
  })

  it('runs every half hour until it is closed', async () => {
    const { cleanup, clock, removed, records } = aCleanup([aRecord('first')])
    await clock.advance(HOUR / 2)
    expect(removed).toEqual(['first'])
    records.put(aRecord('second'))
    await clock.advance(HOUR / 2)
    expect(removed).toEqual(['first', 'second'])
    cleanup.close()
    records.put(aRecord('third'))
    await clock.advance(HOUR)
    expect(removed).toHaveLength(2)
  })

  it.each([{ ECS_DISABLE_IMAGE_CLEANUP: 'true' }, { ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached' }])(
    'is off with %j',
    async (environment) => {
      const { clock, removed } = aCleanup([aRecord('image')], environment)
      await clock.advance(2 * HOUR)
      expect(removed).toEqual([])
    },
  )
})

describe('clean-up of what no agent tracks', () => {
  const anEngine = () => {
    const calls: string[] = []
    const container = (Id: string, State: string, Labels: Record<string, string> = {}): ContainerSummary => ({
      Id,
      Names: [`/${Id}`],
      Image: 'i',
      ImageID: 'sha256:i',
      State,
      Created: 0,
      Labels,
    })
    const image = (name: string, Size: number, Created = 0): ImageSummary => ({
      Id: `sha256:${name}`,
      RepoTags: [`${name}:1`],
      RepoDigests: [],
      Created,
      Size,
    })
    const finishedAt = new Date(START - 4 * HOUR).toISOString()
    return {
      calls,
      containers: () =>
        Promise.resolve([
          container('running', 'running'),
          container('old', 'exited'),
          container('agents', 'exited', { 'longshore.agent': 'another' }),
        ]),
      inspect: () => Promise.resolve({ finishedAt } as ContainerState),
      remove: (id: string) => Promise.resolve(void calls.push(`remove ${id}`)),
      images: () =>
        Promise.resolve([
          image('big', 9),
          image('small', 1),
          image('kept', 1),
          image('ours', 1),
          image('new', 1, START / 1000),
        ]),
      removeImage: (reference: string) => Promise.resolve(void calls.push(`delete ${reference}`)),
    }
  }

  it('takes stopped containers of nobody and the smallest images, within the cycle’s number', async () => {
    const engine = anEngine()
    const records = new MemoryImageRecords()
    records.put(aRecord('ours:1'))
    const clean = untrackedCleanup({
      runtime: engine,
      config: loadAgentConfig({ ECS_EXCLUDE_UNTRACKED_IMAGE: 'kept:1, other:1' }).config,
      records,
      gate: new Gate(),
      clock: new ManualClock(START),
      log: silentLog,
    })
    await clean(1)
    expect(engine.calls).toEqual(['remove old', 'delete small:1'])
    await clean(0)
    expect(engine.calls).toHaveLength(3)
  })
})

describe('image records in a file', () => {
  it('are there again after a restart', () => {
    const directory = mkdtempSync(join(tmpdir(), 'images-'))
    const path = join(directory, 'data/images.json')
    const first = new FileImageRecords(path, silentLog)
    first.put(aRecord('a'))
    first.put(aRecord('b'))
    first.remove('a')
    expect([...new FileImageRecords(path, silentLog).all()]).toEqual([aRecord('b')])
    rmSync(directory, { recursive: true })
  })
})
